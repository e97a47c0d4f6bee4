"""What ends a call before it has an answer."""

from __future__ import annotations


class NotAllowed(Exception):  # noqa: N818
    """A call that no reader names: a mistake of this library, stopped before it leaves."""


class Refused(Exception):  # noqa: N818
    """A call that the account refused, or that did not get through; the message is for a reader."""

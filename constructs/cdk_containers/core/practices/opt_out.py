"""`Disabled`, which turns a default off."""

from __future__ import annotations

from ..frozen import frozen

_SHORTEST_REASON = 10


ACKNOWLEDGED_AS = "cdk-containers::"
"""The prefix of a practice id when a CDK app acknowledges it."""


@frozen(kw_only=False)
class Disabled:
    """Turns a default off, with a reason.

    Use it wherever a default can be turned off, instead of `None` or `False`. The reason is written to the metadata of
    the template and to the practice report, so a reviewer can read it without the code::

        Container(
            image="public.ecr.aws/nginx/nginx:1.29.3",
            readonly_root_filesystem=Disabled("nginx writes its cache to /var/cache"),
        )

    Attributes:
        reason: Why you turn the default off, in at least 10 characters, for readers who do not know the code.
    """

    reason: str

    def problem(self) -> str | None:
        """Return the problem of the reason, or None.

        It is not raised here, because a construct reports all problems of a call together.
        """
        if not isinstance(self.reason, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (not every caller checks)
            return f"the reason must be text, not {type(self.reason).__name__}"
        stripped = self.reason.strip()
        if not stripped:
            return "the reason is empty"
        if len(stripped) < _SHORTEST_REASON:
            return f"the reason has {len(stripped)} characters; write at least {_SHORTEST_REASON}"
        return None

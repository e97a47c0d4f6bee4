"""The one word with which a default is switched off."""

from __future__ import annotations

from ..frozen import frozen

_SHORTEST_REASON = 10


ACKNOWLEDGED_AS = "cdk-containers::"
"""What the id of a practice has in front of it where a CDK app acknowledges it."""


@frozen(kw_only=False)
class Disabled:
    """Switch a default off, and say why.

    Every default that can be switched off is switched off with this word, never with `None` or `False`. The reason
    goes to the metadata of the template and to the practice report, where a reviewer reads it without the code::

        Container(
            image="public.ecr.aws/nginx/nginx:1.29.3",
            readonly_root_filesystem=Disabled("nginx writes its cache to /var/cache"),
        )

    Attributes:
        reason: Why the default does not suit, in at least 10 characters, for somebody who does not know the code.
    """

    reason: str

    def problem(self) -> str | None:
        """Say what is wrong with the reason, or None.

        It is not raised here: a construct reports all the problems of a call together.
        """
        if not isinstance(self.reason, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (not every caller checks)
            return f"the reason is not text but {type(self.reason).__name__}"
        stripped = self.reason.strip()
        if not stripped:
            return "the reason is empty"
        if len(stripped) < _SHORTEST_REASON:
            return f"the reason has {len(stripped)} characters, and fewer than {_SHORTEST_REASON} explain nothing"
        return None

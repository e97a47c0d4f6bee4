"""Approval of new versions before they are deployed to an environment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.observability import address_problems

_MINUTE = 60
_SHORTEST = 5 * _MINUTE
_LONGEST = 60 * 24 * 60 * _MINUTE


@frozen
class Approval:
    """Requires approval before a new version is deployed to an environment.

    Attributes:
        email_addresses: Approvers; each must confirm the subscription by e-mail. One of them must approve.
        timeout: How long the deployment waits for an answer, in whole minutes, from 5 minutes to 60 days. Without an
            answer it fails. Default: 7 days, as in CodePipeline.
        reason: What approvers should check, shown with the request. Default: none; they see the changes.

    See https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
    """

    email_addresses: Sequence[str]
    timeout: DurationLike = timedelta(days=7)
    reason: str | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("email_addresses"):
            if not self.email_addresses:
                found.add(
                    "email_addresses",
                    "without an address no one can approve",
                    given=self.email_addresses,
                    allowed="at least one address; or approval=None",
                )
            found.extend(address_problems(self.email_addresses))
        if not found.has("timeout"):
            length = seconds(self.timeout)
            if not _SHORTEST <= length <= _LONGEST or length % _MINUTE:
                found.add("timeout", "out of range", given=self.timeout, allowed="whole minutes, 5 minutes to 60 days")
        if is_token(self.reason):
            found.add("reason", "known only at deployment", given=Shown("a token"), allowed="readable text")
        return list(found)

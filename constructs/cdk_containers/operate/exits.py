"""Exit codes of the commands, and the errors that stop them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .needs import NEEDS

if TYPE_CHECKING:
    from cdk_containers.checks.live.refused import Refused

DONE = 0
"""The command is done, or the service is healthy."""
FAILED = 1
"""The target has failed: a deployment was rolled back, or a service has too few tasks."""
USAGE = 2
"""Wrong usage."""
NOT_FOUND = 3
"""No target has that name, or several have it."""
DENIED = 4
"""There are no credentials, they belong to another account, or they lack a permission."""
UNFINISHED = 5
"""The timeout has passed, and it is still in progress."""
WAITS = 6
"""It waits for a decision."""

EXIT_CODES = """\
exit codes:
  0  done, or healthy
  1  it failed: a deployment was rolled back, a service has too few tasks
  2  wrong usage
  3  not found, not deployed, or ambiguous: the candidates are listed
  4  no credentials, the wrong account, or access denied: the missing statement is shown
  5  the timeout has passed, and it is still in progress
  6  it waits for a decision"""


class Stop(Exception):  # noqa: N818
    """The command cannot continue. The message is for users.

    Attributes:
        code: The exit code.
        problem: What is wrong.
        ways: What you can do about it, or choose from; one line each.
        more: Further fields for programs.
    """

    def __init__(self, code: int, problem: str, *ways: str, **more: Any) -> None:
        self.code, self.problem, self.ways, self.more = code, problem, ways, more
        super().__init__("\n".join((problem, *ways)))

    @property
    def as_json(self) -> str:
        """The error as one line of JSON."""
        return json.dumps({"error": self.problem, "exit_code": self.code, "ways": list(self.ways), **self.more})


def stopped_by(refused: Refused, command: str) -> Stop:
    """Return the error for a call that AWS refused, with the permission that it needs."""
    if refused.denied:
        resource = NEEDS[command].resources.get(refused.action, "*")
        statement = {"Effect": "Allow", "Action": refused.action, "Resource": resource}
        return Stop(
            DENIED,
            f"access denied: {refused.action}" + (f" ({refused.said})" if refused.said else ""),
            f"allow it with this statement: {json.dumps(statement)}",
            f"`cdk-containers policy {command}` prints everything that the command needs",
            action=refused.action,
            statement=statement,
        )
    if refused.credentials:
        return Stop(DENIED, str(refused), "sign in again, for example with `aws sso login`, or choose a --profile")
    if refused.throttled:
        return Stop(FAILED, f"{refused.action}: too many calls; AWS counts the calls of all tools in an account")
    said = "" if refused.said in str(refused) or refused.said.startswith("<") else f": {refused.said}"
    return Stop(FAILED, f"{refused}{said}")

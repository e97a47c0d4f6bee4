"""How a command ends: its exit codes, and the errors that stop it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .needs import NEEDS

if TYPE_CHECKING:
    from cdk_containers.checks.live.refused import Refused

DONE = 0
"""Done, or healthy."""
FAILED = 1
"""What was asked about has failed: a deployment that was rolled back, a service that is short of tasks."""
USAGE = 2
"""Wrong usage."""
NOT_FOUND = 3
"""Nothing has that name, or several things have it."""
DENIED = 4
"""No credentials, those of another account, or a permission that is missing."""
UNFINISHED = 5
"""The time is up, and it still goes on."""
WAITS = 6
"""It waits for somebody to decide."""

EXIT_CODES = """\
exit codes:
  0  done, or healthy
  1  it failed: a deployment was rolled back, a service is short of tasks
  2  wrong usage
  3  not found, not deployed, or ambiguous: the candidates are listed
  4  no credentials, the wrong account, or access denied: the missing statement is shown
  5  the time is up, and it still goes on
  6  it waits for a decision"""


class Stop(Exception):  # noqa: N818
    """The command cannot go on; the message is for a reader.

    Attributes:
        code: The exit code.
        problem: What is wrong.
        ways: What a reader can do about it, or choose from; one line each.
        more: The same for programs, where there is more to say.
    """

    def __init__(self, code: int, problem: str, *ways: str, **more: Any) -> None:
        self.code, self.problem, self.ways, self.more = code, problem, ways, more
        super().__init__("\n".join((problem, *ways)))

    @property
    def as_json(self) -> str:
        """The error as one line of JSON."""
        return json.dumps({"error": self.problem, "exit_code": self.code, "ways": list(self.ways), **self.more})


def stopped_by(refused: Refused, command: str) -> Stop:
    """Say why a refused call ends a command, and what lets it through."""
    if refused.denied:
        resource = NEEDS[command].resources.get(refused.action, "*")
        statement = {"Effect": "Allow", "Action": refused.action, "Resource": resource}
        return Stop(
            DENIED,
            f"access denied: {refused.action}" + (f" ({refused.said})" if refused.said else ""),
            f"this statement allows it: {json.dumps(statement)}",
            f"`cdk-containers policy {command}` prints everything that the command needs",
            action=refused.action,
            statement=statement,
        )
    if refused.credentials:
        return Stop(DENIED, str(refused), "sign in again, such as by `aws sso login`, or choose a --profile")
    if refused.throttled:
        return Stop(FAILED, f"{refused.action}: too many calls; AWS counts those of all tools in an account together")
    said = "" if refused.said in str(refused) or refused.said.startswith("<") else f": {refused.said}"
    return Stop(FAILED, f"{refused}{said}")

"""Detection of secrets in names, values and commands."""

from __future__ import annotations

import re
from collections.abc import Collection

ACCESS_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ECS_ENGINE_AUTH_DATA"})
"""Variables that hold access keys, whatever their value is."""

_SECRET_NAME = re.compile(
    r"(^|_)((PG)?PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(ACCESS|API|AUTH|PRIVATE|SECRET|SIGNING)_?KEY|SECRET_KEY_BASE"
    r"|CREDENTIALS?|REQUIREPASS)$|_(PASS|PWD)$",
    re.IGNORECASE,
)
_PLAIN_VALUE = re.compile(
    r"""(?ix)
      true | false | yes | no | on | off | enabled? | disabled? | none | null | [01]
    | arn:\S+                                   # says where a secret is
    | [a-z][a-z-]*(/[a-z][a-z-]*)+              # the name of a secret
    | (~|\.{1,2})?/[\w.@/-]+ | [a-z]:\\[\w.\\-]+ # a file
    | [a-z][a-z0-9+.-]*://[^\s?@]+              # an address; one with a login is found before
    | [$`].+                                    # a variable, or what a command says
    """
)
_SECRET_VALUE = (
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"), "an AWS access key id"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"), "a private key"),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"), "a URL with a password"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"), "a GitHub token"),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"), "a GitLab token"),
    (re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"), "a Stripe key"),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), "a Slack token"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+"), "a JSON web token"),
)
_ASSIGNMENT = re.compile(r"([A-Za-z_][\w.-]*)=(\"[^\"]+\"|'[^']+'|[^\s\"']+)")
_FLAG_AND_VALUE = re.compile(r"(?<!\S)--([A-Za-z][\w.-]*)\s+(\"[^\"]+\"|'[^']+'|[^\s\"'-][^\s\"']*)")


def kind_of_secret(name: str, text: str, *, assignments: bool = False, plain: Collection[str] = ("",)) -> str | None:
    """Return the kind of secret that a value looks like, by its name or content; None if it looks like none.

    `assignments` looks at `name=value` and `--name value` within the text too; `plain` contains values that are not
    secret.
    """
    for pattern, kind in _SECRET_VALUE:
        if pattern.search(text):
            return kind
    pairs: list[tuple[str, str]] = [(name, text)]
    if assignments:
        pairs += _ASSIGNMENT.findall(text) + _FLAG_AND_VALUE.findall(text)
    if any(is_secret_name(name) and not _is_plain(value.strip("\"'"), plain) for name, value in pairs):
        return "a secret, judging by its name"
    return None


def is_secret_name(name: str) -> bool:
    """Tell whether a name is that of a secret."""
    return _SECRET_NAME.search(re.sub("[.-]", "_", name)) is not None


def _is_plain(value: str, plain: Collection[str]) -> bool:
    """Tell whether a value is no secret under any name: a switch, or the location of a secret."""
    return value in plain or _PLAIN_VALUE.fullmatch(value) is not None

"""Finds names of services in texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload.schemes import port_of_scheme

_HOST_NAME = re.compile(r"HOST|SERVER|URL|URI|ADDR|ENDPOINT|BROKER|NODE|PEER|UPSTREAM|CACHE|SENTINEL", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://\S*$", re.IGNORECASE)


@frozen(kw_only=False)
class Mention:
    """The name of a service in a text.

    Attributes:
        host: The name.
        port: The port next to it, or the port of the scheme; None if unknown.
        start: Index of its first character.
    """

    host: str
    port: int | None
    start: int


def mentions(text: str, hosts: frozenset[str], *, setting: str = "") -> Iterator[Mention]:
    """Yield the hosts in a text: `host:port`, `scheme://host`, or a name alone in a setting such as `DB_HOST`."""
    if not hosts:
        return
    names = "|".join(map(re.escape, sorted(hosts, key=len, reverse=True)))
    alone = re.fullmatch(names, text)
    if alone is not None:
        if _HOST_NAME.search(setting):
            yield Mention(text, None, 0)
        return
    for match in re.finditer(rf"(?:^|(?<=[/@,;\s=\"'(\[]))({names})(?::(\d{{1,5}}))?(?![\w.-])", text):
        scheme = _SCHEME.search(text[: match.start()])
        after_scheme = scheme is not None and re.search(r"(//|@|,)$", text[: match.start()]) is not None
        if match[2] is not None or after_scheme:
            known = port_of_scheme(scheme[1].partition("+")[0]) if scheme is not None and match[2] is None else None
            yield Mention(match[1], int(match[2]) if match[2] else known, match.start())


def replaced(text: str, hosts: frozenset[str], other: str, *, setting: str = "") -> str:
    """Replace hosts in a text by another address."""
    for mention in reversed(list(mentions(text, hosts, setting=setting))):
        end = mention.start + len(mention.host)
        explicit = re.match(r":\d+", text[end:])
        if explicit and ":" in other:
            end += explicit.end()
        text = text[: mention.start] + other + text[end:]
    return text

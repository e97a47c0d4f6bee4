"""Read an account into an estate, as if it were a template."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from cdk_containers.checks.templates import Estate

from .account import Account, Refused
from .reader import Found, Reader
from .readers import READERS

_AT_ONCE = 4


def read_account(account: Account, estate: Estate, readers: Sequence[Reader] = READERS) -> list[str]:
    """Add what an account has to an estate, and return what could not be read.

    A reader that is refused a call keeps what it has found, and the other readers go on.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda one: _read(one, account), readers))
    declarations: dict[str, dict[str, object]] = {}
    identifiers: dict[str, frozenset[str]] = {}
    for found in (it for all_found, _ in results for it in all_found):
        name = found.name if found.name not in declarations else f"{found.name} ({found.type})"
        declarations[name] = {"Type": found.type, "Properties": found.properties, **found.attributes}
        identifiers[name] = found.identifiers
    template = estate.add(account.name, {"Resources": declarations})
    for name, resource in template.resources.items():
        resource.identifiers = identifiers[name]
    return [problem for _, problem in results if problem]


def _read(reader: Reader, account: Account) -> tuple[list[Found], str]:
    found: list[Found] = []
    try:
        found.extend(reader.read(account))
    except Refused as refused:
        return found, f"{', '.join(reader.types)}: {refused}"
    return found, ""

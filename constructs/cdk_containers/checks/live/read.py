"""Read an account into an estate, as if it were a template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from cdk_containers.checks.templates import Estate
from cdk_containers.core.frozen import frozen

from .account import Account
from .reader import Found, Reader
from .readers import READERS
from .refused import Refused
from .stacks import STACKS, Stacks, read_stacks

_AT_ONCE = 4


@frozen(kw_only=False)
class Missed:
    """What could not be read.

    Attributes:
        types: Types with missing resources; empty if only parts of found resources are missing.
        why: The call and its error.
    """

    types: tuple[str, ...]
    why: str


def read_account(account: Account, estate: Estate, readers: Sequence[Reader] = READERS) -> list[Missed]:
    """Add the resources of a region to an estate, and return what could not be read.

    If a call is refused, its reader keeps what it has found, and the other readers continue.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda one: _read(one, account), readers))
    missed = [Missed(reader.types, why) for reader, (_, why) in zip(readers, results, strict=True) if why]
    missed += [Missed((), why) for why in account.refused]
    for it in missed:
        estate.unseen |= dict.fromkeys(it.types, it.why)
    regional = [
        it for reader, (found, _) in zip(readers, results, strict=True) if not reader.everywhere for it in found
    ]
    worldwide = [it for reader, (found, _) in zip(readers, results, strict=True) if reader.everywhere for it in found]
    stacks = Stacks(why="no reader reads them")
    if STACKS in readers:
        stacks = read_stacks(account, (*regional, *worldwide))
        missed += [Missed(STACKS.types, stacks.why)] if stacks.why else []
    properties = {type_: names for reader in readers for type_, names in reader.properties.items()}
    for name, all_found in ((account.name, regional), (f"{account.id}/all regions".lstrip("/"), worldwide)):
        if all_found or name == account.name:
            _add(estate, name, all_found, stacks, properties)
    return missed


def _read(reader: Reader, account: Account) -> tuple[list[Found], str]:
    """Return the resources that a reader finds, and why it stopped early."""
    if reader.everywhere and reader.types in account.remembered:
        found, why = account.remembered[reader.types]
        return found, why
    found = []
    why = ""
    try:
        found.extend(reader.read(account))
    except Refused as refused:
        why = str(refused)
    except Exception as error:  # noqa: BLE001  (an answer that a reader does not expect must not cost all the others)
        why = f"the response could not be parsed ({type(error).__name__}: {error})"
    if reader.everywhere:
        account.remembered[reader.types] = found, why
    return found, why


def _add(
    estate: Estate, name: str, all_found: Iterable[Found], stacks: Stacks, read: dict[str, frozenset[str]]
) -> None:
    named: dict[str, Found] = {}
    for found in all_found:
        unique = found.name
        if unique in named and named[unique].type != found.type:
            unique = f"{unique} ({found.type})"
        known = named[unique].identifiers if unique in named else frozenset()
        named[unique] = replace(found, identifiers=found.identifiers | known)
    template = estate.add(
        name,
        {
            "Resources": {
                key: {
                    "Type": it.type,
                    "Properties": it.properties,
                    **stacks.attributes(it),
                    **it.attributes,
                }
                for key, it in named.items()
            }
        },
    )
    for key, resource in template.resources.items():
        resource.identifiers = named[key].identifiers
        resource.read = read.get(resource.type, frozenset())
        resource.deployed = stacks.place(named[key])

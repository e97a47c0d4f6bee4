"""Selects practices and checks by practice ids and areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdk_containers.checks import rules  # noqa: F401  (it registers the checks)
from cdk_containers.checks.engine import CHECKS, Check
from cdk_containers.core.practices import AREAS, PRACTICES, Practice, UnknownPracticeError, practice

from .errors import UsageError


def practices_named(names: Sequence[str], *, option: str) -> list[Practice]:
    """Return the practices with these names, each once, in the order of the names. Without names, return all.

    Raises:
        UsageError: A name is unknown. `option` names the option in the message.
    """
    chosen: dict[str, Practice] = {}
    problems = []
    areas = {area_id(area): practices for area, practices in AREAS.items()}
    for name in names:
        try:
            chosen |= {it.id: it for it in areas.get(area_id(name)) or (practice(name),)}
        except UnknownPracticeError as error:
            problems.append(f"{option}: {_not_known(error, areas)}")
    if problems:
        raise UsageError(*problems)
    return list(chosen.values()) if names else list(PRACTICES.values())


def _not_known(error: UnknownPracticeError, areas: Iterable[str]) -> str:
    return f"{error}" if error.nearest else f"{error}; areas: {', '.join(areas)}"


def area_id(area: str) -> str:
    """Return the name of an area in the form for a shell."""
    return area.lower().replace(" ", "-").replace(",", "")


def names() -> list[str]:
    """Return all valid names: ids of practices, and areas."""
    return [*PRACTICES, *map(area_id, AREAS)]


def checks_chosen(only: Sequence[str], skip: Sequence[str], *, live: bool = False) -> list[Check]:
    """Return the checks to run, on templates or on an account.

    Raises:
        UsageError: A name is unknown or not visible there, or no check is left.
    """
    there = _checks_of_accounts() if live else CHECKS
    wanted = practices_named(only, option="--only")
    skipped = {it.id for it in practices_named(skip, option="--skip")} if skip else set()
    checked = {check.practice for check in there}
    if only and not any(it.id in checked for it in wanted):
        place = "an account" if live else "a template"
        raise UsageError(*((f"--only: {it.id!r} is not visible in {place}{_reason(it, live=live)}") for it in wanted))
    chosen = {it.id for it in wanted} - skipped
    checks = [check for check in there if check.practice in chosen]
    if not checks:
        raise UsageError("--skip: no check is left to run")
    return checks


def _checks_of_accounts() -> list[Check]:
    from cdk_containers.checks.live.rules import checks_of_accounts  # noqa: PLC0415  (templates need none of them)

    return checks_of_accounts()


def _reason(it: Practice, *, live: bool) -> str:
    why = it.not_in_templates
    if live and not why:
        from cdk_containers.checks.live import ONLY_IN_TEMPLATES  # noqa: PLC0415

        why = ONLY_IN_TEMPLATES.get(it.id, "")
    return f": {why}" if why else ""

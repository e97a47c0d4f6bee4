"""Reports on several regions of an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdk_containers.checks.engine import Check, Finding, Report, Verdict, run_checks
from cdk_containers.checks.templates import Estate

from .account import Account
from .read import Missed, read_account
from .reader import Reader
from .readers import READERS

_ORDER = [Verdict.FAIL, Verdict.CANNOT_TELL, Verdict.PASS]


def survey(
    accounts: Iterable[Account], checks: Sequence[Check], readers: Sequence[Reader] = ()
) -> tuple[Report, Estate]:
    """Read regions one after the other, with all readers or the given ones, and return the results of the checks.

    Names are unique only within a region, so each region is checked separately. Global resources are in each of them,
    and count once, with the worst result.
    """
    readers = readers or READERS
    findings: dict[tuple[str, str, str], Finding] = {}
    not_checked: dict[str, None] = {}
    together = Estate()
    for account in accounts:
        estate = Estate()
        missed = read_account(account, estate, readers)
        report = run_checks(estate, checks)
        for finding in report.findings:
            key = (finding.path, finding.resource, finding.practice)
            known = findings.get(key, finding)
            findings[key] = min(known, finding, key=lambda it: _ORDER.index(it.verdict))
        for it in missed:
            regional = not (it.types and _types_of_no_region(readers).issuperset(it.types))
            not_checked.update(dict.fromkeys([_told(it, account.region if regional else "", checks, report)]))
        names = {template.name for template in together.templates}
        together.templates += [template for template in estate.templates if template.name not in names]
    report = Report(
        findings=tuple(findings.values()),
        not_checked=tuple(not_checked),
        resources=len(list(together.resources)),
    )
    return report, together


def _types_of_no_region(readers: Sequence[Reader]) -> set[str]:
    return {type_ for reader in readers if reader.everywhere for type_ in reader.types}


def _told(missed: Missed, region: str, checks: Sequence[Check], report: Report) -> str:
    """Describe what could not be read, and which checks are therefore incomplete."""
    practices = ", ".join(sorted(set(_not_made(missed, checks, report))))
    told = ": ".join(it for it in (region, ", ".join(missed.types), missed.why) if it)
    return f"{told}; so not checked: {practices}" if practices else told


def _not_made(missed: Missed, checks: Sequence[Check], report: Report) -> Iterator[str]:
    yield from (check.practice for check in checks if set(check.types) & set(missed.types))
    undecided = (it for it in report.findings if it.verdict is Verdict.CANNOT_TELL)
    yield from (it.practice for it in undecided if missed.why in it.why)

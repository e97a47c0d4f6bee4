"""Every check on small templates: some that follow the practice, some that do not, some that do not say.

`examples/` has one file for each area. A case is a template, or only its resources; the verdict is about the first
resource; where that is `silent`, the practice is not about it. `also` names further resources that fail for the same
practice; `why` is text that the reason contains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live.rules import LIVE_CHECKS
from cdk_containers.checks.reading import parse
from cdk_containers.checks.reading.foreach import expanded
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate
from cdk_containers.core.practices import PRACTICES

EXAMPLES = {
    path.stem: parse(path.read_text()).source for path in sorted((Path(__file__).parent / "examples").glob("*"))
}
BY_PRACTICE = {
    practice: cases for area in EXAMPLES.values() for practice, cases in area.items() if not practice.startswith(".")
}
VERDICTS = ("pass", "fail", "cannot-tell")
SILENT = "silent"


def cases() -> Iterator[Any]:
    for practice, by_verdict in BY_PRACTICE.items():
        for verdict in (*VERDICTS, SILENT):
            for number, case in enumerate(by_verdict.get(verdict, [])):
                yield pytest.param(practice, verdict, case, id=f"{practice}-{verdict}-{number}")


def estate_of(case: Mapping[str, Any]) -> Estate:
    estate = Estate()
    extras = {"also", "why"}
    template = case if "Resources" in case else {"Resources": {k: v for k, v in case.items() if k not in extras}}
    estate.add("example.yaml", expanded({k: v for k, v in template.items() if k not in extras}))
    return estate


@pytest.mark.parametrize(("practice", "verdict", "case"), list(cases()))
def test_example(practice: str, verdict: str, case: Mapping[str, Any]):
    estate = estate_of(case)
    first = next(iter(estate.resources)).logical_id
    checks = [check for check in CHECKS if check.practice == practice]
    found = {it.resource: it for it in run_checks(estate, checks).findings}
    if verdict == SILENT:
        assert first not in found, found[first]
        return
    assert found[first].verdict == verdict, found[first]
    assert case.get("why", "") in found[first].why
    others = {name for name, it in found.items() if it.verdict == "fail" and name != first}
    assert others == set(case.get("also", ()))
    if verdict == "fail":
        assert found[first].fix


def test_every_check_has_examples_of_each_verdict():
    """A practice whose verdict never depends on a deployment says so: `cannot-tell: never, because ...`."""
    lacking = {
        check.practice: [verdict for verdict in VERDICTS if not BY_PRACTICE.get(check.practice, {}).get(verdict)]
        for check in CHECKS
    }
    assert {practice: verdicts for practice, verdicts in lacking.items() if verdicts} == {}
    assert BY_PRACTICE.keys() <= {check.practice for check in CHECKS}


def test_every_practice_says_what_kind_of_check_it_has():
    checked = {check.practice for check in CHECKS}
    assert checked <= PRACTICES.keys()
    assert {it.id for it in PRACTICES.values() if it.check == "template"} == checked
    assert {it.id for it in PRACTICES.values() if it.check == "live"} == {check.practice for check in LIVE_CHECKS}
    assert [it.id for it in PRACTICES.values() if (it.check == "template") == bool(it.not_in_templates)] == []

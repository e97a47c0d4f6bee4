"""How often the checks are right, on templates that people have labelled: `python scripts/score_checks.py`.

`tests/checks/labelled/labels.json` says for each template which practice fails on which resource, and where no rule can
tell. For the practices of the list, everything that is not named there passes. There are small templates, which are
right in every respect, wrong in one, or open in one; and templates of whole applications, in the style of many tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdk_containers.checks.engine import Verdict, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT / "tests" / "checks" / "labelled"


@dataclass(frozen=True, slots=True)
class Score:
    """What the checks said, beside what people say; each as `template: resource practice`."""

    hits: tuple[str, ...]
    misses: tuple[str, ...]
    false_alarms: tuple[str, ...]
    overconfident: tuple[str, ...]
    """Checks that pass a template although the result is unknown."""
    templates: int
    flawless: int
    """Templates without a failure."""

    @property
    def precision(self) -> float:
        """How many of the reported failures are failures."""
        return len(self.hits) / (len(self.hits) + len(self.false_alarms))

    @property
    def recall(self) -> float:
        """How many of the failures are reported."""
        return len(self.hits) / (len(self.hits) + len(self.misses))


def labels() -> tuple[frozenset[str], Mapping[str, Mapping[str, list[str]]]]:
    """Return the practices that people looked for, and what they say of each template."""
    content = json.loads((LABELLED / "labels.json").read_text(encoding="utf-8"))
    return frozenset(content["practices"]), content["templates"]


def verdicts(path: Path, practices: frozenset[str]) -> Iterator[tuple[str, Verdict]]:
    """Yield what the checks say of a template, as `resource practice`."""
    estate = Estate()
    unread = read_estate([path], estate)
    if unread:
        raise ValueError(unread[0])
    for finding in run_checks(estate, [check for check in CHECKS if check.practice in practices]).findings:
        yield f"{finding.resource} {finding.practice}", finding.verdict


def score() -> Score:
    """Check every labelled template, and compare."""
    practices, templates = labels()
    found: dict[str, list[str]] = {"hits": [], "misses": [], "false_alarms": [], "overconfident": []}
    for name, label in templates.items():
        said = dict(verdicts(LABELLED / "templates" / name, practices))
        failing, open_ = set(label.get("fail", ())), set(label.get("cannot-tell", ()))
        reported = {what for what, verdict in said.items() if verdict is Verdict.FAIL}
        found["hits"] += [f"{name}: {what}" for what in sorted(reported & failing)]
        found["misses"] += [f"{name}: {what}" for what in sorted(failing - reported)]
        found["false_alarms"] += [f"{name}: {what}" for what in sorted(reported - failing)]
        found["overconfident"] += [f"{name}: {what}" for what in sorted(open_) if said.get(what) is Verdict.PASS]
    lists = {kind: tuple(lines) for kind, lines in found.items()}
    flawless = sum(not label.get("fail") for label in templates.values())
    return Score(**lists, templates=len(templates), flawless=flawless)


def sentence(it: Score) -> str:
    """Return the score as a sentence for the documentation."""
    return (
        f"On {it.templates} labelled templates, {it.flawless} of which have no failure, {len(it.hits)} of "
        f"{len(it.hits) + len(it.misses)} failures are reported (recall {it.recall:.2f}), with "
        f"{len(it.false_alarms)} false alarms (precision {it.precision:.2f})."
    )


if __name__ == "__main__":
    result = score()
    print(sentence(result))
    for kind in ("misses", "false_alarms", "overconfident"):
        for line in getattr(result, kind):
            print(f"{kind.replace('_', ' ')}: {line}")

"""Unusual templates, derived from real ones: `python -m tests.checks.fuzzing --minutes 10`.

Values are exchanged for others, functions are put where none belongs, text is cut and doubled. Whatever comes out, the
checks answer with findings, or with one line for a file that cannot be read.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.engine.run import MISTAKE
from cdk_containers.checks.reading import parse, read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate

ROOT = Path(__file__).resolve().parents[2]
JUNK: list[Any] = [None, True, 0, -1, 1e309, "", "x", "${", "${A.B.C}", [], {}, [[]], {"": {}}]
JUNK += ["{{resolve:ssm:/x}}", "arn:aws:iam::x:role/y", {"Ref": "X"}, {"Ref": []}, {"Ref": "AWS::NoValue"}]
JUNK += [{"Fn::If": ["C", 1]}, {"Fn::If": ["C", 1, 2]}, {"Fn::GetAtt": "A"}, {"Fn::Select": ["z", "ab"]}]
JUNK += [{"Fn::Sub": "${X}${Y.Z}"}, {"Fn::Sub": ["${A}", {"A": {"Ref": "AWS::NoValue"}}]}]
JUNK += [{"Fn::Join": ["", {"Ref": "P"}]}, {"Fn::FindInMap": ["M", "a", "b"]}, {"Fn::ImportValue": {"Fn::Sub": "${P}"}}]
JUNK += [{"Fn::Transform": {"Name": "X"}}, {"Fn::ForEach::L": ["N", ["a"], {"K${N}": 1}]}]


def seeds() -> list[dict[str, Any]]:
    """Return templates to start from."""
    goldens = sorted((ROOT / "tests" / "snapshots").rglob("*.json"))
    sources = [json.loads(path.read_text(encoding="utf-8")) for path in goldens]
    for path in sorted((Path(__file__).parent / "examples").glob("*.yaml")):
        for name, by_verdict in parse(path.read_text(encoding="utf-8")).source.items():
            if name.startswith("."):
                continue
            cases = [case for cases in by_verdict.values() if isinstance(cases, list) for case in cases]
            sources += [case if "Resources" in case else {"Resources": case} for case in cases]
    return [source for source in sources if isinstance(source, dict) and isinstance(source.get("Resources"), dict)]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def odd(seed: dict[str, Any], chance: random.Random) -> str:
    """Return the text of a template with a few things exchanged."""
    template = copy.deepcopy(seed)
    if len(template["Resources"]) > 12:
        kept = chance.sample(sorted(template["Resources"]), 12)
        template["Resources"] = {name: template["Resources"][name] for name in kept}
    for _ in range(chance.randint(1, 4)):
        places = list(_places(template))
        if not places:
            break
        parent, key = chance.choice(places)
        if chance.random() < 0.2 and isinstance(parent, dict):
            del parent[key]
        elif chance.random() < 0.3:
            other, from_ = chance.choice(places)
            parent[key] = copy.deepcopy(other[from_]) if from_ in _keys(other) else None
        else:
            parent[key] = copy.deepcopy(chance.choice(JUNK))
    text = json.dumps(template, indent=chance.choice([None, 1]))
    if chance.random() < 0.2:
        start = chance.randrange(len(text))
        text = text[:start] + chance.choice(["", "{", "\t", "\x00", "&a *a", "!Ref ", '"', "\n- "]) + text[start + 1 :]
    return text


def _keys(value: Any) -> Any:
    return value if isinstance(value, dict) else range(len(value))


def look(text: str, folder: Path) -> str:
    """Check one text, and return what came out: findings, or the line that says why it cannot be read."""
    path = folder / "template.json"
    path.write_text(text, encoding="utf-8")
    estate = Estate()
    skipped = read_estate([path], estate)
    report = run_checks(estate, CHECKS, not_checked=skipped)
    mistakes = [f"{it.practice}: {it.why}" for it in report.findings if MISTAKE in it.why]
    if mistakes:
        raise AssertionError(mistakes)
    if skipped and "\n" in skipped[0]:
        raise AssertionError(f"more than one line: {skipped[0]}")
    return skipped[0] if skipped else f"{len(report.findings)} findings"


def fuzz(folder: Path, goes_on: Callable[[int], bool], *, start: int = 0) -> tuple[int, int]:
    """Check odd templates, and return how many could be read and how many could not."""
    sources = seeds()
    read = unread = 0
    number = start
    while goes_on(number):
        chance = random.Random(number)  # noqa: S311  (the same number gives the same template again)
        text = odd(chance.choice(sources), chance)
        try:
            told = look(text, folder)
        except Exception as error:
            error.add_note(f"template {number}:\n{text[:3000]}")
            raise
        read, unread = (read + 1, unread) if told.endswith("findings") else (read, unread + 1)
        number += 1
    return read, unread


def main() -> None:
    """Fuzz for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        read, unread = fuzz(Path(folder), lambda _: time.monotonic() < end, start=options.start)
    sys.stdout.write(f"{read} templates were checked, {unread} could not be read, and nothing else happened\n")


if __name__ == "__main__":
    main()

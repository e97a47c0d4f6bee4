"""Unusual compose files, derived from real ones: `python -m tests.compose.fuzzing --minutes 10`.

Values are exchanged for others, keys are misspelt, lines are cut, doubled and moved. Whatever comes out, the converter
answers with an app whose source is Python, or with lines that each have a file.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cdk_containers.compose.converting import Choices, convert
from cdk_containers.compose.reading import ComposeError, read_project
from cdk_containers.compose.reading.files import NAMES

from .projects import CHOICES, FOLDER

JUNK = [
    "",
    "~",
    "null",
    "true",
    "no",
    "0",
    "-1",
    "1e309",
    "99999999999999999999",
    "[]",
    "{}",
    "[[]]",
    "{a: {}}",
    "x",
    "'",
]
JUNK += [
    "$",
    "${",
    "${A",
    "${A:-",
    "${A:-${A:-${A}}}",
    "$$",
    "${A:?}",
    "\u2028",
    "!!binary x",
    "!reset []",
    "*a",
    "&a [*a]",
]
JUNK += [
    "80:80",
    "a:b:c:d",
    "0:0",
    "1-2:3-4",
    "65536",
    "10m",
    "1x",
    "1h99x",
    "./x:/y",
    "/var/run/docker.sock:/x",
    "host",
]
JUNK += ["service:web", "service:x", "<<: *x", "?", "- -", '"\\0"', "\t", "::", "a=b", "=", "http://db:x", "//db@db:1/"]
JUNK += ["service_completed_successfully", "{condition: service_completed_successfully}", "[CMD]", "[NONE, x]", "'a b'"]
KEYS = ["network_mode", "depends_on", "extends", "volumes", "ports", "environment", "secrets", "build", "healthcheck"]
KEYS += ["deploy", "restart", "profiles", "tmpfs", "ulimits", "networks", "links", "env_file", "user", "command", "<<"]


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with a few things changed."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                lines[at] = re.sub(r"(?<=: ).*|(?<=- ).*", lambda _: chance.choice(JUNK), lines[at], count=1)
            case 1:
                lines[at] = re.sub(r"\w+(?=:)", lambda _: chance.choice(KEYS), lines[at], count=1)
            case 2:
                del lines[at]
            case 3:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 4:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case 5:
                lines[at] = " " * chance.randrange(8) + lines[at].strip()
            case 6:
                indent = re.match(r" *", lines[at])
                spaces = indent[0] if indent else ""
                lines.insert(at, f"{spaces}{chance.choice(KEYS)}: {chance.choice(JUNK)}")
            case _:
                place = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:place] + chance.choice(JUNK) + lines[at][place:]
        if not lines:
            lines = [""]
    return "\n".join(lines)


def fuzz(folder: Path, go_on: Callable[[int], bool], *, seed: int = 0) -> tuple[int, int]:
    """Convert mutated projects, and return how many became apps, and how many were refused."""
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    projects = {}
    for name in CHOICES:
        shutil.copytree(FOLDER / name, folder / name)
        path = next(folder / name / file for file in NAMES if (folder / name / file).is_file())
        projects[name] = (path, path.read_text(encoding="utf-8"))
    made = refused = number = 0
    while go_on(number):
        number += 1
        name = chance.choice(list(projects))
        path, text = projects[name]
        path.write_text(mutated(text, chance), encoding="utf-8", errors="surrogatepass")
        try:
            project = read_project(path, variables={"A": "a", "BASE_URL": "x"})
            choices = chance.choice([CHOICES[name]] * 4 + [Choices()])
            app = convert(project, choices, output=folder / "app", file=path.name)
        except ComposeError as error:
            refused += 1
            for line in error.lines:
                assert line.startswith(str(folder)), line
                assert "\n" not in line, line
                assert "Error" not in line, line
        except Exception:
            sys.stderr.write(f"seed {seed}, number {number}, {name}:\n{path.read_text(encoding='utf-8')}\n")
            raise
        else:
            made += 1
            for file, content in app.files.items():
                if file.endswith(".py"):
                    ast.parse(content)
    return made, refused


def main() -> int:
    """Fuzz for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        made, refused = fuzz(Path(folder), lambda _: time.monotonic() < end, seed=arguments.seed)
    sys.stdout.write(f"seed {arguments.seed}: {made} became apps, {refused} were refused\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

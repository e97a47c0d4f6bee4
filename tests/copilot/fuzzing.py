"""Throws damaged manifests at the readers: each is read, or refused with a place and a message.

python -m tests.copilot.fuzzing --minutes 10
"""

from __future__ import annotations

import argparse
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from cdk_containers.copilot.manifests import ManifestError, Problem, read_environment, read_pipeline, read_workload

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.yml"))
SLOWEST = 5.0
"""Seconds; no file of this size needs a tenth of it, unless it is a bomb that went off."""

_PIECES = [
    *(
        "",
        " ",
        "  ",
        "\t",
        "\n",
        ":",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: *a\n",
        "<<: ",
        "!!int ",
        "!!binary ",
        "!foo ",
        "? ",
    ),
    *("---\n", "...\n", "%YAML 1.2\n", "{", "}", "[", "]", "'", '"', "|\n", ">\n", "#", "~", "null", "true", "yes"),
    *("0", "-1", "1e9", "0x1F", "012", ".inf", ".nan", "1_0", "99999999999999999999", "2001-01-01"),
    *(
        "${X}",
        "\\${X}",
        "${",
        "${COPILOT_ENVIRONMENT_NAME}",
        "\u00e9",
        "\u2028",
        "\ufeff",
        "\x00",
        "\x85",
        "\U0001f600",
    ),
    *("environments:\n  prod:\n", "image: ", "count: ", "a" * 5000, "[" * 300, "{a: " * 300, "- " * 300),
]
_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 80, 65536, 10**30, 1.5, float("inf"), float("nan")),
    *("", "x", "80", "10s", "1-10", "5-1", "80/udp", "a b", "${X}", "\n", "é" * 40),
    *([], {}, [None], [[]], [{}], {"": ""}, {"a": None}, {"a": {"b": {"c": []}}}, ["x", 1, None, {}]),
    *({"from_cfn": None}, {"enable": "x"}, {"name": []}, [{"name": None}], {"path": {}}, {1: 2}, {None: 1}),
]


def damaged_text(text: str, chance: random.Random) -> str:
    """Return a text with a few pieces cut, doubled, swapped or put in."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice((0, 1, 2, 10, 80)))
        piece = chance.choice((chance.choice(_PIECES), text[start:end] * 2, "", text[: end - start]))
        text = text[:start] + piece + text[end:]
    return text


def damaged_tree(text: str, chance: random.Random) -> str:
    """Return a text with values and keys of its tree replaced."""
    tree = yaml.safe_load(text.replace("\non:", "\n'on':"))
    for _ in range(chance.randint(1, 4)):
        parents = [node for node in _nodes(tree) if isinstance(node, dict | list) and node]
        parent = chance.choice(parents)
        key: Any = chance.choice(list(parent)) if isinstance(parent, dict) else chance.randrange(len(parent))
        if isinstance(parent, dict) and chance.random() < 0.2:
            parent[chance.choice((f"{key}s", "bogus", "", "path", 7))] = parent.pop(key)
        else:
            value = chance.choice((*_VALUES, *_nodes(tree)[:20])) if chance.random() < 0.9 else [parent[key]]
            parent[key] = deepcopy(value)
        tree = yaml.safe_load(yaml.safe_dump(tree))
    return str(yaml.safe_dump(tree, sort_keys=False))


def damaged_bytes(text: str, chance: random.Random) -> bytes:
    """Return bytes of which some are not UTF-8."""
    content = bytearray(text.encode())
    for _ in range(chance.randint(1, 5)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def outcome(content: bytes, path: Path, read: Callable[[Path], Any]) -> str:
    """Read a file; return what became of it.

    Raises:
        AssertionError: It took too long, or the error does not say where and why.
    """
    path.write_bytes(content)
    problems: tuple[Problem, ...] | None = None
    start = time.perf_counter()
    try:
        read(path)
    except ManifestError as error:
        problems = error.problems
    assert time.perf_counter() - start < SLOWEST, "too slow"
    if problems is None:
        return "read"
    lines = len(content.decode(errors="replace").splitlines()) + 2
    assert problems, "no problem"
    for problem in problems:
        assert problem.message.strip(), "no message"
        assert problem.line is None or 1 <= problem.line <= lines, f"line {problem.line} of {lines}"
    return "refused"


def attempt(seed: int, folder: Path) -> str:
    """Damage a sample in the way that a number stands for, and read it."""
    chance = random.Random(seed)  # noqa: S311
    sample = chance.choice(SAMPLES)
    text = sample.read_text(encoding="utf-8")
    damage = chance.choice((damaged_text, damaged_tree, damaged_tree, damaged_bytes))
    content = damage(text, chance)
    if isinstance(content, str):
        content = content.encode(errors="surrogatepass")
    reader: Callable[..., Any] = partial(
        read_workload, environment=chance.choice((None, "prod", "test")), application="shop"
    )
    if sample.stem.startswith("environment"):
        reader = partial(read_environment, application="shop")
    elif sample.stem.startswith("pipeline"):
        reader = read_pipeline
    return outcome(content, folder / "manifest.yml", partial(reader, variables={"X": "x", "TAG": "7"}))


def _nodes(node: Any) -> list[Any]:
    children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    return [node, *(one for child in children for one in _nodes(child))]


def main() -> int:
    """Run for a while, and show what was not clean."""
    import tempfile  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="the first number; failures name theirs")
    arguments = parser.parse_args()
    end = time.monotonic() + 60 * arguments.minutes
    results: Counter[str] = Counter()
    seed = arguments.seed
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            try:
                results[attempt(seed, Path(folder))] += 1
            except Exception:  # noqa: BLE001  (that is what is looked for)
                results["FAILED"] += 1
                print(f"--seed {seed}\n{traceback.format_exc(limit=-4)}")  # noqa: T201
            seed += 1
    print(dict(results))  # noqa: T201
    return 1 if results["FAILED"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

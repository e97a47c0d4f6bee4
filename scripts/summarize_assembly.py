"""Say in a line per stack what `cdk synth` wrote: name, template file, number of resources.

Usage: summarize_assembly.py [FOLDER], `cdk.out` by default.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path


def stacks(assembly: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and template of every stack, those of nested assemblies (stages) included."""
    manifest = json.loads((assembly / "manifest.json").read_text())
    for artifact_id, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            yield properties.get("stackName", artifact_id), assembly / properties["templateFile"]
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from stacks(assembly / properties["directoryName"])


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "cdk.out")
    rows = [(name, len(json.loads(path.read_text()).get("Resources", {})), path) for name, path in stacks(folder)]
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, resources, path in rows:
        print(f"{name:<{width}}  {resources:>4} resources  {path}")
    print(f"{len(rows)} stacks, {sum(resources for _, resources, _ in rows)} resources")


if __name__ == "__main__":
    main()

"""Assemblies made of the golden templates, as `cdk synth` would leave them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
SAMPLE = Path(__file__).parents[2] / "sample"
_ASSET = "<asset-"
_NAME = re.compile(r"(Shop)?(\w+?)(Service|TaskDefinition)[0-9A-F]{8}")


@cache
def golden(stack: str) -> dict[str, Any]:
    template: dict[str, Any] = json.loads((SNAPSHOTS / f"{stack}.template.json").read_text())
    return template


def stacks_with_tasks() -> list[str]:
    names = [path.name.removesuffix(".template.json") for path in SNAPSHOTS.glob("*.template.json")]
    return sorted(name for name in names if definitions(name))


def definitions(stack: str) -> dict[str, dict[str, Any]]:
    resources = golden(stack)["Resources"]
    return {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::ECS::TaskDefinition"}


def assembly(folder: Path, *stacks: str) -> Path:
    """Write an assembly with some stacks; what they build comes from a copy of `sample/`."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts: dict[str, Any] = {}
    for stack in stacks:
        (folder / f"{stack}.template.json").write_text(json.dumps(golden(stack)))
        properties = {"templateFile": f"{stack}.template.json", "stackName": stack}
        (folder / f"{stack}.metadata.json").write_text(json.dumps(_paths(stack)))
        artifacts[stack] = {
            "type": "aws:cloudformation:stack",
            "properties": properties,
            "additionalMetadataFile": f"{stack}.metadata.json",
        }
        (folder / f"{stack}.assets.json").write_text(json.dumps({"dockerImages": _images(stack, folder)}))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def _paths(stack: str) -> dict[str, Any]:
    """Return the paths of the constructs, which golden templates do not have."""
    names = {name: _NAME.fullmatch(name) for name in golden(stack)["Resources"]}
    return {
        f"/{stack}/{match[1] + '/' if match[1] else ''}{match[2]}/{match[3]}/Service": [
            {"type": "aws:cdk:logicalId", "data": name}
        ]
        for name, match in names.items()
        if match
    }


def _images(stack: str, folder: Path) -> dict[str, Any]:
    images: dict[str, Any] = {}
    for logical_id, definition in definitions(stack).items():
        for container in definition["ContainerDefinitions"]:
            image = json.dumps(container["Image"])
            if _ASSET in image:
                key = _ASSET + image.partition(_ASSET)[2].partition(">")[0] + ">"
                target = "web" if "Web" in logical_id else "backend"
                copy = folder / f"asset.{target}"
                if not copy.exists():
                    copy.symlink_to(SAMPLE)
                source = {"directory": copy.name, "dockerBuildTarget": target, "platform": "linux/amd64"}
                images[key] = {"source": source}
    return images

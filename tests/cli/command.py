"""The command, called as a shell calls it, without its own process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.cli.main import main

MUTABLE = {"Type": "AWS::ECR::Repository", "Properties": {"ImageScanningConfiguration": {"ScanOnPush": True}}}
"""It fails `immutable-tags`, and passes `scan-on-push`."""
IMMUTABLE = {
    "Type": "AWS::ECR::Repository",
    "Properties": {"ImageTagMutability": "IMMUTABLE", "ImageScanningConfiguration": {"ScanOnPush": True}},
}
CHECKS = ("--only", "immutable-tags", "--only", "scan-on-push")
"""The checks of most tests here, whatever others there are."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Shell:
    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> Ran:
        code = main([str(argument) for argument in arguments])
        out, err = self._capture.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    def check(self, *arguments: str | Path) -> Ran:
        return self("check", *CHECKS, *arguments)

    def found(self, *arguments: str | Path) -> list[tuple[str, str, str]]:
        """The resource, practice and verdict of each finding."""
        findings = self.check("--format", "json", *arguments).data["findings"]
        return [(it["resource"], it["practice"], it["verdict"]) for it in findings]


def template(path: Path, resources: Mapping[str, Any], **sections: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Resources": resources, **sections}, indent=2))
    return path

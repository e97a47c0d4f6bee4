"""How many known vulnerabilities a deployed image may have."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .source_paths import is_source_path

_LEVELS = ("critical", "high", "medium", "low")


@frozen
class ScanGate:
    """Maximum number of known vulnerabilities of each severity in an image; more stop the pipeline.

    The gate reads the basic or enhanced ECR scan of the pushed image. It also stops the pipeline if the scan fails or
    does not finish. To accept a finding temporarily, add it to the exceptions file, which is part of the source and its
    review. Each entry has an `id`, an `owner`, a `reason` and the last valid day, `expires`, at most 180 days ahead;
    `images` limits it to some images.

    Attributes:
        critical: Maximum number of critical findings. None, which would ignore them, is rejected. Default: 0.
        high: Maximum number of high findings. None is rejected. Default: 0.
        medium: Maximum number of medium findings. Default: None, any number.
        low: Maximum number of low findings. Default: None, any number.
        exceptions_file: JSON file in the source with the exceptions; it is optional. Default: `scan-exceptions.json`.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """

    critical: int | None = 0
    high: int | None = 0
    medium: int | None = None
    low: int | None = None
    exceptions_file: str = "scan-exceptions.json"

    @property
    def thresholds(self) -> dict[str, int]:
        """The thresholds that are set, by severity."""
        return {level.upper(): count for level in _LEVELS if (count := getattr(self, level)) is not None}

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        for level in _LEVELS:
            count = getattr(self, level)
            if found.has(level):
                continue
            if count is None and level in ("critical", "high"):
                found.add(
                    level,
                    "without a threshold the gate lets every such finding pass",
                    allowed='0 or more; or scan_gate=Disabled(reason="…")',
                    practice="scan-gate",
                )
            elif count is not None and count < 0:
                found.add(level, "out of range", given=count, allowed="0 or more", practice="scan-gate")
        path = self.exceptions_file
        if not found.has("exceptions_file") and not is_source_path(path):
            found.add("exceptions_file", "not a path in the source", given=path, allowed="such as scan-exceptions.json")
        return list(found)

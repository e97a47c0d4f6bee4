"""How many known vulnerabilities an image may have that a pipeline deploys."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .source_paths import is_source_path

_LEVELS = ("critical", "high", "medium", "low")


@frozen
class ScanGate:
    """How many known vulnerabilities of each severity an image may have; one more stops the pipeline.

    The gate reads the scan that ECR made when the image was pushed, basic or enhanced. It stops the pipeline too where
    the scan failed or never ends. A finding that you accept for a time goes to the file of exceptions, which is part of
    the source and of its review. Each entry has an `id`, an `owner`, a `reason` and the last day on which it holds,
    `expires`, at most 180 days ahead; `images` limits it to some images.

    Attributes:
        critical: Critical findings that an image may have. None counts none of them, and is refused. Default: 0.
        high: The same for high ones. None is refused. Default: 0.
        medium: The same for medium ones. Default: None, any number.
        low: The same for low ones. Default: None, any number.
        exceptions_file: JSON file in the source with the exceptions; it need not exist. Default:
            `scan-exceptions.json`.

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
        """Find what is wrong with these options."""
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

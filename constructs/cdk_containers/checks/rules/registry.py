"""Checks of image repositories."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import Resource

REPOSITORY = "AWS::ECR::Repository"


@check("immutable-tags", REPOSITORY, fix="Set ImageTagMutability to IMMUTABLE.")
def tags_are_immutable(repository: Resource) -> Outcome:
    """A tag names one image for ever."""
    mutability = repository.text("ImageTagMutability", default="MUTABLE")
    if mutability == "IMMUTABLE":
        return ok("tags are immutable")
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        return ok("tags are immutable, apart from those that the repository excludes")
    return fault("a tag can be moved to another image")


@check("scan-on-push", REPOSITORY, fix="Set ImageScanningConfiguration.ScanOnPush to true.")
def scans_on_push(repository: Resource) -> Outcome:
    """Every image is scanned when it arrives."""
    if repository.flag("ImageScanningConfiguration", "ScanOnPush"):
        return ok("images are scanned when they are pushed")
    return fault("images are not scanned when they are pushed")

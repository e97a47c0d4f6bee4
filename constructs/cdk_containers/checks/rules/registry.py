"""Checks of image repositories."""

from __future__ import annotations

from fnmatch import fnmatchcase

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .questions import holds_for_any

REPOSITORY = "AWS::ECR::Repository"
SCANNING = "AWS::ECR::RegistryScanningConfiguration"

_KEPT = {"Retain", "RetainExceptOnCreate"}


@check("immutable-tags", REPOSITORY, fix="Set ImageTagMutability to IMMUTABLE.")
def tags_are_immutable(repository: Resource) -> Outcome:
    """A tag names one image forever."""
    mutability = repository.text("ImageTagMutability", default="MUTABLE")
    if mutability == "IMMUTABLE":
        return ok("tags are immutable")
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        return ok("tags are immutable, except those that the repository excludes")
    return fault("a tag can be moved to another image")


@check("scan-on-push", REPOSITORY, fix="Set ImageScanningConfiguration.ScanOnPush to true.")
def scans_on_push(repository: Resource) -> Outcome:
    """Every image is scanned on push, by the repository or by the registry."""
    if repository.flag("ImageScanningConfiguration", "ScanOnPush"):
        return ok("images are scanned when they are pushed")
    registry = repository.template.estate.of_type(SCANNING)
    rules = [rule for configuration in registry for rule in configuration.maps("Rules")]
    if holds_for_any(lambda rule: _scans(rule, repository), rules):
        return ok("the registry scans images when they are pushed")
    return fault("images are not scanned when they are pushed")


def _scans(rule: Map, repository: Resource) -> bool:
    if rule.text("ScanFrequency") not in {"SCAN_ON_PUSH", "CONTINUOUS_SCAN"}:
        return False
    return holds_for_any(lambda it: _takes(it.text("Filter"), repository), rule.maps("RepositoryFilters"))


def _takes(pattern: str, repository: Resource) -> bool:
    """Tell whether a filter takes a repository; without an asterisk, it takes every name that has it somewhere."""
    if not pattern.strip("*"):
        return True
    if not repository.has("RepositoryName"):
        raise CannotTell("CloudFormation generates the name of the repository")
    return fnmatchcase(repository.text("RepositoryName"), pattern if "*" in pattern else f"*{pattern}*")


@check(
    "repository-encryption", REPOSITORY, fix="Set EncryptionConfiguration.EncryptionType to KMS, in a new repository."
)
def is_encrypted_with_kms(repository: Resource) -> Outcome:
    """A KMS key encrypts the images."""
    type_ = repository.text("EncryptionConfiguration", "EncryptionType", default="AES256")
    return ok("a KMS key encrypts images") if type_.startswith("KMS") else fault("no KMS key encrypts images")


@check(
    "image-lifecycle", REPOSITORY, fix="Set LifecyclePolicy.LifecyclePolicyText with a rule that expires old images."
)
def images_expire(repository: Resource) -> Outcome:
    """Old images expire."""
    if repository.has("LifecyclePolicy", "LifecyclePolicyText"):
        return ok("a lifecycle policy expires images")
    return fault("no lifecycle policy expires old images")


@check("retain-images", REPOSITORY, fix="Set DeletionPolicy and UpdateReplacePolicy to Retain.")
def keeps_its_images(repository: Resource) -> Outcome:
    """Images are kept when the stack is deleted."""
    policy = repository.attribute("DeletionPolicy").text("DeletionPolicy")
    if policy in _KEPT:
        return ok("images stay when the stack is deleted")
    if policy:
        raise CannotTell(f"DeletionPolicy is {policy}, which is right for images that do not run in production")
    return fault("images are deleted with the stack")

"""The stacks of a cloud assembly, by environment, account and region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.reading.assembly import StackFile, stacks_of
from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Resource, Template
from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload.ecr_address import partition_of

_PLACE = re.compile(r"aws://([^/]*)/([^/]*)")
_TAG = "environment"


class AssemblyError(Exception):
    """A folder that is not a cloud assembly or contains unreadable files; each problem is one line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@frozen(slots=False)
class DeployedStack:
    """A stack of an assembly, and where it is deployed.

    Attributes:
        name: Its name in CloudFormation.
        path: Its path in the app.
        key: Its name without the environment.
        environment: The environment that it belongs to: its stage or, outside of stages, its tag `environment`. Empty
            if it has neither.
        account: The account; None if it is known only at deployment.
        region: The region; None if it is known only at deployment.
        estate: Its template and nested templates, with their known account and region.
    """

    name: str
    path: str
    key: str
    environment: str
    account: str | None
    region: str | None
    estate: Estate

    @property
    def template(self) -> Template:
        """Its own template."""
        return next(it for it in self.estate.templates if it.nested_in is None)

    @property
    def place(self) -> str:
        """Its account and region, for messages."""
        return f"account {self.account or '(any)'}, region {self.region or '(any)'}"

    @property
    def resources(self) -> Iterator[Resource]:
        """Its resources, including those of nested stacks."""
        return self.estate.resources


def read_assembly(folder: Path) -> list[DeployedStack]:
    """Read the stacks of an assembly, and those of its stages, in the order of the app.

    Raises:
        AssemblyError: It is not an assembly, or one of its templates cannot be read.
    """
    if not (folder / "manifest.json").is_file():
        raise AssemblyError(f"{folder}: not a cloud assembly; run `cdk synth`, which writes cdk.out")
    skipped: list[str] = []
    files = stacks_of(folder, skipped)
    if files is None:
        raise AssemblyError(
            *(skipped or [(f"{folder}: not a cloud assembly, because it has no manifest.json with artifacts")])
        )
    stacks = [_stack(file, skipped) for file in files]
    if skipped:
        raise AssemblyError(*skipped)
    return [stack for stack in stacks if stack is not None]


def _stack(file: StackFile, skipped: list[str]) -> DeployedStack | None:
    account, region = _place(file.place)
    known = {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::Partition": region and partition_of(region),
        "AWS::StackName": file.stack_name,
    }
    estate = Estate(pseudo_parameters={name: value for name, value in known.items() if value is not None})
    # The template of a nested stack can intentionally be in another bucket, so it is not checked.
    problems = read_estate([file], estate)
    if not estate.templates:
        skipped.extend(problems)
        return None
    environment = file.stage or _tagged(estate)
    key = file.construct_path.removeprefix(f"{file.stage}/") if file.stage else without(file.stack_name, environment)
    return DeployedStack(
        name=file.stack_name,
        path=file.construct_path,
        key=key,
        environment=environment,
        account=account,
        region=region,
        estate=estate,
    )


def _place(text: str) -> tuple[str | None, str | None]:
    found = _PLACE.fullmatch(text)
    account, region = found.groups() if found else ("", "")
    return (account if account.isdecimal() else None, region if region and region != "unknown-region" else None)


def _tagged(estate: Estate) -> str:
    """Return the value of the tag, if all resources have the same value."""
    values = set()
    for resource in estate.resources:
        try:
            tags = {tag.text("Key"): tag.text("Value") for tag in resource.maps("Tags")}
        except (CannotTell, Malformed):
            continue
        values |= {tags[_TAG]} if _TAG in tags else set()
    return values.pop() if len(values) == 1 else ""


def without(text: str, environment: str) -> str:
    """Return a name with `<environment>` instead of the environment's name, if it contains that as a word."""
    if not environment:
        return text
    return re.sub(
        rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "<environment>", text, flags=re.IGNORECASE
    )

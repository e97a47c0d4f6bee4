"""Context that the parts of a workload share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct, IConstruct

from cdk_containers.core.frozen import frozen

from ..manifests.models.containers import FromCfn
from ..manifests.models.workloads import Workload
from .naming import Naming
from .setting import Setting
from .surroundings import Surroundings

REASON = "The workload ran like this with AWS Copilot, and its manifest sets nothing else"


@frozen(slots=False)
class AddonOutputs:
    """Outputs of the addons of a workload, by purpose.

    Attributes:
        variables: Variables of all containers.
        secrets: ARNs of secrets of the workload's own container, by the names of variables.
        policies: ARNs of policies of the task role.
        security_groups: Ids of security groups of the tasks.
    """

    variables: dict[str, str] = field(default_factory=dict[str, str])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    policies: list[str] = field(default_factory=list[str])
    security_groups: list[str] = field(default_factory=list[str])


@frozen(slots=False)
class Making:
    """A workload under construction.

    Attributes:
        scope: Its construct.
        workload: Its manifest, for its environment.
        setting: Its environment.
        around: Imported values of its environment.
        root: The base folder of paths in the manifest; None if unknown.
        image_tag: Tag of the images that Copilot pushed, for workloads without a build.
        elsewhere: Whether its stack is in another region than its environment, and cannot import its exports.
        naming: Sets Copilot's logical ids.
        addons: Outputs of the workload's addons.
        notes: Notes about the workload.
    """

    scope: Construct
    workload: Workload
    setting: Setting
    around: Surroundings
    root: Path | None
    image_tag: str
    elsewhere: bool
    naming: Naming
    addons: AddonOutputs = field(default_factory=AddonOutputs)
    notes: list[str] = field(default_factory=list[str])

    @property
    def name(self) -> str:
        """Name of the workload."""
        return self.workload.name

    @property
    def full_name(self) -> str:
        """Its name with those of application and environment, such as `shop-prod-api`."""
        return self.setting.stack_name(self.name)

    def name_it(self, logical_id: str, construct: IConstruct) -> None:
        """Set the logical id of a construct's resource to that of Copilot's template."""
        self.naming.name(logical_id, construct)

    def resource_name(self, name: str) -> str | None:
        """Return a name for a resource, if names are kept."""
        return name if self.setting.compatibility.resource_names else None

    def parameter(self, id: str, description: str, *, type: str = "String", default: str | None = None) -> str:  # noqa: A002
        """Return the value of a template parameter, for values that are known only at deployment."""
        stack = cdk.Stack.of(self.scope)
        found = stack.node.try_find_child(id)
        if not isinstance(found, cdk.CfnParameter):
            found = cdk.CfnParameter(stack, id, type=type, description=description, default=default)
        return found.value_as_string

    def export(self, name: str, value: str) -> None:
        """Export a value of the workload under Copilot's name."""
        cdk.CfnOutput(cdk.Stack.of(self.scope), f"{name}Export", value=value, export_name=f"{self.full_name}-{name}")

    def file(self, path: str) -> Path | None:
        """Return a file of the workspace, if it exists."""
        found = None if self.root is None else self.root / path
        return found if found is not None and found.exists() else None


def text_of(value: str | FromCfn) -> str:
    """Return a value, or the export that it comes from."""
    return cdk.Fn.import_value(value.from_cfn or "") if isinstance(value, FromCfn) else value


def topic_arn(name: str) -> str:
    """Return the ARN of a topic in the account and region of the stack."""
    return f"arn:{cdk.Aws.PARTITION}:sns:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{name}"


def json_object(values: Mapping[str, str]) -> str:
    """Return texts, which can contain tokens, as a JSON object in Copilot's form."""
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in sorted(values.items())) + "}"


def seconds_or(value: timedelta | None, default: int) -> timedelta:
    """Return a duration of a manifest in whole seconds, or Copilot's default."""
    return timedelta(seconds=default if value is None else int(value.total_seconds()))


def in_seconds_or(value: timedelta | None, default: int) -> int:
    """Return the same as a number."""
    return int(seconds_or(value, default).total_seconds())


def listed(value: str | Sequence[str] | None) -> list[str]:
    """Return words from a text or a list."""
    import shlex  # noqa: PLC0415  (few manifests write a command as one text)

    return [] if value is None else shlex.split(value) if isinstance(value, str) else list(value)

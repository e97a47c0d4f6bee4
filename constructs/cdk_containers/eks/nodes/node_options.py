"""Options of nodes, in addition to their type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.instances import MachineImage
from cdk_containers.model.instances import (
    architecture_of,
    group_problems,
    has_gpus,
    has_neuron_devices,
    not_nitro,
)

from ..rendering import Taint, label_problems

_SMALLEST_VOLUME = 20
_OF_AL2 = ("AL2", "AL2_X86_64", "AL2_ARM_64", "AL2_X86_64_GPU", "AMAZON_LINUX_2", "AMAZONLINUX2")


@frozen
class NodeOptions:
    """Options of the nodes of a group, in addition to their type.

    Attributes:
        machine_image: EKS-optimized `AL2023` or `BOTTLEROCKET`. The instance types determine the variant for ARM64,
            GPUs or Neuron. Amazon Linux 2 is refused because EKS has no AMI of it after 1.32. Default: `AL2023`.
        root_volume_gib: Size of the volume for images and containers in GiB, 20 or more. Default: 50.
        encryption_key: KMS key for the volumes; its policy is extended for EC2 Auto Scaling, whose service-linked role
            must exist in the account. Default: the AWS managed key of EBS in the account.
        labels: Labels of the nodes, for node selectors of pods. Default: none.
        taints: Taints of the nodes, which repel pods that do not tolerate them. Default: none.
        session_manager: Lets Session Manager open a shell on the nodes. Default: False; `kubectl debug node/…` works
            without it.
        nitro_only: Refuses instance types without the Nitro System. Default: True.
    """

    machine_image: MachineImage = "AL2023"
    root_volume_gib: int = 50
    encryption_key: kms.IKey | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Taint] = ()
    session_manager: bool = False
    nitro_only: Literal[True] | Disabled = True

    @property
    def bottlerocket(self) -> bool:
        """Whether the AMI is Bottlerocket."""
        return self.machine_image == "BOTTLEROCKET"

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        if str(self.machine_image).upper() in _OF_AL2:
            found.add(
                "machine_image",
                "EKS has no Amazon Linux 2 AMI after Kubernetes 1.32, and its support ended in June 2026",
                given=self.machine_image,
                allowed="AL2023 or BOTTLEROCKET",
                practice="eks-node-image",
            )
        found.extend_anew(field_problems(self))
        size = self.root_volume_gib
        if not found.has("root_volume_gib") and not is_token(size) and size < _SMALLEST_VOLUME:
            allowed = f"{_SMALLEST_VOLUME} or more"
            found.add("root_volume_gib", "smaller than the machine image", given=size, allowed=allowed)
        if not found.has("labels"):
            found.extend(label_problems("labels", self.labels, own=True))
        if not found.has("taints"):
            for index, taint in enumerate(self.taints):
                found.extend(taint.problems(), under=f"taints[{index}]")
            if not found.has("taints") and len({(one.key, one.effect) for one in self.taints}) < len(self.taints):
                found.add(
                    "taints",
                    "duplicate taint",
                    given=list(self.taints),
                    allowed="each key only once with the same effect",
                )
        if not found.has("nitro_only"):
            found.extend(disabled_problems(self.nitro_only), under="nitro_only")
        return list(found)


def node_type_problems(names: Sequence[str], options: NodeOptions | None, *, most: int) -> list[Problem]:
    """Find types for which EKS has no AMI, or that do not fit together in one group.

    Types newer than the data in this package pass. Without valid options, checks that depend on them are skipped.

    Args:
        names: The types.
        options: Options of the nodes; None if they are invalid.
        most: Maximum number of types in a group.
    """
    found = Problems()
    found.extend(group_problems(names))
    if len(names) > most:
        found.add("instance_types", "too many for one group", given=len(names), allowed=f"up to {most}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        found.add("instance_types", "duplicate instance type", given=twice, allowed="each type once")
    if found or options is None:
        return list(found)
    neuron = [name for name in names if has_neuron_devices(name)]
    if neuron and options.bottlerocket:
        found.add(
            "instance_types",
            "there is no Bottlerocket AMI for EKS with the Neuron driver",
            given=neuron,
            allowed='NodeOptions(machine_image="AL2023"), which uses the Neuron AMI',
            practice="eks-node-image",
        )
    old = not_nitro(names)
    if old and options.nitro_only is True:
        found.add(
            "instance_types",
            "without the Nitro System there is no prefix delegation, and network traffic and volumes are less isolated",
            given=old,
            allowed='a Nitro type, or NodeOptions(nitro_only=Disabled(reason="…"))',
            practice="nitro-instances",
        )
    return list(found)


def ami_type(names: Sequence[str], options: NodeOptions) -> str:
    """Return the AMI type of instance types for a managed node group."""
    arm = architecture_of(names) == "ARM64"
    gpu = any(has_gpus(name) for name in names)
    architecture = "ARM_64" if arm else "x86_64"
    if options.bottlerocket:
        return f"BOTTLEROCKET_{architecture}{'_NVIDIA' if gpu else ''}"
    kind = "NEURON" if any(has_neuron_devices(name) for name in names) else "NVIDIA" if gpu else "STANDARD"
    return f"AL2023_{architecture}_{kind}"


def image_parameter(names: Sequence[str], options: NodeOptions, version: str) -> str:
    """Return the public Systems Manager parameter with the newest AMI for instance types.

    See https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
    """
    architecture = "arm64" if architecture_of(names) == "ARM64" else "x86_64"
    gpu = any(has_gpus(name) for name in names)
    if options.bottlerocket:
        variant = f"aws-k8s-{version}{'-nvidia' if gpu else ''}"
        return f"/aws/service/bottlerocket/{variant}/{architecture}/latest/image_id"
    kind = "neuron" if any(has_neuron_devices(name) for name in names) else "nvidia" if gpu else "standard"
    path = f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{architecture}/{kind}"
    return f"{path}/recommended/image_id"

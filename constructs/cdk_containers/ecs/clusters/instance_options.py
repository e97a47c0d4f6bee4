"""Options of the instances of a capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.instances import MachineImage
from cdk_containers.model.instances import find_instance_type, group_problems, has_neuron_devices, not_nitro

_MIN_ROOT_GIB = 30
_SHORTEST_REASON = 10


@frozen
class SshKey:
    """A key pair for SSH; consider Session Manager first.

    Attributes:
        key_pair: The key pair.
        reason: Why Session Manager is not enough.
    """

    key_pair: ec2.IKeyPair
    reason: str

    def problems(self) -> list[Problem]:
        """Find problems with the key and its reason."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and len(self.reason.strip()) < _SHORTEST_REASON:
            found.add(
                "reason",
                "an SSH key needs a reason for reviewers",
                given=self.reason,
                allowed=f"at least {_SHORTEST_REASON} characters",
                practice="no-ssh",
            )
        return list(found)


@frozen
class InstanceOptions:
    """Options of the instances of a capacity, in addition to their type.

    Attributes:
        machine_image: ECS-optimized `AL2023` or `BOTTLEROCKET`, in the newest version at each deployment. Amazon Linux
            2 is refused because its support ended in June 2026. Default: `AL2023`.
        root_volume_gib: Size of the volume for images and containers in GiB, 30 or more. Default: 50.
        encryption_key: KMS key for the volumes; its policy is extended for EC2 Auto Scaling, whose service-linked role
            must exist in the account. Default: the AWS managed key of EBS in the account.
        user_data: Shell commands that run after the agent's settings are written; Bottlerocket has no shell. Default:
            none.
        attributes: Attributes for placement constraints. Default: none.
        nitro_only: Refuses instance types without the Nitro System. Default: True.
        ssh_key: Key pair on the instances, with a reason. It opens no port. Default: none; Session Manager opens a
            shell without a port or a key.
        eni_trunking: Whether the account has `awsvpcTrunking` on, which lets an instance hold more tasks with their own
            network interface. The library does not change this account setting; it only uses it to check what fits.
            Default: False.
    """

    machine_image: MachineImage = "AL2023"
    root_volume_gib: int = 50
    encryption_key: kms.IKey | None = None
    user_data: Sequence[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    nitro_only: Literal[True] | Disabled = True
    ssh_key: SshKey | None = None
    eni_trunking: bool = False

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        if str(self.machine_image).upper() in ("AL2", "AMAZON_LINUX_2", "AMAZONLINUX2"):
            found.add(
                "machine_image",
                "support of Amazon Linux 2 ended in June 2026",
                given=self.machine_image,
                allowed="AL2023 or BOTTLEROCKET",
                practice="supported-machine-image",
            )
        found.extend_anew(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.root_volume_gib) and self.root_volume_gib < _MIN_ROOT_GIB:
            found.add(
                "root_volume_gib",
                "smaller than the machine image",
                given=self.root_volume_gib,
                allowed=f"{_MIN_ROOT_GIB} or more",
            )
        if self.user_data and self.machine_image == "BOTTLEROCKET":
            found.add(
                "user_data",
                "Bottlerocket has no shell to run commands",
                given=list(self.user_data),
                allowed="AL2023, or no commands",
                practice="supported-machine-image",
            )
        if self.ssh_key is not None:
            found.extend(self.ssh_key.problems(), under="ssh_key")
        found.extend(disabled_problems(self.nitro_only), under="nitro_only")
        return list(found)


def instance_type_problems(names: Sequence[str], options: InstanceOptions | None) -> list[Problem]:
    """Find types that ECS or the AMI does not support, or that do not fit together in one group.

    Types newer than the data in this package pass. Without valid options, checks that depend on them are skipped.
    """
    found = Problems()
    found.extend(group_problems(names))
    if options is None:
        return list(found)
    found.extend(_image_problems(names, options))
    old = not_nitro(names)
    if old and options.nitro_only is True:
        found.add(
            "instance_types",
            "without the Nitro System, network traffic and volumes are slower and less isolated",
            given=old,
            allowed='a Nitro type, or InstanceOptions(nitro_only=Disabled(reason="…"))',
            practice="nitro-instances",
        )
    return list(found)


def _image_problems(names: Sequence[str], options: InstanceOptions) -> list[Problem]:
    """Find types for which the operating system has no AMI."""
    found = Problems()
    known = {name: fact for name in names if (fact := find_instance_type(name)) is not None}
    accelerated = [name for name, fact in known.items() if fact.gpus and fact.architecture == "ARM64"]
    if accelerated and options.machine_image == "AL2023":
        found.add(
            "instance_types",
            "there is no Amazon Linux 2023 AMI for ARM64 with GPUs",
            given=accelerated,
            allowed='InstanceOptions(machine_image="BOTTLEROCKET"), or a type with X86_64',
            practice="instance-architecture",
        )
    neuron = [name for name in names if has_neuron_devices(name)]
    if neuron and options.machine_image == "BOTTLEROCKET":
        found.add(
            "instance_types",
            "there is no Bottlerocket AMI for ECS with the Neuron driver",
            given=neuron,
            allowed='InstanceOptions(machine_image="AL2023"), which uses the Neuron AMI',
            practice="neuron-devices",
        )
    return list(found)

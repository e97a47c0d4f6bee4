"""Requirements of Managed Instances."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token
from cdk_containers.model.workload import Architecture

_TYPE = re.compile(r"(?=.*[.*])[a-z0-9.*-]+")
_MANUFACTURERS = {"ARM64": ["amazon-web-services"], "X86_64": ["intel", "amd"]}
_PRACTICE = "managed-instance-requirements"


@frozen
class InstanceRequirements:
    """Requirements of instances; of the types that meet them, ECS chooses the cheapest for the tasks.

    Attributes:
        min_vcpus: Minimum number of vCPUs. Default: 1.
        max_vcpus: Maximum number of vCPUs, which also limits how many tasks the loss of one instance affects. Default:
            no limit.
        min_memory_mib: Minimum memory in MiB. Default: 1024.
        max_memory_mib: Maximum memory in MiB. Default: no limit.
        architecture: Processor architecture. Default: any; the task definition determines it.
        allowed_instance_types: Allowed instance types, with `*` for any characters: `m7g.*`. Default: all.
        excluded_instance_types: Excluded instance types, instead of `allowed_instance_types`. Default: none.
        min_gpus: Minimum number of NVIDIA GPUs. Default: 0, which selects types without GPUs.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html
    """

    min_vcpus: int = 1
    max_vcpus: int | None = None
    min_memory_mib: int = 1024
    max_memory_mib: int | None = None
    architecture: Architecture | None = None
    allowed_instance_types: Sequence[str] = ()
    excluded_instance_types: Sequence[str] = ()
    min_gpus: int = 0

    def problems(self) -> list[Problem]:
        """Find problems with these requirements."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for name, low, high in (
            ("vcpus", self.min_vcpus, self.max_vcpus),
            ("memory_mib", self.min_memory_mib, self.max_memory_mib),
        ):
            if not is_token(low) and low < 1:
                found.add(f"min_{name}", "out of range", given=low, allowed="1 or more", practice=_PRACTICE)
            elif high is not None and not is_token([low, high]) and high < low:
                found.add(
                    f"max_{name}", "less than the minimum", given=high, allowed=f"{low} or more", practice=_PRACTICE
                )
        if not is_token(self.min_gpus) and self.min_gpus < 0:
            found.add("min_gpus", "out of range", given=self.min_gpus, allowed="0 or more", practice=_PRACTICE)
        if self.allowed_instance_types and self.excluded_instance_types:
            found.add(
                "excluded_instance_types",
                "EC2 accepts either a list of allowed types or a list of excluded types",
                given=list(self.excluded_instance_types),
                allowed="allowed_instance_types or excluded_instance_types",
                practice=_PRACTICE,
            )
        for option, names in (
            ("allowed_instance_types", self.allowed_instance_types),
            ("excluded_instance_types", self.excluded_instance_types),
        ):
            for index, name in enumerate(names):
                if not is_token(name) and not _TYPE.fullmatch(name):
                    found.add(
                        f"{option}[{index}]",
                        "not an instance type or pattern",
                        given=name,
                        allowed="a type such as m7g.large, or m7g.*",
                        practice=_PRACTICE,
                    )
        return list(found)

    def render(self) -> ecs.CfnCapacityProvider.InstanceRequirementsRequestProperty:
        """Return them as a CloudFormation property."""
        provider = ecs.CfnCapacityProvider
        gpus = self.min_gpus or None
        return provider.InstanceRequirementsRequestProperty(
            v_cpu_count=provider.VCpuCountRangeRequestProperty(min=self.min_vcpus, max=self.max_vcpus),
            memory_mib=provider.MemoryMiBRequestProperty(min=self.min_memory_mib, max=self.max_memory_mib),
            cpu_manufacturers=_MANUFACTURERS[self.architecture] if self.architecture else None,
            allowed_instance_types=list(self.allowed_instance_types) or None,
            excluded_instance_types=list(self.excluded_instance_types) or None,
            # Types that you name may be of an old generation; all others must be of a current one.
            instance_generations=None if self.allowed_instance_types else ["current"],
            accelerator_count=gpus and provider.AcceleratorCountRequestProperty(min=gpus),
            accelerator_types=gpus and ["gpu"],
            accelerator_manufacturers=gpus and ["nvidia"],
        )

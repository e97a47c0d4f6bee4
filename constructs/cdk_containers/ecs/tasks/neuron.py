"""AWS Inferentia and Trainium accelerators in a task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.model.workload import Container

from .platform import Platform


def neuron_problems(containers: Sequence[Container], platform: Platform) -> Iterator[Problem]:
    """Yield problems with the Neuron devices of containers on a platform."""
    for index, container in enumerate(containers):
        wanted = container.neuron_devices
        if not wanted:
            continue
        match platform, wanted:
            case ("EC2", int()) | ("MANAGED_INSTANCES", "ALL"):
                continue
            case "EC2", _:
                what, allowed = (
                    "on EC2, ECS assigns Neuron devices one by one",
                    "a number of devices",
                )
            case "MANAGED_INSTANCES", _:
                what, allowed = "Managed Instances always give all devices of an instance to one container", "ALL"
            case _:
                what, allowed = "only EC2 has Neuron devices", "0; or Ec2Capacity, or Managed Instances"
        yield Problem(
            option=f"containers[{index}].neuron_devices",
            what=what,
            given=str(wanted),
            allowed=allowed,
            practice="neuron-devices",
        )


def give_neuron_devices(task_definition: ecs.TaskDefinition, containers: Sequence[Container]) -> None:
    """Give containers their devices. CDK does not support those of Managed Instances yet."""
    for index, container in enumerate(containers):
        wanted = container.neuron_devices
        if wanted == "ALL":
            resource_of(task_definition).add_property_override(
                f"ContainerDefinitions.{index}.ResourceRequirements", [{"Type": "NeuronDevice", "Value": "ALL"}]
            )
        elif wanted:
            paths = [f"/dev/neuron{number}" for number in range(wanted)]
            resource_of(task_definition).add_property_override(
                f"ContainerDefinitions.{index}.LinuxParameters.Devices",
                [{"HostPath": path, "ContainerPath": path, "Permissions": ["read", "write"]} for path in paths],
            )

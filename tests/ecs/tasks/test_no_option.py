"""Parameters of a task definition that have no option here, and the override that writes each of them.

`NO_OPTION` is the list: what it is, where it goes, a value, and why there is no option.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from cdk_containers import Ec2TaskDefinition, TaskOptions
from tests.toolkit import container, new_stack, properties, synth


@dataclass(frozen=True, kw_only=True)
class NoOption:
    path: str
    value: Any
    why: str


FIRST = "ContainerDefinitions.0"
_FSX = {
    "Name": "share",
    "FSxWindowsFileServerVolumeConfiguration": {
        "FileSystemId": "fs-0123456789abcdef0",
        "RootDirectory": "share",
        "AuthorizationConfig": {
            "CredentialsParameter": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:share-AbCdEf",
            "Domain": "shop.internal",
        },
    },
}

NO_OPTION: dict[str, NoOption] = {
    "interactive": NoOption(
        path=f"{FIRST}.Interactive", value=True, why="for a person at a terminal, whom a task does not have"
    ),
    "pseudoTerminal": NoOption(
        path=f"{FIRST}.PseudoTerminal", value=True, why="the same; ECS Exec brings its own terminal"
    ),
    "disableNetworking": NoOption(
        path=f"{FIRST}.DisableNetworking", value=True, why="rare: a container without a network"
    ),
    "credentialSpecs": NoOption(
        path=f"{FIRST}.CredentialSpecs",
        value=["credentialspecdomainless:arn:aws:s3:::shop-settings/gmsa.json"],
        why="gMSA wants a domain, instances that have joined it or a plugin, and rights that nothing here knows of",
    ),
    "volumesFrom": NoOption(
        path=f"{FIRST}.VolumesFrom",
        value=[{"SourceContainer": "other", "ReadOnly": True}],
        why="a SharedVolume with a mount in each container says the same, and is checked",
    ),
    "devices": NoOption(
        path=f"{FIRST}.LinuxParameters.Devices",
        value=[{"HostPath": "/dev/fuse", "ContainerPath": "/dev/fuse", "Permissions": ["read", "write"]}],
        why="they depend on the instance; GPUs have an option",
    ),
    "placementConstraints of the task": NoOption(
        path="PlacementConstraints",
        value=[{"Type": "memberOf", "Expression": "attribute:ecs.instance-type =~ m7i.*"}],
        why="those of the service are checked and explained",
    ),
    "volumes of FSx for Windows": NoOption(
        path="Volumes", value=[_FSX], why="for Windows on EC2, for which Ec2Capacity has no image"
    ),
}


@pytest.mark.parametrize("name", NO_OPTION)
def test_an_override_writes_it_beside_what_the_options_say(name: str):
    stack = new_stack()
    bridge = TaskOptions(network_mode="bridge")
    task = Ec2TaskDefinition(
        stack, "Task", containers=[container(), container(name="other")], memory_limit_mib=512, options=bridge
    )
    one = NO_OPTION[name]
    task.task_definition.node.default_child.add_property_override(one.path, one.value)
    rendered: Any = properties(synth(stack), "AWS::ECS::TaskDefinition")
    app = rendered["ContainerDefinitions"][0]
    assert app["LinuxParameters"]["Tmpfs"], "what the options say stays"
    assert app["ReadonlyRootFilesystem"] is True
    for part in one.path.split("."):
        rendered = rendered[int(part)] if part.isdigit() else rendered[part]
    assert rendered == one.value

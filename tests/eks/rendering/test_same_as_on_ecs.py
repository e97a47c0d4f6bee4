"""One workload on both platforms: what is the same is compared, and not only said to be."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers import HealthCheck, Port, SharedVolume, Tmpfs, VolumeMount, Workload
from tests.subjects.making import fargate_task
from tests.toolkit import containers, new_stack, synth

from .making import container, containers_of, pod_spec, service, web_with_sidecars, workload

WORKLOADS: dict[str, Workload] = {
    "plain": workload(),
    "with sidecars": web_with_sidecars(),
    "ports and settings": workload(
        container(
            ports=[8080, Port(number=9090, name="metrics"), Port(number=5353, protocol="udp")],
            environment={"MODE": "fast", "LIST": "a,b", "EMPTY": ""},
            command=["serve", "--port", "8080"],
            entry_point=["/bin/app"],
            working_directory="/srv",
            user="2000:3000",
        )
    ),
    "memory": workload(
        container(memory_reservation_mib=256),
        container(name="b", memory_limit_mib=300, memory_reservation_mib=100, essential=False),
        cpu=1024,
        memory_limit_mib=2048,
    ),
    "files": workload(
        container(
            tmpfs=[Tmpfs(path="/cache", size_mib=32)],
            mounts=[VolumeMount(volume="data", path="/data", read_only=True)],
            health_check=HealthCheck(command="curl -f http://localhost/"),
        ),
        volumes=[SharedVolume(name="data")],
    ),
}


def on_ecs(given: Workload) -> dict[str, dict[str, Any]]:
    task = fargate_task(
        new_stack(),
        containers=given.containers,
        volumes=given.volumes,
        cpu=given.cpu,
        memory_limit_mib=given.memory_limit_mib,
    )
    return {name: _of_ecs(definition) for name, definition in containers(synth(task)).items()}


def _of_ecs(definition: dict[str, Any]) -> dict[str, Any]:
    check = definition.get("HealthCheck")
    return {
        "image": definition["Image"],
        "ports": [(port["ContainerPort"], port["Protocol"].upper()) for port in definition.get("PortMappings", [])],
        "environment": {entry["Name"]: entry["Value"] for entry in definition.get("Environment", [])},
        "command": definition.get("Command"),
        "entry point": definition.get("EntryPoint"),
        "working directory": definition.get("WorkingDirectory"),
        "user": definition["User"],
        "read-only root": definition["ReadonlyRootFilesystem"],
        "memory": definition["Memory"],
        "kept memory": definition.get("MemoryReservation", definition["Memory"]),
        "mounts": {mount["ContainerPath"]: mount["ReadOnly"] for mount in definition.get("MountPoints", [])},
        "in memory": {
            entry["ContainerPath"]: entry["Size"] for entry in definition["LinuxParameters"].get("Tmpfs", [])
        },
        "check": None
        if check is None
        else (check["Command"][-1], check["Interval"], check["Timeout"], check["Retries"]),
    }


def on_kubernetes(given: Workload) -> dict[str, dict[str, Any]]:
    rendered = service(given)
    in_memory = {
        volume["name"]: _mebibytes(volume["emptyDir"]["sizeLimit"])
        for volume in pod_spec(rendered).get("volumes", [])
        if volume.get("emptyDir", {}).get("medium") == "Memory"
    }
    return {name: _of_kubernetes(found, in_memory) for name, found in containers_of(rendered).items()}


def _of_kubernetes(found: dict[str, Any], in_memory: dict[str, int]) -> dict[str, Any]:
    alive, context, mounts = found.get("livenessProbe", {}), found["securityContext"], found.get("volumeMounts", [])
    return {
        "image": found["image"],
        "ports": [(port["containerPort"], port["protocol"]) for port in found.get("ports", [])],
        "environment": {entry["name"]: entry["value"] for entry in found.get("env", [])},
        "command": found.get("args"),
        "entry point": found.get("command"),
        "working directory": found.get("workingDir"),
        "user": f"{context['runAsUser']}:{context['runAsGroup']}",
        "read-only root": context["readOnlyRootFilesystem"],
        "memory": _mebibytes(found["resources"]["limits"]["memory"]),
        "kept memory": _mebibytes(found["resources"]["requests"]["memory"]),
        "mounts": {
            mount["mountPath"]: mount.get("readOnly", False) for mount in mounts if mount["name"] not in in_memory
        },
        "in memory": {mount["mountPath"]: in_memory[mount["name"]] for mount in mounts if mount["name"] in in_memory},
        "check": (
            alive["exec"]["command"][-1],
            alive["periodSeconds"],
            alive["timeoutSeconds"],
            alive["failureThreshold"],
        )
        if "exec" in alive
        else None,
    }


def _mebibytes(text: str) -> int:
    assert text.endswith("Mi")
    return int(text.removesuffix("Mi"))


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_means_the_same_on_both(name: str):
    given = WORKLOADS[name]
    assert on_kubernetes(given) == on_ecs(given)

"""Options of a task that most services leave alone."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, cast

from aws_cdk import aws_iam as iam

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token, name_problem
from cdk_containers.logs import ContainerLogs
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Architecture, OperatingSystem

from .fire_lens import FireLens
from .open_telemetry import OpenTelemetry

# Not the object that "X86_64" is: so an application can tell whether somebody said it.
_X86_64 = cast("Architecture", str(b"X86_64", "ascii"))


@frozen
class TaskOptions:
    """Options of a task that most services leave alone.

    Attributes:
        family: Name that the revisions of the task definition share. Default: CDK makes one from the construct's path.
        network_mode: On EC2, `bridge` gives containers ports of the instance, and `host` its network. Default:
            `awsvpc`, a network interface and security group for each task, which is all that Fargate has.
        architecture: Processor that the images are for. Default: `X86_64`. `ARM64` (Graviton) costs about a fifth less,
            if the image is built for it.
        operating_system: Default: `LINUX`. On Windows, a read-only root, a user by number and an init process do not
            exist and are left out.
        ephemeral_storage_gib: Disk that the containers share, 21–200 GiB; Fargate only. Default: the 20 GiB that every
            task there has.
        task_role: Role that the application acts as. Default: one is made for this task alone.
        execution_role: Role that ECS pulls images and writes logs as. Default: one is made for this task alone.
        pid_mode: `task` lets the containers see each other's processes, as agents that watch an application need;
            `host` those of the instance as well, not on Fargate. Linux only. Default: none, each sees its own.
        ipc_mode: `task` lets the containers share memory and semaphores, `host` with the instance as well, and `none`
            shares nothing; EC2 only, on Linux. Default: none, as Docker does.
        fault_injection: Let experiments of AWS Fault Injection Service break the network of the task; Linux with awsvpc
            or host networking. Default: False.
        logs: How long logs are kept, and how they get there. Default: a log group kept for a year.
        log_router: A sidecar that sends logs elsewhere, or in another form. Default: none, containers log to the group.
        telemetry: A sidecar that takes traces and metrics. Default: none.
    """

    family: str | None = None
    network_mode: NetworkMode = "awsvpc"
    architecture: Architecture = _X86_64
    operating_system: OperatingSystem = "LINUX"
    ephemeral_storage_gib: int | None = None
    task_role: iam.IRole | None = None
    execution_role: iam.IRole | None = None
    pid_mode: Literal["task", "host"] | None = None
    ipc_mode: Literal["task", "host", "none"] | None = None
    fault_injection: bool = False
    logs: ContainerLogs = field(default_factory=ContainerLogs)
    log_router: FireLens | None = None
    telemetry: OpenTelemetry | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if self.family is not None and not is_token(self.family) and (wrong := name_problem(self.family)):
            found.add("family", wrong, given=self.family, allowed="up to 255 letters, digits, hyphens and underscores")
        found.extend(self.logs.problems(), under="logs")
        if self.fault_injection and (self.network_mode == "bridge" or self.operating_system != "LINUX"):
            found.add(
                "fault_injection",
                "ECS injects faults into Linux tasks with awsvpc or host networking only",
                given=Shown(f"network_mode {self.network_mode}, {self.operating_system}"),
                allowed="False, or another network_mode and operating_system",
                practice="fault-injection",
            )
        for option, mode in (("pid_mode", self.pid_mode), ("ipc_mode", self.ipc_mode)):
            if mode is not None and self.operating_system != "LINUX":
                found.add(option, "Windows has no such namespaces", given=mode, allowed="none, or LINUX")
        found.extend(self._sidecar_problems())
        return list(found)

    def _sidecar_problems(self) -> list[Problem]:
        found = Problems()
        for option, sidecar in (("log_router", self.log_router), ("telemetry", self.telemetry)):
            if sidecar is None:
                continue
            found.extend(sidecar.problems(), under=option)
            if self.operating_system != "LINUX":
                found.add(
                    option,
                    "the sidecar runs on Linux only",
                    given=self.operating_system,
                    allowed="LINUX, or none",
                    practice="sidecar-platform",
                )
        if self.telemetry is not None and self.network_mode == "bridge":
            found.add(
                "telemetry",
                "with bridge networking each container has its own localhost, where no collector listens",
                given=self.network_mode,
                allowed="awsvpc or host networking, or none",
                practice="sidecar-platform",
            )
        for option in ("multiline_pattern", "datetime_format"):
            if self.log_router is not None and getattr(self.logs, option) is not None:
                found.add(
                    f"logs.{option}",
                    "containers log through the router, which puts lines together itself",
                    given=getattr(self.logs, option),
                    allowed="nothing, and a [MULTILINE_PARSER] in the configuration of the router",
                    practice="log-router-output",
                )
        if self.log_router is not None and self.logs.mode == "blocking":
            found.add(
                "logs.mode",
                "containers log through the router, which never stops them",
                given=self.logs.mode,
                allowed="non-blocking; FireLens.buffer_mib gives lines more room",
                practice="log-delivery-mode",
            )
        return list(found)

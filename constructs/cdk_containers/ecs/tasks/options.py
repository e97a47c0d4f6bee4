"""Options of a task that most services do not change."""

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

# A different object than "X86_64", so that an application can tell whether you set it.
_X86_64 = cast("Architecture", str(b"X86_64", "ascii"))


@frozen
class TaskOptions:
    """Options of a task that most services do not change.

    Attributes:
        family: Name that the revisions of the task definition share. Default: derived from the construct's path.
        network_mode: Network mode. On EC2, `bridge` maps container ports to ports of the instance, and `host` uses the
            network of the instance. Default: `awsvpc`, a network interface and security group for each task; Fargate
            supports only this.
        architecture: Processor architecture of the images. `ARM64` (Graviton) costs about 20 % less, but requires
            images built for it. Default: `X86_64`.
        operating_system: Operating system. Windows does not support a read-only root, numeric users and an init
            process, so these are omitted there. Default: `LINUX`.
        ephemeral_storage_gib: Disk that the containers share, 21–200 GiB; Fargate only. Default: the 20 GiB of every
            Fargate task.
        task_role: Role of the application. Default: a new role for this task only.
        execution_role: Role with which ECS pulls images and writes logs. Default: a new role for this task only.
        pid_mode: `task` lets the containers see each other's processes, for example for monitoring agents. `host` also
            shows those of the instance, but not on Fargate. Linux only. Default: none; each container sees only its
            own.
        ipc_mode: `task` lets the containers share memory and semaphores, `host` also shares them with the instance, and
            `none` shares nothing. EC2 on Linux only. Default: none, as in Docker.
        fault_injection: Allows AWS Fault Injection Service experiments on the network of the task. Requires Linux with
            awsvpc or host networking. Default: False.
        logs: Retention and delivery of logs. Default: a log group that keeps them for a year.
        log_router: Log router sidecar that sends logs elsewhere or in another format. Default: none; containers log to
            the log group.
        telemetry: Collector sidecar for traces and metrics. Default: none.
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
        """Find problems with these options."""
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
                "fault injection supports only Linux tasks with awsvpc or host networking",
                given=Shown(f"network_mode {self.network_mode}, {self.operating_system}"),
                allowed="False, or another network_mode and operating_system",
                practice="fault-injection",
            )
        for option, mode in (("pid_mode", self.pid_mode), ("ipc_mode", self.ipc_mode)):
            if mode is not None and self.operating_system != "LINUX":
                found.add(option, "Windows does not support namespaces", given=mode, allowed="none, or LINUX")
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
                    "the sidecar runs only on Linux",
                    given=self.operating_system,
                    allowed="LINUX, or none",
                    practice="sidecar-platform",
                )
        if self.telemetry is not None and self.network_mode == "bridge":
            found.add(
                "telemetry",
                "with bridge networking each container has its own localhost, where it cannot reach the collector",
                given=self.network_mode,
                allowed="awsvpc or host networking, or none",
                practice="sidecar-platform",
            )
        for option in ("multiline_pattern", "datetime_format"):
            if self.log_router is not None and getattr(self.logs, option) is not None:
                found.add(
                    f"logs.{option}",
                    "containers log through the router, which must join lines itself",
                    given=getattr(self.logs, option),
                    allowed="remove it, and use a [MULTILINE_PARSER] in the configuration of the router",
                    practice="log-router-output",
                )
        if self.log_router is not None and self.logs.mode == "blocking":
            found.add(
                "logs.mode",
                "containers log through the router, which never blocks them",
                given=self.logs.mode,
                allowed="non-blocking; increase FireLens.buffer_mib for a larger buffer",
                practice="log-delivery-mode",
            )
        return list(found)

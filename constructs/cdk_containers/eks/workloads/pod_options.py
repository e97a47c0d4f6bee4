"""Options of pods that most workloads do not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from aws_cdk import aws_iam as iam

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Architecture, OperatingSystem


@frozen
class PodOptions:
    """Options of pods that most workloads do not change, like `TaskOptions` of tasks.

    Attributes:
        role: IAM role of the application. Default: a new role for this workload only.
        architecture: Processor architecture of the images. Default: `X86_64`.
        operating_system: Operating system of the images. Default: `LINUX`.
        ephemeral_storage_gib: Disk that the containers share in GiB; Kubernetes evicts a pod that writes more. Default:
            no limit.
        node_selector: Required labels of nodes for the pods. Default: only architecture and operating system.
        tolerations: Taints that the pods tolerate, in Kubernetes syntax. Default: none.
        annotations: Annotations of the pods, for agents and controllers. Default: none.
        spot_percent: Percentage of the pods that may run on Spot capacity, 0–100. Default: not set.
        pod_security: Level of the Pod Security Standards that the namespace enforces. Default: `restricted`.
        cpu_limit: Limits each container to the CPU of the pod, as in an ECS task; `Disabled(reason="…")` lets pods use
            spare CPU of the node. Default: True.
        spread: Spreads the pods over zones and nodes. Default: True.
        disruption_budget: Lets nodes drain one pod of the workload at a time. Default: True.
        ends_requests_on_sigterm: Whether the application itself finishes requests in flight after SIGTERM, so that pods
            stop sooner. Default: False; pods keep serving until the load balancer has sent the last request.

    See https://docs.aws.amazon.com/eks/latest/best-practices/application.html
    """

    role: iam.IRole | None = None
    architecture: Architecture = "X86_64"
    operating_system: OperatingSystem = "LINUX"
    ephemeral_storage_gib: int | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerations: Sequence[Mapping[str, str]] = ()
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    spot_percent: int | None = None
    pod_security: Literal["restricted", "baseline", "privileged"] = "restricted"
    cpu_limit: Literal[True] | Disabled = True
    spread: Literal[True] | Disabled = True
    disruption_budget: Literal[True] | Disabled = True
    ends_requests_on_sigterm: bool = False

    @property
    def of_pods(self) -> dict[str, Any]:
        """Facts for the pods of every workload."""
        names = ("architecture", "operating_system", "ephemeral_storage_gib", "node_selector", "tolerations")
        more = ("annotations", "spot_percent", "pod_security", "cpu_limit")
        return {name: getattr(self, name) for name in (*names, *more)}

    @property
    def of_service(self) -> dict[str, Any]:
        """Facts for the pods of a long-running workload."""
        names = ("spread", "disruption_budget", "ends_requests_on_sigterm")
        return self.of_pods | {name: getattr(self, name) for name in names}

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, value, low, high in (
            ("ephemeral_storage_gib", self.ephemeral_storage_gib, 1, None),
            ("spot_percent", self.spot_percent, 0, 100),
        ):
            wrong = value is not None and (is_token(value) or value < low or (high is not None and value > high))
            if wrong:
                allowed = f"{low}–{high}" if high is not None else f"{low} or more"
                found.add(option, "out of range", given=value, allowed=f"{allowed}, known at synthesis")
        for option in ("cpu_limit", "spread", "disruption_budget"):
            found.extend(disabled_problems(getattr(self, option)), under=option)
        return list(found)

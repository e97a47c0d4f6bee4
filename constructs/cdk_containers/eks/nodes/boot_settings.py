"""Settings of self-registering nodes at start."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from cdk_containers.core.frozen import frozen

from ..rendering import Taint

SHUTDOWN_SECONDS = 120
"""Time between Spot notice and termination."""

_CRITICAL_SECONDS = 30
_DNS = 10
"""CoreDNS has the tenth address of the service range."""


@frozen
class BootSettings:
    """Settings of self-registering nodes at start.

    Attributes:
        cluster_name: Name of the cluster.
        endpoint: Address of its API.
        certificate_authority_data: Certificate authority of the API.
        service_cidr: The addresses of Kubernetes services.
        labels: Labels of the node.
        taints: Taints of the node.
        max_pods: Maximum number of pods; None if the AMI computes it.
    """

    cluster_name: str
    endpoint: str
    certificate_authority_data: str
    service_cidr: str
    labels: Mapping[str, str]
    taints: Sequence[Taint]
    max_pods: int | None

    def node_config(self) -> str:
        """Return the NodeConfig for nodeadm on Amazon Linux 2023, as JSON, which is also YAML.

        See https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
        """
        kubelet: dict[str, Any] = {
            "shutdownGracePeriod": f"{SHUTDOWN_SECONDS}s",
            "shutdownGracePeriodCriticalPods": f"{_CRITICAL_SECONDS}s",
        }
        if self.max_pods is not None:
            kubelet["maxPods"] = self.max_pods
        if self.taints:
            kubelet["registerWithTaints"] = [
                {"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in self.taints
            ]
        spec: dict[str, Any] = {
            "cluster": {
                "name": self.cluster_name,
                "apiServerEndpoint": self.endpoint,
                "certificateAuthority": self.certificate_authority_data,
                "cidr": self.service_cidr,
            },
            "kubelet": {"config": kubelet},
        }
        if self.labels:
            labels = ",".join(f"{key}={value}" for key, value in sorted(self.labels.items()))
            spec["kubelet"]["flags"] = [f"--node-labels={labels}"]
        return json.dumps({"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec}, indent=2)

    def bottlerocket(self) -> str:
        """Return the settings for Bottlerocket.

        Without this, it would ask EKS for the address of CoreDNS, which the role of the node does not allow.

        See https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/
        """
        lines = [
            "[settings.kubernetes]",
            f'cluster-name = "{self.cluster_name}"',
            f'api-server = "{self.endpoint}"',
            f'cluster-certificate = "{self.certificate_authority_data}"',
            f'cluster-dns-ip = "{ip_network(self.service_cidr)[_DNS]}"',
            f'shutdown-grace-period = "{SHUTDOWN_SECONDS}s"',
            f'shutdown-grace-period-for-critical-pods = "{_CRITICAL_SECONDS}s"',
        ]
        if self.max_pods is not None:
            lines.append(f"max-pods = {self.max_pods}")
        if self.labels:
            lines.append("[settings.kubernetes.node-labels]")
            lines += [f'"{key}" = "{value}"' for key, value in sorted(self.labels.items())]
        if self.taints:
            lines.append("[settings.kubernetes.node-taints]")
            keys = dict.fromkeys(taint.key for taint in self.taints)
            for key in keys:
                values = ", ".join(f'"{one.value}:{one.effect}"' for one in self.taints if one.key == key)
                lines.append(f'"{key}" = [{values}]')
        return "\n".join(lines)

"""Karpenter node pools as Kubernetes objects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.instances import MachineImage
from cdk_containers.model.instances import architecture_of, has_gpus
from cdk_containers.model.workload import Architecture

from ..manifests import Manifest
from ..rendering import CapacityType, NodeFacts
from .node_options import NodeOptions, node_type_problems

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_VERSION = re.compile(r"latest|v?\d[\d.]*")
_ALIASES: dict[MachineImage, str] = {"AL2023": "al2023", "BOTTLEROCKET": "bottlerocket"}
_ARCHITECTURES: dict[Architecture, str] = {"ARM64": "arm64", "X86_64": "amd64"}
_OLD_GENERATION = 4
_DAYS_OF_A_NODE = 14
_MOST_TYPES = 100
_YEAR, _SHORTEST_LIFE = 365 * 86_400, 300
_GPU_CATEGORIES = ("g", "gr", "p", "inf", "trn", "dl", "vt", "f")
_PRACTICE = "eks-karpenter-limits"


@frozen
class KarpenterPool:
    """Nodes that Karpenter starts for waiting pods and terminates when unused: a NodePool with its EC2NodeClass.

    Attributes:
        name: Name of the two objects, up to 63 lowercase letters, digits and hyphens.
        max_vcpus: Maximum total vCPUs of all nodes of the pool, which limits the cost.
        architecture: Architecture of the nodes. Default: `X86_64`.
        capacity_types: `ON_DEMAND`, `SPOT` or both; with both, Karpenter prefers Spot. Default: On-Demand.
        instance_types: Allowed instance types. Default: all types of `instance_categories` from the fifth generation.
        instance_categories: Instance families by their first letters. Default: `c`, `m` and `r`.
        nodes: AMI, volume, labels, taints. `session_manager` is an option of `KarpenterNodes`.
        image_version: AMI version, such as `v20261101`. Default: `latest`, so that Karpenter replaces nodes when there
            is a newer version.
        disrupted_percent: Percentage of the nodes that Karpenter may replace or terminate at a time, 0–100. Default:
            10.
        consolidate_after: How long a node must be underused before Karpenter moves its pods. Default: 5 minutes.
        max_node_lifetime: Age at which Karpenter replaces a node. Default: 14 days.

    See https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html
    """

    name: str
    max_vcpus: int
    architecture: Architecture = "X86_64"
    capacity_types: Sequence[CapacityType] = ("ON_DEMAND",)
    instance_types: Sequence[str] = ()
    instance_categories: Sequence[str] = ("c", "m", "r")
    nodes: NodeOptions = field(default_factory=NodeOptions)
    image_version: str = "latest"
    disrupted_percent: int = 10
    consolidate_after: DurationLike | None = None
    max_node_lifetime: DurationLike | None = None

    @property
    def consolidate_after_seconds(self) -> int:
        """How long a node must be underused, in seconds."""
        return 300 if self.consolidate_after is None else seconds(self.consolidate_after)

    @property
    def max_node_lifetime_seconds(self) -> int:
        """Age at which a node is replaced, in seconds."""
        return _DAYS_OF_A_NODE * 86_400 if self.max_node_lifetime is None else seconds(self.max_node_lifetime)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("name") and not _NAME.fullmatch(self.name):
            allowed = "up to 63 lowercase letters, digits and hyphens"
            found.add("name", "not a valid Kubernetes name", given=self.name, allowed=allowed)
        found.extend(self._range_problems(found))
        if not found.has("nodes"):
            found.extend(self.nodes.problems(), under="nodes")
            if self.nodes.session_manager is True:
                found.add(
                    "nodes.session_manager",
                    "all pools share one role",
                    given=True,
                    allowed="KarpenterNodes(session_manager=True, …)",
                )
        if not found.has("image_version") and not _VERSION.fullmatch(self.image_version):
            allowed = "latest, or a release such as v20261101 or v1.50.0"
            found.add("image_version", "not a release", given=self.image_version, allowed=allowed)
        if not found.has("capacity_types") and not self.capacity_types:
            found.add("capacity_types", "there is none", allowed="ON_DEMAND, SPOT or both")
        if not any(found.has(option) for option in ("instance_types", "nodes", "architecture")):
            found.extend(self._type_problems())
        return list(found)

    def _range_problems(self, known: Problems) -> list[Problem]:
        found = Problems()
        for option, attribute, low, high in (
            ("max_vcpus", "max_vcpus", 1, 100_000),
            ("disrupted_percent", "disrupted_percent", 0, 100),
            ("consolidate_after", "consolidate_after_seconds", 0, _YEAR),
            ("max_node_lifetime", "max_node_lifetime_seconds", _SHORTEST_LIFE, _YEAR),
        ):
            if known.has(option):
                continue
            value = getattr(self, attribute)
            if is_token(value) or not low <= value <= high:
                found.add(
                    option,
                    "out of range, or known only at deployment",
                    given=value,
                    allowed=f"{low}–{high}{' s' if attribute != option else ''}",
                    practice=_PRACTICE,
                )
        return list(found)

    def _type_problems(self) -> list[Problem]:
        found = Problems()
        if not self.instance_types:
            if not self.instance_categories:
                found.add("instance_categories", "there is none", allowed="at least one, such as m")
            return list(found)
        found.extend(node_type_problems(self.instance_types, self.nodes, most=_MOST_TYPES))
        if not found and architecture_of(self.instance_types) != self.architecture:
            found.add(
                "architecture",
                "the instance types have another architecture",
                given=self.architecture,
                allowed=architecture_of(self.instance_types),
                practice="instance-architecture",
            )
        return list(found)

    @property
    def facts(self) -> NodeFacts:
        """What pods need to know about the nodes."""
        gpu: bool | None = any(has_gpus(name) for name in self.instance_types)
        if not self.instance_types and set(self.instance_categories) & set(_GPU_CATEGORIES):
            gpu = None
        [only, *others] = self.capacity_types
        return NodeFacts(
            name=self.name,
            instance_types=tuple(self.instance_types),
            architecture=self.architecture,
            gpu=gpu,
            capacity_type=None if others else only,
            labels=dict(self.nodes.labels),
            taints=tuple(self.nodes.taints),
        )

    def node_class(
        self, *, instance_profile: str, subnet_ids: Sequence[str], security_group_id: str, max_pods: int | None
    ) -> Manifest:
        """Return the EC2NodeClass, with subnets and security group by id.

        Args:
            instance_profile: Name of the instance profile of the nodes.
            subnet_ids: Subnets of the nodes.
            security_group_id: Security group of the nodes.
            max_pods: Maximum number of pods on a node; None if Karpenter computes it.
        """
        bottlerocket = self.nodes.bottlerocket
        size = f"{self.nodes.root_volume_gib}Gi"
        volumes = {"/dev/xvda": "4Gi", "/dev/xvdb": size} if bottlerocket else {"/dev/xvda": size}
        key = self.nodes.encryption_key
        ebs: dict[str, Any] = {"volumeType": "gp3", "encrypted": True, "deleteOnTermination": True}
        if key is not None:
            ebs["kmsKeyID"] = key.key_arn
        spec: dict[str, Any] = {
            "amiSelectorTerms": [{"alias": f"{_ALIASES[self.nodes.machine_image]}@{self.image_version}"}],
            "instanceProfile": instance_profile,
            "subnetSelectorTerms": [{"id": subnet} for subnet in subnet_ids],
            "securityGroupSelectorTerms": [{"id": security_group_id}],
            "associatePublicIPAddress": False,
            "detailedMonitoring": True,
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpProtocolIPv6": "disabled",
                "httpPutResponseHopLimit": 1,
                "httpTokens": "required",
            },
            "blockDeviceMappings": [
                {"deviceName": device, "ebs": {"volumeSize": volume, **ebs}} for device, volume in volumes.items()
            ],
        }
        if max_pods is not None:
            spec["kubelet"] = {"maxPods": max_pods}
        return {
            "apiVersion": "karpenter.k8s.aws/v1",
            "kind": "EC2NodeClass",
            "metadata": {"name": self.name},
            "spec": spec,
        }

    def node_pool(self) -> Manifest:
        """Return the NodePool: requirements, limits and disruption of nodes."""
        template: dict[str, Any] = {}
        if self.nodes.labels:
            template["metadata"] = {"labels": dict(self.nodes.labels)}
        template["spec"] = {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": self.name},
            "requirements": self._requirements(),
            "expireAfter": f"{self.max_node_lifetime_seconds}s",
        }
        if self.nodes.taints:
            template["spec"]["taints"] = [
                {"key": taint.key, "effect": taint.effect} | ({"value": taint.value} if taint.value else {})
                for taint in self.nodes.taints
            ]
        return {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": self.name},
            "spec": {
                "template": template,
                "limits": {"cpu": str(self.max_vcpus)},
                "disruption": {
                    "consolidationPolicy": "WhenEmptyOrUnderutilized",
                    "consolidateAfter": f"{self.consolidate_after_seconds}s",
                    "budgets": [{"nodes": f"{self.disrupted_percent}%"}],
                },
            },
        }

    def _requirements(self) -> list[dict[str, Any]]:
        prices = [kind.lower().replace("_", "-") for kind in self.capacity_types]
        wanted: list[tuple[str, Literal["In", "Gt"], list[str]]] = [
            ("kubernetes.io/os", "In", ["linux"]),
            ("kubernetes.io/arch", "In", [_ARCHITECTURES[self.architecture]]),
            ("karpenter.sh/capacity-type", "In", prices),
        ]
        if self.instance_types:
            wanted.append(("node.kubernetes.io/instance-type", "In", list(self.instance_types)))
        else:
            wanted.append(("karpenter.k8s.aws/instance-category", "In", list(self.instance_categories)))
            wanted.append(("karpenter.k8s.aws/instance-generation", "Gt", [str(_OLD_GENERATION)]))
            if self.nodes.nitro_only is True:
                wanted.append(("karpenter.k8s.aws/instance-hypervisor", "In", ["nitro"]))
        return [{"key": key, "operator": operator, "values": values} for key, operator, values in wanted]

"""What a pod needs to know about the nodes of its cluster, and whether it fits on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token
from cdk_containers.model.instances import allocatable, find_instance_type, pods_per_instance
from cdk_containers.model.workload import Architecture

from ..manifests.names import LABEL_KEY, LABEL_VALUE, is_label_key, is_label_value

TaintEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
CapacityType = Literal["ON_DEMAND", "SPOT"]

_ARCHITECTURES = {"ARM64": "arm64", "X86_64": "amd64"}
_OWNED = ("kubernetes.io", "k8s.io")
_OF_NODES = ("node.kubernetes.io", "kubelet.kubernetes.io")


@frozen
class Taint:
    """A taint of nodes: Kubernetes schedules only pods that tolerate it on them.

    Attributes:
        key: Key, such as `dedicated`.
        value: Value. Default: none.
        effect: `NoSchedule` keeps new pods away, `PreferNoSchedule` does so if there is room elsewhere, `NoExecute`
            also evicts running pods. Default: `NoSchedule`.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """

    key: str
    value: str = ""
    effect: TaintEffect = "NoSchedule"

    def problems(self) -> list[Problem]:
        """Find problems with this taint."""
        found = Problems()
        found.extend(field_problems(self))
        if not found:
            found.extend(_key_problems("key", self.key))
            found.extend(_value_problems("value", self.value))
        return list(found)

    def is_tolerated_by(self, tolerations: Sequence[Mapping[str, Any]]) -> bool:
        """Tell whether a pod with these tolerations may run on nodes with this taint."""
        return self.effect == "PreferNoSchedule" or any(
            toleration.get("effect") in (None, "", self.effect)
            and toleration.get("key")
            in ({None, "", self.key} if toleration.get("operator") == "Exists" else {self.key})
            and (toleration.get("operator") == "Exists" or toleration.get("value", "") == self.value)
            for toleration in tolerations
        )


@frozen
class NodeFacts:
    """What a pod needs to know about a group of equal nodes.

    Attributes:
        name: Name in problems.
        instance_types: Possible instance types; empty if unknown.
        architecture: Architecture; None if unknown.
        gpu: Whether they have GPUs; None if unknown.
        capacity_type: On-Demand or Spot; None for both.
        labels: Initial labels; None if unknown.
        taints: Initial taints.
        prefix_delegation: Whether the VPC CNI uses prefix delegation.
        max_pods: Maximum number of pods on each; None if the AMI or EKS computes it.
        managed: Whether EKS computes the maximum number of pods.
        selects: Selectors of pods that run only there, by namespace and labels with wildcards, as in a Fargate profile.
            Empty for nodes, which the scheduler chooses.
    """

    name: str
    instance_types: tuple[str, ...] = ()
    architecture: Architecture | None = None
    gpu: bool | None = None
    capacity_type: CapacityType | None = None
    labels: Mapping[str, str] | None = field(default_factory=dict[str, str])
    taints: tuple[Taint, ...] = ()
    prefix_delegation: bool = False
    max_pods: int | None = None
    managed: bool = True
    selects: tuple[tuple[str, Mapping[str, str]], ...] = ()

    def takes(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Tell whether a selector matches these pods."""
        return any(
            fnmatchcase(namespace, wanted)
            and all(
                any(fnmatchcase(f"{k}={v}", f"{key}={value}") for k, v in labels.items()) for key, value in keys.items()
            )
            for wanted, keys in self.selects
        )


def label_problems(option: str, labels: Mapping[str, str], *, own: bool = False) -> list[Problem]:
    """Find labels that Kubernetes refuses, or that a node must not set itself.

    Args:
        option: The option that contains them.
        labels: The labels.
        own: Whether the kubelet sets them, which may set only a few Kubernetes labels.
    """
    found = Problems()
    for key, value in labels.items():
        found.extend(_key_problems(option, key))
        found.extend(_value_problems(f"{option}[{key!r}]", value))
        prefix = key.partition("/")[0] if "/" in key else ""
        kept = any(prefix == owner or prefix.endswith(f".{owner}") for owner in _OWNED)
        allowed = any(prefix == owner or prefix.endswith(f".{owner}") for owner in _OF_NODES)
        if own and kept and not allowed:
            found.add(
                option,
                "the kubelet must not set Kubernetes labels, so the node would not register",
                given=key,
                allowed=f"your own prefix, or one of {', '.join(_OF_NODES)}",
            )
    return list(found)


def pod_fit_problems(
    nodes: Sequence[NodeFacts],
    *,
    option: str,
    cpu_millicores: int = 0,
    memory_mib: int = 0,
    gpus: int = 0,
    architecture: Architecture | None = None,
    node_selector: Mapping[str, str] | None = None,
    tolerations: Sequence[Mapping[str, Any]] = (),
    reserved_millicores: int = 0,
    reserved_mib: int = 0,
) -> list[Problem]:
    """Find a pod that fits on no node of a cluster. Types newer than the data here fit every pod.

    Args:
        nodes: The nodes; without any, the check is skipped.
        option: The option for the problem.
        cpu_millicores: CPU that the pod requests, in thousandths of a vCPU.
        memory_mib: Memory that it requests, in MiB.
        gpus: GPUs that it requests.
        architecture: Architecture of its images; None if they have several.
        node_selector: Required labels of its node.
        tolerations: Its tolerations.
        reserved_millicores: CPU that pods on every node already use, such as those of add-ons.
        reserved_mib: Memory that those use.
    """
    found = Problems()
    if not nodes or is_token([cpu_millicores, memory_mib, gpus]):
        return []
    reasons = []
    for facts in nodes:
        reason = _placing(facts, architecture, node_selector or {}, tolerations, gpus) or _lack(
            facts, cpu_millicores + reserved_millicores, memory_mib + reserved_mib, gpus
        )
        if reason is None:
            return []
        reasons.append(f"{facts.name}: {reason}")
    found.add(
        option,
        "the pod fits on no node of the cluster",
        given=Shown("; ".join(reasons)),
        allowed="a smaller pod, a pod that tolerates the taints, or other nodes",
        practice="eks-pod-fits-node",
    )
    return list(found)


def _placing(
    facts: NodeFacts,
    architecture: Architecture | None,
    selector: Mapping[str, str],
    tolerations: Sequence[Mapping[str, Any]],
    gpus: int,
) -> str | None:
    """Return why the scheduler keeps a pod away from nodes, regardless of room."""
    if architecture is not None and facts.architecture is not None and facts.architecture != architecture:
        return f"{facts.architecture}, but the pod is {architecture}"
    if gpus and facts.gpu is False:
        return "no GPUs"
    kept_out = [taint.key for taint in facts.taints if not taint.is_tolerated_by(tolerations)]
    if kept_out:
        return f"taint {kept_out[0]}, which the pod does not tolerate"
    for key, value in selector.items():
        having = _label(facts, key)
        if having is not None and having != value:
            return f"label {key}={having}, but the pod selects {value}"
        if having is None and facts.labels is not None and not _is_well_known(key):
            return f"no label {key}"
    return None


def _label(facts: NodeFacts, key: str) -> str | None:
    if key == "kubernetes.io/arch" and facts.architecture is not None:
        return _ARCHITECTURES[facts.architecture]
    if key == "kubernetes.io/os":
        return "linux"
    if key == "eks.amazonaws.com/capacityType":
        return facts.capacity_type
    return (facts.labels or {}).get(key)


def _is_well_known(key: str) -> bool:
    """Tell whether AWS, Kubernetes or a controller sets a label on new nodes."""
    prefix = key.partition("/")[0]
    return prefix.endswith(("kubernetes.io", "k8s.io", "k8s.aws", "amazonaws.com", "karpenter.sh"))


def _lack(facts: NodeFacts, cpu: int, memory: int, gpus: int) -> str | None:
    """Return what is missing on every type of nodes; None if the pod fits on a type, or a type is unknown."""
    lacking = []
    if not facts.instance_types:
        return None
    for name in facts.instance_types:
        known = find_instance_type(name)
        if known is None:
            return None
        pods = facts.max_pods or pods_per_instance(
            known, prefix_delegation=facts.prefix_delegation, managed=facts.managed
        )
        has = allocatable(known, max_pods=pods)
        missing = [
            f"{asked} {what} of {given} {'requested' if asked > given else ''}".strip()
            for what, asked, given in (
                ("millicores", cpu, has.cpu_millicores),
                ("MiB", memory, has.memory_mib),
                ("GPUs", gpus, has.gpus),
            )
            if asked > given
        ]
        if not missing:
            return None
        lacking.append(f"{name} {' and '.join(_said(missing))}")
    return ", ".join(lacking)


def _said(missing: Sequence[str]) -> Iterator[str]:
    for text in missing:
        yield text.removesuffix(" requested")


def _key_problems(option: str, key: str) -> list[Problem]:
    found = Problems()
    if not is_token(key) and not is_label_key(key):
        found.add(option, "not a valid Kubernetes key", given=key, allowed=LABEL_KEY)
    return list(found)


def _value_problems(option: str, value: str) -> list[Problem]:
    found = Problems()
    if not is_token(value) and not is_label_value(value):
        found.add(option, "not a valid Kubernetes value", given=value, allowed=LABEL_VALUE)
    return list(found)

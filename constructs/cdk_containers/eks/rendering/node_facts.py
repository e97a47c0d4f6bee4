"""What a pod has to know of the nodes of its cluster, and whether one of them can hold it."""

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
    """A taint of nodes: only pods that tolerate it are scheduled on them.

    Attributes:
        key: Key, such as `dedicated`.
        value: Value. Default: none.
        effect: `NoSchedule` keeps new pods away, `PreferNoSchedule` does so while there is room elsewhere, `NoExecute`
            also evicts those that run. Default: `NoSchedule`.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """

    key: str
    value: str = ""
    effect: TaintEffect = "NoSchedule"

    def problems(self) -> list[Problem]:
        """Find what Kubernetes refuses in this taint."""
        found = Problems()
        found.extend(field_problems(self))
        if not found:
            found.extend(_key_problems("key", self.key))
            found.extend(_value_problems("value", self.value))
        return list(found)

    def is_tolerated_by(self, tolerations: Sequence[Mapping[str, Any]]) -> bool:
        """Tell whether tolerations of a pod, as its manifest has them, let it on nodes with this taint."""
        return self.effect == "PreferNoSchedule" or any(
            toleration.get("effect") in (None, "", self.effect)
            and toleration.get("key")
            in ({None, "", self.key} if toleration.get("operator") == "Exists" else {self.key})
            and (toleration.get("operator") == "Exists" or toleration.get("value", "") == self.value)
            for toleration in tolerations
        )


@frozen
class NodeFacts:
    """What a pod has to know of nodes that are alike.

    Attributes:
        name: How a problem names them.
        instance_types: Types that they may be of; empty where nobody knows.
        architecture: Architecture; None where it is not known.
        gpu: Whether they have GPUs; None where it is not known.
        capacity_type: On-Demand or Spot; None for both.
        labels: Labels that they have from the start; None where it is not known.
        taints: Taints that they have from the start.
        prefix_delegation: Whether the VPC CNI hands out prefixes.
        max_pods: Most pods on each; None if the image or EKS counts them.
        managed: Whether EKS counts them.
        selects: The pods that run there and nowhere else, by namespace and labels with wildcards, as a Fargate profile
            selects them. Empty for nodes, which the scheduler chooses.
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
        """Tell whether pods are selected to run there."""
        return any(
            fnmatchcase(namespace, wanted)
            and all(
                any(fnmatchcase(f"{k}={v}", f"{key}={value}") for k, v in labels.items()) for key, value in keys.items()
            )
            for wanted, keys in self.selects
        )


def label_problems(option: str, labels: Mapping[str, str], *, own: bool = False) -> list[Problem]:
    """Find labels that Kubernetes refuses, or that a node must not give itself.

    Args:
        option: The option that they come from.
        labels: The labels.
        own: Whether the kubelet sets them, which may set few of those of Kubernetes.
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
                "the kubelet must not set labels of Kubernetes, and the node would not register",
                given=key,
                allowed=f"a prefix of yours, or one of {', '.join(_OF_NODES)}",
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
    """Find a pod that no node of a cluster could ever hold. Types that are newer than the facts hold every pod.

    Args:
        nodes: The nodes; nothing is known of a cluster without any.
        option: The option that is to be named.
        cpu_millicores: CPU that the pod requests, in thousandths of a vCPU.
        memory_mib: Memory that it requests, in MiB.
        gpus: GPUs that it requests.
        architecture: Architecture of its images; None if they have several.
        node_selector: Labels that its node has to have.
        tolerations: Its tolerations, as its manifest has them.
        reserved_millicores: CPU that pods on every node take already, such as those of add-ons.
        reserved_mib: Memory that those take.
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
        "no node of the cluster can hold one pod",
        given=Shown("; ".join(reasons)),
        allowed="a smaller pod, one that tolerates the taints, or nodes of another kind",
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
    """Say why the scheduler keeps a pod away from nodes, whatever room they have."""
    if architecture is not None and facts.architecture is not None and facts.architecture != architecture:
        return f"{facts.architecture}, and the pod is {architecture}"
    if gpus and facts.gpu is False:
        return "no GPUs"
    kept_out = [taint.key for taint in facts.taints if not taint.is_tolerated_by(tolerations)]
    if kept_out:
        return f"taint {kept_out[0]} that the pod does not tolerate"
    for key, value in selector.items():
        having = _label(facts, key)
        if having is not None and having != value:
            return f"label {key}={having}, and the pod selects {value}"
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
    """Tell whether a label is one that AWS, Kubernetes or a controller gives nodes as they come."""
    prefix = key.partition("/")[0]
    return prefix.endswith(("kubernetes.io", "k8s.io", "k8s.aws", "amazonaws.com", "karpenter.sh"))


def _lack(facts: NodeFacts, cpu: int, memory: int, gpus: int) -> str | None:
    """Say what runs out on every type of nodes; None if one holds the pod, or is not known."""
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
        found.add(option, "not a key that Kubernetes takes", given=key, allowed=LABEL_KEY)
    return list(found)


def _value_problems(option: str, value: str) -> list[Problem]:
    found = Problems()
    if not is_token(value) and not is_label_value(value):
        found.add(option, "not a value that Kubernetes takes", given=value, allowed=LABEL_VALUE)
    return list(found)

"""Checks that find what a cluster would refuse, or accept and never run.

The published schemas contain fields and types, and little else. These checks cover what the API server and its
controllers check in addition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

from .api_versions import CLUSTER_SCOPED, api_problem
from .facts import Facts
from .fargate_rules import check_fargate
from .fields import field_problems
from .names import LABEL, SERVICE, SUBDOMAIN, is_label, is_service_name, is_subdomain
from .network_rules import check_ingress, check_network_policy, check_service
from .part import Part
from .pod_security import pod_security_problems
from .scaling_rules import check_autoscaler, check_disruption_budget
from .schemas import schema_problems
from .storage_rules import check_claim, check_config_map, check_storage_class, check_volume
from .workload_rules import check_labels, check_workload

_RBAC = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_LIMITS = {"CronJob": 52, "StatefulSet": 52, "Job": 63, "Namespace": 63, "Service": 63}
_LEVEL = "pod-security.kubernetes.io/enforce"


def problems(manifests: Iterable[Mapping[str, Any]], facts: Facts) -> list[Problem]:
    """Find all problems with objects for a cluster.

    Args:
        manifests: The objects, in the order in which they are applied.
        facts: What is known about the cluster.
    """
    found: list[Problem] = []
    listed = list(manifests)
    for index, manifest in enumerate(listed):
        wrong = _each_once(_object_problems(manifest, facts))
        found += [_named(problem.under(f"manifests[{index}]"), manifest) for problem in wrong]
    return [*found, *problems_together(listed)]


def problems_together(manifests: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Find problems between objects."""
    return [*_twice(manifests), *_against_namespaces(manifests)]


def _each_once(found: Iterable[Problem]) -> list[Problem]:
    """Return one problem for each path, because a field of the wrong type violates several rules."""
    return list({problem.option: problem for problem in reversed(list(found))}.values())[::-1]


def identity(manifest: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return the identity of an object: group, kind, namespace and name."""
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    group = str(manifest.get("apiVersion")).rpartition("/")[0]
    kind = str(manifest.get("kind"))
    namespace = "" if kind in CLUSTER_SCOPED else str(metadata.get("namespace") or "default")
    return group, kind, namespace, str(metadata.get("name"))


def _named(problem: Problem, manifest: object) -> Problem:
    """Add the object to a problem, because an index in a list says little."""
    if not isinstance(manifest, Mapping):
        return problem
    _, kind, namespace, name = identity(manifest)
    shown = f"{kind} {name}" if namespace in ("", "default") else f"{kind} {namespace}/{name}"
    return replace(problem, what=f"{shown}: {problem.what}")


def _object_problems(manifest: object, facts: Facts) -> Problems:
    found = Problems()
    if not isinstance(manifest, Mapping):
        found.add("", f"a value of type {type(manifest).__name__} instead of an object", allowed="a dictionary")
        return found
    part = Part(manifest, "", found)
    api_version, kind = part.text("apiVersion", required=True), part.text("kind", required=True)
    if api_version is None or kind is None:
        for field in ("apiVersion", "kind"):
            if is_token(part.get(field)):
                _check_token(found, part.get(field), field)
        return found
    if kind == "Secret" and api_version == "v1":
        found.add(
            "kind",
            "a file, the template and logs would contain the secret",
            given=kind,
            allowed="a secret in Secrets Manager, through the Secrets Store driver or External Secrets",
            practice="eks-no-secret-manifests",
        )
        return found
    if kind.endswith("List") and "items" in part:
        found.add("kind", "a list of objects", given=kind, allowed="each of its items as a separate object")
        return found
    if (wrong := api_problem(api_version, kind, facts.version)) is not None:
        part.wrong("apiVersion", wrong[0], wrong[1], given=Shown(f"{api_version} {kind}"))
    _check_values(found, manifest)
    if found:
        return found
    found.extend(field_problems(manifest, facts.version))
    _check_metadata(part, kind)
    _check_kind(part, kind, facts)
    check_fargate(part, facts)
    found.extend(schema_problems(manifest))
    return found


def _check_kind(part: Part, kind: str, facts: Facts) -> None:
    check_workload(part, facts)
    if kind == "Service":
        check_service(part, facts)
    elif kind in _CHECKS:
        _CHECKS[kind](part)


def _check_claim_templates(part: Part) -> None:
    for claim in part.part("spec").parts("volumeClaimTemplates"):
        check_claim(claim)


def _check_priority_class(part: Part) -> None:
    if "value" not in part:
        part.wrong("value", "it is missing", "a whole number up to 1000000000")
    part.number("value", -2147483648, 1_000_000_000)


_CHECKS: Mapping[str, Callable[[Part], None]] = {
    "ConfigMap": check_config_map,
    "HorizontalPodAutoscaler": check_autoscaler,
    "Ingress": check_ingress,
    "NetworkPolicy": check_network_policy,
    "PersistentVolume": check_volume,
    "PersistentVolumeClaim": check_claim,
    "PodDisruptionBudget": check_disruption_budget,
    "PriorityClass": _check_priority_class,
    "StatefulSet": _check_claim_templates,
    "StorageClass": check_storage_class,
}


def _check_metadata(part: Part, kind: str) -> None:
    metadata = part.part("metadata")
    if "generateName" in metadata:
        metadata.wrong("generateName", "an object without a name would be created again in each deployment", "a name")
    name = metadata.text("name", required=True)
    if name is not None and (allowed := _name_rule(kind, name)) is not None:
        metadata.wrong("name", "not a valid Kubernetes name", allowed)
    namespace = metadata.text("namespace")
    if namespace is not None:
        if kind in CLUSTER_SCOPED:
            metadata.wrong("namespace", f"a {kind} belongs to no namespace", "nothing")
        elif not is_label(namespace):
            metadata.wrong("namespace", "not a valid Kubernetes name", LABEL)
    check_labels(metadata, "labels")
    check_labels(metadata, "annotations")


def _name_rule(kind: str, name: str) -> str | None:
    """Return what is allowed if a name is invalid for its kind."""
    if kind in _RBAC:
        return None if name not in (".", "..") and not set("/%") & set(name) else "a name without / and %"
    limit = _LIMITS.get(kind)
    if kind == "Service":
        return None if is_service_name(name) else SERVICE
    if kind == "Namespace":
        return None if is_label(name) else LABEL
    if limit is not None and is_subdomain(name) and len(name) > limit:
        return f"up to {limit} characters, because its pods get longer names from it"
    return None if is_subdomain(name) else SUBDOMAIN


def _check_values(found: Problems, value: object, path: str = "") -> None:
    """Find values that a file cannot contain, and parts of values known only at deployment."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            if not isinstance(key, str) or is_token(key):
                found.add(path, "the name of a field is not text known at synthesis", given=key, allowed="text")
            else:
                _check_values(found, entry, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _check_values(found, entry, f"{path}[{index}]")
    elif is_token(value):
        _check_token(found, value, path)
    elif value is None:
        found.add(path, "None has no meaning here", allowed="a value, or no field")
    elif not isinstance(value, str | int):
        found.add(path, f"a value of type {type(value).__name__}", given=value, allowed="text or a whole number")


def _check_token(found: Problems, value: object, path: str) -> None:
    if path in ("metadata.name", "metadata.namespace", "kind", "apiVersion"):
        found.add(path, "known only at deployment", given=value, allowed="text known at synthesis")
    elif isinstance(value, str) and "#{Token[" in value:
        found.add(path, "an entry of a list known only at deployment", allowed="a list of single values")
    elif isinstance(value, str) and "\n" in value:
        found.add(
            path,
            "text of several lines with parts known only at deployment",
            allowed="one line, because it becomes the value of an output",
        )


def _twice(manifests: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str, str], int] = {}
    for index, manifest in enumerate(manifests):
        if not isinstance(manifest, Mapping):
            continue
        known = identity(manifest)
        if known in seen:
            problem = Problem(
                option=f"manifests[{index}].metadata.name",
                what=f"manifests[{seen[known]}] is the same object",
                given=repr(known[3]),
                allowed="each object only once",
            )
            yield _named(problem, manifest)
        seen.setdefault(known, index)


def _against_namespaces(manifests: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Find objects before their namespace, and pods that their namespace would refuse."""
    namespaces = {
        identity(manifest)[3]: (index, Part(manifest, "", Problems()).part("metadata").part("labels").get(_LEVEL))
        for index, manifest in enumerate(manifests)
        if isinstance(manifest, Mapping) and manifest.get("kind") == "Namespace"
    }
    for index, manifest in enumerate(manifests):
        if not isinstance(manifest, Mapping):
            continue
        _, _, namespace, _ = identity(manifest)
        if namespace not in namespaces:
            continue
        place, level = namespaces[namespace]
        if place > index:
            problem = Problem(
                option=f"manifests[{index}].metadata.namespace",
                what="the object comes before its namespace",
                given=repr(namespace),
                allowed=f"after manifests[{place}]",
            )
            yield _named(problem, manifest)
        if level in ("restricted", "baseline"):
            for problem in pod_security_problems(dict(manifest), level):
                yield _named(problem.under(f"manifests[{index}]"), manifest)

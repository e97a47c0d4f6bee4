"""References to objects that are not in the manifests; they may be in the cluster or missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .part import Part
from .pods import containers_of, template_of
from .rules import identity
from .workload_rules import selects

_SCALED = ("HorizontalPodAutoscaler", "ScaledObject")
_SELECTORS = {"NetworkPolicy": "podSelector", "PodDisruptionBudget": "selector"}

Named: TypeAlias = tuple[str, str, str]
"""Kind, namespace and name of an object."""
Reference: TypeAlias = tuple[str, str, object]
"""A field with a reference, and the kind and name of its target."""
Finding: TypeAlias = tuple[str, str, str]
"""A field, what is missing, and what is allowed."""


def dangling_references(manifests: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Find references to objects that are not in the manifests, and selectors that match no pods.

    None of it is certainly wrong, because the cluster may have the target.
    """
    everything = [manifest for manifest in manifests if isinstance(manifest, Mapping)]
    known: dict[Named, list[Mapping[str, Any]]] = {}
    for manifest in everything:
        known.setdefault(identity(manifest)[1:], []).append(manifest)
    pods = _Pods(everything)
    found: list[Problem] = []
    for index, manifest in enumerate(everything):
        _, kind, namespace, name = identity(manifest)
        part = Part(manifest, "", Problems())
        here = f"manifests[{index}]"
        findings = [
            (field, f"there is no {wanted} {given} here", "the name of an object here or in the cluster")
            for field, wanted, given in _references(part, kind)
            if isinstance(given, str) and not is_token(given) and (wanted, namespace, given) not in known
        ]
        findings += _selected(part, kind, namespace, pods)
        findings += _replicas(part, kind, namespace, known)
        found += [
            Problem(option=f"{here}.{field}", what=f"{kind} {namespace}/{name}: {what}", allowed=allowed)
            for field, what, allowed in findings
        ]
    return found


def _references(part: Part, kind: str) -> Iterator[Reference]:
    spec = part.part("spec")
    template = template_of(part)
    if template is not None:
        yield from _of_pod(template.part("spec"))
    match kind:
        case "TargetGroupBinding":
            yield "spec.serviceRef.name", "Service", spec.part("serviceRef").get("name")
        case "HorizontalPodAutoscaler" | "ScaledObject":
            target = spec.part("scaleTargetRef")
            yield "spec.scaleTargetRef.name", str(target.get("kind") or "Deployment"), target.get("name")
        case "Ingress":
            for rule in spec.parts("rules"):
                for path in rule.part("http").parts("paths"):
                    yield path.at("backend.service.name"), "Service", path.part("backend").part("service").get("name")
        case "ExternalSecret" if spec.part("secretStoreRef").get("kind") in (None, "SecretStore"):
            yield "spec.secretStoreRef.name", "SecretStore", spec.part("secretStoreRef").get("name")
        case _:
            pass


def _of_pod(pod: Part) -> Iterator[Reference]:
    account = pod.get("serviceAccountName")
    if account != "default":
        yield pod.at("serviceAccountName"), "ServiceAccount", account
    for volume in pod.parts("volumes"):
        claim = volume.part("persistentVolumeClaim")
        yield claim.at("claimName"), "PersistentVolumeClaim", claim.get("claimName")
        yield volume.at("configMap.name"), "ConfigMap", volume.part("configMap").get("name")
        attributes = volume.part("csi").part("volumeAttributes")
        yield attributes.at("secretProviderClass"), "SecretProviderClass", attributes.get("secretProviderClass")


def _selected(part: Part, kind: str, namespace: str, made: _Pods) -> Iterator[Finding]:
    spec = part.part("spec")
    if kind == "Service":
        selector: dict[str, Any] = {"matchLabels": spec.get("selector")} if spec.get("selector") else {}
        field = "selector"
    else:
        field = _SELECTORS.get(kind, "")
        selector = dict(spec.part(field).value) if field else {}
    if not selector:
        return
    pods = [template.part("spec") for template in made.selected(namespace, selector)]
    if not pods:
        yield f"spec.{field}", "it matches no pods in these manifests", "labels of existing pods"
    elif kind == "Service":
        names = {
            port.get("name") for pod in pods for container, _ in containers_of(pod) for port in container.parts("ports")
        }
        for port in spec.parts("ports"):
            target = port.get("targetPort")
            if isinstance(target, str) and not is_token(target) and target not in names:
                yield (
                    port.at("targetPort"),
                    f"no container has a port named {target}",
                    "the name of a port, or a number",
                )


def _replicas(
    part: Part, kind: str, namespace: str, known: Mapping[Named, Sequence[Mapping[str, Any]]]
) -> Iterator[Finding]:
    target = part.part("spec").part("scaleTargetRef")
    wanted = (str(target.get("kind") or "Deployment"), namespace, str(target.get("name")))
    for other in known.get(wanted, ()) if kind in _SCALED else ():
        if "replicas" in Part(other, "", Problems()).part("spec"):
            yield (
                "spec.scaleTargetRef",
                "its target sets replicas, so each deployment would reset the number of pods",
                "no replicas",
            )


class _Pods:
    """The pod templates by label, searched once for all selectors."""

    def __init__(self, everything: Sequence[Mapping[str, Any]]) -> None:
        self._by_label: dict[tuple[str, str | None, object], list[Part]] = {}
        for manifest in everything:
            template = template_of(Part(manifest, "", Problems()))
            if template is not None:
                namespace = identity(manifest)[2]
                labels = template.part("metadata").part("labels").value
                for label in ((None, None), *labels.items()):
                    self._by_label.setdefault((namespace, *label), []).append(template)

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Part]:
        """Return those that a selector matches, starting from its rarest label."""
        labels = ((None, None), *(selector.get("matchLabels") or {}).items())
        candidates = min((self._by_label.get((namespace, *label), []) for label in labels), key=len)
        return [one for one in candidates if selects(selector, one.part("metadata").part("labels").value)]

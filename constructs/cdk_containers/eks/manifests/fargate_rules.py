"""Checks of pods on Fargate."""

from __future__ import annotations

from decimal import Decimal

from .facts import Facts
from .part import Part
from .pods import containers_of, template_of
from .quantities import quantity

_EFS = "efs.csi.aws.com"
_HERE = "on Fargate"
_PRACTICE = "eks-fargate-limits"
_SIZES = {"cpu": (16, "16"), "memory": (120 * 1024**3, "120Gi")}


def check_fargate(manifest: Part, facts: Facts) -> None:
    """Find what cannot run in a cluster with only Fargate."""
    if facts.compute != "FARGATE":
        return
    match manifest.get("kind"):
        case "DaemonSet":
            _wrong(manifest, "kind", "there are no nodes to run a pod on each", "a sidecar in each pod")
        case "PersistentVolume":
            driver = manifest.part("spec").part("csi")
            if driver and driver.get("driver") != _EFS:
                _wrong(driver, "driver", f"{_HERE} this volume is not supported", _EFS)
        case "StorageClass":
            _wrong(manifest, "provisioner", f"{_HERE} no volume is created for a claim", "a PersistentVolume on EFS")
        case "StatefulSet" if manifest.part("spec").get("volumeClaimTemplates"):
            _wrong(
                manifest.part("spec"),
                "volumeClaimTemplates",
                f"{_HERE} no volume is created for a claim",
                "a claim on EFS",
            )
        case _:
            pass
    template = template_of(manifest)
    if template is not None:
        _check_pod(template.part("spec"))


def _check_pod(pod: Part) -> None:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field) is True:
            _wrong(pod, field, f"{_HERE} there is no host to share", "nothing")
    for volume in pod.parts("volumes"):
        if "hostPath" in volume:
            _wrong(volume, "hostPath", f"{_HERE} there is no host to share", "emptyDir, or a claim on EFS")
        if "ephemeral" in volume:
            _wrong(volume, "ephemeral", f"{_HERE} no volume is created for a claim", "emptyDir, or a claim on EFS")
        if "csi" in volume and volume.part("csi").get("driver") != _EFS:
            _wrong(volume.part("csi"), "driver", f"{_HERE} its driver does not run", "External Secrets, for secrets")
    for container, _ in containers_of(pod):
        _check_container(container)
    for name, (most, written) in _SIZES.items():
        if sum(_requested(container, name) for container, stays in containers_of(pod) if stays) > most:
            _wrong(
                pod, "containers", f"their requests of {name} exceed the maximum of Fargate", f"up to {written} in all"
            )


def _check_container(container: Part) -> None:
    context = container.part("securityContext")
    if context.get("privileged") is True:
        _wrong(context, "privileged", f"{_HERE} privileged containers are not supported", "false")
    for port in container.parts("ports"):
        if "hostPort" in port:
            _wrong(port, "hostPort", f"{_HERE} there is no host to share", "nothing")
    for kind in ("limits", "requests"):
        resources = container.part("resources").part(kind)
        for name in resources.value:
            if "/" in name:
                _wrong(resources, name, f"{_HERE} these devices do not exist", "nodes on EC2")


def _requested(container: Part, name: str) -> Decimal:
    resources = container.part("resources")
    written = resources.part("requests").get(name) or resources.part("limits").get(name)
    return quantity(written) or Decimal(0)


def _wrong(part: Part, field: str, what: str, allowed: str) -> None:
    part.wrong(field, what, allowed, practice=_PRACTICE)

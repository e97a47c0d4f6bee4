"""Checks of pods: names, volumes, and what their containers share."""

from __future__ import annotations

from .api_versions import minor_of
from .container_rules import check_container
from .facts import Facts
from .names import LABEL, SUBDOMAIN, is_label, is_subdomain
from .part import Part
from .pods import containers_of
from .quantities import ALLOWED, quantity

_VOLUMES = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "image",
    "iscsi",
    "nfs",
    "persistentVolumeClaim",
    "photonPersistentDisk",
    "portworxVolume",
    "projected",
    "quobyte",
    "rbd",
    "scaleIO",
    "secret",
    "storageos",
    "vsphereVolume",
]
_DEFAULT_GRACE = 30

RESTARTS = {
    "DaemonSet": ("Always",),
    "Deployment": ("Always",),
    "ReplicaSet": ("Always",),
    "ReplicationController": ("Always",),
    "StatefulSet": ("Always",),
    "CronJob": ("Never", "OnFailure"),
    "Job": ("Never", "OnFailure"),
}
"""The restart policies of pods by kind."""


def check_pod(pod: Part, kind: str, facts: Facts, claims: frozenset[str] = frozenset()) -> None:
    """Find problems with the spec of a pod; `claims` are the volumes that its StatefulSet adds."""
    if not list(pod.entries("containers")):
        pod.wrong("containers", "no container", "one or more")
    volumes = _check_volumes(pod) | claims
    grace = pod.number("terminationGracePeriodSeconds")
    for container, stays in containers_of(pod):
        check_container(container, facts=facts, stays=stays, grace=_DEFAULT_GRACE if grace is None else grace)
        _check_mounts(container, volumes)
    _check_what_is_shared(pod)
    _check_restart(pod, kind)
    _check_scheduling(pod)
    pod.number("activeDeadlineSeconds", 1)
    if kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet") and "activeDeadlineSeconds" in pod:
        pod.wrong("activeDeadlineSeconds", f"pods of a {kind} run without end", "nothing")
    name = pod.text("serviceAccountName")
    if name is not None and not is_subdomain(name):
        pod.wrong("serviceAccountName", "not a valid Kubernetes name", SUBDOMAIN)
    pod.choice("dnsPolicy", ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))
    if "hostUsers" in pod and minor_of(facts.version) < 33:
        pod.wrong("hostUsers", f"Kubernetes {facts.version} ignores it", "Kubernetes 1.33 or later")


def _check_volumes(pod: Part) -> frozenset[str]:
    names: list[str] = []
    for volume in pod.parts("volumes"):
        name = volume.text("name", required=True)
        if name is not None:
            if not is_label(name):
                volume.wrong("name", "not a valid Kubernetes name", LABEL)
            if name in names:
                volume.wrong("name", "another volume already has this name", "another name")
            names.append(name)
        _check_source(volume)
    return frozenset(names)


def _check_source(volume: Part) -> None:
    sources = [source for source in _VOLUMES if source in volume]
    if len(sources) > 1:
        volume.wrong("", f"{' and '.join(sources)} in one volume", "one source", given=sources)
    if "emptyDir" in sources:
        limit = volume.part("emptyDir").get("sizeLimit")
        if limit is not None and quantity(limit) is None:
            volume.part("emptyDir").wrong("sizeLimit", "not a quantity", ALLOWED)
        volume.part("emptyDir").choice("medium", ("Memory", "HugePages"))
    if "persistentVolumeClaim" in sources:
        volume.part("persistentVolumeClaim").text("claimName", required=True)
    if "csi" in sources:
        volume.part("csi").text("driver", required=True)
    if "hostPath" in sources:
        volume.part("hostPath").text("path", required=True)


def _check_mounts(container: Part, volumes: frozenset[str]) -> None:
    paths: list[str] = []
    for mount in container.parts("volumeMounts"):
        name, path = mount.text("name", required=True), mount.text("mountPath", required=True)
        if name is not None and name not in volumes:
            mount.wrong(
                "name", "the pod has no volume with this name", ", ".join(sorted(volumes)) or "a volume of the pod"
            )
        if path is not None:
            if not path.startswith("/") or ":" in path:
                mount.wrong("mountPath", "not an absolute path without a colon", "a path such as /data")
            if path in paths:
                mount.wrong("mountPath", "another volume is already mounted there", "a different path")
            paths.append(path)
        for field in ("subPath", "subPathExpr"):
            inside = mount.text(field)
            if inside is not None and (inside.startswith("/") or ".." in inside.split("/")):
                mount.wrong(field, "a path that leaves the volume", "a relative path without ..")


def _check_what_is_shared(pod: Part) -> None:
    """Check shared names: containers of a pod share a network, so each port and each port name is unique."""
    names: list[str] = []
    port_names: list[str] = []
    ports: list[tuple[int, str]] = []
    for container, _ in containers_of(pod):
        name = container.text("name", required=True)
        if name is not None:
            if not is_label(name):
                container.wrong("name", "not a valid Kubernetes name", LABEL)
            if name in names:
                container.wrong("name", "another container already has this name", "another name")
            names.append(name)
        for port in container.parts("ports"):
            name, number = port.text("name"), port.get("containerPort")
            if name is not None and name in port_names:
                port.wrong("name", "another port of the pod already has this name", "another name")
            listened = (number, str(port.get("protocol") or "TCP"))
            if listened in ports:
                port.wrong("containerPort", "another port of the pod is equal", "its own port")
            ports.append(listened)
            port_names += [] if name is None else [name]


def _check_restart(pod: Part, kind: str) -> None:
    allowed = RESTARTS.get(kind, ("Always", "Never", "OnFailure"))
    given = pod.get("restartPolicy")
    if given is None and "Always" not in allowed:
        pod.wrong("restartPolicy", f"pods of a {kind} need one, because the default is Always", ", ".join(allowed))
    elif given is not None and given not in allowed:
        pod.wrong("restartPolicy", f"not supported for pods of a {kind}", ", ".join(allowed))


def _check_scheduling(pod: Part) -> None:
    for toleration in pod.parts("tolerations"):
        operator = toleration.choice("operator", ("Equal", "Exists", "Gt", "Lt"))
        effect = toleration.choice("effect", ("NoSchedule", "PreferNoSchedule", "NoExecute"))
        if operator == "Exists" and toleration.get("value"):
            toleration.wrong("value", "a value with Exists", "no value, or the operator Equal")
        if operator != "Exists" and not toleration.get("key"):
            toleration.wrong("key", "no key", "a key, or the operator Exists")
        if "tolerationSeconds" in toleration and effect not in (None, "NoExecute"):
            toleration.wrong("tolerationSeconds", f"seconds with {effect}", "the effect NoExecute")
    for kind in ("nodeAffinity", "podAffinity", "podAntiAffinity"):
        affinity = pod.part("affinity").part(kind)
        for preferred in affinity.parts("preferredDuringSchedulingIgnoredDuringExecution"):
            preferred.number("weight", 1, 100)
    _check_spread(pod)


def _check_spread(pod: Part) -> None:
    seen: list[tuple[object, object]] = []
    for spread in pod.parts("topologySpreadConstraints"):
        spread.number("maxSkew", 1)
        for field in ("maxSkew", "topologyKey", "whenUnsatisfiable"):
            if field not in spread:
                spread.wrong(field, "it is missing", "a value")
        spread.choice("whenUnsatisfiable", ("DoNotSchedule", "ScheduleAnyway"))
        same = (spread.get("topologyKey"), spread.get("whenUnsatisfiable"))
        if same in seen:
            spread.wrong("topologyKey", "another constraint has the same key and whenUnsatisfiable", "only one of each")
        seen.append(same)

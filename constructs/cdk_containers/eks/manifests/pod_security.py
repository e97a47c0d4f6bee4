"""The Pod Security Standards: limits for pods of a namespace.

As in the cluster, they also apply to sidecars and init containers.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from cdk_containers.core.errors import Problem, Problems

from .part import Part
from .pods import containers_of, template_of

PodSecurityLevel: TypeAlias = Literal["restricted", "baseline", "privileged"]

_BASELINE_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
_SYSCTLS = frozenset(
    [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    ]
)
_RESTRICTED_VOLUMES = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ]
)
_SECCOMP = ("RuntimeDefault", "Localhost")
_PRACTICE = "eks-pod-security"


def pod_security_problems(manifest: dict[str, Any], level: PodSecurityLevel) -> list[Problem]:
    """Find what a namespace with this level would refuse in an object's pods.

    See https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    found = Problems()
    template = template_of(Part(manifest, "", found))
    if template is None or level == "privileged":
        return []
    pod = template.part("spec")
    refused = Problems()
    pod = Part(pod.value, pod.path, refused)
    _check_baseline(pod)
    if level == "restricted":
        _check_restricted(pod)
    return list(refused)


def _wrong(part: Part, field: str, what: str, allowed: str, given: object = None) -> None:
    part.wrong(field, what, allowed, given=given, practice=_PRACTICE)


def _check_baseline(pod: Part) -> None:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field) is True:
            _wrong(pod, field, "the pod would share it with its node", "false")
    for volume in pod.parts("volumes"):
        if "hostPath" in volume:
            _wrong(volume, "hostPath", "it mounts files of the node", "another kind of volume")
    for sysctl in pod.part("securityContext").parts("sysctls"):
        if sysctl.get("name") not in _SYSCTLS:
            _wrong(sysctl, "name", "a setting that affects other pods of the node", ", ".join(sorted(_SYSCTLS)))
    _check_context(pod.part("securityContext"))
    for container, _ in containers_of(pod):
        _check_container(container)
        _check_context(container.part("securityContext"))


def _check_container(container: Part) -> None:
    context = container.part("securityContext")
    if context.get("privileged") is True:
        _wrong(context, "privileged", "the container would have the permissions of the node", "false")
    for index, capability in context.part("capabilities").entries("add"):
        if str(capability).removeprefix("CAP_") not in _BASELINE_CAPABILITIES:
            _wrong(
                context.part("capabilities"),
                f"add[{index}]",
                "a capability that is not allowed",
                "none",
                given=capability,
            )
    if context.get("procMount") not in (None, "Default"):
        _wrong(context, "procMount", "it exposes hidden parts of /proc", "Default")
    for port in container.parts("ports"):
        if port.get("hostPort"):
            _wrong(port, "hostPort", "it uses a port of the node", "nothing")
    calls = [container.part(f"{probe}Probe") for probe in ("liveness", "readiness", "startup")]
    calls += [container.part("lifecycle").part(hook) for hook in ("postStart", "preStop")]
    for call in calls:
        for target in (call.part("httpGet"), call.part("tcpSocket")):
            if target.get("host"):
                _wrong(target, "host", "the node would call another host", "nothing")


def _check_context(context: Part) -> None:
    seccomp = context.part("seccompProfile")
    if seccomp.get("type") == "Unconfined":
        _wrong(seccomp, "type", "it allows every system call", ", ".join(_SECCOMP))
    if context.part("windowsOptions").get("hostProcess") is True:
        _wrong(context.part("windowsOptions"), "hostProcess", "it runs as a process of the node", "false")
    if context.part("appArmorProfile").get("type") == "Unconfined":
        _wrong(context.part("appArmorProfile"), "type", "without AppArmor", "RuntimeDefault, Localhost")
    linux = context.part("seLinuxOptions")
    if linux.get("type") not in (None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"):
        _wrong(linux, "type", "an SELinux type that is not allowed", "container_t")
    for field in ("user", "role"):
        if linux.get(field):
            _wrong(linux, field, "an SELinux identity that is not allowed", "nothing")


def _check_restricted(pod: Part) -> None:
    for volume in pod.parts("volumes"):
        kinds = [kind for kind in volume.value if kind != "name"]
        if wrong := [kind for kind in kinds if kind not in _RESTRICTED_VOLUMES and kind != "hostPath"]:
            _wrong(volume, wrong[0], "this kind of volume is not allowed", ", ".join(sorted(_RESTRICTED_VOLUMES)))
    shared = pod.part("securityContext")
    if shared.get("runAsUser") == 0:
        _wrong(shared, "runAsUser", "root", "1 or more")
    for container, _ in containers_of(pod):
        _check_restricted_container(container, shared, windows=pod.part("os").get("name") == "windows")


def _check_restricted_container(container: Part, shared: Part, *, windows: bool) -> None:
    context = container.part("securityContext")
    non_root = context.get("runAsNonRoot") if "runAsNonRoot" in context else shared.get("runAsNonRoot")
    if non_root is not True:
        _wrong(context, "runAsNonRoot", "the container may run as root", "true, here or for the pod", given=non_root)
    if context.get("runAsUser") == 0:
        _wrong(context, "runAsUser", "root", "1 or more")
    if windows:
        return
    if context.get("allowPrivilegeEscalation") is not False:
        _wrong(context, "allowPrivilegeEscalation", "processes could gain privileges", "false")
    capabilities = context.part("capabilities")
    if "ALL" not in [capability for _, capability in capabilities.entries("drop")]:
        _wrong(capabilities, "drop", "it does not drop all capabilities", "[ALL]")
    for index, capability in capabilities.entries("add"):
        if capability in _BASELINE_CAPABILITIES - {"NET_BIND_SERVICE"}:
            _wrong(capabilities, f"add[{index}]", "it keeps a capability", "NET_BIND_SERVICE", given=capability)
    seccomp = context.part("seccompProfile") or shared.part("seccompProfile")
    if seccomp.get("type") not in (*_SECCOMP, "Unconfined"):  # which the baseline level refuses
        _wrong(context, "seccompProfile", "it allows every system call", "RuntimeDefault, here or for the pod")

"""Checks of the isolation of containers: host, image and processes."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .containers import Container, each_container, network_mode, on_fargate, on_windows
from .service_parts import TASK_DEFINITION
from .settings import is_set

_LIKE_PRIVILEGED = {"ALL", "BPF", "DAC_READ_SEARCH", "NET_ADMIN", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}
_SOCKETS = ("docker.sock", "containerd.sock", "containerd/containerd.sock")
_ABOVE_SOCKETS = {"/", "/var", "/var/run", "/run"}


@check("read-only-root-filesystem", TASK_DEFINITION, fix="Set ReadonlyRootFilesystem to true on each container.")
@each_container
def root_is_read_only(container: Container) -> Outcome | None:
    """Only named volumes are writable."""
    if on_windows(container.task):
        return None
    if container.source.flag("ReadonlyRootFilesystem"):
        return ok("no container can write to its root file system")
    return fault(f"{container} can write to its root file system", fix=_set("ReadonlyRootFilesystem", container))


@check("non-root-user", TASK_DEFINITION, fix="Set User to a user other than root on each container.")
@each_container
def user_is_not_root(container: Container) -> Outcome:
    """The user is not root."""
    if not is_set(container.source, "User"):
        raise CannotTell(f"{container} sets no User, so its image decides")
    user = container.source.text("User").partition(":")[0]
    if user.lower() in {"root", "0", "containeradministrator"}:
        return fault(f"{container} runs as {user}", fix=f"Set User to a user other than root on {container.name}.")
    return ok("each container runs as a user other than root")


@check("no-privileged-containers", TASK_DEFINITION, fix="Remove Privileged, or set it to false.")
@each_container
def is_not_privileged(container: Container) -> Outcome:
    """No container has the rights of root on its host."""
    return (
        fault(f"{container} is privileged") if container.source.flag("Privileged") else ok("no container is privileged")
    )


@check("few-capabilities", TASK_DEFINITION, fix="Remove unneeded capabilities from LinuxParameters.Capabilities.Add.")
@each_container
def adds_no_powerful_capability(container: Container) -> Outcome | None:
    """No container has a capability that is nearly as good as root on its host."""
    if not container.source.has("LinuxParameters", "Capabilities"):
        return None
    added = {
        text.upper().removeprefix("CAP_") for text in container.source.texts("LinuxParameters", "Capabilities", "Add")
    }
    if on_fargate(container.task):
        added -= {"SYS_PTRACE"}
    powerful = sorted(added & _LIKE_PRIVILEGED)
    if powerful:
        return fault(f"{container} adds the capability {', '.join(powerful)}")
    return ok("no container adds a capability that affects its host")


@check("no-host-network", TASK_DEFINITION, fix="Set NetworkMode to awsvpc.")
def has_a_network_of_its_own(task: Resource) -> Outcome:
    """A task in the network of its instance is reached by its ports, and reaches its metadata."""
    mode = network_mode(task)
    if mode == "host":
        return fault("its containers share the network of the instance")
    return ok(f"its network mode is {mode}")


@check("no-host-namespaces", TASK_DEFINITION, fix="Remove PidMode and IpcMode, or set them to task.")
def has_namespaces_of_its_own(task: Resource) -> Outcome:
    """A task that shares processes or memory with its instance can see all other tasks."""
    shared = [what for key, what in (("PidMode", "processes"), ("IpcMode", "memory")) if task.text(key) == "host"]
    if shared:
        return fault(f"its containers share the {' and the '.join(shared)} of the instance")
    return ok("its containers share no namespace with the instance")


@check("no-docker-socket", TASK_DEFINITION, fix="Remove the volume, and use the ECS task metadata endpoint instead.")
def mounts_no_socket_of_docker(task: Resource) -> Outcome | None:
    """Access to the socket of the container runtime is root access to the instance."""
    return worst(_volume, task.maps("Volumes"))


def _volume(volume: Map) -> Outcome | None:
    if not volume.has("Host", "SourcePath"):
        return None
    path = volume.text("Host", "SourcePath")
    plain = path.rstrip("/") or "/"
    if plain.endswith(_SOCKETS) or plain in _ABOVE_SOCKETS:
        return fault(f"the volume {volume.text('Name')} gives its containers {path} of the instance")
    return ok("no volume contains the socket of the container runtime")


@check("init-process", TASK_DEFINITION, fix="Set LinuxParameters.InitProcessEnabled to true on each container.")
@each_container
def has_an_init_process(container: Container) -> Outcome | None:
    """An init process forwards signals, and reaps ended processes."""
    if on_windows(container.task):
        return None
    if not container.source.has("LinuxParameters", "InitProcessEnabled"):
        raise CannotTell(f"{container} has no init process from ECS, but its image may have one")
    if container.source.flag("LinuxParameters", "InitProcessEnabled"):
        return ok("each container has an init process")
    return fault(f"{container} turns its init process off")


@check("stop-timeout", TASK_DEFINITION, fix="Set StopTimeout to a value from 2 to 120 seconds.")
@each_container
def has_time_to_stop(container: Container) -> Outcome | None:
    """A container has time to finish, within the maximum of ECS."""
    seconds = container.source.number("StopTimeout")
    if seconds is None:
        return None
    if seconds < 2:
        return fault(f"{container} is killed after {seconds:.0f} seconds")
    if seconds > 120 and on_fargate(container.task):
        return fault(f"{container} requests {seconds:.0f} seconds to stop, but Fargate allows at most 120")
    return ok(f"a container has {seconds:.0f} seconds to stop")


def _set(key: str, container: Container) -> str:
    return f"Set {key} to true on {container.name}."

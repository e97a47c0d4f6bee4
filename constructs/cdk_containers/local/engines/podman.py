"""podman: without a daemon, with or without root."""

from cdk_containers.local.planning import Dialect

from .engine import Engine

PODMAN = Engine(
    name="podman",
    minimum=(4, 0),
    # Without the second flag podman makes /tmp, /run and /var/tmp writable, which hides errors that ECS would show.
    dialect=Dialect(read_only=("--read-only", "--read-only-tmpfs=false"), tmpfs_owner=False),
    host="host.containers.internal",
    own_limits=True,
    install="https://podman.io/docs/installation",
)

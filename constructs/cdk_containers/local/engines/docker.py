"""Docker and compatible engines."""

from .engine import Engine

DOCKER = Engine(
    name="docker",
    minimum=(20, 10),
    host="host.docker.internal",
    host_flags=("--add-host", "host.docker.internal:host-gateway"),
    install="https://docs.docker.com/engine/install/",
)

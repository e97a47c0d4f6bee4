"""Finch, the container engine of AWS for developers, with the command line of nerdctl."""

from .engine import Engine

FINCH = Engine(
    name="finch",
    minimum=(1, 0),
    host="host.docker.internal",
    host_flags=("--add-host", "host.docker.internal:host-gateway"),
    aliases=False,
    extra=(),
    install="https://runfinch.com/docs/getting-started/installation/",
)

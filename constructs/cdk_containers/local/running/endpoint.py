"""The task endpoints of ECS: credentials and metadata (version 4)."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import TaskPlan

Credentials = Callable[[], Mapping[str, str] | None]
"""Provides credentials in the format of the endpoint; None if there are none."""


@frozen(eq=False)
class _Served:
    plan: TaskPlan
    credentials: Credentials | None
    arn: str


class Endpoint:
    """Serves tasks, each at an address that cannot be guessed.

    Args:
        host: Address to listen on.
        port: Port; 0 for any free port.

    Raises:
        OSError: This machine does not have the address, or the port is in use or not permitted.
    """

    def __init__(self, host: str, port: int = 0) -> None:
        self._tasks: dict[str, _Served] = {}
        self._server = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), {"endpoint": self}))
        self._server.daemon_threads = True
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def serve(self, plan: TaskPlan, *, region: str, credentials: Credentials | None) -> str:
        """Serve a task, and return the token in its addresses."""
        token = uuid.uuid4().hex
        arn = f"arn:aws:ecs:{region}:000000000000:task/local/{token}"
        self._tasks[token] = _Served(plan=plan, credentials=credentials, arn=arn)
        return token

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> Mapping[str, Any] | None:
        """Return the response for a path; None if it does not exist."""
        match path.strip("/").split("/"):
            case ["v2", "credentials", token] if token in self._tasks:
                provider = self._tasks[token].credentials
                return provider() if provider else None
            case ["v4", token, container] if token in self._tasks:
                return _container(self._tasks[token], container)
            case ["v4", token, _, "task"] if token in self._tasks:
                return _task(self._tasks[token])
            case ["v4", token, _, "stats"] | ["v4", token, _, "task", "stats"] if token in self._tasks:
                return {}
        return None


class _Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint
    timeout = 10

    def do_GET(self) -> None:
        answer = self.endpoint.answer(self.path.partition("?")[0])
        body = json.dumps({"message": "not found"} if answer is None else answer).encode()
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name in the base class)
        """Log nothing, because tasks request credentials often."""


def _container(served: _Served, name: str) -> Mapping[str, Any] | None:
    plan = next((one for one in served.plan.containers if one.name == name), None)
    if plan is None:
        return None
    limits = {"CPU": plan.settings.get("Cpu", 0), "Memory": plan.settings.get("Memory", 0)}
    return {
        "DockerId": name,
        "Name": name,
        "DockerName": name,
        "Image": plan.image if isinstance(plan.image, str) else plan.image.tag,
        "Labels": {
            "com.amazonaws.ecs.cluster": "local",
            "com.amazonaws.ecs.container-name": name,
            "com.amazonaws.ecs.task-arn": served.arn,
            "com.amazonaws.ecs.task-definition-family": served.plan.family,
            "com.amazonaws.ecs.task-definition-version": "0",
        },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": limits,
        "Type": "NORMAL",
        "ContainerARN": f"{served.arn}/{name}".replace(":task/", ":container/"),
    }


def _task(served: _Served) -> Mapping[str, Any]:
    return {
        "Cluster": "local",
        "TaskARN": served.arn,
        "Family": served.plan.family,
        "Revision": "0",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": served.plan.limits.get("CPU", 0) / 1024, "Memory": served.plan.limits.get("Memory", 0)},
        "AvailabilityZone": "local",
        "LaunchType": served.plan.launch_type,
        "Containers": [_container(served, one.name) for one in served.plan.containers],
    }

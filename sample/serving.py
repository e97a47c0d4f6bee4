# ruff: noqa: INP001  (copied into an image as it is, not part of a package)
"""What both services share: HTTP, a health endpoint, a log line of JSON per request, and a clean end.

ECS stops a task with SIGTERM, and kills it when the stop timeout is over. On SIGTERM the service takes no new
connection, finishes the requests in flight and exits with 0.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LONGEST_BODY = 64 * 1024

log = logging.getLogger("application")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a service answers to one request."""

    body: str
    content_type: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK


Routes = Mapping[tuple[str, str], Callable[[], Answer]]
"""Method and path, and what answers them."""


def serve(name: str, routes: Routes) -> None:
    """Serve the routes, and `GET /healthz`, on the port in `PORT`, until SIGTERM or SIGINT."""
    log.addHandler(_JsonLines(sys.stdout))
    log.setLevel(logging.INFO)
    healthy: Routes = {("GET", "/healthz"): lambda: Answer(body="ok\n", content_type="text/plain")}
    handler = type("Handler", (_Handler,), {"routes": {**routes, **healthy}})
    server = _Server(("0.0.0.0", int(os.environ.get("PORT", "8080"))), handler)  # noqa: S104  (a container's own network)

    def stop(_number: int, _frame: object) -> None:
        threading.Thread(target=server.shutdown).start()  # waits for the loop below, so not in this thread

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("listening", extra={"fields": {"service": name, "port": server.server_port}})
    server.serve_forever(poll_interval=0.1)
    log.info("stopping", extra={"fields": {"service": name}})
    server.server_close()  # closes the socket, then waits for the requests in flight
    log.info("stopped", extra={"fields": {"service": name}})


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  (the base class's signature)
        log.warning("connection lost", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request per connection: a connection kept open may close just as the load balancer uses it again."""

    routes: Routes
    timeout = 10

    def _answer(self) -> None:
        started = time.monotonic()
        path = self.path.partition("?")[0]
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            answer = Answer(body='{"error": "content length"}\n', status=HTTPStatus.BAD_REQUEST)
        else:
            self.rfile.read(int(length))
            answer = self._route(path)
        payload = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
        fields = {
            "method": self.command,
            "path": path,
            "status": int(answer.status),
            "duration_ms": round((time.monotonic() - started) * 1000, 1),
        }
        if trace := self.headers.get("X-Amzn-Trace-Id"):
            fields["trace"] = trace
        log.info("request", extra={"fields": fields})

    do_GET = do_POST = _answer  # noqa: N815  (the names that the base class calls)

    def _route(self, path: str) -> Answer:
        route = self.routes.get((self.command, path))
        if route is None:
            return Answer(body='{"error": "not found"}\n', status=HTTPStatus.NOT_FOUND)
        try:
            return route()
        except Exception:
            log.exception("request failed")
            return Answer(body='{"error": "internal"}\n', status=HTTPStatus.INTERNAL_SERVER_ERROR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name in the base class)
        """Log nothing here but what the base class finds wrong with a request: `_answer` has the rest."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002
        log.warning(format % args)


class _JsonLines(logging.StreamHandler[Any]):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = logging.Formatter().formatException(record.exc_info)
        return json.dumps(line)

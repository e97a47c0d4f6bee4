from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sample.conftest import PATIENCE

if TYPE_CHECKING:
    from tests.sample.conftest import Start

SERVICES = pytest.mark.parametrize("name", ["web", "backend"])


class SlowBackend:
    """A backend that has taken a request and answers it only when told."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked.set()
                outer.answer.wait(timeout=PATIENCE)
                body = b'{"service": "slow"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture
def slow_backend() -> Iterator[SlowBackend]:
    backend = SlowBackend()
    yield backend
    backend.answer.set()
    backend.server.shutdown()
    backend.server.server_close()


def wait_until_refused(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("new connections are still accepted")


@SERVICES
def test_it_is_healthy_without_anything_configured(start: Start, name: str):
    response, body = start(name).request("GET", "/healthz")
    assert (response.status, body) == (200, "ok\n")


@SERVICES
def test_it_starts_and_answers_where_it_can_write_nothing(start: Start, name: str):
    service = start(name, cwd="/proc")
    assert service.request("GET", "/")[0].status == 200
    service.terminate()
    assert service.end() == (0, "")


@SERVICES
def test_each_request_is_one_line_of_json(start: Start, name: str):
    service = start(name)
    service.request("GET", "/healthz?deep=1", **{"X-Amzn-Trace-Id": "Root=1-2-3"})
    service.next_line()  # a request is written after its answer
    service.request("GET", "/nothing")
    service.next_line()
    service.terminate()
    assert service.end() == (0, "")
    requests = [line for line in service.lines if line["message"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [
        ("GET", "/healthz", 200),
        ("GET", "/nothing", 404),
    ]
    assert requests[0]["trace"] == "Root=1-2-3"
    assert all(line["duration_ms"] >= 0 and line["time"].endswith("Z") for line in requests)
    assert [line["message"] for line in service.lines if line["message"] != "request"] == [
        "listening",
        "stopping",
        "stopped",
    ]


@SERVICES
def test_it_ends_at_once_when_nothing_is_in_flight(start: Start, name: str):
    before = time.monotonic()
    service = start(name)
    took_to_start = time.monotonic() - before
    service.terminate()
    assert service.end() == (0, "")
    assert time.monotonic() - before < 20 * took_to_start, "it waits for something"


def test_web_finishes_a_slow_request_after_sigterm(start: Start, slow_backend: SlowBackend):
    web = start("web", BACKEND_URL=slow_backend.url)
    connection = web.connect()
    connection.request("GET", "/")
    assert slow_backend.asked.wait(timeout=PATIENCE)

    web.terminate()
    wait_until_refused(web.port)
    assert web.process.poll() is None, "it waits for the request in flight"
    slow_backend.answer.set()

    response = connection.getresponse()
    assert response.status == 200
    assert "slow" in response.read().decode()
    assert web.end() == (0, "")


def test_backend_finishes_a_slow_request_after_sigterm(start: Start, tmp_path: Path):
    backend = start("backend", DATA_DIR=str(tmp_path))
    connection = backend.connect()
    connection.putrequest("POST", "/visits")
    connection.putheader("Content-Length", "2")
    connection.endheaders()
    # Connections are accepted in their order: when a later one is answered, this one waits for its body.
    assert backend.request("GET", "/healthz")[0].status == 200

    backend.terminate()
    wait_until_refused(backend.port)
    assert backend.process.poll() is None, "it waits for the request in flight"
    connection.send(b"{}")

    response = connection.getresponse()
    assert response.status == 200
    assert json.loads(response.read())["visits"] == 1
    assert backend.end() == (0, "")


def test_web_shows_the_backend_and_its_table(start: Start, tmp_path: Path):
    backend = start("backend", DATA_DIR=str(tmp_path))
    web = start("web", BACKEND_URL=backend.url, TABLE_NAME="<orders>")
    for visits in (1, 2):
        response, body = web.request("GET", "/")
        assert response.status == 200
        assert response.getheader("Content-Type") == "text/html; charset=utf-8"
        assert "&lt;orders&gt;" in body
        assert f"&quot;visits&quot;: {visits}" in body
    assert json.loads(backend.request("GET", "/")[1])["visits"] == 2


def test_web_says_so_when_the_backend_does_not_answer(start: Start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nothing answers there
        web = start("web", BACKEND_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
        response, body = web.request("GET", "/")
    assert response.status == 502
    assert "does not answer" in body
    assert web.request("GET", "/healthz")[0].status == 200


def test_web_runs_without_a_backend(start: Start):
    response, body = start("web").request("GET", "/")
    assert response.status == 200
    assert "none" in body


def test_backend_counts_for_several_tasks_in_one_directory(start: Start, tmp_path: Path):
    tasks = [start("backend", DATA_DIR=str(tmp_path)) for _ in range(2)]

    def visit(service_number: int) -> None:
        for _ in range(10):
            assert tasks[service_number].request("POST", "/visits")[0].status == 200

    visitors = [threading.Thread(target=visit, args=(number % 2,)) for number in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert (tmp_path / "visits").read_text(encoding="ascii") == "40"


def test_backend_without_a_directory_counts_nothing(start: Start):
    facts = json.loads(start("backend").request("POST", "/visits")[1])
    assert facts["service"] == "backend"
    assert facts["visits"] is None


def test_backend_answers_500_and_goes_on_when_its_directory_is_gone(start: Start, tmp_path: Path):
    backend = start("backend", DATA_DIR=str(tmp_path / "gone"))
    assert backend.request("POST", "/visits")[0].status == 500
    assert backend.request("GET", "/healthz")[0].status == 200
    backend.terminate()
    assert backend.end() == (0, "")
    assert any("FileNotFoundError" in line.get("error", "") for line in backend.lines)


@pytest.mark.parametrize("length", ["many", "-1", "65537"])
def test_a_content_length_that_makes_no_sense_is_refused(start: Start, length: str):
    assert start("backend").request("POST", "/visits", **{"Content-Length": length})[0].status == 400


def test_a_client_that_goes_away_leaves_a_warning_and_no_traceback(start: Start, slow_backend: SlowBackend):
    web = start("web", BACKEND_URL=slow_backend.url)
    with socket.create_connection(("127.0.0.1", web.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # closes with RST
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert slow_backend.asked.wait(timeout=PATIENCE)
    slow_backend.answer.set()
    web.terminate()
    code, stderr = web.end()
    assert (code, stderr) == (0, "")

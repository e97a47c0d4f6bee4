# ruff: noqa: INP001  (copied into an image as it is, not part of a package)
"""The public service: tells the backend about each visit, and shows what the backend answers.

Environment: `PORT`; `BACKEND_URL`, where the backend is; `TABLE_NAME`, the table that this service may read.
"""

from __future__ import annotations

import os
from html import escape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from serving import Answer, log, serve

_PAGE = """<!doctype html>
<html lang="en">
<title>cdk-containers</title>
<h1>It runs</h1>
<p>Table: <code>{table}</code></p>
<p>Backend: <code>{backend}</code></p>
</html>
"""
_PATIENCE = 5  # seconds; below the deregistration delay, so that a visit can end before the task does


def visit_backend(url: str) -> str:
    """Tell the backend about a visit, and return its answer."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/visits")
        response = connection.getresponse()
        body = response.read().decode()
    finally:
        connection.close()
    if response.status != HTTPStatus.OK:
        message = f"the backend answered {response.status}"
        raise HTTPException(message)
    return body


def home() -> Answer:
    """Show the page; without the backend it is an error, since there is nothing to show."""
    status, backend = HTTPStatus.OK, "none"
    if url := os.environ.get("BACKEND_URL"):
        try:
            backend = visit_backend(url)
        except (OSError, HTTPException) as error:
            log.warning("backend does not answer", extra={"fields": {"url": url, "error": str(error)}})
            status, backend = HTTPStatus.BAD_GATEWAY, "does not answer"
    page = _PAGE.format(table=escape(os.environ.get("TABLE_NAME", "none")), backend=escape(backend.strip()))
    return Answer(body=page, content_type="text/html; charset=utf-8", status=status)


if __name__ == "__main__":
    serve("web", {("GET", "/"): home})

"""The documentation site: it builds without a warning, asks no other host, and everything can be found in it."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs_data import BY_HAND, PAGES
from docs_site import ROOT, build

import cdk_containers

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

KINDS_OF_PAGES = ["", "workloads/", "constructs/rolling/", "checks/"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documentation") / "site"
    build(folder)
    return folder


def test_each_page_is_in_the_navigation() -> None:
    settings = (ROOT / "mkdocs.yml").read_text()
    named = re.findall(r"[\w/-]+\.md", str(yaml.safe_load(settings)["nav"]))
    pages = [str(it.relative_to(ROOT / "docs")) for it in (ROOT / "docs").rglob("*.md") if "_text" not in it.parts]
    assert sorted(set(pages) - set(named)) == []
    assert len(named) == len(set(named))


def test_links_and_images_lead_somewhere(site: Path) -> None:
    missing = []
    links = 0
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        for address in re.findall(r'<[^>]* (?:href|src)="?([^"\s>#?]+)', page.read_text()):
            if re.match(r"[a-z]+:", address):
                continue
            links += 1
            target = (site / address.lstrip("/")) if address.startswith("/") else (page.parent / address)
            if not (target.is_file() or (target / "index.html").is_file()):
                missing.append(f"{page.relative_to(site)}: {address}")
    assert links > 1000
    assert missing == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe)[^>]* src="?(https?:[^"\s>]+)|<link[^>]*rel="?stylesheet"?[^>]*href="?(https?:[^"\s>]+)'
    )
    assert loads.search('<script src="https://cdn.example.com/a.js">')
    assert [found[0] for page in site.rglob("*.html") for found in loads.finditer(page.read_text())] == []


def test_search_finds_each_public_name(site: Path) -> None:
    entries = json.loads((site / "search.json").read_text())["items"]
    texts = {entry["location"]: f"{entry['title']} {entry['text']}" for entry in entries}
    on_pages = {name.partition(".")[0]: f"constructs/{page}/" for page, names in PAGES.items() for name in names}
    on_pages |= {name: f"{page.replace('/_text/', '/')}/" for page, names in BY_HAND.items() for name in names}
    lost = [
        name
        for name in cdk_containers.__all__
        if not any(name in text for at, text in texts.items() if at.startswith(on_pages[name]))
    ]
    assert lost == []


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def test_pages_are_accessible_and_fit(browser: Any, address: str, width: int, colours: str) -> None:
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    trouble: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)
    page.on("request", lambda asked: asked.url.startswith(address) or trouble.append(f"asked {asked.url}"))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    for kind in KINDS_OF_PAGES:
        page.goto(address + kind)
        page.evaluate(axe)
        broken = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")["violations"]
        trouble += [f"{kind}: {it['id']}: {it['nodes'][0]['html'][:200]}" for it in broken]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            trouble.append(f"{kind}: wider than {width} pixels")
    page.close()
    assert trouble == []


def test_search_answers(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.get_by_role("button", name="Search").first.click()
    page.locator("input:focus").fill("canary bake")
    page.get_by_text("results").first.wait_for()
    assert "Canary" in page.locator("a[href*='constructs/canary/']:visible").first.inner_text()
    page.close()

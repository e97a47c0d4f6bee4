"""The HTML report in a real browser: from a file, at the width of a desk and of a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.checks.reports import render
from tests.checks.reports.findings import RESOURCES, repository, results

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine (Debian: apt install chromium)"),
]

APP = {
    **RESOURCES,
    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    "Listener": {
        "Type": "AWS::ElasticLoadBalancingV2::Listener",
        "Properties": {
            "LoadBalancerArn": {"Ref": "Balancer"},
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        },
    },
    "Targets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"},
    "Web": {
        "Type": "AWS::ECS::Service",
        "Properties": {"LoadBalancers": [{"TargetGroupArn": {"Ref": "Targets"}}]},
    },
    "SecondOne": repository(
        Metadata={"aws:cdk:path": "Shop/" + "AVeryLongNameOfAConstruct/" * 6 + "EcsDefaultClusterMnL3mNNYNEnd"}
    ),
}
WIDTHS = [1280, 390]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    file = tmp_path / "report.html"
    file.write_text(render("html", results(APP)), encoding="utf-8")
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    trouble: list[str] = []
    page.on("request", lambda asked: asked.url == file.as_uri() or trouble.append(asked.url))
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert trouble == []
    page.close()


def shown(page: Any) -> list[str]:
    return page.locator("#list > li:visible h3").all_inner_texts()


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_it_fits_and_shows_one_of_the_two_drawings(page: Any):
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    drawings = {name: page.locator(f"svg.{name}").is_visible() for name in ("wide", "narrow")}
    assert drawings == {"wide": width > 832, "narrow": width <= 832}
    assert len(shown(page)) == 2
    assert page.inner_text("#shown") == f"2 of {2 + 2} shown"


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_text_stays_in_its_box(page: Any):
    outside = """parts => parts.filter(part => part.getClientRects().length).flatMap(part => {
        const outer = part.querySelector(":scope > rect").getBoundingClientRect();
        return [...part.querySelectorAll(":scope > text")].filter(text => {
            const inner = text.getBoundingClientRect();
            return inner.right > outer.right + 1 || inner.left < outer.left - 1
        }).map(text => text.textContent)
    })"""
    parts = page.locator("a.box, g.badge, g.group")
    assert parts.count() > 20
    assert parts.evaluate_all(outside) == []


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_a_name_ends_before_the_badge(page: Any):
    boxes = page.locator("a.box:visible", has=page.locator(".badge"))
    assert boxes.count() == 2
    gaps = """boxes => boxes.map(box => box.querySelector(".badge rect").getBoundingClientRect().left
        - box.querySelector(".name").getBoundingClientRect().right)"""
    assert min(boxes.evaluate_all(gaps)) > 0


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_an_arrow_leads_from_the_load_balancer_to_the_service(page: Any):
    assert page.locator("svg.wide .arrow").count() == 1
    page.click("summary:has-text('1 connection')")
    assert page.locator("li:has-text('Balancer → Web')").is_visible()


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_filters_narrow_the_list(page: Any):
    page.fill("input[name=text]", "verylong")
    assert len(shown(page)) == 1
    page.fill("input[name=text]", "verylong mutable nowhere")
    assert shown(page) == []
    page.fill("input[name=text]", "")
    page.select_option("select[name=practice]", "immutable-tags")
    assert len(shown(page)) == 2
    page.check("input[value='cannot-tell']")
    page.check("input[value='acknowledged']")
    assert {"Unknown", "Accepted"} <= set(shown(page))
    assert len(shown(page)) == 4
    page.uncheck("input[value=high]")
    assert shown(page) == []


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_a_box_shows_its_findings_by_mouse_and_by_keyboard(page: Any):
    box = page.locator("a.box:visible", has_text="End")
    assert "1 high" in box.text_content()
    box.click()
    [only] = shown(page)
    assert only.endswith("End")
    assert box.get_attribute("aria-current") == "true"
    page.click("text=All boxes")
    assert len(shown(page)) == 2
    assert not page.locator("#everywhere").is_visible()
    balancer = page.locator("a.box:visible", has_text="load balancer")
    balancer.focus()
    page.keyboard.press("Enter")
    assert shown(page) == []


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_everything_that_can_be_used_has_a_name(page: Any):
    nameless = """items => items.filter(item => item.getClientRects().length).filter(item =>
        !(item.getAttribute("aria-label") || item.textContent.trim() || item.labels?.length)).length"""
    used = page.locator("a, button, input, select, summary")
    assert used.count() > 10
    assert used.evaluate_all(nameless) == 0
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"

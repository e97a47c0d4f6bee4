"""What breaks users of the public API is found, and named in the changelog."""

from __future__ import annotations

import re

import pytest
from api import BASELINE, CHANGELOG, breaks, current, unsaid

import cdk_containers
from cdk_containers.core.version import VERSION

OLD = """
class Service:
    def __init__(self, scope, id, *, image, cpu=256, memory=512): ...
    def connect_to(self, other, *, port=None): ...
    url = ...
class Alarms:
    def __init__(self, *, topic=None): ...
def instances(type, count=1): ...
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cpu=256, ", "", "Service(cpu=): parameter was removed"),
        ("cpu=256", "cpu=512", "Service(cpu=): parameter default was changed"),
        ("cpu=256", "cpu", "Service(cpu=): parameter is now required"),
        ("memory=512", "memory=512, task", "Service(task=): parameter was added as required"),
        (", *, port=None", "", "Service.connect_to(port=): parameter was removed"),
        ("    def connect_to(self, other, *, port=None): ...\n", "", "Service.connect_to: public object was removed"),
        ("    url = ...\n", "", "Service.url: public object was removed"),
        ("class Alarms", "class Warnings", "Alarms: public object was removed"),
        ("def instances(type", "def instances(*, type", "instances(type=): parameter kind was changed"),
    ],
)
def test_what_breaks_code_is_found_and_has_to_be_named(old: str, new: str, said: str) -> None:
    assert old in OLD
    broken = breaks(OLD, OLD.replace(old, new))
    assert said in broken
    assert unsaid(broken, "## [Unreleased]\n\n### Changed\n\n- Nothing of it.\n") == broken
    names = " ".join(re.findall(r"\w+", " ".join(it.partition(":")[0] for it in broken)))
    entry = f"- Something else.\n- `{names}`:\n  why.\n"
    assert unsaid(broken, f"## [Unreleased]\n\n### Changed\n\n{entry}") == []
    assert unsaid(broken, f"## [Unreleased]\n\n### Added\n\n{entry}") == broken
    assert unsaid(broken, f"## [Unreleased]\n\n## [0.1.0]\n\n### Changed\n\n{entry}") == broken


@pytest.mark.parametrize(
    ("old", "new"), [("memory=512", "memory=512, task=None"), ("url = ...", "url = ...\n    name = ...")]
)
def test_what_is_added_breaks_nothing(old: str, new: str) -> None:
    assert breaks(OLD, OLD.replace(old, new)) == []


@pytest.fixture(scope="module")
def now() -> str:
    return current()


def test_the_changelog_names_what_breaks_since_the_last_release(now: str) -> None:
    silent = unsaid(breaks(BASELINE.read_text(), now), CHANGELOG.read_text())
    assert silent == [], "name each under Changed, Removed or Breaking of what is unreleased, or leave it as it was"


def test_the_public_api_is_all_that_the_package_exports(now: str) -> None:
    names = re.findall(r"^(?:class |def )?(\w+)", now, re.MULTILINE)
    assert names == sorted(cdk_containers.__all__)
    assert re.search(r"^class WebService:\n    def __init__\(self, scope, id, \*, cluster=None, image=None", now, re.M)
    assert re.search(r"^class Alarms:\n    def __init__\(self, \*, topic=None", now, re.M)


def test_a_release_takes_its_api_along() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", CHANGELOG.read_text(), re.MULTILINE)
    assert BASELINE.read_text().startswith(f"# The public API of {released[0] if released else VERSION},")

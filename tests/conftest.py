"""Set the scene before anything imports AWS CDK: which Node jsii starts, and that CDK does not validate templates.

CDK's validation takes 3.7 s to start in each process. Unit tests look at templates themselves; a test that needs it
synthesizes in its own process, without this variable.
"""

import gc
import os
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sharing_out import import_from_the_end, share_out

_NODE = Path(__file__).parents[1] / ".venv/node/bin/node"

os.environ.setdefault("CDK_VALIDATION", "false")
# No test needs moto's 1,300 machine images, and to make them takes longer than most tests.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))

# One Node instead of jsii's two. What is run as users run it goes without.
_JSII = find_spec("jsii")
if _JSII and _JSII.origin:
    os.environ |= {
        "JSII_RUNTIME": str(Path(__file__).with_name("jsii_runtime.js")),
        "JSII_PROGRAM": str(Path(_JSII.origin).with_name("_embedded") / "jsii/lib__program.js"),
        "NODE_OPTIONS": "--preserve-symlinks",
    }

# The same examples in each run, and no deadline: a machine that is busy is no error.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="rewrite the golden templates (never in CI)")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Look for no garbage while the tests are collected, nor later among what was: it takes nearly as long again."""
    gc.disable()
    try:
        if getattr(session.config, "workerinput", {}).get("workerid") == "gw1":
            import_from_the_end(session.config.args)
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # the default takes 3 % of the tests' time
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse names that are others in each process: workers that share the tests would not agree on them."""
    if wrong := [item.nodeid for item in items if " object at 0x" in item.nodeid]:
        raise pytest.UsageError(f"the name has an address of memory in it: {wrong[0]}")
    if hasattr(config, "workerinput"):
        share_out(items)

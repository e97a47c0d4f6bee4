"""The life of each environment, lived once for all tests that look at it."""

import pytest

from tests.emulator.cdk_cli import run_emulator
from tests.emulator.life import DEV, PROD, Life, live


@pytest.fixture(scope="session", params=[DEV, PROD])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    with run_emulator(tmp_path_factory.mktemp(f"emulator-{request.param}")) as emulator:
        return live(emulator, request.param)

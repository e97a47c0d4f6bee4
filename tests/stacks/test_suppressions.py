"""The page of suppressions says what the reference stacks acknowledge now."""

from __future__ import annotations

import pytest
from write_docs import SUPPRESSIONS, suppressions_page

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]


def test_the_page_is_fresh(assemblies: dict[str, Assembly]) -> None:
    folders = {name: assembly.folder for name, assembly in assemblies.items()}
    assert SUPPRESSIONS.read_text() == suppressions_page(folders), "run scripts/write_docs.py and read the diff"

"""A registry is one of an account and region: what another has says nothing about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate
from tests.environments.assemblies import HERE, THERE, Stack, assembly

IMAGES = {"Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "shop/web"}}}
FILTERS = [{"Filter": "bank/*", "FilterType": "WILDCARD_MATCH"}]
SIGNING = {
    "Signing": {
        "Type": "AWS::ECR::SigningConfiguration",
        "Properties": {"Rules": [{"SigningProfileArn": "arn", "RepositoryFilters": FILTERS}]},
    }
}


@pytest.mark.parametrize(("place", "verdicts"), [(HERE, ["fail"]), (THERE, [])])
def test_images_are_signed_by_the_registry_of_their_own_place(tmp_path: Path, place: str, verdicts: list[str]):
    stacks = [Stack("Images", IMAGES, place=HERE), Stack("Signing", SIGNING, place=place)]
    estate = Estate()
    assert list(read_estate([assembly(tmp_path, *stacks)], estate)) == []
    found = run_checks(estate, [check for check in CHECKS if check.practice == "signed-images"]).findings
    assert [it.verdict for it in found] == verdicts

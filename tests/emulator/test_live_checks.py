"""What `cdk-containers check --live` says of reference stacks that are deployed, and of faults made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live.rules import checks_of_accounts
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate
from tests.emulator.life import PROD, Life

pytestmark = pytest.mark.emulator

LOST = {
    "deregistration-delay": "it has the attributes of target groups as they are by default",
    "image-lifecycle": "it loses the policy",
    "instance-lifetime": "it loses the lifetime",
    "log-encryption": "it loses the key",
    "managed-instance-scaling": "the reason is the app's, and stands in no template that is deployed",
    "no-ssh": "it makes up a key for SSH for each group of nodes",
    "repository-encryption": "it loses the encryption",
    "scan-on-push": "it loses the setting",
}
"""What is lost on the way to the emulator, by the practice that misses it."""


def of_templates(folder: Path) -> set[tuple[str, str, str]]:
    """Give practice, stack and logical id of each failure in the templates."""
    estate = Estate()
    read_estate([folder], estate)
    findings = run_checks(estate, checks_of_accounts()).failures
    return {(it.practice, Path(it.path).name.removesuffix(".template.json"), it.resource) for it in findings}


@pytest.mark.parametrize("life", [PROD], indirect=True)
def test_what_was_planted_is_found_and_nothing_else_that_the_templates_do_not_have(life: Life) -> None:
    found = [it for it in life.checked["findings"] if it["verdict"] == "fail"]
    planted = {(practice, resource) for practice, resource in life.checked["faults"]}
    assert planted <= {(it["practice"], it["resource"]) for it in found}
    others = [
        it for it in found if it["stack"] in life.first.stacks and (it["practice"], it["resource"]) not in planted
    ]
    deployed = {(it["practice"], it["stack"], it["logical_id"]) for it in others}
    assert {practice for practice, *_ in deployed - of_templates(life.first.folder)} == LOST.keys()


@pytest.mark.parametrize("life", [PROD], indirect=True)
def test_a_service_that_is_refused_is_said_and_no_other(life: Life) -> None:
    """The emulator fails at what CodeDeploy has of services, as an account can."""
    (told,) = life.checked["not_checked"]
    assert "AWS::CodeDeploy::DeploymentGroup: codedeploy:BatchGetDeploymentGroups" in told
    assert told.endswith("; so not checked: service-alarms, traffic-shift")


@pytest.mark.parametrize("life", [PROD], indirect=True)
def test_every_check_understands_what_it_is_given(life: Life) -> None:
    undecided = [it for it in life.checked["findings"] if it["verdict"] == "cannot-tell"]
    assert undecided
    assert [it for it in undecided if "does not understand" in it["why"]] == []

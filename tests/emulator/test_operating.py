"""`list`, `status`, `logs` and `run` of a reference stack that was really deployed, by its names in the code."""

from __future__ import annotations

import pytest

from tests.emulator import templates
from tests.emulator.life import DEV, Life
from tests.emulator.operating import LINE

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_every_service_that_is_deployed_is_listed_with_its_count(life: Life) -> None:
    (told,) = life.operated["list"]
    listed = {f"{it['stack']}/{it['name']}": it for it in told["resources"] if it["kind"] == "service"}
    assert len(listed) == len(templates.services(life.first))
    assert {it["state"] for it in listed.values()} <= {"STEADY", "SHORT_OF_TASKS", "SCALED_TO_ZERO"}
    assert listed["dev-application/Shop/Web"]["tasks"].endswith("/1")
    assert {it["kind"] for it in told["resources"]} >= {"service", "job", "EKS cluster"}


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_a_service_tells_how_it_is(life: Life) -> None:
    (told,) = life.operated["status"]
    assert (told["name"], told["environment"]) == ("Shop/Web", "dev")
    assert told["tasks"]["desired"] == 1
    assert [it["group"] for it in told["tasks"]["targets"]]
    assert told["not_read"] == ["ecs:ListServiceDeployments: 500"], "the emulator knows no deployments"


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_the_lines_of_a_task_are_found_by_the_name_of_its_service(life: Life) -> None:
    (line,) = life.operated["logs"]
    assert (line["name"], line["container"], line["task"], line["message"]) == ("Shop/Web", "app", "0123456789", LINE)


@pytest.mark.parametrize("life", [DEV], indirect=True)
def test_a_job_runs_to_its_end_and_a_command_starts_beside_a_service(life: Life) -> None:
    (ran,) = life.operated["run"]
    assert (ran["name"], ran["container"], ran["exit_code"]) == ("Shop/Nightly", "app", 0)
    (started,) = life.operated["start"]
    assert (started["name"], len(started["task"])) == ("Shop/Web", 36)
    assert started["task"] != ran["task"]

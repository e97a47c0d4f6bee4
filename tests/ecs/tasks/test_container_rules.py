"""What ECS demands of a container, and other platforms do not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cdk_containers import (
    ConstructError,
    DockerOptions,
    EnvironmentFile,
    HealthCheck,
    HttpCheck,
    Port,
    RestartPolicy,
    Tmpfs,
)
from cdk_containers.ecs.tasks.container_rules import container_problems
from tests.subjects.making import fargate_task
from tests.toolkit import container, new_stack


class Bucket:
    bucket_arn = ""

    def arn_for_objects(self, key: str) -> str:
        return key


@pytest.mark.parametrize(
    ("options", "option", "practice"),
    [
        ({"stop_timeout": timedelta(seconds=121)}, "stop_timeout", "stop-timeout"),
        ({"stop_timeout": timedelta(seconds=-1)}, "stop_timeout", "stop-timeout"),
        ({"start_timeout": timedelta(seconds=1)}, "start_timeout", None),
        ({"restart": RestartPolicy(attempt_period=timedelta(seconds=59))}, "restart.attempt_period", None),
        ({"restart": RestartPolicy(ignored_exit_codes=range(51))}, "restart.ignored_exit_codes", None),
        (
            {"health_check": HealthCheck(command="x", start_period=timedelta(seconds=301))},
            "health_check.start_period",
            "container-health-check",
        ),
        (
            {"health_check": HealthCheck(command="x", interval=timedelta(seconds=4))},
            "health_check.interval",
            "container-health-check",
        ),
        ({"health_check": HealthCheck(command="x", retries=11)}, "health_check.retries", "container-health-check"),
        ({"health_check": HttpCheck(path="/healthz", port=80)}, "health_check", "container-health-check"),
        ({"ports": [Port(number=80, name="A port")]}, "ports[0].name", "port-mappings"),
        ({"ports": [Port(number=80, app_protocol="http")]}, "ports[0].app_protocol", "port-mappings"),
        ({"tmpfs": [Tmpfs(path="/a", options=["fast"])]}, "tmpfs[0].options[0]", None),
        (
            {"environment_files": [EnvironmentFile(bucket=Bucket(), key="web.txt")]},  # type: ignore[arg-type]
            "environment_files[0].key",
            None,
        ),
        (
            {"environment_files": [EnvironmentFile(bucket=Bucket(), key="a.env")] * 11},  # type: ignore[arg-type]
            "environment_files",
            None,
        ),
        ({"docker": DockerOptions(security_options=["none"])}, "docker.security_options", None),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else str(value),
)
def test_ecs_alone_refuses_it(options: dict[str, Any], option: str, practice: str | None):
    given = container(**options)
    assert given.problems() == []
    [problem] = container_problems(given)
    assert (problem.option, problem.practice) == (option, practice)


def test_a_task_says_all_of_it_at_once_and_beside_what_is_wrong_anywhere():
    wrong = container(user="root", stop_timeout=timedelta(seconds=121), health_check=HttpCheck(path="/", port=80))
    with pytest.raises(ConstructError) as error:
        fargate_task(new_stack(), containers=[wrong])
    assert {problem.option for problem in error.value.problems} == {
        "containers[0].user",
        "containers[0].stop_timeout",
        "containers[0].health_check",
    }


def test_values_of_a_wrong_type_are_left_to_the_check_of_types():
    assert container_problems(container(ports=[Port(number=80, name=5)])) == []  # type: ignore[arg-type]
    assert container_problems(container(health_check=5)) == []

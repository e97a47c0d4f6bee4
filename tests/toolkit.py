"""What the unit tests share: small stacks, what is around a service, and reading what was synthesized.

Everything around a service is imported here, by attributes, so that a stack with one service has 21 resources and takes
an eighth of a second. What is around is made once in a scope, however often it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    BackendService,
    Cluster,
    Container,
    Ec2Capacity,
    EksCluster,
    Network,
    Port,
    TaskOptions,
    WebService,
    WorkerService,
)
from cdk_containers.model.instances import NetworkMode
from tests.made_once import made_once
from tests.quick_messages import take_quickly
from tests.quick_stubs import work_out_once
from tests.remembering import remember
from tests.updates.references import references

remember()
work_out_once()
take_quickly()

IMAGE = "public.ecr.aws/nginx/nginx:1.29.1"
ADMIN = "arn:aws:iam::111111111111:role/admin"
REASON = "a reason that a reviewer understands"

Template = Mapping[str, Any]


def new_stack(name: str = "Shop", *, region: str | None = None) -> cdk.Stack:
    """Make an app with one empty stack; without a region it is environment-agnostic."""
    env = cdk.Environment(account="111111111111", region=region) if region else None
    # It writes what tests read, and not what CDK tells of itself.
    return cdk.Stack(cdk.App(analytics_reporting=False, tree_metadata=False), name, env=env)


@made_once
def certificate(scope: Construct, id: str = "Certificate") -> acm.ICertificate:  # noqa: A002
    return acm.Certificate.from_certificate_arn(
        scope, id, f"arn:aws:acm:eu-west-1:111111111111:certificate/{id.lower()}"
    )


@made_once
def hook_function(scope: Construct, id: str = "Hook") -> lambda_.IFunction:  # noqa: A002
    """Return a function that a deployment may call."""
    return lambda_.Function.from_function_arn(scope, id, f"arn:aws:lambda:eu-west-1:111111111111:function:{id.lower()}")


@made_once
def network(scope: Construct, id: str = "Network") -> Network:  # noqa: A002
    return Network.from_attributes(
        scope,
        id,
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
        public_subnet_ids=["subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"],
    )


@made_once
def cluster(scope: Construct, id: str = "Cluster", **options: Any) -> Cluster:  # noqa: A002
    options.setdefault("network", network(scope, f"{id}Network"))
    return Cluster.from_attributes(scope, id, cluster_name="shop", **options)


@made_once
def own_cluster(scope: Construct, id: str = "Own") -> Cluster:  # noqa: A002
    """Make a cluster, for capacity on EC2."""
    return Cluster(scope, id, network=network(scope, f"{id}Network"))


@made_once
def capacity(scope: Construct, id: str = "Instances", **options: Any) -> Ec2Capacity:  # noqa: A002
    """Make a capacity of x86 instances with two vCPUs and 8 GiB, in its own cluster."""
    if "cluster" not in options:
        options["cluster"] = own_cluster(scope)
    return Ec2Capacity(scope, id, **{"instance_types": ["m7i.large"], "max_instances": 4} | options)


def on_ec2(scope: Construct, network_mode: NetworkMode = "bridge", *ports: int | Port, **options: Any) -> Any:
    """Return the options of a service that runs on instances, and listens on ports."""
    made = capacity(scope)
    return {
        "cluster": own_cluster(scope),
        "capacity": [made.share()],
        "task": TaskOptions(network_mode=network_mode),
        "container": container(ports=ports),
    } | options


def container(**options: Any) -> Container:
    options.setdefault("image", IMAGE)
    return Container(**options)


def web(scope: Construct, id: str = "Web", **options: Any) -> WebService:  # noqa: A002
    """Make a web service with its own load balancer, in a cluster that exists."""
    if "cluster" not in options:
        options["cluster"] = cluster(scope, f"{id}Cluster")
    if "exposure" not in options:
        options["exposure"] = AlbExposure(port=8080, certificate=certificate(scope, f"{id}Certificate"))
    if "container" not in options:
        options.setdefault("image", IMAGE)
    return WebService(scope, id, **options)


def backend(scope: Construct, id: str = "Backend", **options: Any) -> BackendService:  # noqa: A002
    """Make a backend service without a load balancer, in a cluster that exists."""
    if "cluster" not in options:
        options["cluster"] = cluster(scope, f"{id}Cluster")
    if "container" not in options:
        options.setdefault("image", IMAGE)
    return BackendService(scope, id, **options)


def worker(scope: Construct, id: str = "Worker", **options: Any) -> WorkerService:  # noqa: A002
    """Make a worker with its own queue, in a cluster that exists."""
    if "cluster" not in options:
        options["cluster"] = cluster(scope, f"{id}Cluster")
    if "container" not in options:
        options.setdefault("image", IMAGE)
    return WorkerService(scope, id, **options)


@made_once
def eks_cluster(scope: Construct, id: str = "Eks", **options: Any) -> EksCluster:  # noqa: A002
    """Make an EKS cluster with an administrator, in a network that exists."""
    if "network" not in options:
        options["network"] = network(scope, f"{id}Network")
    return EksCluster(scope, id, **{"version": "1.36", "admins": [ADMIN]} | options)


def equipped_cluster(scope: Construct, id: str = "Eks", **options: Any) -> EksCluster:  # noqa: A002
    """Make an EKS cluster that has all that a workload may ask for."""
    found = eks_cluster(scope, id, **options)
    found.now_has(
        load_balancer_controller=True,
        network_policy=True,
        secrets="SECRETS_STORE",
        keda=True,
        metrics_server=True,
        container_insights=True,
    )
    return found


@made_once
def topic(scope: Construct, name: str = "orders") -> sns.ITopic:
    return sns.Topic.from_topic_arn(scope, name, f"arn:aws:sns:eu-west-1:111111111111:{name}")


def synth(scope: Construct) -> Template:
    """Synthesize the app of a construct and return the template of the construct's stack."""
    stack = cdk.Stack.of(scope)
    stage = cdk.Stage.of(stack)
    assert stage
    template: Template = json.loads((Path(stage.synth().directory) / stack.template_file).read_text())
    refuse_cycles(template)
    return template


def refuse_cycles(template: Template) -> None:
    """Fail for resources that wait for each other, which CloudFormation would refuse to deploy."""
    waits = {
        name: [*references(entry.get("Properties", {})), *_listed(entry.get("DependsOn", ()))]
        for name, entry in template.get("Resources", {}).items()
    }
    TopologicalSorter(waits).prepare()


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def synth_with_objects(scope: Construct) -> Template:
    """Synthesize the same, with the Kubernetes objects of its clusters under `Objects`."""
    stack = cdk.Stack.of(scope)
    found = [stack.node.try_find_child(id_) for id_ in ("Eks", "Other")]
    clusters = [cluster for cluster in found if isinstance(cluster, EksCluster)]
    if not clusters:
        return synth(scope)
    files = [file for cluster in clusters for file in cluster.manifests.files.items()]
    objects = stack.resolve([[name, list(added)] for name, added in files])
    return {**synth(scope), "Objects": objects}


def resources(template: Template, type_: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type by logical id."""
    return {name: entry for name, entry in template.get("Resources", {}).items() if entry["Type"] == type_}


def resource(template: Template, type_: str, *, like: str = "") -> dict[str, Any]:
    """Return the only resource of a type, or the only one whose logical id has `like` in it."""
    found = {name: entry for name, entry in resources(template, type_).items() if like in name}
    assert len(found) == 1, f"{len(found)} resources of type {type_} are like {like!r}: {sorted(found)}"
    return next(iter(found.values()))


def properties(template: Template, type_: str, *, like: str = "") -> dict[str, Any]:
    """Return the properties of the only resource of a type."""
    found: dict[str, Any] = resource(template, type_, like=like).get("Properties", {})
    return found


def containers(template: Template) -> dict[str, dict[str, Any]]:
    """Return the containers of the only task definition, by name."""
    definitions = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return {definition["Name"]: definition for definition in definitions}


def attributes(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of a load balancer or a target group by key."""
    listed = entry.get("LoadBalancerAttributes") or entry.get("TargetGroupAttributes") or ()
    return {attribute["Key"]: attribute["Value"] for attribute in listed}


def opt_outs(template: Template) -> dict[str, dict[str, str]]:
    """Return the reasons in the template's metadata: by type of the resource, then by practice."""
    found: dict[str, dict[str, str]] = {}
    for entry in template["Resources"].values():
        reasons = entry.get("Metadata", {}).get("cdk_containers", {}).get("opt_outs", {})
        if reasons:
            found.setdefault(entry["Type"], {}).update(reasons)
    return found


def statements(template: Template, like: str = "") -> Iterator[dict[str, Any]]:
    """Yield the statements of the policies whose logical id has `like` in it."""
    for name, entry in resources(template, "AWS::IAM::Policy").items():
        if like in name:
            yield from entry["Properties"]["PolicyDocument"]["Statement"]

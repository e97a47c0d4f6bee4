"""What an app of this library says there is: the names are the same in its assembly, its templates and its tags."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from constructs import Construct

from cdk_containers import (
    Application,
    BackendService,
    Cluster,
    EksCluster,
    Environment,
    EventJob,
    ExpressService,
    Network,
    ScheduledJob,
    WorkerService,
)
from cdk_containers.core.component_tag import tag_value
from cdk_containers.operate.places import places_of_app, places_of_template
from cdk_containers.operate.targets import Place
from tests.toolkit import IMAGE

ODD = "Web (new) & more"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    context = {"aws:cdk:enable-path-metadata": True}  # as the CLI has it
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("app") / "cdk.out"), context=context)
    shop = Application(cdk.Stack(app, "dev-shop"), "Shop", environment=Environment.development("dev"))
    shop.add(WorkerService, "Mailer", image=IMAGE)
    shop.add(ScheduledJob, "Nightly", image=IMAGE, schedule="rate(1 day)")
    shop.add(EventJob, "OnUpload", image=IMAGE, event_pattern={"source": ["shop"]})
    stack = cdk.Stack(
        cdk.Stage(app, "Prod", env=cdk.Environment(account="111122223333", region="eu-west-1")),
        "core",
        stack_name="other",
    )
    network = Network(stack, "Network")
    cluster = Cluster(stack, "Cluster", network=network)
    BackendService(Construct(stack, "Team"), ODD, cluster=cluster, image=IMAGE, desired_count=3)
    ExpressService(stack, "Express", cluster=cluster, image=IMAGE)
    EksCluster(stack, "Kubernetes", version="1.36", network=network)
    return Path(app.synth().directory)


@pytest.fixture(scope="module")
def places(folder: Path) -> dict[str, Place]:
    return {it.whole: it for it in places_of_app(folder)}


def test_every_service_and_job_has_the_name_of_its_construct(places: dict[str, Place]):
    assert {name: it.kind for name, it in places.items()} == {
        "dev-shop/Shop/Mailer": "service",
        "dev-shop/Shop/Nightly": "job",
        "dev-shop/Shop/OnUpload": "job",
        f"Prod/core/Team/{ODD}": "service",
        "Prod/core/Express": "express service",
        "Prod/core/Kubernetes": "EKS cluster",
    }
    assert {it.stack for it in places.values()} == {"dev-shop", "other"}
    assert places[f"Prod/core/Team/{ODD}"].path == f"Team/{ODD}"


def test_the_tags_have_the_same_names(places: dict[str, Place]):
    tagged = {name: dict(it.tags) for name, it in places.items() if it.kind in ("service", "job")}
    assert {name: tags["component"] for name, tags in tagged.items()} == {
        name: tag_value(places[name].path) for name in tagged
    }
    assert tagged[f"Prod/core/Team/{ODD}"] == {"component": "Team/Web _new_ _ more"}
    assert places["Prod/core/Express"].tags == (), "another tag replaces a service of Express Mode"
    assert tagged["dev-shop/Shop/Nightly"] == {"application": "Shop", "component": "Shop/Nightly", "environment": "dev"}


def test_only_services_and_task_definitions_are_tagged(folder: Path):
    template = json.loads((folder / "dev-shop.template.json").read_text())
    tagged = {
        it["Type"]
        for it in template["Resources"].values()
        if any(tag["Key"] == "component" for tag in it.get("Properties", {}).get("Tags", ()))
    }
    assert tagged == {"AWS::ECS::Service", "AWS::ECS::TaskDefinition"}


def test_what_starts_a_job_and_where_things_go_is_known(places: dict[str, Place]):
    starters = {name: [type_ for type_, _ in it.starters] for name, it in places.items() if it.kind == "job"}
    assert starters == {
        "dev-shop/Shop/Nightly": ["AWS::Scheduler::Schedule", "AWS::Events::Rule"],
        "dev-shop/Shop/OnUpload": ["AWS::Events::Rule", "AWS::Events::Rule"],
    }
    backend = places[f"Prod/core/Team/{ODD}"]
    assert (backend.account, backend.region, backend.desired) == ("111122223333", "eu-west-1", 3)
    assert "-lookup-role-111122223333-eu-west-1" in backend.lookup_role
    assert (places["dev-shop/Shop/Mailer"].account, places["dev-shop/Shop/Mailer"].desired) == ("", None)


def test_a_deployed_template_has_the_same_names(folder: Path, places: dict[str, Place]):
    template = json.loads((folder / "dev-shop.template.json").read_text())
    found = {it.path: it.kind for it in places_of_template(template, stack="dev-shop")}
    assert found == {it.path: it.kind for it in places.values() if it.stack == "dev-shop"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Shop/Web", "Shop/Web"),
        ("a+b-c=d.e_f:g@h", "a+b-c=d.e_f:g@h"),
        ("Ä (ß) & *", "Ä _ß_ _ _"),
        ("x" * 300, "x" * 256),
    ],
)
def test_a_name_becomes_the_value_of_a_tag(text: str, value: str):
    assert tag_value(text) == value

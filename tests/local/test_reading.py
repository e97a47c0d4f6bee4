"""What of an app can run, by which names, and who needs whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_containers.checks.templates import Estate
from cdk_containers.local.planning import LocalError
from cdk_containers.local.reading import Probe, Runnable, Services, choose, read_app, runnables
from cdk_containers.local.running.probing import is_healthy
from cdk_containers.local.running.sources import origin_of, state_of
from tests.local.assembly import assembly, golden


def estate_of(*stacks: str) -> Estate:
    estate = Estate(assume_defaults=True)
    for stack in stacks:
        estate.add(f"{stack}.template.json", golden(stack), stack_name=stack)
    return estate


def services(*stacks: str) -> tuple[dict[str, Runnable], Services]:
    estate = estate_of(*stacks)
    everything = runnables(estate)
    return {one.inside: one for one in everything}, Services(estate, everything)


def test_services_and_jobs():
    found = runnables(estate_of("dev-application"))
    assert [(one.path, one.kind) for one in found] == [
        ("dev-application/ShopMailer", "service"),
        ("dev-application/ShopNightly", "job"),
        ("dev-application/ShopOrders", "service"),
        ("dev-application/ShopWeb", "service"),
    ]


def test_names_are_those_of_constructs(tmp_path: Path):
    app = assembly(tmp_path, "dev-application")
    ids = {"ShopWebService4442D751": "/dev-application/Shop/Web/Service/Service"}
    content = {path: [{"type": "aws:cdk:logicalId", "data": name}] for name, path in ids.items()}
    (app / "metadata.json").write_text(json.dumps(content))
    manifest = json.loads((app / "manifest.json").read_text())
    manifest["artifacts"]["dev-application"]["additionalMetadataFile"] = "metadata.json"
    (app / "manifest.json").write_text(json.dumps(manifest))
    estate = read_app(app, {}, {}).estate
    assert [one.path for one in choose(["dev-application/Shop/Web"], estate)] == ["dev-application/Shop/Web"]
    assert [one.short for one in choose(["dev-application/Web"], estate)] == ["Web"]


def test_targets():
    estate = estate_of("dev-application", "dev-jobs")
    assert len(choose(["dev-application"], estate)) == 4
    assert [one.path for one in choose(["dev-application/ShopWeb", "dev-application/ShopWeb"], estate)] == [
        "dev-application/ShopWeb"
    ]
    with pytest.raises(
        LocalError, match="no stack 'dev-aplication' with ECS services or jobs; did you mean dev-application"
    ):
        choose(["dev-aplication"], estate)
    with pytest.raises(LocalError, match="the app has no ECS service"):
        choose(["dev-network"], estate_of("dev-network"))


def test_names_of_service_connect_and_cloud_map():
    by_name, found = services("dev-connections")
    assert found.aliases(by_name["Orders"]) == ["orders"]
    assert found.aliases(by_name["Stock"]) == ["stock", "stock.dev.shop.internal"]


def test_who_needs_whom():
    by_name, found = services("dev-connections")
    assert [one.inside for one in found.neighbours(by_name["Web"])] == ["Orders", "Prices"]
    needed = [one.inside for one in found.needed_by([by_name["Web"]])]
    assert set(needed) == {"Web", "Orders", "Prices", "Stock"}
    assert needed.index("Orders") < needed.index("Web")
    assert needed.index("Stock") < needed.index("Orders")


def test_the_address_of_a_load_balancer_leads_to_the_only_service_behind_it():
    by_name, found = services("dev-web-application")
    resources = by_name["Web"].definition.template.resources
    balancers = {name: it for name, it in resources.items() if it.type.endswith("V2::LoadBalancer")}
    addresses = {name.partition("Load")[0]: found.address(it) for name, it in balancers.items()}
    assert addresses == {"Internal": "backend:8080", "Public": None}
    assert [one.inside for one in found.neighbours(by_name["Web"])] == ["Backend"]


def test_the_health_check_of_the_target_group():
    by_name, found = services("dev-web-application")
    assert found.probe(by_name["Web"]) == Probe(port=8080, path="/healthz", codes="200")
    assert services("dev-application")[1].probe(services("dev-application")[0]["ShopMailer"]) is None


def test_ports_that_only_a_proxy_translates():
    by_name, found = services("dev-connections")
    assert found.other_ports(by_name["Orders"]) == []
    source = golden("dev-connections")
    changed = json.loads(
        json.dumps(source).replace('{"DnsName": "orders", "Port": 8080}', '{"DnsName": "o", "Port": 80}')
    )
    estate = Estate(assume_defaults=True)
    estate.add("dev-connections", changed, stack_name="dev-connections")
    everything = {one.inside: one for one in runnables(estate)}
    assert Services(estate, list(everything.values())).other_ports(everything["Orders"]) == ["o on 8080"]


def test_a_probe_of_what_is_not_there():
    assert not is_healthy(Probe(port=8080, path="/"), 1)
    assert not is_healthy(Probe(port=8080, path=None), 1)


# ---- sources


def test_sources_are_found_by_their_copy(tmp_path: Path):
    copy = tmp_path / "cdk.out" / "asset.1"
    for folder in (copy, tmp_path / "app", tmp_path / "other"):
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM scratch\n")
        (folder / "main.py").write_text("pass\n")
    (tmp_path / "other" / "Dockerfile").write_text("FROM other\n")
    assert origin_of(copy, tmp_path) == [tmp_path / "app"]
    (tmp_path / "app" / "main.py").write_text("changed\n")
    assert origin_of(copy, tmp_path) == [tmp_path / "app"]
    (tmp_path / "app" / "main.py").unlink()
    assert origin_of(copy, tmp_path) == []


def test_a_change_of_sources_is_seen(tmp_path: Path):
    (tmp_path / "main.py").write_text("a")
    (tmp_path / ".git").mkdir()
    before = state_of(tmp_path)
    (tmp_path / ".git" / "index").write_text("x")
    assert state_of(tmp_path) == before
    (tmp_path / "main.py").write_text("ab")
    assert state_of(tmp_path) != before

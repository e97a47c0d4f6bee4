"""Connections as the emulated account has them: one namespace, and each service found in its own way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.life import Life

pytestmark = pytest.mark.emulator


def namespace_of(life: Life, name: str) -> dict[str, Any]:
    """Find the namespace of a service that Service Connect makes known."""
    (connect,) = (it["serviceConnectConfiguration"] for it in life.services["deployed"][name]["deployments"])
    (found,) = (it for it in life.seen["discovery"]["namespaces"] if it["Arn"] == connect["namespace"])
    namespace: dict[str, Any] = found
    return namespace


def test_an_application_and_a_stack_of_services_have_a_namespace_each(life: Life) -> None:
    found = {name: namespace_of(life, name) for name in ("application/ShopOrders", "connections/Orders")}
    assert len(life.seen["discovery"]["namespaces"]) == 3  # and that of the shared platform
    assert found["application/ShopOrders"]["Id"] != found["connections/Orders"]["Id"]
    own = found["connections/Orders"]
    assert (own["Name"], own["Type"]) == (f"{life.environment}.shop.internal", "DNS_PRIVATE")


def test_callers_are_clients_of_service_connect(life: Life) -> None:
    connected = {
        name: [it["portName"] for it in connect.get("services", [])]
        for name, service in life.services["deployed"].items()
        for deployment in service["deployments"]
        if (connect := deployment.get("serviceConnectConfiguration", {})).get("enabled")
    }
    assert connected == {
        "application/ShopOrders": ["orders"],
        "application/ShopWeb": [],
        "connections/Orders": ["orders"],
        "connections/Web": [],
    }


def test_a_name_in_dns_leads_to_tasks(life: Life) -> None:
    found = {it["Name"]: it for it in life.seen["discovery"]["services"] if it["Name"] in ("stock", "shop-api")}
    registered = {
        name: [it["registryArn"] for it in one["serviceRegistries"]]
        for name, one in life.services["deployed"].items()
        if one["serviceRegistries"]
    }
    assert registered == {
        "connections/Stock": [found["stock"]["Arn"]],
        "team-shop/Api": [found["shop-api"]["Arn"]],
    }
    assert found["stock"]["DnsConfig"]["NamespaceId"] == namespace_of(life, "connections/Orders")["Id"]


def test_lattice_leads_from_the_network_to_the_service(life: Life) -> None:
    found = life.seen["discovery"]
    (network,), (service,), (targets,) = found["networks"], found["lattice services"], found["target groups"]
    (of_service,), (of_network,) = found["of services"], found["of networks"]
    assert (of_service["serviceNetworkId"], of_service["serviceId"]) == (network["id"], service["id"])
    assert of_network["serviceNetworkId"] == network["id"]
    assert of_network["vpcId"] in life.inventories["deployed"]["AWS::EC2::VPC"]
    assert targets["vpcIdentifier"] == of_network["vpcId"]
    assert [it["protocol"] for it in found["listeners"]] == ["HTTPS"]
    attached = {
        name: [it["targetGroupArn"] for it in deployment["vpcLatticeConfigurations"]]
        for name, one in life.services["deployed"].items()
        for deployment in one["deployments"]
        if deployment.get("vpcLatticeConfigurations")
    }
    assert attached == {"connections/Prices": [targets["arn"]]}

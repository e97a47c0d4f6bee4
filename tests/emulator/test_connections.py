"""Connections as the emulated account has them: one namespace, and each service found in its own way."""

from __future__ import annotations

import pytest

from tests.emulator.life import Life

pytestmark = pytest.mark.emulator


def test_one_namespace_has_the_names(life: Life) -> None:
    (namespace,) = life.seen["discovery"]["namespaces"]
    assert (namespace["Name"], namespace["Type"]) == (f"{life.environment}.shop.internal", "DNS_PRIVATE")
    (connect,) = (
        it["serviceConnectConfiguration"] for it in life.services["deployed"]["connections/Orders"]["deployments"]
    )
    assert connect["namespace"] == namespace["Arn"]
    assert [it["portName"] for it in connect["services"]] == ["orders"]


def test_callers_are_clients_of_service_connect(life: Life) -> None:
    connected = {
        name: [it["portName"] for it in connect.get("services", [])]
        for name, service in life.services["deployed"].items()
        for deployment in service["deployments"]
        if (connect := deployment.get("serviceConnectConfiguration", {})).get("enabled")
    }
    assert connected == {"connections/Orders": ["orders"], "connections/Web": []}


def test_a_name_in_dns_leads_to_tasks(life: Life) -> None:
    (service,) = (it for it in life.seen["discovery"]["services"] if it["Name"] == "stock")
    registered = {
        name: [it["registryArn"] for it in one["serviceRegistries"]]
        for name, one in life.services["deployed"].items()
        if one["serviceRegistries"]
    }
    assert registered == {"connections/Stock": [service["Arn"]]}
    (namespace,) = life.seen["discovery"]["namespaces"]
    assert service["DnsConfig"]["NamespaceId"] == namespace["Id"]


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

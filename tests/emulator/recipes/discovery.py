"""Cloud Map: namespaces, and the services in them."""

from dataclasses import replace
from typing import Any

from ..recipe import Properties, Recipe, without


def namespace_of_operation(api: Any, response: Properties) -> Properties:
    targets: Properties = api.get_operation(OperationId=response["OperationId"])["Operation"]["Targets"]
    return targets


def namespace(api: Any, identity: str) -> Properties:
    found = api.get_namespace(Id=identity)["Namespace"]
    return {**found, "HostedZoneId": found["Properties"].get("DnsProperties", {}).get("HostedZoneId")}


HTTP = Recipe(
    service="servicediscovery",
    create="create_http_namespace",
    outcome=namespace_of_operation,
    identity=lambda _, targets: targets["NAMESPACE"],
    attributes=namespace,
    delete=lambda api, identity: api.delete_namespace(Id=identity),
)

RECIPES = {
    "AWS::ServiceDiscovery::HttpNamespace": HTTP,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": replace(HTTP, create="create_private_dns_namespace"),
    "AWS::ServiceDiscovery::PublicDnsNamespace": replace(HTTP, create="create_public_dns_namespace"),
    "AWS::ServiceDiscovery::Service": Recipe(
        service="servicediscovery",
        create="create_service",
        name="Name",
        prepare=without("ServiceAttributes"),
        identity=lambda _, response: response["Service"]["Id"],
        attributes=lambda api, identity: api.get_service(Id=identity)["Service"],
        delete=lambda api, identity: api.delete_service(Id=identity),
    ),
}

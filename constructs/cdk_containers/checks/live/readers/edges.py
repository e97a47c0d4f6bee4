"""Certificates, web ACLs, VPC Lattice and Cloud Map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_KEYS = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]


@reader(
    {"AWS::CertificateManager::Certificate": "DomainName ValidationMethod"},
    acm=("list_certificates", "describe_certificate"),
)
def certificates(account: Account) -> Iterator[Found]:
    """Find the certificates that ACM has issued: imported certificates have no validation."""
    for listed in account.pages("acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": _KEYS}):
        arn = listed["CertificateArn"]
        answer = account.call("acm", "describe_certificate", CertificateArn=arn)
        if answer is None or answer["Certificate"].get("Type") != "AMAZON_ISSUED":
            continue
        options = answer["Certificate"].get("DomainValidationOptions", ())
        methods = {it["ValidationMethod"] for it in options if "ValidationMethod" in it}
        yield Found(
            type="AWS::CertificateManager::Certificate",
            name=arn,
            properties={
                **properties(answer["Certificate"], "DomainName"),
                "ValidationMethod": "EMAIL" if "EMAIL" in methods else "DNS",
            },
            identifiers=frozenset({arn}),
        )


@reader(
    {"AWS::WAFv2::WebACL": "Name Scope", "AWS::WAFv2::WebACLAssociation": "ResourceArn WebACLArn"},
    wafv2=("list_web_acls", "list_resources_for_web_acl"),
)
def web_acls(account: Account) -> Iterator[Found]:
    """Find the web ACLs of the region, and the load balancers that they protect."""
    for it in account.pages("wafv2", "list_web_acls", "WebACLs", Scope="REGIONAL"):
        arn = it["ARN"]
        yield Found(
            type="AWS::WAFv2::WebACL",
            name=arn,
            properties={"Name": it["Name"], "Scope": "REGIONAL"},
            identifiers=frozenset({arn}),
            physical_id=f"{it['Name']}|{it['Id']}|REGIONAL",
        )
        behind = account.pages(
            "wafv2",
            "list_resources_for_web_acl",
            "ResourceArns",
            WebACLArn=arn,
            ResourceType="APPLICATION_LOAD_BALANCER",
        )
        for resource in behind:
            yield Found(
                type="AWS::WAFv2::WebACLAssociation",
                name=f"{arn}|{resource}",
                properties={"ResourceArn": resource, "WebACLArn": arn},
            )


@reader(
    {
        "AWS::VpcLattice::ServiceNetwork": "AuthType Name",
        "AWS::VpcLattice::Service": "AuthType Name",
        "AWS::VpcLattice::AccessLogSubscription": "DestinationArn ResourceIdentifier",
    },
    vpc_lattice=(
        "list_service_networks",
        "get_service_network",
        "list_services",
        "get_service",
        "list_access_log_subscriptions",
    ),
)
def lattice(account: Account) -> Iterator[Found]:
    """Find the service networks and services of VPC Lattice, and their access logs."""
    for type_, list_, listed, one, key in (
        ("ServiceNetwork", "list_service_networks", "items", "get_service_network", "serviceNetworkIdentifier"),
        ("Service", "list_services", "items", "get_service", "serviceIdentifier"),
    ):
        for summary in account.pages("vpc-lattice", list_, listed):
            arn = summary["arn"]
            it = account.call("vpc-lattice", one, **{key: arn})
            if it is None:
                continue
            yield Found(
                type=f"AWS::VpcLattice::{type_}",
                name=arn,
                properties=properties(it, "AuthType Name"),
                identifiers=frozenset({arn, it["id"]}),
            )
            logs = account.pages("vpc-lattice", "list_access_log_subscriptions", "items", resourceIdentifier=arn)
            for log in logs:
                yield Found(
                    type="AWS::VpcLattice::AccessLogSubscription",
                    name=log["arn"],
                    properties={"DestinationArn": log["destinationArn"], "ResourceIdentifier": arn},
                    identifiers=frozenset({log["arn"]}),
                )


@reader(
    {"AWS::ServiceDiscovery::Service": "DnsConfig Name NamespaceId"},
    servicediscovery=("list_services", "get_service"),
)
def cloud_map(account: Account) -> Iterator[Found]:
    """Find the services of Cloud Map."""
    for listed in account.pages("servicediscovery", "list_services", "Services"):
        answer = account.call("servicediscovery", "get_service", Id=listed["Id"])
        if answer is not None:
            it = answer["Service"]
            yield Found(
                type="AWS::ServiceDiscovery::Service",
                name=it["Arn"],
                properties=properties(it, "DnsConfig Name NamespaceId"),
                identifiers=frozenset({it["Arn"], it["Id"]}),
            )

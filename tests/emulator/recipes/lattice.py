"""VPC Lattice: service networks, services and what they lead to."""

from collections.abc import Callable
from typing import Any

from ..recipe import Properties, Recipe

# moto finds things by their ids; AWS takes ARNs too, and CloudFormation refers by them.
IDENTIFIERS = (
    "ListenerIdentifier",
    "ResourceIdentifier",
    "ServiceIdentifier",
    "ServiceNetworkIdentifier",
    "TargetGroupIdentifier",
)


def by_ids(properties: Properties) -> Properties:
    return {
        name: value.rsplit("/", 1)[-1] if name in IDENTIFIERS else value
        for name, value in properties.items()
        if name != "DnsEntry"
    }


def own_id(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def recipe(kind: str, member: str, **options: Any) -> Recipe:
    """Make, describe and remove one kind of thing: its calls are named alike."""

    def attributes(api: Any, arn: str) -> Properties:
        found = getattr(api, f"get_{kind}")(**{member: own_id(arn)})
        entry = found.get("dnsEntry", {})
        return {
            **{name[0].upper() + name[1:]: value for name, value in found.items()},
            "DnsEntry.DomainName": entry.get("domainName"),
            "DnsEntry.HostedZoneId": entry.get("hostedZoneId"),
        }

    def delete(api: Any, arn: str) -> None:
        getattr(api, f"delete_{kind}")(**{member: own_id(arn)})

    given: dict[str, Any] = {"attributes": attributes, "delete": delete, "prepare": by_ids, **options}
    return Recipe(service="vpc-lattice", create=f"create_{kind}", identity=lambda _, made: made["arn"], **given)


def in_service(operation: str) -> Callable[[Any, str], object]:
    """Remove what belongs to a service, and is addressed through it: .../service/ID/listener/ID[/rule/ID]."""

    def delete(api: Any, arn: str) -> None:
        parts = arn.rsplit(":", maxsplit=1)[-1].split("/")
        names = ("serviceIdentifier", "listenerIdentifier", "ruleIdentifier")
        getattr(api, operation)(**dict(zip(names, parts[1::2], strict=False)))

    return delete


RECIPES = {
    "AWS::VpcLattice::AccessLogSubscription": recipe("access_log_subscription", "accessLogSubscriptionIdentifier"),
    "AWS::VpcLattice::AuthPolicy": Recipe(
        service="vpc-lattice",
        create="put_auth_policy",
        prepare=by_ids,
        identity=lambda made, _: made["ResourceIdentifier"],
        delete=lambda api, identity: api.delete_auth_policy(resourceIdentifier=identity),
    ),
    "AWS::VpcLattice::Listener": recipe(
        "listener", "listenerIdentifier", name="Name", longest=63, delete=in_service("delete_listener")
    ),
    "AWS::VpcLattice::Rule": recipe(
        "rule", "ruleIdentifier", name="Name", longest=63, delete=in_service("delete_rule")
    ),
    "AWS::VpcLattice::Service": recipe("service", "serviceIdentifier", name="Name", longest=40),
    "AWS::VpcLattice::ServiceNetwork": recipe("service_network", "serviceNetworkIdentifier", name="Name", longest=63),
    "AWS::VpcLattice::ServiceNetworkServiceAssociation": recipe(
        "service_network_service_association", "serviceNetworkServiceAssociationIdentifier"
    ),
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": recipe(
        "service_network_vpc_association", "serviceNetworkVpcAssociationIdentifier"
    ),
    "AWS::VpcLattice::TargetGroup": recipe("target_group", "targetGroupIdentifier", name="Name", longest=128),
}

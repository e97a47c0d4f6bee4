"""Networks, and the launch templates of the instances in them."""

from collections.abc import Callable
from typing import Any

from ..recipe import Properties, Recipe, only, without


def launch_template(api: Any, identity: str) -> Properties:
    found = api.describe_launch_templates(LaunchTemplateIds=[identity])["LaunchTemplates"][0]
    return {name: found[name] for name in ("DefaultVersionNumber", "LatestVersionNumber")}


def tagged(kind: str) -> Callable[[Properties], Properties]:
    """Say which kind of resource the tags are for, as this API wants it."""
    return lambda properties: {
        **without("Tags")(properties),
        "TagSpecifications": [{"ResourceType": kind, "Tags": properties["Tags"]}] if properties.get("Tags") else [],
    }


def security_group_rule(direction: str, peer: str) -> Recipe:
    """Make a rule; CloudFormation has its members side by side, the API has them nested by kind of peer."""

    def nested(properties: Properties) -> Properties:
        rule = only("IpProtocol", "FromPort", "ToPort")(properties)
        note = only("Description")(properties)
        for name, peers, member in (
            ("CidrIp", "IpRanges", "CidrIp"),
            ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
            (f"{peer}PrefixListId", "PrefixListIds", "PrefixListId"),
            (f"{peer}SecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ):
            if name in properties:
                rule[peers] = [{member: properties[name], **note}]
        return {"GroupId": properties["GroupId"], "IpPermissions": [rule]}

    def revoke(api: Any, identity: str) -> None:
        group, rule = identity.split("|")
        getattr(api, f"revoke_security_group_{direction}")(GroupId=group, SecurityGroupRuleIds=[rule])

    return Recipe(
        service="ec2",
        create=f"authorize_security_group_{direction}",
        prepare=nested,
        identity=lambda made, response: f"{made['GroupId']}|{response['SecurityGroupRules'][0]['SecurityGroupRuleId']}",
        delete=revoke,
    )


RECIPES = {
    "AWS::EC2::LaunchTemplate": Recipe(
        service="ec2",
        create="create_launch_template",
        name="LaunchTemplateName",
        identity=lambda _, response: response["LaunchTemplate"]["LaunchTemplateId"],
        attributes=launch_template,
        update=("create_launch_template_version", "LaunchTemplateId"),
        delete=lambda api, identity: api.delete_launch_template(LaunchTemplateId=identity),
    ),
    "AWS::EC2::PrefixList": Recipe(
        service="ec2",
        create="create_managed_prefix_list",
        name="PrefixListName",
        prepare=tagged("prefix-list"),
        identity=lambda _, response: response["PrefixList"]["PrefixListId"],
        attributes=lambda _, identity: {"PrefixListId": identity},
        delete=lambda api, identity: api.delete_managed_prefix_list(PrefixListId=identity),
    ),
    "AWS::EC2::SecurityGroupEgress": security_group_rule("egress", "Destination"),
    "AWS::EC2::SecurityGroupIngress": security_group_rule("ingress", "Source"),
    "AWS::EC2::SubnetRouteTableAssociation": Recipe(
        service="ec2",
        create="associate_route_table",
        identity=lambda _, response: response["AssociationId"],
        delete=lambda api, identity: api.disassociate_route_table(AssociationId=identity),
    ),
    "AWS::EC2::VPCGatewayAttachment": Recipe(
        service="ec2",
        create="attach_internet_gateway",
        identity=lambda made, _: f"{made['InternetGatewayId']}|{made['VpcId']}",
        delete=lambda api, identity: api.detach_internet_gateway(
            InternetGatewayId=identity.split("|")[0], VpcId=identity.split("|")[1]
        ),
    ),
}

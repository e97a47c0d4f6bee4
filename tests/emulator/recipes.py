"""What moto's CloudFormation lacks, type by type: how to make, change and remove resources by calls of moto's own API.

The calls are those that AWS's CloudFormation makes. Requests are built from AWS's API model, so that a property which
AWS does not have, or which is of another type, fails the deployment.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.model import ListShape, MapShape, Shape, StructureShape

Properties = dict[str, Any]


@cache
def client(service: str, region: str) -> Any:
    """Give a client of the emulator itself; the server's process has the endpoint in its environment."""
    return boto3.client(service, region)


def call(api: Any, operation: str, properties: Properties, *, partial: bool = False) -> Properties:
    """Call the API with a resource's properties; `partial` leaves out those that this call does not take."""
    shape = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[operation]).input_shape
    if partial:
        known = {name.lower() for name in shape.members}
        properties = {name: value for name, value in properties.items() if name.lower() in known}
    return getattr(api, operation)(**to_api(properties, shape, operation))


def to_api(value: Any, shape: Shape, where: str) -> Any:
    """Turn a property into a parameter: names differ in case, scalars may be strings, tags a list."""
    match shape:
        case StructureShape():
            members = {name.lower(): name for name in shape.members}
            if unknown := [name for name in value if name.lower() not in members]:
                raise ValueError(f"AWS's API has no {', '.join(unknown)} in {where}")
            named = {members[name.lower()]: item for name, item in value.items()}
            return {name: to_api(item, shape.members[name], f"{where}.{name}") for name, item in named.items()}
        case ListShape():
            return [to_api(item, shape.member, where) for item in value]
        case MapShape():
            pairs = {tag["Key"]: tag["Value"] for tag in value} if isinstance(value, list) else value
            return {name: to_api(item, shape.value, where) for name, item in pairs.items()}
        case _:
            return CONVERT.get(shape.type_name, lambda item: item)(value)


CONVERT: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: {"true": True, "false": False}[str(value).lower()],
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": lambda value: json.dumps(value) if isinstance(value, dict) else str(value),
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to make, change and remove a resource by API calls. moto takes it for one of its resource classes."""

    service: str
    create: str
    """The call that makes it. A change calls it again, as fits `put_...` calls, unless `update` names another one."""
    identity: Callable[[Properties, Properties], str]
    """The physical id, from properties and response."""
    delete: Callable[[Any, str], object]
    name: str = ""
    """The property with the resource's name, which CloudFormation makes up when it is not given."""
    prepare: Callable[[Properties], Properties] = dict
    """Renames and regroups the properties that the API has elsewhere."""
    attributes: Callable[[Any, str], Properties] = lambda _api, _identity: {}
    update: tuple[str, str] | None = None
    """The call that changes it in place, and the call's parameter for the physical id."""
    replace: bool = False
    """A change removes the old resource after it made the new one."""

    def create_from_cloudformation_json(
        self, name: str, definition: Properties, _account: str, region: str, **_: Any
    ) -> "Resource":
        properties = self.prepare({**({self.name: name} if self.name else {}), **definition["Properties"]})
        response = call(client(self.service, region), self.create, properties)
        return Resource(self, self.identity(properties, response), region)

    def update_from_cloudformation_json(
        self,
        original_resource: "Resource",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "Resource":
        if self.update:
            operation, parameter = self.update
            properties = self.prepare(cloudformation_json["Properties"])
            properties[parameter] = original_resource.physical_resource_id
            call(client(self.service, region_name), operation, properties, partial=True)
            return original_resource
        new = self.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)
        if self.replace:
            original_resource.delete(account_id, region_name)
        return new


@dataclass
class Resource:
    """A resource that a recipe made, with the members that moto wants of one."""

    recipe: Recipe
    physical_resource_id: str
    region: str

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute: str) -> Any:
        api = client(self.recipe.service, self.region)
        return self.recipe.attributes(api, self.physical_resource_id)[attribute]

    def delete(self, _account: str, region: str) -> None:
        self.recipe.delete(client(self.recipe.service, region), self.physical_resource_id)


# ---- properties that the API has elsewhere


def without(*names: str) -> Callable[[Properties], Properties]:
    return lambda properties: {name: value for name, value in properties.items() if name not in names}


def renamed(**names: str) -> Callable[[Properties], Properties]:
    return lambda properties: {names.get(name, name): value for name, value in properties.items()}


def key_request(properties: Properties) -> Properties:
    """Leave out what is set by calls of their own, and give tags the names that this API has for them."""
    taken = {name: value for name, value in properties.items() if name in ("Description", "KeySpec", "KeyUsage")}
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return {**taken, "Policy": properties["KeyPolicy"], "Tags": tags}


def scaling_policy_request(properties: Properties) -> Properties:
    """Take the reference to the scalable target apart."""
    resource, dimension, namespace = properties["ScalingTargetId"].split("|")
    rest = without("ScalingTargetId")(properties)
    return {**rest, "ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}


def deregister_scalable_target(api: Any, identity: str) -> None:
    resource, dimension, namespace = identity.split("|")
    api.deregister_scalable_target(ResourceId=resource, ScalableDimension=dimension, ServiceNamespace=namespace)


def delete_scaling_policy(api: Any, arn: str) -> None:
    # arn:aws:autoscaling:REGION:ACCOUNT:scalingPolicy:ID:resource/NAMESPACE/RESOURCE:policyName/NAME
    target, name = arn.split(":resource/")[1].split(":policyName/")
    namespace, resource = target.split("/", 1)
    key = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount"}
    api.delete_scaling_policy(PolicyName=name, **key)


def security_group_rule(direction: str, peer: str) -> Recipe:
    """Make a rule; CloudFormation has its members side by side, the API has them nested by kind of peer."""

    def nested(properties: Properties) -> Properties:
        rule = {name: properties[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in properties}
        note = {"Description": properties["Description"]} if "Description" in properties else {}
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


# ---- the types

RECIPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Recipe(
        service="application-autoscaling",
        create="register_scalable_target",
        identity=lambda made, _: "|".join(made[n] for n in ("ResourceId", "ScalableDimension", "ServiceNamespace")),
        delete=deregister_scalable_target,
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Recipe(
        service="application-autoscaling",
        create="put_scaling_policy",
        name="PolicyName",
        prepare=scaling_policy_request,
        identity=lambda _, response: response["PolicyARN"],
        delete=delete_scaling_policy,
    ),
    "AWS::CertificateManager::Certificate": Recipe(
        service="acm",
        create="request_certificate",
        prepare=without("DomainValidationOptions"),  # the zone in which CloudFormation itself answers ACM
        identity=lambda _, response: response["CertificateArn"],
        delete=lambda api, arn: api.delete_certificate(CertificateArn=arn),
    ),
    "AWS::CloudWatch::Alarm": Recipe(
        service="cloudwatch",
        create="put_metric_alarm",
        name="AlarmName",
        identity=lambda made, _: made["AlarmName"],
        attributes=lambda api, name: {"Arn": api.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]},
        delete=lambda api, name: api.delete_alarms(AlarmNames=[name]),
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
    "AWS::ECS::Cluster": Recipe(
        service="ecs",
        create="create_cluster",
        name="ClusterName",
        prepare=renamed(ClusterSettings="settings"),
        identity=lambda _, response: response["cluster"]["clusterName"],
        attributes=lambda api, name: {"Arn": api.describe_clusters(clusters=[name])["clusters"][0]["clusterArn"]},
        update=("update_cluster", "cluster"),
        delete=lambda api, name: api.delete_cluster(cluster=name),
    ),
    "AWS::ECS::ClusterCapacityProviderAssociations": Recipe(
        service="ecs",
        create="put_cluster_capacity_providers",
        identity=lambda made, _: made["Cluster"],
        delete=lambda api, name: api.put_cluster_capacity_providers(
            cluster=name, capacityProviders=[], defaultCapacityProviderStrategy=[]
        ),
    ),
    "AWS::ECS::Service": Recipe(
        service="ecs",
        create="create_service",
        name="ServiceName",
        identity=lambda _, response: response["service"]["serviceArn"],
        attributes=lambda _, arn: {"Name": arn.split("/")[-1], "ServiceArn": arn},
        update=("update_service", "service"),
        delete=lambda api, arn: api.delete_service(cluster=arn.split("/")[1], service=arn, force=True),
    ),
    "AWS::ECS::TaskDefinition": Recipe(
        service="ecs",
        create="register_task_definition",
        name="Family",
        identity=lambda _, response: response["taskDefinition"]["taskDefinitionArn"],
        attributes=lambda _, arn: {"TaskDefinitionArn": arn},
        replace=True,
        delete=lambda api, arn: api.deregister_task_definition(taskDefinition=arn),
    ),
    "AWS::KMS::Key": Recipe(
        service="kms",
        create="create_key",
        prepare=key_request,
        identity=lambda _, response: response["KeyMetadata"]["KeyId"],
        attributes=lambda api, key: {"Arn": api.describe_key(KeyId=key)["KeyMetadata"]["Arn"], "KeyId": key},
        update=("put_key_policy", "KeyId"),
        delete=lambda api, key: api.schedule_key_deletion(KeyId=key),
    ),
}

# Types that moto's CloudFormation makes and never removes: service, and the call that removes one by its physical id.
DELETIONS: dict[str, tuple[str, Callable[[Any, str], object]]] = {
    "AWS::EC2::EIP": ("ec2", lambda api, it: api.release_address(PublicIp=it)),
    "AWS::EC2::FlowLog": ("ec2", lambda api, it: api.delete_flow_logs(FlowLogIds=[it])),
    "AWS::EC2::InternetGateway": ("ec2", lambda api, it: api.delete_internet_gateway(InternetGatewayId=it)),
    "AWS::EC2::NatGateway": ("ec2", lambda api, it: api.delete_nat_gateway(NatGatewayId=it)),
    "AWS::EC2::RouteTable": ("ec2", lambda api, it: api.delete_route_table(RouteTableId=it)),
    "AWS::EC2::VPCEndpoint": ("ec2", lambda api, it: api.delete_vpc_endpoints(VpcEndpointIds=[it])),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", lambda api, it: api.delete_listener(ListenerArn=it)),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("elbv2", lambda api, it: api.delete_rule(RuleArn=it)),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", lambda api, it: api.delete_target_group(TargetGroupArn=it)),
}

# Attributes (Fn::GetAtt) of types that moto's CloudFormation makes without them.
ATTRIBUTES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("AWS::EFS::AccessPoint", "Arn"): lambda it: it.access_point_arn,
    ("AWS::EFS::FileSystem", "Arn"): lambda it: it.file_system_arn,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "CanonicalHostedZoneID"): lambda _: "Z35SXDOTRQ7X7K",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): lambda it: it.arn.split("loadbalancer/")[1],
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "LoadBalancerArns"): lambda it: it.load_balancer_arns,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): lambda it: it.arn.split(":")[-1],
    ("AWS::SNS::Topic", "TopicArn"): lambda it: it.arn,
}

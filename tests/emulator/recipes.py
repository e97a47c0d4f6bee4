"""What moto's CloudFormation lacks or has wrong, type by type. The calls are those that AWS's CloudFormation makes."""

from collections.abc import Callable
from typing import Any

from .recipe import Properties, Recipe, call, only, renamed, without

# ---- properties that the API has elsewhere


def group_request(properties: Properties) -> Properties:
    """Write the subnets as the one string that the API takes."""
    rest = without("MetricsCollection")(renamed(Cooldown="DefaultCooldown")(properties))
    return {**rest, "VPCZoneIdentifier": ",".join(properties["VPCZoneIdentifier"])}


def collect_metrics(api: Any, name: str, properties: Properties) -> None:
    for collection in properties.get("MetricsCollection", []):
        call(api, "enable_metrics_collection", {"AutoScalingGroupName": name, **collection})


def launch_template(api: Any, identity: str) -> Properties:
    found = api.describe_launch_templates(LaunchTemplateIds=[identity])["LaunchTemplates"][0]
    return {name: found[name] for name in ("DefaultVersionNumber", "LatestVersionNumber")}


def trail_request(properties: Properties) -> Properties:
    rest = without("EventSelectors", "InsightSelectors", "IsLogging")(properties)
    return renamed(TrailName="Name", Tags="TagsList")(rest)


def record_calls(api: Any, name: str, properties: Properties) -> None:
    if selectors := properties.get("EventSelectors"):
        call(api, "put_event_selectors", {"TrailName": name, "EventSelectors": selectors})
    if properties["IsLogging"]:
        api.start_logging(Name=name)
    else:
        api.stop_logging(Name=name)


def load_balancer(api: Any, arn: str) -> Properties:
    found = api.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    names = {
        "CanonicalHostedZoneID": "CanonicalHostedZoneId",
        "DNSName": "DNSName",
        "LoadBalancerName": "LoadBalancerName",
    }
    own = {attribute: found[member] for attribute, member in names.items()}
    return {**own, "LoadBalancerArn": arn, "LoadBalancerFullName": arn.split("loadbalancer/")[1]}


def set_load_balancer_attributes(api: Any, arn: str, properties: Properties) -> None:
    if attributes := properties.get("LoadBalancerAttributes"):
        call(api, "modify_load_balancer_attributes", {"LoadBalancerArn": arn, "Attributes": attributes})


# What a Classic load balancer's listeners, attributes and policies are called in CloudFormation.
CLASSIC_ATTRIBUTES = {
    "AccessLoggingPolicy": "AccessLog",
    "ConnectionDrainingPolicy": "ConnectionDraining",
    "ConnectionSettings": "ConnectionSettings",
}


def classic_request(properties: Properties) -> Properties:
    rest = without(*CLASSIC_ATTRIBUTES, "CrossZone", "HealthCheck", "Policies")(properties)
    return {**rest, "Listeners": [without("PolicyNames")(it) for it in properties["Listeners"]]}


def finish_classic(api: Any, name: str, properties: Properties) -> None:
    """Give a Classic load balancer its attributes, health check and policies, each by a call of its own."""
    own = {"LoadBalancerName": name}
    attributes = {api_name: properties[it] for it, api_name in CLASSIC_ATTRIBUTES.items() if it in properties}
    if "CrossZone" in properties:
        attributes["CrossZoneLoadBalancing"] = {"Enabled": properties["CrossZone"]}
    call(api, "modify_load_balancer_attributes", {**own, "LoadBalancerAttributes": attributes})
    call(api, "configure_health_check", {**own, "HealthCheck": properties["HealthCheck"]})
    for policy in properties.get("Policies", []):
        pairs = [{"AttributeName": it["Name"], "AttributeValue": it["Value"]} for it in policy["Attributes"]]
        kind = {"PolicyName": policy["PolicyName"], "PolicyTypeName": policy["PolicyType"]}
        call(api, "create_load_balancer_policy", {**own, **kind, "PolicyAttributes": pairs})
    for listener in properties["Listeners"]:
        if policies := listener.get("PolicyNames"):
            port = {"LoadBalancerPort": listener["LoadBalancerPort"], "PolicyNames": policies}
            call(api, "set_load_balancer_policies_of_listener", {**own, **port})


def key_request(properties: Properties) -> Properties:
    """Leave out what is set by calls of their own, and give tags the names that this API has for them."""
    taken = only("Description", "KeySpec", "KeyUsage")(properties)
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return {**taken, "Policy": properties["KeyPolicy"], "Tags": tags}


def topic_policy_request(properties: Properties) -> Properties:
    (topic,) = properties["Topics"]
    return {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": properties["PolicyDocument"]}


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
    "AWS::AutoScaling::AutoScalingGroup": Recipe(
        service="autoscaling",
        create="create_auto_scaling_group",
        name="AutoScalingGroupName",
        prepare=group_request,
        identity=lambda made, _: made["AutoScalingGroupName"],
        then=collect_metrics,
        update=("update_auto_scaling_group", "AutoScalingGroupName"),
        delete=lambda api, name: api.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True),
    ),
    "AWS::CertificateManager::Certificate": Recipe(
        service="acm",
        create="request_certificate",
        prepare=without("DomainValidationOptions"),  # the zone in which CloudFormation itself answers ACM
        identity=lambda _, response: response["CertificateArn"],
        delete=lambda api, arn: api.delete_certificate(CertificateArn=arn),
    ),
    "AWS::CloudTrail::Trail": Recipe(
        service="cloudtrail",
        create="create_trail",
        name="TrailName",
        prepare=trail_request,
        identity=lambda made, _: made["Name"],
        then=record_calls,
        attributes=lambda api, name: {"Arn": api.get_trail(Name=name)["Trail"]["TrailARN"]},
        update=("update_trail", "Name"),
        delete=lambda api, name: api.delete_trail(Name=name),
    ),
    "AWS::CloudWatch::Alarm": Recipe(
        service="cloudwatch",
        create="put_metric_alarm",
        name="AlarmName",
        identity=lambda made, _: made["AlarmName"],
        attributes=lambda api, name: {"Arn": api.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]},
        delete=lambda api, name: api.delete_alarms(AlarmNames=[name]),
    ),
    "AWS::EC2::LaunchTemplate": Recipe(
        service="ec2",
        create="create_launch_template",
        name="LaunchTemplateName",
        identity=lambda _, response: response["LaunchTemplate"]["LaunchTemplateId"],
        attributes=launch_template,
        update=("create_launch_template_version", "LaunchTemplateId"),
        delete=lambda api, identity: api.delete_launch_template(LaunchTemplateId=identity),
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
    "AWS::ECS::CapacityProvider": Recipe(
        service="ecs",
        create="create_capacity_provider",
        name="Name",
        identity=lambda made, _: made["Name"],
        replace=True,
        delete=lambda api, name: api.delete_capacity_provider(capacityProvider=name),
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
        prepare=renamed(PlacementStrategies="placementStrategy"),
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
    "AWS::ElasticLoadBalancing::LoadBalancer": Recipe(
        service="elb",
        create="create_load_balancer",
        name="LoadBalancerName",
        prepare=classic_request,
        identity=lambda made, _: made["LoadBalancerName"],
        then=finish_classic,
        replace=True,
        delete=lambda api, name: api.delete_load_balancer(LoadBalancerName=name),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Recipe(
        service="elbv2",
        create="create_load_balancer",
        name="Name",
        prepare=without("LoadBalancerAttributes"),
        identity=lambda _, response: response["LoadBalancers"][0]["LoadBalancerArn"],
        then=set_load_balancer_attributes,
        attributes=load_balancer,
        replace=True,
        delete=lambda api, arn: api.delete_load_balancer(LoadBalancerArn=arn),
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
    "AWS::SNS::TopicPolicy": Recipe(
        service="sns",
        create="set_topic_attributes",
        prepare=topic_policy_request,
        identity=lambda made, _: made["TopicArn"],
        delete=lambda _api, _arn: None,  # the policy goes with its topic
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
    "AWS::IAM::ManagedPolicy": ("iam", lambda api, it: api.delete_policy(PolicyArn=it)),
}

# Attributes (Fn::GetAtt) of types that moto's CloudFormation makes without them.
ATTRIBUTES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("AWS::EFS::AccessPoint", "Arn"): lambda it: it.access_point_arn,
    ("AWS::EFS::FileSystem", "Arn"): lambda it: it.file_system_arn,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "LoadBalancerArns"): lambda it: it.load_balancer_arns,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): lambda it: it.arn.split(":")[-1],
    ("AWS::SNS::Topic", "TopicArn"): lambda it: it.arn,
}

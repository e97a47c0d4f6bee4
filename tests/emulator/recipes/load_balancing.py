"""Load balancers, and the certificates that they show."""

from typing import Any

from ..recipe import Properties, Recipe, call, without


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


def set_listener_attributes(api: Any, arn: str, properties: Properties) -> None:
    if attributes := properties.get("ListenerAttributes"):
        call(api, "modify_listener_attributes", {"ListenerArn": arn, "Attributes": attributes})


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
    """Give a Classic load balancer its attributes, health check and policies, each by its own call."""
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


RECIPES = {
    "AWS::CertificateManager::Certificate": Recipe(
        service="acm",
        create="request_certificate",
        prepare=without("DomainValidationOptions"),  # the zone in which CloudFormation itself answers ACM
        identity=lambda _, response: response["CertificateArn"],
        delete=lambda api, arn: api.delete_certificate(CertificateArn=arn),
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
    "AWS::ElasticLoadBalancingV2::Listener": Recipe(
        service="elbv2",
        create="create_listener",
        prepare=without("ListenerAttributes"),
        identity=lambda _, response: response["Listeners"][0]["ListenerArn"],
        then=set_listener_attributes,
        attributes=lambda _, arn: {"ListenerArn": arn},
        update=("modify_listener", "ListenerArn"),
        delete=lambda api, arn: api.delete_listener(ListenerArn=arn),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Recipe(
        service="elbv2",
        create="create_rule",
        identity=lambda _, response: response["Rules"][0]["RuleArn"],
        attributes=lambda _, arn: {"RuleArn": arn},
        update=("modify_rule", "RuleArn"),
        delete=lambda api, arn: api.delete_rule(RuleArn=arn),
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
}

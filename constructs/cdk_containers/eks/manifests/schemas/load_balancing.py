"""Objects of the AWS Load Balancer Controller and of Auto Mode."""

from __future__ import annotations

from ..schema import PORT, Fields, Flag, ListOf, MapOf, Number, Schema, Text

_ARN = Text(
    pattern=r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w-]+/[0-9a-f]+",
    example="the ARN of a target group",
)
_PORT = Fields({"protocol": Text(allowed=("TCP", "UDP")), "port": PORT})
_PEER = Fields(
    {
        "securityGroup": Fields(
            {"groupID": Text(pattern=r"sg-[0-9a-f]+", example="sg-0123456789abcdef0")}, ("groupID",)
        ),
        "ipBlock": Fields({"cidr": Text(example="10.0.0.0/16")}, ("cidr",)),
    },
    one_of=("securityGroup", "ipBlock"),
)
_SERVICE = Fields({"name": Text(), "port": PORT}, ("name", "port"))
_SELECTOR = Fields(
    {
        "matchLabels": MapOf(Text()),
        "matchExpressions": ListOf(
            Fields({"key": Text(), "operator": Text(), "values": ListOf(Text())}, ("key", "operator"))
        ),
    }
)


def _binding(**more: Schema) -> Fields:
    return Fields(
        {
            "targetGroupARN": _ARN,
            "targetType": Text(allowed=("instance", "ip")),
            "serviceRef": _SERVICE,
            "networking": Fields(
                {"ingress": ListOf(Fields({"from": ListOf(_PEER, 1), "ports": ListOf(_PORT, 1)}, ("from", "ports")), 1)}
            ),
            "nodeSelector": _SELECTOR,
            "ipAddressType": Text(allowed=("ipv4", "ipv6")),
            "vpcID": Text(pattern=r"vpc-[0-9a-f]+", example="vpc-0123456789abcdef0"),
            "targetGroupProtocol": Text(allowed=("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE")),
            **more,
        },
        required=("targetGroupARN", "serviceRef"),
    )


_TAGS = ListOf(Fields({"key": Text(), "value": Text()}, ("key", "value")))
_ATTRIBUTES = ListOf(Fields({"key": Text(), "value": Text()}, ("key", "value")))
_SUBNETS: dict[str, Schema] = {
    "ids": ListOf(Text(pattern=r"subnet-[0-9a-f]+", example="subnet-0123456789abcdef0"), 1),
    "tags": MapOf(ListOf(Text(), 1)),
}


def _parameters(**more: Schema) -> Fields:
    return Fields(
        {
            "scheme": Text(allowed=("internal", "internet-facing")),
            "group": Fields({"name": Text()}, ("name",)),
            "ipAddressType": Text(allowed=("ipv4", "dualstack", "dualstack-without-public-ipv4")),
            "namespaceSelector": _SELECTOR,
            "tags": _TAGS,
            "loadBalancerAttributes": _ATTRIBUTES,
            **more,
        }
    )


SCHEMAS = {
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"): _binding(
        targetGroupName=Text(), multiClusterTargetGroup=Flag(), iamRoleArnToAssume=Text(), assumeRoleExternalId=Text()
    ),
    ("eks.amazonaws.com/v1", "TargetGroupBinding"): _binding(),
    ("elbv2.k8s.aws/v1beta1", "IngressClassParams"): _parameters(
        subnets=Fields(_SUBNETS, one_of=("ids", "tags")),
        sslPolicy=Text(),
        sslRedirectPort=Text(),
        certificateArn=ListOf(Text(), 1),
        inboundCIDRs=ListOf(Text(), 1),
        targetType=Text(allowed=("instance", "ip")),
        loadBalancerName=Text(),
        wafv2AclArn=Text(),
        wafv2AclName=Text(),
        minimumLoadBalancerCapacity=Fields({"capacityUnits": Number(low=1)}),
        ipamConfiguration=Fields({"ipv4IPAMPoolId": Text()}),
        listeners=ListOf(
            Fields(
                {
                    "port": Number(low=1, high=65535),
                    "protocol": Text(allowed=("HTTP", "HTTPS")),
                    "listenerAttributes": _ATTRIBUTES,
                }
            )
        ),
        prefixListsIDs=ListOf(Text(), 1),
    ),
    ("eks.amazonaws.com/v1", "IngressClassParams"): _parameters(
        subnets=Fields({**_SUBNETS, "matchTags": ListOf(Fields({"key": Text(), "values": ListOf(Text(), 1)}), 1)}),
        certificateARNs=ListOf(Text(), 1),
        ipv4IPAMPoolId=Text(),
    ),
}

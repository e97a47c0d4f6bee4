"""What moto's CloudFormation makes well, and then cannot remove or describe."""

from collections.abc import Callable
from typing import Any

# Types that moto's CloudFormation makes and never removes: service, and the call that removes one by its physical id.
DELETIONS: dict[str, tuple[str, Callable[[Any, str], object]]] = {
    "AWS::EC2::EIP": ("ec2", lambda api, it: api.release_address(PublicIp=it)),
    "AWS::EC2::FlowLog": ("ec2", lambda api, it: api.delete_flow_logs(FlowLogIds=[it])),
    "AWS::EC2::InternetGateway": ("ec2", lambda api, it: api.delete_internet_gateway(InternetGatewayId=it)),
    "AWS::EC2::NatGateway": ("ec2", lambda api, it: api.delete_nat_gateway(NatGatewayId=it)),
    "AWS::EC2::RouteTable": ("ec2", lambda api, it: api.delete_route_table(RouteTableId=it)),
    "AWS::EC2::VPCEndpoint": ("ec2", lambda api, it: api.delete_vpc_endpoints(VpcEndpointIds=[it])),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", lambda api, it: api.delete_target_group(TargetGroupArn=it)),
    "AWS::Route53::HostedZone": ("route53", lambda api, it: api.delete_hosted_zone(Id=it)),
    "AWS::IAM::ManagedPolicy": ("iam", lambda api, it: api.delete_policy(PolicyArn=it)),
}

# Attributes (Fn::GetAtt) of types that moto's CloudFormation makes without them.
ATTRIBUTES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("AWS::EFS::AccessPoint", "Arn"): lambda it: it.access_point_arn,
    ("AWS::EFS::FileSystem", "Arn"): lambda it: it.file_system_arn,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "LoadBalancerArns"): lambda it: it.load_balancer_arns,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): lambda it: it.arn.split(":")[-1],
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupName"): lambda it: it.name,
    ("AWS::SNS::Topic", "TopicArn"): lambda it: it.arn,
}

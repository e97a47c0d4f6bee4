"""A Network Load Balancer of others: what is added to it, and how metrics find it."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from cdk_containers import Cluster, ConstructError, Domain, Network, NetworkLoadBalancer, NlbExposure
from tests.toolkit import backend, cluster, new_stack, properties, resources, synth

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/net/shared/0123456789abcdef"
GROUP = "sg-0123456789abcdef0"


def imported(stack: cdk.Stack, arn: str = ARN) -> NetworkLoadBalancer:
    return NetworkLoadBalancer.from_attributes(
        stack,
        "Shared",
        load_balancer_arn=arn,
        security_group_id=GROUP,
        dns_name="shared.elb.eu-west-1.amazonaws.com",
        vpc=cluster(stack).vpc,
        ingress=[ec2.Peer.ipv4("10.0.0.0/8")],
    )


def test_a_service_adds_a_listener_and_nothing_else():
    stack = new_stack()
    backend(stack, cluster=cluster(stack), exposure=NlbExposure(port=5672, load_balancer=imported(stack)))
    template = synth(stack)
    listener = properties(template, "AWS::ElasticLoadBalancingV2::Listener")
    assert (listener["LoadBalancerArn"], listener["Port"], listener["Protocol"]) == (ARN, 5672, "TCP")
    assert not resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    rules = [entry["Properties"] for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert {(rule.get("CidrIp"), rule.get("SourceSecurityGroupId")) for rule in rules} == {
        ("10.0.0.0/8", None),
        (None, GROUP),
    }


@pytest.mark.parametrize("arn", [ARN, cdk.Fn.import_value("Arn")], ids=["known", "known at deployment"])
def test_its_metrics_name_it(arn: str):
    stack = new_stack()
    backend(stack, cluster=cluster(stack), exposure=NlbExposure(port=5672, load_balancer=imported(stack, arn)))
    alarms = str([entry["Properties"] for entry in resources(synth(stack), "AWS::CloudWatch::Alarm").values()])
    if arn == ARN:
        assert "'net/shared/0123456789abcdef'" in alarms
    else:
        assert "Fn::Split" in alarms


def test_names_can_point_to_it_where_its_hosted_zone_is_known():
    stack = new_stack()
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z1EXAMPLE", zone_name="example.com"
    )
    names = Domain(stack, "Domain", name="example.com", zone=zone).names("mq")
    exposure = NlbExposure(port=5672, load_balancer=imported(stack), domain=names)
    with pytest.raises(ConstructError, match="canonical_hosted_zone_id") as raised:
        backend(stack, cluster=cluster(stack), exposure=exposure)
    assert [problem.option for problem in raised.value.problems] == ["exposure.load_balancer"]
    known = NetworkLoadBalancer.from_attributes(
        stack,
        "Known",
        load_balancer_arn=ARN,
        security_group_id=GROUP,
        dns_name="shared.elb.eu-west-1.amazonaws.com",
        vpc=cluster(stack).vpc,
        canonical_hosted_zone_id="Z2IFOLAFXWLO4F",
    )
    backend(stack, cluster=cluster(stack), exposure=NlbExposure(port=5672, load_balancer=known, domain=names))
    record = properties(synth(stack), "AWS::Route53::RecordSet")
    assert record["AliasTarget"]["HostedZoneId"] == "Z2IFOLAFXWLO4F"


def test_a_port_belongs_to_one_service():
    stack = new_stack()
    shared = imported(stack)
    backend(stack, cluster=cluster(stack), exposure=NlbExposure(port=5672, load_balancer=shared))
    with pytest.raises(ConstructError, match="already listens on this port of the load balancer"):
        backend(stack, "Other", cluster=cluster(stack), exposure=NlbExposure(port=5672, load_balancer=shared))


def test_an_arn_is_one():
    with pytest.raises(ConstructError, match="load_balancer_arn: not an ARN"):
        imported(new_stack(), "shared")


def test_an_internal_one_of_ours_asks_which_private_subnets():
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0a1", "subnet-0a2", "subnet-0d1", "subnet-0d2"],
        private_subnet_names=["App", "Data"],
    )
    with pytest.raises(ConstructError, match="several groups of private subnets"):
        NetworkLoadBalancer(stack, "Nlb", network=vpc, internet_facing=False)
    chosen = Network.from_vpc(stack, "Network", vpc=vpc, task_subnets=ec2.SubnetSelection(subnet_group_name="App"))
    Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=chosen)
    NetworkLoadBalancer(stack, "Chosen", network=chosen, internet_facing=False)
    made = properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert made["Subnets"] == ["subnet-0a1", "subnet-0a2"]

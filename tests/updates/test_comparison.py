"""The comparison itself, on templates written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.updates.comparison import Update, compare
from tests.updates.consequences import consequences
from tests.updates.meetings import meetings
from tests.updates.schemas import create_only, has_schema, names

ELB = "AWS::ElasticLoadBalancingV2"
SERVICE = "AWS::ECS::Service"


def template(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"Resources": {name: {"Type": type_, "Properties": given} for name, (type_, given) in resources.items()}}


def update(before: dict[str, Any], after: dict[str, Any]) -> Update:
    return compare(before, after)


def met(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((meeting.old, meeting.new) for meeting in meetings(compare(before, after)))


def rule(priority: int, listener: object = {"Ref": "Listener"}, group: str = "Group") -> tuple[str, dict[str, Any]]:
    actions = [{"Type": "forward", "TargetGroupArn": {"Ref": group}}]
    return f"{ELB}::ListenerRule", {"ListenerArn": listener, "Priority": priority, "Actions": actions}


class TestReplaced:
    def test_by_a_create_only_property(self):
        before = template(Web=(SERVICE, {"ServiceName": "web", "DesiredCount": 1}))
        after = template(Web=(SERVICE, {"ServiceName": "shop", "DesiredCount": 1}))
        assert update(before, after).replaced == {"Web": {"ServiceName"}}

    def test_not_by_another_property(self):
        before = template(Web=(SERVICE, {"ServiceName": "web", "DesiredCount": 1}))
        after = template(Web=(SERVICE, {"ServiceName": "web", "DesiredCount": 2}))
        assert update(before, after).replaced == {}
        assert update(before, after).kept == {"Web"}

    def test_by_a_property_that_comes_or_goes(self):
        before, after = template(Web=(SERVICE, {})), template(Web=(SERVICE, {"ServiceName": "shop"}))
        assert update(before, after).replaced == update(after, before).replaced == {"Web": {"ServiceName"}}

    def test_by_a_part_of_a_property(self):
        kind = "AWS::ECR::Repository"
        before = template(Images=(kind, {"EncryptionConfiguration": {"EncryptionType": "KMS"}}))
        after = template(Images=(kind, {"EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": "a"}}))
        assert "EncryptionConfiguration.KmsKey" in update(before, after).replaced["Images"]

    @pytest.mark.parametrize(
        "reference",
        [
            {"Ref": "Cluster"},
            {"Fn::GetAtt": ["Cluster", "Arn"]},
            {"Fn::GetAtt": "Cluster.Arn"},
            {"Fn::Sub": "${Cluster.Arn}/x"},
            {"Fn::Sub": ["${Name}/x", {"Name": {"Ref": "Cluster"}}]},
            {"Fn::Join": ["", ["a", {"Ref": "Cluster"}]]},
        ],
    )
    def test_because_what_it_refers_to_is(self, reference: object):
        web = (SERVICE, {"Cluster": reference})
        before = template(Cluster=("AWS::ECS::Cluster", {"ClusterName": "a"}), Web=web)
        after = template(Cluster=("AWS::ECS::Cluster", {"ClusterName": "b"}), Web=web)
        assert update(before, after).replaced == {"Cluster": {"ClusterName"}, "Web": {"Cluster"}}

    def test_a_reference_in_another_property_does_not_matter(self):
        web = (SERVICE, {"TaskDefinition": {"Ref": "Task"}})
        before = template(Task=("AWS::ECS::TaskDefinition", {"Cpu": "256"}), Web=web)
        after = template(Task=("AWS::ECS::TaskDefinition", {"Cpu": "512"}), Web=web)
        assert update(before, after).replaced == {"Task": {"Cpu"}}

    def test_over_several_resources(self):
        def stack(block: str) -> dict[str, Any]:
            return template(
                Address=("AWS::EC2::NatGateway", {"SubnetId": {"Ref": "Subnet"}}),
                Subnet=("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}}),
                Vpc=("AWS::EC2::VPC", {"CidrBlock": block}),
            )

        assert update(stack("10.0.0.0/16"), stack("10.1.0.0/16")).replaced.keys() == {"Vpc", "Subnet", "Address"}

    def test_an_auto_scaling_group_takes_another_launch_template(self):
        kind = "AWS::AutoScaling::AutoScalingGroup"
        before = template(Group=(kind, {"LaunchTemplate": {"Version": "1"}, "AutoScalingGroupName": "a"}))
        after = template(Group=(kind, {"LaunchTemplate": {"Version": "2"}, "AutoScalingGroupName": "a"}))
        renamed = template(Group=(kind, {"LaunchTemplate": {"Version": "2"}, "AutoScalingGroupName": "b"}))
        assert update(before, after).replaced == {}
        assert update(before, renamed).replaced == {"Group": {"AutoScalingGroupName"}}

    def test_a_launch_type_replaces_a_service(self):
        before, after = template(Web=(SERVICE, {"LaunchType": "FARGATE"})), template(Web=(SERVICE, {}))
        assert update(before, after).replaced == {"Web": {"LaunchType"}}

    def test_a_health_check_replaces_a_classic_load_balancer_when_it_comes_or_goes(self):
        kind = "AWS::ElasticLoadBalancing::LoadBalancer"
        none, tcp, http = ((kind, given) for given in ({}, {"HealthCheck": "TCP:80"}, {"HealthCheck": "HTTP:80/"}))
        assert update(template(Old=tcp), template(Old=http)).replaced == {}
        assert update(template(Old=none), template(Old=http)).replaced == {"Old": {"HealthCheck"}}
        assert update(template(Old=tcp), template(Old=none)).replaced == {"Old": {"HealthCheck"}}

    def test_another_type_is_refused(self):
        before = template(Names=("AWS::ServiceDiscovery::HttpNamespace", {"Name": "shop"}))
        after = template(Names=("AWS::ServiceDiscovery::PrivateDnsNamespace", {"Name": "shop"}))
        with pytest.raises(ValueError, match="Names was AWS::ServiceDiscovery::HttpNamespace"):
            update(before, after)
        assert consequences(before, after) == {"changes the type of a resource"}

    def test_what_comes_and_goes(self):
        found = update(template(A=(SERVICE, {})), template(B=(SERVICE, {})))
        assert (found.deleted, found.created, found.kept) == ({"A"}, {"B"}, set())


class TestMeetings:
    def test_two_rules_on_one_priority(self):
        assert met(template(Old=rule(10)), template(New=rule(10))) == [("Old", "New")]

    def test_rules_on_other_priorities_or_listeners(self):
        assert met(template(Old=rule(10)), template(New=rule(11))) == []
        assert met(template(Old=rule(10)), template(New=rule(10, {"Ref": "Other"}))) == []

    def test_a_rule_that_changes_in_place(self):
        assert met(template(Rule=rule(10)), template(Rule=rule(20))) == []

    def test_two_rules_that_change_places(self):
        before, after = template(A=rule(10), B=rule(20)), template(A=rule(20), B=rule(10))
        assert met(before, after) == [("A", "B"), ("B", "A")]

    def test_a_rule_of_a_listener_that_is_replaced(self):
        def stack(balancer: str) -> dict[str, Any]:
            listener = (f"{ELB}::Listener", {"LoadBalancerArn": balancer, "Port": 443})
            return template(Listener=listener, Rule=rule(10))

        assert compare(stack("a"), stack("b")).replaced.keys() == {"Listener", "Rule"}
        assert met(stack("a"), stack("b")) == []

    def test_two_listeners_on_one_port(self):
        def stack(name: str) -> dict[str, Any]:
            return template(**{name: (f"{ELB}::Listener", {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80})})

        assert met(stack("Http"), stack("Redirect")) == [("Http", "Redirect")]

    def test_a_replaced_resource_meets_itself_by_its_name(self):
        kind = "AWS::ECR::PullThroughCacheRule"
        before = template(Cache=(kind, {"EcrRepositoryPrefix": "hub", "UpstreamRegistryUrl": "a"}))
        after = template(Cache=(kind, {"EcrRepositoryPrefix": "hub", "UpstreamRegistryUrl": "b"}))
        other = template(Cache=(kind, {"EcrRepositoryPrefix": "b", "UpstreamRegistryUrl": "b"}))
        assert met(before, after) == [("Cache", "Cache")]
        assert met(before, other) == []

    def test_a_name_goes_to_another_resource(self):
        before = template(A=("AWS::Logs::LogGroup", {"LogGroupName": "shop"}))
        after = template(B=("AWS::Logs::LogGroup", {"LogGroupName": "shop"}))
        assert met(before, after) == [("A", "B")]

    def test_a_rule_of_a_security_group(self):
        kind = "AWS::EC2::SecurityGroupIngress"
        given = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}
        before = template(A=(kind, {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, **given}))
        after = template(B=(kind, {"GroupId": {"Ref": "Group"}, **given, "Description": "the same"}))
        wider = template(B=(kind, {"GroupId": {"Ref": "Group"}, **given, "ToPort": 81}))
        assert met(before, after) == [("A", "B")]
        assert met(before, wider) == []

    def test_a_rule_that_moves_out_of_its_group_and_into_it(self):
        """A rule outside waits for its group, so the group lets go first; the other way round it does not."""
        given = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}
        inside = template(Group=("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [given]}))
        outside = template(
            Group=("AWS::EC2::SecurityGroup", {}),
            Rule=("AWS::EC2::SecurityGroupIngress", {"GroupId": {"Ref": "Group"}, **given}),
        )
        assert met(inside, outside) == []
        assert met(outside, inside) == [("Rule", "Group")]

    def test_a_target_group_whose_load_balancer_changes(self):
        def stack(balancer: str, group: str) -> dict[str, Any]:
            return template(
                **{
                    group: (f"{ELB}::TargetGroup", {"VpcId": "v"}),
                    f"{balancer}Listener": (f"{ELB}::Listener", {"LoadBalancerArn": {"Ref": balancer}, "Port": 80}),
                    f"{balancer}Rule": rule(1, {"Ref": f"{balancer}Listener"}, group),
                }
            )

        assert met(stack("A", "Group"), stack("B", "Group")) == [("Group", "Group")]
        assert met(stack("A", "Group"), stack("A", "Group")) == []
        assert met(stack("A", "Group"), stack("B", "Other")) == []

    def test_a_target_group_that_goes_to_an_imported_load_balancer(self):
        def stack(balancer: str) -> dict[str, Any]:
            arn = f"arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/{balancer}/50dc6c495c0c9188/1"
            return template(Group=(f"{ELB}::TargetGroup", {"VpcId": "v"}), Rule=rule(1, arn))

        assert met(stack("a"), stack("b")) == [("Group", "Group")]
        assert met(stack("a"), stack("a")) == []

    def test_subnets_that_overlap(self):
        def stack(**blocks: str) -> dict[str, Any]:
            vpc = {"Ref": "Vpc"}
            subnets = {name: ("AWS::EC2::Subnet", {"VpcId": vpc, "CidrBlock": block}) for name, block in blocks.items()}
            return template(Vpc=("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}), **subnets)

        assert met(stack(A="10.0.0.0/18"), stack(A="10.0.0.0/19")) == [("A", "A")]
        assert met(stack(A="10.0.0.0/18"), stack(B="10.0.32.0/19")) == [("A", "B")]
        assert met(stack(A="10.0.0.0/18"), stack(B="10.0.64.0/18")) == []

    def test_a_policy_that_another_resource_sets(self):
        def stack(name: str) -> dict[str, Any]:
            return template(**{name: ("AWS::SQS::QueuePolicy", {"Queues": ["q", "r"], "PolicyDocument": {}})})

        assert met(stack("A"), stack("B")) == [("A", "B")]


class TestConsequences:
    def test_what_matters_is_told_apart(self):
        task = "AWS::ECS::TaskDefinition"
        before = template(
            Task=(task, {"Cpu": "256"}), Jobs=("AWS::SQS::Queue", {}), Alarm=("AWS::CloudWatch::Alarm", {})
        )
        after = template(Task=(task, {"Cpu": "512"}), Web=(SERVICE, {}))
        assert consequences(before, after) == {"deletes SQS::Queue"}

    def test_what_is_kept_in_the_account(self):
        before = template(Jobs=("AWS::SQS::Queue", {}))
        before["Resources"]["Jobs"]["DeletionPolicy"] = "Retain"
        assert consequences(before, template()) == {"leaves SQS::Queue"}

    def test_what_fails(self):
        assert consequences(template(Old=rule(1)), template(New=rule(1))) == {
            "deletes ElasticLoadBalancingV2::ListenerRule",
            "fails: ElasticLoadBalancingV2::ListenerRule: ListenerArn, Priority",
        }


class TestSchemas:
    def test_names(self):
        assert names("AWS::CloudWatch::Dashboard") == (("DashboardName",),)
        assert ("QueueName",) in names("AWS::SQS::Queue")
        assert ("Name",) in names(f"{ELB}::TargetGroup")
        assert names("AWS::EC2::NatGateway") == ()

    def test_create_only(self):
        assert ("EncryptionConfiguration", "KmsKey") in create_only("AWS::ECR::Repository")
        assert ("Config", "Protocol") in create_only("AWS::VpcLattice::TargetGroup")
        assert has_schema(SERVICE)
        assert not has_schema("AWS::ECS::Nothing")

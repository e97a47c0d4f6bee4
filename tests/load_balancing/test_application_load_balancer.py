import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_s3 as s3

from cdk_containers import AccessLogs, AlbExposure, ApplicationLoadBalancer, ConstructError, Disabled, Network
from cdk_containers.load_balancing.listener_checks import TLS_POLICIES
from tests.toolkit import (
    REASON,
    Template,
    attributes,
    certificate,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
    web,
)

# https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17
ELB_17 = {
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
}


def load_balancer_template(*, with_certificate: bool = True, **options: Any) -> Template:
    stack = new_stack()
    certificates = [certificate(stack)] if with_certificate else []
    ApplicationLoadBalancer(stack, "Balancer", **{"network": network(stack), "certificates": certificates} | options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return load_balancer_template()


def listeners(template: Template) -> dict[int, dict[str, Any]]:
    found = resources(template, "AWS::ElasticLoadBalancingV2::Listener").values()
    return {entry["Properties"]["Port"]: entry["Properties"] for entry in found}


def balancer(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")


# ---- defaults


def test_it_speaks_https_with_a_policy_that_security_hub_recommends(default: Template):
    https = listeners(default)[443]
    assert https["Protocol"] == "HTTPS"
    assert https["SslPolicy"] in ELB_17
    assert len(https["Certificates"]) == 1


def test_every_policy_that_is_taken_is_on_the_list_of_security_hub():
    stack = new_stack()
    balancers = network(stack)
    for policy in TLS_POLICIES:
        ApplicationLoadBalancer(
            stack,
            policy.name.replace("_", ""),
            network=balancers,
            certificates=[certificate(stack, policy.name)],
            tls_policy=policy,
        )
    rendered = [
        entry["Properties"]["SslPolicy"]
        for entry in resources(synth(stack), "AWS::ElasticLoadBalancingV2::Listener").values()
        if entry["Properties"]["Port"] == 443
    ]
    assert len(rendered) == len(TLS_POLICIES)
    assert set(rendered) <= ELB_17


def test_plain_http_is_sent_to_https(default: Template):
    [action] = listeners(default)[80]["DefaultActions"]
    assert action["Type"] == "redirect"
    assert action["RedirectConfig"] == {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}


def test_what_no_service_takes_is_answered_with_404(default: Template):
    [action] = listeners(default)[443]["DefaultActions"]
    assert action["FixedResponseConfig"]["StatusCode"] == "404"


def test_smuggled_headers_are_dropped_and_it_is_hard_to_delete(default: Template):
    found = attributes(balancer(default))
    assert found["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert found["routing.http.desync_mitigation_mode"] == "defensive"
    assert found["deletion_protection.enabled"] == "true"


def test_it_opens_the_two_ports_and_nothing_outwards(default: Template):
    group = properties(default, "AWS::EC2::SecurityGroup")
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupIngress"]] == [
        ("0.0.0.0/0", 443, 443),
        ("0.0.0.0/0", 80, 80),
    ]
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_requests_are_recorded_in_a_closed_bucket_for_a_year(default: Template):
    [bucket] = resources(default, "AWS::S3::Bucket")
    found = attributes(balancer(default))
    assert found["access_logs.s3.enabled"] == "true"
    assert found["access_logs.s3.bucket"] == {"Ref": bucket}  # type: ignore[comparison-overlap]
    entry = resource(default, "AWS::S3::Bucket")
    assert entry["DeletionPolicy"] == "Retain"
    given = entry["Properties"]
    assert given["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert given["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "AES256"
    }
    assert given["VersioningConfiguration"] == {"Status": "Enabled"}
    assert [rule["ExpirationInDays"] for rule in given["LifecycleConfiguration"]["Rules"]] == [365]


def test_the_bucket_takes_the_record_of_this_account_and_refuses_what_is_not_encrypted(default: Template):
    policy = properties(default, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    [delivery] = [entry for entry in policy if "logdelivery" in json.dumps(entry["Principal"])]
    assert delivery["Action"] == "s3:PutObject"
    assert "/AWSLogs/" in json.dumps(delivery["Resource"])
    assert {"Ref": "AWS::AccountId"} in delivery["Resource"]["Fn::Join"][1]
    denied = [entry["Condition"] for entry in policy if entry["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_the_load_balancer_waits_until_it_may_write_its_record(default: Template):
    [policy] = resources(default, "AWS::S3::BucketPolicy")
    assert policy in resource(default, "AWS::ElasticLoadBalancingV2::LoadBalancer")["DependsOn"]


def test_access_logs_of_cdk_want_a_region_and_ours_do_not():
    stack = new_stack()
    plain = elbv2.ApplicationLoadBalancer(stack, "Plain", vpc=network(stack).vpc, internet_facing=True)
    with pytest.raises(RuntimeError, match=r"[Rr]egion"):
        plain.log_access_logs(s3.Bucket(stack, "Bucket"))


# ---- opt-outs


@pytest.mark.parametrize(
    ("option", "practice", "key", "value"),
    [
        ("deletion_protection", "deletion-protection", "deletion_protection.enabled", "false"),
        ("access_logs", "access-logs", "access_logs.s3.enabled", None),
    ],
)
def test_what_can_be_switched_off_with_a_reason(
    option: str, practice: str, key: str, value: str | None, default: Template
):
    template = load_balancer_template(**{option: Disabled(REASON)})
    assert attributes(balancer(template)).get(key) == value
    assert attributes(balancer(default))[key] == "true"
    assert opt_outs(template) == {"AWS::ElasticLoadBalancingV2::LoadBalancer": {practice: REASON}}
    assert opt_outs(default) == {}


def test_without_access_logs_there_is_no_bucket(default: Template):
    assert resources(default, "AWS::S3::Bucket")
    assert not resources(load_balancer_template(access_logs=Disabled(REASON)), "AWS::S3::Bucket")


def test_plain_http_takes_an_explicit_word():
    template = load_balancer_template(with_certificate=False, https=Disabled(REASON))
    [(port, listener)] = listeners(template).items()
    assert (port, listener["Protocol"]) == (80, "HTTP")
    assert opt_outs(template) == {"AWS::ElasticLoadBalancingV2::Listener": {"https-listener": REASON}}
    group = properties(template, "AWS::EC2::SecurityGroup")
    assert [rule["FromPort"] for rule in group["SecurityGroupIngress"]] == [80]


# ---- options


def test_https_only():
    template = load_balancer_template(redirect_http=False)
    assert list(listeners(template)) == [443]
    group = properties(template, "AWS::EC2::SecurityGroup")
    assert [rule["FromPort"] for rule in group["SecurityGroupIngress"]] == [443]


def test_an_internal_one_is_in_private_subnets_and_lets_nobody_in():
    template = load_balancer_template(internet_facing=False)
    assert balancer(template)["Scheme"] == "internal"
    assert balancer(template)["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup")


def test_who_may_reach_it_is_named():
    template = load_balancer_template(ingress=[ec2.Peer.ipv4("203.0.113.0/24")])
    group = properties(template, "AWS::EC2::SecurityGroup")
    assert {rule["CidrIp"] for rule in group["SecurityGroupIngress"]} == {"203.0.113.0/24"}


def test_several_certificates_and_another_idle_timeout():
    stack = new_stack()
    ApplicationLoadBalancer(
        stack,
        "Balancer",
        network=network(stack),
        certificates=[certificate(stack, "One"), certificate(stack, "Two")],
        idle_timeout=cdk.Duration.minutes(5),
    )
    template = synth(stack)
    assert attributes(balancer(template))["idle_timeout.timeout_seconds"] == "300"
    assert len(listeners(template)[443]["Certificates"]) == 1
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::ListenerCertificate")) == 1


def test_the_record_goes_to_a_bucket_that_exists():
    stack = new_stack()
    logs = AccessLogs(bucket=s3.Bucket(stack, "Central"), prefix="shop")
    ApplicationLoadBalancer(
        stack, "Balancer", network=network(stack), certificates=[certificate(stack)], access_logs=logs
    )
    template = synth(stack)
    [bucket] = resources(template, "AWS::S3::Bucket")
    assert bucket.startswith("Central")
    assert attributes(balancer(template))["access_logs.s3.prefix"] == "shop"
    assert "/shop/AWSLogs/" in json.dumps(properties(template, "AWS::S3::BucketPolicy"))


def test_one_that_exists_takes_routes():
    stack = new_stack()
    existing = ApplicationLoadBalancer.from_attributes(
        stack,
        "Existing",
        load_balancer_arn="arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/shop/0123456789abcdef",
        listener_arn="arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shop/0123456789abcdef/0123456789abcdef",
        security_group_id="sg-0123456789abcdef0",
        dns_name="shop.eu-west-1.elb.amazonaws.com",
        vpc=network(stack).vpc,
    )
    web(stack, exposure=AlbExposure(port=8080, load_balancer=existing))
    template = synth(stack)
    assert not resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    rule = properties(template, "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert rule["ListenerArn"].endswith("listener/app/shop/0123456789abcdef/0123456789abcdef")


# ---- errors


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"certificates": []}, "certificates", "Disabled", "https-listener"),
        ({"https": Disabled(REASON)}, "https", "remove one of the two", "https-listener"),
        ({"https": False}, "https", "True or Disabled", None),
        ({"tls_policy": elbv2.SslPolicy.TLS12}, "tls_policy", "TLS13_12_RES_PQ", "tls-policy"),
        ({"tls_policy": elbv2.SslPolicy.RECOMMENDED}, "tls_policy", "TLS13_12_RES_PQ", "tls-policy"),
        ({"idle_timeout": timedelta(0)}, "idle_timeout", "1–4000 s", None),
        ({"idle_timeout": cdk.Duration.hours(2)}, "idle_timeout", "1–4000 s", None),
        ({"idle_timeout": cdk.Duration.millis(1500)}, "idle_timeout", "whole seconds", None),
        ({"deletion_protection": False}, "deletion_protection", "True or Disabled", None),
        ({"access_logs": Disabled("no")}, "access_logs.reason", "a reviewer", None),
        ({"access_logs": AccessLogs(retention_days=0)}, "access_logs.retention_days", "1 or more", "access-logs"),
        (
            {"access_logs": AccessLogs(removal_policy=cdk.RemovalPolicy.DESTROY)},
            "access_logs.removal_policy",
            "RETAIN with a short retention_days",
            "access-logs",
        ),
        ({"access_logs": AccessLogs(prefix="/shop")}, "access_logs.prefix", "without a leading slash", "access-logs"),
        ({"access_logs": AccessLogs(prefix="a/AWSLogs")}, "access_logs.prefix", "AWSLogs", "access-logs"),
        ({"ingress": ["0.0.0.0/0"]}, "ingress[0]", "IPeer", None),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    given = {"network": network(stack), "certificates": [certificate(stack)]} | options
    with pytest.raises(ConstructError) as raised:
        ApplicationLoadBalancer(stack, "Balancer", **given)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Balancer"
    assert stack.node.try_find_child("Balancer") is None


@pytest.mark.parametrize(("internet_facing", "missing"), [(True, "public"), (False, "private")])
def test_it_needs_subnets_of_its_kind(internet_facing: bool, missing: str):  # noqa: FBT001
    stack = new_stack()
    kind = ec2.SubnetType.PRIVATE_ISOLATED if internet_facing else ec2.SubnetType.PUBLIC
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Only", subnet_type=kind)],
    )
    with pytest.raises(ConstructError) as raised:
        ApplicationLoadBalancer(
            stack, "Balancer", network=vpc, certificates=[certificate(stack)], internet_facing=internet_facing
        )
    [problem] = raised.value.problems
    assert problem.option == "network"
    assert f"no {missing} subnets" in problem.what
    assert stack.node.try_find_child("Balancer") is None


def test_a_network_that_was_imported_without_public_subnets_has_none():
    stack = new_stack()
    inside = Network.from_attributes(
        stack,
        "Inside",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
    )
    with pytest.raises(ConstructError, match="no public subnets"):
        ApplicationLoadBalancer(stack, "Balancer", network=inside, certificates=[certificate(stack)])

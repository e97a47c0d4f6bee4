"""Containers on Elastic Beanstalk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from cdk_containers import (
    AccessLogs,
    BeanstalkEnvironment,
    ConstructError,
    Container,
    Disabled,
    HealthCheck,
    Image,
    Port,
    Privileged,
    Repository,
    VolumeMount,
)
from cdk_containers.ecs.beanstalk.dockerrun import dockerrun
from tests.toolkit import (
    REASON,
    Template,
    certificate,
    container,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
)

PLATFORM = "64bit Amazon Linux 2023 v4.3.0 running ECS"
PREFIX = "arn:aws:elasticbeanstalk:eu-west-1::platform"
ENVIRONMENT = "AWS::ElasticBeanstalk::Environment"
APP = container(ports=[8080], memory_limit_mib=256)


def beanstalk(stack: cdk.Stack, **options: Any) -> BeanstalkEnvironment:
    given: dict[str, Any] = {"containers": [APP], "platform": PLATFORM, "network": network(stack)} | options
    if "https" not in given:
        given.setdefault("certificate", certificate(stack))
    return BeanstalkEnvironment(stack, "Shop", **given)


def made(**options: Any) -> Template:
    stack = new_stack()
    beanstalk(stack, **options)
    return synth(stack)


def settings(template: Template) -> dict[str, Any]:
    return {
        f"{entry['Namespace'].removeprefix('aws:')}/{entry['OptionName']}": entry["Value"]
        for entry in properties(template, ENVIRONMENT)["OptionSettings"]
    }


# ---- load balancing, scaling, monitoring


def test_it_is_load_balanced_over_private_instances():
    found = settings(made())
    assert found["elasticbeanstalk:environment/EnvironmentType"] == "LoadBalanced"
    assert found["elasticbeanstalk:environment/LoadBalancerType"] == "application"
    assert found["ec2:vpc/AssociatePublicIpAddress"] == "false"
    assert found["ec2:vpc/Subnets"] == "subnet-0aaaaaaaaaaaaaaa1,subnet-0aaaaaaaaaaaaaaa2"
    assert found["elasticbeanstalk:environment:process:default/Port"] == "8080"
    assert found["elasticbeanstalk:environment:process:default/HealthCheckPath"] == "/"


def test_its_load_balancer_is_internal_and_closed_until_it_faces_the_internet():
    inside, outside = made(), made(internet_facing=True)
    assert settings(inside)["ec2:vpc/ELBScheme"] == "internal"
    assert settings(outside)["ec2:vpc/ELBScheme"] == "public"
    assert settings(outside)["ec2:vpc/ELBSubnets"] == "subnet-0bbbbbbbbbbbbbbb1,subnet-0bbbbbbbbbbbbbbb2"
    assert "SecurityGroupIngress" not in properties(inside, "AWS::EC2::SecurityGroup")
    [rule] = properties(outside, "AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"]) == ("0.0.0.0/0", 443)


def test_somebody_is_let_in():
    stack = new_stack()
    beanstalk(stack).connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))
    template = synth(stack)
    [rule] = properties(template, "AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"]) == ("10.0.0.0/16", 443)
    group = settings(template)["elbv2:loadbalancer/ManagedSecurityGroup"]
    assert group == settings(template)["elbv2:loadbalancer/SecurityGroups"]


def test_https_is_the_only_listener():
    found = settings(made())
    assert found["elbv2:listener:443/Protocol"] == "HTTPS"
    assert found["elbv2:listener:443/SSLPolicy"].startswith("ELBSecurityPolicy-TLS13")
    assert found["elbv2:listener:default/ListenerEnabled"] == "false"


def test_http_for_a_reason():
    template = made(https=Disabled(REASON))
    assert settings(template)["elbv2:listener:default/ListenerEnabled"] == "true"
    assert not [name for name in settings(template) if name.startswith("elbv2:listener:443")]
    assert opt_outs(template)[ENVIRONMENT] == {"https-listener": REASON}


def test_it_scales_with_cpu():
    found = settings(made(min_instances=3, max_instances=9, scale_out_cpu_percent=70, scale_in_cpu_percent=20))
    assert (found["autoscaling:asg/MinSize"], found["autoscaling:asg/MaxSize"]) == ("3", "9")
    assert found["autoscaling:trigger/MeasureName"] == "CPUUtilization"
    assert found["autoscaling:trigger/UpperThreshold"] == "70"
    assert found["autoscaling:trigger/LowerThreshold"] == "20"


def test_it_is_monitored_and_keeps_its_logs():
    found = settings(made())
    assert found["elasticbeanstalk:healthreporting:system/SystemType"] == "enhanced"
    for space in ("elasticbeanstalk:cloudwatch:logs", "elasticbeanstalk:cloudwatch:logs:health"):
        assert found[f"{space}/RetentionInDays"] == "365"
        assert found[f"{space}/DeleteOnTerminate"] == "false"
    assert found["elasticbeanstalk:cloudwatch:logs/StreamLogs"] == "true"
    assert found["elasticbeanstalk:cloudwatch:logs:health/HealthStreamingEnabled"] == "true"


def test_somebody_is_told():
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:operators")
    beanstalk(stack, notification_topic=topic)
    assert settings(synth(stack))["elasticbeanstalk:sns:topics/Notification Topic ARN"] == topic.topic_arn


def test_requests_are_recorded():
    template = made()
    [bucket] = resources(template, "AWS::S3::Bucket")
    assert settings(template)["elbv2:loadbalancer/AccessLogsS3Bucket"] == {"Ref": bucket}
    assert any("AccessLogsPolicy" in name for name in resource(template, ENVIRONMENT)["DependsOn"])


def test_requests_are_recorded_in_a_bucket_that_is_there():
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Central", "central-logs")
    beanstalk(stack, access_logs=AccessLogs(bucket=bucket, prefix="shop"))
    template = synth(stack)
    assert settings(template)["elbv2:loadbalancer/AccessLogsS3Bucket"] == "central-logs"
    assert settings(template)["elbv2:loadbalancer/AccessLogsS3Prefix"] == "shop"
    assert not resources(template, "AWS::S3::Bucket")


def test_requests_are_not_recorded_for_a_reason():
    template = made(access_logs=Disabled(REASON))
    assert "elbv2:loadbalancer/AccessLogsS3Bucket" not in settings(template)
    assert opt_outs(template)[ENVIRONMENT] == {"access-logs": REASON}


# ---- operations


def test_a_deployment_and_an_update_keep_the_capacity():
    found = settings(made())
    assert found["elasticbeanstalk:command/DeploymentPolicy"] == "RollingWithAdditionalBatch"
    assert found["autoscaling:updatepolicy:rollingupdate/RollingUpdateType"] == "Health"


def test_the_platform_is_updated_each_week():
    found = settings(made(update_window="Tue:03:30"))
    assert found["elasticbeanstalk:managedactions/ManagedActionsEnabled"] == "true"
    assert found["elasticbeanstalk:managedactions/PreferredStartTime"] == "Tue:03:30"
    assert found["elasticbeanstalk:managedactions:platformupdate/UpdateLevel"] == "minor"


def test_the_platform_is_not_updated_for_a_reason():
    template = made(managed_updates=Disabled(REASON))
    assert settings(template)["elasticbeanstalk:managedactions/ManagedActionsEnabled"] == "false"
    assert opt_outs(template)[ENVIRONMENT] == {"beanstalk-managed-updates": REASON}


def test_instances_answer_metadata_requests_with_tokens_only():
    assert settings(made())["autoscaling:launchconfiguration/DisableIMDSv1"] == "true"


def test_a_platform_by_name_or_by_arn():
    """Another name of a solution stack would make another environment, with another address."""
    name = "ECS running on 64bit Amazon Linux 2023/4.3.0"
    by_name, by_arn = (properties(made(platform=given), ENVIRONMENT) for given in (PLATFORM, f"{PREFIX}/{name}"))
    assert by_arn["PlatformArn"] == f"{PREFIX}/{name}"
    partition, region = {"Ref": "AWS::Partition"}, {"Ref": "AWS::Region"}
    parts = ["arn:", partition, ":elasticbeanstalk:", region, f"::platform/{name}"]
    assert by_name["PlatformArn"] == {"Fn::Join": ["", parts]}
    assert "SolutionStackName" not in by_name
    assert "SolutionStackName" not in by_arn


# ---- roles


def test_only_elastic_beanstalk_takes_its_service_role_on():
    role = resource(made(), "AWS::IAM::Role", like="ServiceRole")["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "elasticbeanstalk.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}


def test_instances_read_their_bundle_and_no_other():
    role = resource(made(), "AWS::IAM::Role", like="InstanceRole")["Properties"]
    [statement] = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "s3:GetObject"
    assert str(statement["Resource"]).count(".zip") == 1
    assert "*" not in str(statement["Resource"])


def test_a_grant_goes_to_the_instances():
    stack = new_stack()
    dynamodb.TableV2.from_table_name(stack, "Table", "orders").grant_read_data(beanstalk(stack))
    assert "dynamodb:GetItem" in str(list(statements(synth(stack), "InstanceRole")))


# ---- the file with the containers


def test_the_bundle_has_the_containers_with_their_safe_defaults(tmp_path: Path):
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Shop")
    beanstalk(stack, containers=[container(ports=[8080], memory_limit_mib=256, environment={"MODE": "fast"})])
    app.synth()
    [file] = tmp_path.glob("asset.*/Dockerrun.aws.json")
    written = json.loads(file.read_text())
    assert written["AWSEBDockerrunVersion"] == 2
    [definition] = written["containerDefinitions"]
    assert definition["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert definition["environment"] == [{"name": "MODE", "value": "fast"}]
    assert (definition["user"], definition["readonlyRootFilesystem"], definition["memory"]) == ("1000:1000", True, 256)
    assert definition["linuxParameters"]["initProcessEnabled"] is True
    assert definition["linuxParameters"]["tmpfs"][0]["containerPath"] == "/tmp"  # noqa: S108


def test_the_same_containers_are_the_same_version():
    first, second = made(), made()
    version = "AWS::ElasticBeanstalk::ApplicationVersion"
    bundles = [properties(each, version)["SourceBundle"] for each in (first, second)]
    assert bundles[0] == bundles[1]
    other = made(containers=[container(ports=[9090], memory_limit_mib=256)])
    assert properties(other, version)["SourceBundle"] != bundles[0]


def test_an_image_of_ecr_is_written_out_where_account_and_region_are_known():
    stack = new_stack(region="eu-west-1")
    image = Repository.from_attributes(stack, "Images", repository_name="shop").image("1.4.2")
    app = container(image=image, ports=[8080], memory_limit_mib=256)
    beanstalk(stack, containers=[app])
    assert "111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2" in dockerrun(stack, [app])
    assert "ecr:BatchGetImage" in str(list(statements(synth(stack), "InstanceRole")))


# ---- what is refused


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"certificate": None}, "certificate", "Disabled"),
        ({"platform": "64bit Amazon Linux 2 v3.5.7 running ECS"}, "platform", "list-available-solution-stacks"),
        ({"platform": "64bit Amazon Linux 2023 v4.3.0 running Docker"}, "platform", "running ECS"),
        ({"min_instances": 0}, "min_instances", "1 or more"),
        ({"min_instances": 5}, "max_instances", "5 or more"),
        ({"scale_out_cpu_percent": 101}, "scale_out_cpu_percent", "1–100"),
        ({"scale_in_cpu_percent": 60}, "scale_in_cpu_percent", "0–59"),
        ({"root_volume_gib": 8}, "root_volume_gib", "10–16384"),
        ({"log_retention_days": 100}, "log_retention_days", "365"),
        ({"update_window": "Sunday"}, "update_window", "Sun:02:00"),
        ({"health_check_path": "healthz"}, "health_check_path", "/healthz"),
        ({"instance_types": []}, "instance_types", "t3.small"),
        ({"instance_types": ["t3small"]}, "instance_types[0]", "t3.small"),
        ({"access_logs": Disabled("no")}, "access_logs.reason", "understands"),
        ({"containers": []}, "containers", ""),
        ({"containers": [container(memory_limit_mib=64)]}, "containers[0].ports", "one port"),
        ({"containers": [container(ports=[80])]}, "containers[0].memory_limit_mib", "memory_reservation_mib"),
        (
            {"containers": [APP, container(name="b", ports=[Port(number=80, host_port=8080)], memory_limit_mib=64)]},
            "containers[1].ports",
            "another",
        ),
    ],
)
def test_bad_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        beanstalk(stack, **options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Shop") is None


def test_a_certificate_and_http_do_not_go_together():
    stack = new_stack()
    with pytest.raises(ConstructError, match="HTTP does not use a certificate"):
        beanstalk(stack, https=Disabled(REASON), certificate=certificate(stack))


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"health_check": HealthCheck(command="true")}, "health_check"),
        ({"privileged": Privileged(REASON)}, "privileged"),
        ({"gpus": 1}, "gpus"),
        ({"image": Image.from_registry("registry.example.com/shop:1"), "restart": None, "cpu": 64}, ""),
        ({"environment": {"A": cdk.Aws.REGION}}, "environment"),
    ],
)
def test_containers_that_it_does_not_run(options: dict[str, Any], option: str):
    stack = new_stack()
    app = container(**{"ports": [8080], "memory_limit_mib": 256} | options)
    if not option:  # the control: the same checks, and nothing wrong
        assert beanstalk(stack, containers=[app]).environment
        return
    with pytest.raises(ConstructError) as raised:
        beanstalk(stack, containers=[app])
    assert [problem.option for problem in raised.value.problems] == [f"containers[0].{option}"]


def test_an_address_that_nobody_knows_yet_is_refused():
    stack = new_stack()
    image = Repository.from_attributes(stack, "Images", repository_name="shop").image("1.4.2")
    with pytest.raises(ConstructError) as raised:
        beanstalk(stack, containers=[Container(image=image, ports=[8080], memory_limit_mib=256)])
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("containers[0].image", "beanstalk-containers")


def test_volumes_are_not_offered():
    stack = new_stack()
    app = container(ports=[8080], memory_limit_mib=256, mounts=[VolumeMount(volume="data", path="/data")])
    with pytest.raises(ConstructError, match="containers\\[0\\]"):
        beanstalk(stack, containers=[app])

"""Which images are in ECR, and in which repository."""

from __future__ import annotations

import aws_cdk as cdk
import botocore.session
import pytest

from cdk_containers import BackendService, BeanstalkEnvironment, ExpressService, FireLens, TaskOptions
from cdk_containers.model.workload.ecr_address import EcrAddress, domain_of, partition_of
from tests.iam.evaluation import who_surely_can
from tests.toolkit import IMAGE, Template, certificate, cluster, container, network, new_stack, resources, synth

ACCOUNT = "111111111111"


@pytest.mark.parametrize(
    ("reference", "arn"),
    [
        (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/web:1", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/web"),
        (
            f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:{'0' * 64}",
            f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/web",
        ),
        (f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws/web:1", f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/web"),
        (f"{ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com/web:1", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/web"),
        (
            f"{ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws/web:1",
            f"arn:aws-us-gov:ecr:us-gov-west-1:{ACCOUNT}:repository/web",
        ),
        (f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/web:1", f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/web"),
        (
            f"{ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/web:1",
            f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/web",
        ),
        (
            f"{ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu/web:1",
            f"arn:aws-eusc:ecr:eusc-de-east-1:{ACCOUNT}:repository/web",
        ),
        (
            f"{ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov/web:1",
            f"arn:aws-iso:ecr:us-iso-east-1:{ACCOUNT}:repository/web",
        ),
    ],
)
def test_every_form_of_an_address_leads_to_its_repository(reference: str, arn: str) -> None:
    address = EcrAddress.of(reference)
    assert address is not None
    assert address.arn(partition="aws-elsewhere") == arn


@pytest.mark.parametrize(
    "reference", [IMAGE, "public.ecr.aws/nginx/nginx:1", "example.com/dkr.ecr/web:1", "dkr.ecr.eu-west-1.on.aws/web:1"]
)
def test_other_registries_are_none_of_ecr(reference: str) -> None:
    assert EcrAddress.of(reference) is None


def test_partitions_and_domains_are_those_of_the_sdk() -> None:
    session = botocore.session.get_session()
    partitions = session.get_data("partitions")["partitions"]
    assert {entry["id"] for entry in partitions} >= {"aws", "aws-cn", "aws-eusc"}
    for entry in partitions:
        for region in entry["regions"]:
            if not region.endswith("-global"):
                assert (partition_of(region), domain_of(region)) == (entry["id"], entry["outputs"]["dnsSuffix"]), region


def here(name: str) -> str:
    return f"{cdk.Aws.ACCOUNT_ID}.dkr.ecr.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}/{name}:1.4.2"


def pullers(template: Template, name: str) -> set[str]:
    arn = f"arn:<Partition>:ecr:<Region>:<AccountId>:repository/{name}"
    able = who_surely_can(template, "ecr:BatchGetImage", arn)
    assert able <= who_surely_can(template, "ecr:GetAuthorizationToken", "*")
    return able


def test_an_address_of_the_stacks_own_account_and_region_is_read_too() -> None:
    stack = new_stack()
    task = TaskOptions(log_router=FireLens(image=here("router")))
    BackendService(stack, "Orders", cluster=cluster(stack), container=container(image=here("shop/web")), task=task)
    template = synth(stack)
    [execution_role] = [name for name in resources(template, "AWS::IAM::Role") if "ExecutionRole" in name]
    assert pullers(template, "shop/web") == pullers(template, "router") == {execution_role}
    assert pullers(template, "other") == set()


def test_express_mode_and_beanstalk_may_pull_too() -> None:
    stack = new_stack(region="eu-west-1")
    ExpressService(stack, "Express", image=f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws/shop/web:1", port=8080)
    template = synth(stack)
    arn = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/web"
    [role] = who_surely_can(template, "ecr:BatchGetImage", arn)
    assert "ExecutionRole" in role

    stack = new_stack(region="eu-west-1")
    BeanstalkEnvironment(
        stack,
        "Beanstalk",
        containers=[
            container(image=f"{ACCOUNT}.dkr-ecr.eu-west-1.on.aws/shop/web:1", ports=[8080], memory_limit_mib=256)
        ],
        platform="64bit Amazon Linux 2023 v4.3.0 running ECS",
        network=network(stack),
        certificate=certificate(stack),
    )
    [role] = who_surely_can(synth(stack), "ecr:BatchGetImage", arn)
    assert "InstanceRole" in role

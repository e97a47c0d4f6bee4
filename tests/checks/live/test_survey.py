"""Regions of an account in one report: what stacks say, what could not be read, and what counts once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from cdk_containers.checks.engine import Outcome, Report, Verdict, fault, ok
from cdk_containers.checks.engine import check as check_of
from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.policy import allowed_calls
from cdk_containers.checks.live.reader import Found, Reader
from cdk_containers.checks.live.readers import READERS
from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.live.rules import checks_of_accounts
from cdk_containers.checks.live.stacks import STACKS
from cdk_containers.checks.live.survey import survey
from cdk_containers.checks.rules.capacity_parts import GROUP
from cdk_containers.checks.rules.subnets import RUN_CONTAINERS
from tests.checks.live.answers import SESSION

REPOSITORY = "AWS::ECR::Repository"
VPC, SUBNET, FLOW_LOG = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::FlowLog"
ROLE = "AWS::IAM::Role"

Client = Callable[..., Any]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with mock_aws():
        yield lambda service, region="eu-west-1": SESSION.create_client(service, region_name=region)


def account() -> Account:
    return Account(SESSION, allowed=allowed_calls(), region="eu-west-1")


def readers(*types: str) -> list[Reader]:
    return [it for it in READERS if set(types) & set(it.types)]


def of(report: Report, practice: str) -> dict[str, str]:
    return {it.resource: it.verdict for it in report.findings if it.practice == practice}


def check(*all_readers: Reader, regions: tuple[str, ...] = ("eu-west-1",)) -> Report:
    report, _ = survey([account().in_region(it) for it in regions], checks_of_accounts(), all_readers)
    return report


def fixed(types: dict[str, set[str]], *found: Found, refused: str = "", everywhere: bool = False) -> Reader:
    """Make a reader that finds what is given, and is refused a call then."""

    def read(_: Account) -> Iterator[Found]:
        yield from found
        if refused:
            raise Refused(refused)

    return Reader({name: frozenset(names) for name, names in types.items()}, {}, read, everywhere)


# ---- what stacks say


def deploy(client: Client, **repository: Any) -> None:
    resources = {"Images": {"Type": REPOSITORY, **repository, "Properties": {"RepositoryName": "web"}}}
    client("cloudformation").create_stack(StackName="shop", TemplateBody=json.dumps({"Resources": resources}))


def test_a_finding_names_the_arn_the_stack_and_the_logical_id(client: Client):
    deploy(client)
    client("ecr").create_repository(repositoryName="by-hand")
    found = {it.resource.rpartition("/")[2]: it for it in check(*readers(REPOSITORY), STACKS).failures}
    assert found["web"].resource.startswith("arn:aws:ecr:eu-west-1:")
    assert (found["web"].stack, found["web"].logical_id) == ("shop", "Images")
    assert (found["by-hand"].stack, found["by-hand"].logical_id) == ("", "")


def test_a_reason_in_the_deployed_template_acknowledges_a_finding(client: Client):
    deploy(client, Metadata={"cdk_containers": {"opt_outs": {"immutable-tags": "developers push over their tags"}}})
    report = check(*readers(REPOSITORY), STACKS)
    (accepted,) = [it for it in report.acknowledged if it.practice == "immutable-tags"]
    assert accepted.acknowledged == "developers push over their tags"
    assert "image-lifecycle" in {it.practice for it in report.failures}
    assert "immutable-tags" not in {it.practice for it in report.failures}


@pytest.mark.parametrize(("policy", "verdict"), [({"DeletionPolicy": "Retain"}, "pass"), ({}, "fail")])
def test_what_becomes_of_a_resource_is_what_its_stack_says(client: Client, policy: dict[str, str], verdict: str):
    deploy(client, **policy)
    assert list(of(check(*readers(REPOSITORY), STACKS), "retain-images").values()) == [verdict]


def test_no_stack_deletes_what_no_stack_has_made(client: Client):
    client("ecr").create_repository(repositoryName="by-hand")
    assert list(of(check(*readers(REPOSITORY), STACKS), "retain-images").values()) == ["pass"]


def test_stacks_that_cannot_be_read_leave_it_open_and_are_said(client: Client, monkeypatch: pytest.MonkeyPatch):
    deploy(client)
    pages = Account.pages

    def refused(self: Account, service: str, *names: Any, **arguments: Any) -> Iterator[Any]:
        if service == "cloudformation":
            raise Refused("cloudformation:DescribeStacks: access denied")
        return pages(self, service, *names, **arguments)

    monkeypatch.setattr(Account, "pages", refused)
    report = check(*readers(REPOSITORY), STACKS)
    assert list(of(report, "retain-images").values()) == ["cannot-tell"]
    assert report.not_checked == (
        "eu-west-1: stacks, and the reasons that they have: cloudformation:DescribeStacks: access denied",
    )


# ---- what could not be read


def vpc() -> Reader:
    """Make a reader of a VPC with a subnet in which a service runs."""
    types: dict[str, set[str]] = {it: set() for it in (*RUN_CONTAINERS, GROUP)}
    types |= {VPC: {"CidrBlock"}, SUBNET: {"VpcId"}}
    return fixed(
        types,
        Found(type=VPC, name="vpc-1", properties={}, identifiers=frozenset({"vpc-1"})),
        Found(type=SUBNET, name="subnet-1", properties={"VpcId": "vpc-1"}, identifiers=frozenset({"subnet-1"})),
        Found(type="AWS::ECS::Service", name="arn:service", properties={"Subnets": ["subnet-1"]}),
    )


def test_what_could_not_be_read_is_not_taken_for_something_that_is_not_there():
    seen = check(vpc(), fixed({FLOW_LOG: {"ResourceId"}}))
    assert of(seen, "flow-logs") == {"vpc-1": "fail"}
    refused = check(vpc(), fixed({FLOW_LOG: {"ResourceId"}}, refused="ec2:DescribeFlowLogs: access denied"))
    assert of(refused, "flow-logs") == {"vpc-1": "cannot-tell"}
    (told,) = refused.not_checked
    assert told == "eu-west-1: AWS::EC2::FlowLog: ec2:DescribeFlowLogs: access denied; so not checked: flow-logs"


def test_a_part_that_is_refused_is_told_once_with_its_checks(client: Client, monkeypatch: pytest.MonkeyPatch):
    for name in ("web", "worker"):
        client("ecr").create_repository(repositoryName=name)
    call = Account.call

    def refused(self: Account, service: str, operation: str, **arguments: Any) -> Any:
        if operation == "get_lifecycle_policy":
            raise Refused("ecr:GetLifecyclePolicy: access denied")
        return call(self, service, operation, **arguments)

    monkeypatch.setattr(Account, "call", refused)
    report = check(*readers(REPOSITORY))
    assert set(of(report, "image-lifecycle").values()) == {"cannot-tell"}
    assert set(of(report, "immutable-tags").values()) == {"fail"}
    assert report.not_checked == ("eu-west-1: ecr:GetLifecyclePolicy: access denied; so not checked: image-lifecycle",)


def test_a_type_of_which_nothing_was_seen_is_told_with_its_checks():
    (told,) = check(fixed({"AWS::Logs::LogGroup": set()}, refused="logs:DescribeLogGroups: access denied")).not_checked
    assert told.endswith("; so not checked: log-encryption, log-retention")


def test_an_answer_that_a_reader_does_not_understand_costs_no_other_one():
    def broken(_: Account) -> Iterator[Found]:
        yield Found(type=REPOSITORY, name={}["odd"], properties={})

    report = check(Reader({REPOSITORY: frozenset()}, {}, broken), vpc(), fixed({FLOW_LOG: set()}))
    assert of(report, "flow-logs") == {"vpc-1": "fail"}
    assert "the response could not be parsed (KeyError: 'odd')" in report.not_checked[0]


def test_a_network_without_containers_is_no_concern_of_these_checks(client: Client):
    """Each account has a default VPC in each region."""
    report = check(*READERS)
    assert {it.type for it in report.findings} & {VPC, SUBNET} == set()
    ec2, ecs = client("ec2"), client("ecs")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "a", "memory": 128}])
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", networkConfiguration=network)
    report = check(*READERS)
    assert list(of(report, "flow-logs").values()) == list(of(report, "vpc-endpoints").values()) == ["fail"]
    assert set(of(report, "no-public-ip-on-launch").values()) == {"fail"}


# ---- several regions


def test_each_region_is_looked_at_by_itself(client: Client):
    for region, mutability in (("eu-west-1", "IMMUTABLE"), ("us-east-1", "MUTABLE")):
        client("ecr", region).create_repository(repositoryName="web", imageTagMutability=mutability)
    found = of(check(*readers(REPOSITORY), regions=("eu-west-1", "us-east-1")), "immutable-tags")
    assert {name.split(":")[3]: verdict for name, verdict in found.items()} == {
        "eu-west-1": "pass",
        "us-east-1": "fail",
    }


def test_what_is_of_no_region_is_read_and_counted_once():
    asked = []
    role = Found(type=ROLE, name="arn:role", properties={"AssumeRolePolicyDocument": {"Statement": []}})

    def read(_: Account) -> Iterator[Found]:
        asked.append("roles")
        yield role
        raise Refused("iam:GetAccountAuthorizationDetails: access denied")

    first = account()
    regions = [first, first.in_region("us-east-1")]
    report, together = survey(regions, checks_of_accounts(), [Reader({ROLE: frozenset()}, {}, read, everywhere=True)])
    assert asked == ["roles"]
    assert [it.logical_id for it in together.resources] == ["arn:role"]
    assert len(report.not_checked) == 1
    assert report.not_checked[0].startswith("AWS::IAM::Role: iam:GetAccountAuthorizationDetails: access denied")


def test_of_two_regions_the_worse_verdict_on_a_role_counts():
    mine: list[Any] = []

    @check_of("immutable-tags", ROLE, fix="Do.", among=mine)
    def used_well(role: Any) -> Outcome:
        return fault("it is misused") if role.template.estate.of_type(VPC) else ok()

    def only_in_the_second(it: Account) -> Iterator[Found]:
        if it.region == "us-east-1":
            yield Found(type=VPC, name="vpc-1", properties={})

    role = fixed({ROLE: set()}, Found(type=ROLE, name="arn:role", properties={}), everywhere=True)
    networks = Reader({VPC: frozenset()}, {}, only_in_the_second)
    report, _ = survey([account(), account().in_region("us-east-1")], mine, [role, networks])
    assert [it.verdict for it in report.findings] == [Verdict.FAIL]

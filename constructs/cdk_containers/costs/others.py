"""Usage of all other resources: a fixed amount, by use, or none."""

from __future__ import annotations

from cdk_containers.checks.templates import Resource

from .usage import Part, Usage, Use, part, used_by

_LOGS = (part("logs-gb", 1),)

BY_USE: dict[str, tuple[str, str, tuple[Part, ...]]] = {
    "AWS::Logs::LogGroup": ("log group", "GB of logs", _LOGS),
    "AWS::ECR::Repository": ("repository", "GB of images in a month", (part("ecr-gb", 1),)),
    "AWS::EFS::FileSystem": ("file system", "GB of files in a month", ()),
    "AWS::S3::Bucket": ("bucket", "GB in a month", ()),
    "AWS::SQS::Queue": ("queue", "million requests", ()),
    "AWS::SNS::Topic": ("topic", "million messages", ()),
    "AWS::DynamoDB::Table": ("table", "million requests", ()),
    "AWS::Lambda::Function": ("function", "million calls", ()),
    "AWS::StepFunctions::StateMachine": ("state machine", "thousand transitions", ()),
    "AWS::KinesisFirehose::DeliveryStream": ("delivery stream", "GB", ()),
    "AWS::VpcLattice::Service": ("VPC Lattice service", "hour, and GB", ()),
    "AWS::CloudTrail::Trail": ("trail", "million events", ()),
    "AWS::FSx::FileSystem": ("FSx file system", "GB and MB/s in a month", ()),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("Classic Load Balancer", "hour, and GB", ()),
    "AWS::ElasticBeanstalk::Environment": ("Elastic Beanstalk environment", "what it creates", ()),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("hosted zone of a namespace", "month", ()),
    "AWS::Route53::HostedZone": ("hosted zone", "month", ()),
    "AWS::WAFv2::WebACL": ("web ACL", "month, and rule, and million requests", ()),
    "AWS::CodeBuild::Project": ("build project", "minute of a build", ()),
    "AWS::CodePipeline::Pipeline": ("pipeline", "month, or minute of an action", ()),
    "AWS::Signer::SigningProfile": ("signing profile", "signature", ()),
    "AWS::KMS::ReplicaKey": ("replica of a key", "month", ()),
}
"""Types that are billed by use, with their name, the unit, and the parts of one unit; empty if no price is known."""

_FREE_TYPES = frozenset(
    {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::AutoScaling::LaunchConfiguration",
        "AWS::AutoScaling::LifecycleHook",
        "AWS::AutoScaling::ScalingPolicy",
        "AWS::CDK::Metadata",
        "AWS::CertificateManager::Certificate",
        "AWS::CloudFormation::Stack",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::FlowLog",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ECR::PullThroughCacheRule",
        "AWS::ECR::SigningConfiguration",
        "AWS::ECS::CapacityProvider",
        "AWS::ECS::Cluster",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ECS::Daemon",
        "AWS::ECS::DaemonTaskDefinition",
        "AWS::ECS::TaskDefinition",
        "AWS::EFS::AccessPoint",
        "AWS::EFS::MountTarget",
        "AWS::EKS::AccessEntry",
        "AWS::EKS::Addon",
        "AWS::EKS::PodIdentityAssociation",
        "AWS::ElasticBeanstalk::Application",
        "AWS::ElasticBeanstalk::ApplicationVersion",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::FSx::StorageVirtualMachine",
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::Logs::ResourcePolicy",
        "AWS::Route53::RecordSet",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::ServiceDiscovery::HttpNamespace",
        "AWS::ServiceDiscovery::Service",
        "AWS::VpcLattice::AccessLogSubscription",
        "AWS::VpcLattice::AuthPolicy",
        "AWS::VpcLattice::Listener",
        "AWS::VpcLattice::ServiceNetwork",
        "AWS::VpcLattice::ServiceNetworkServiceAssociation",
        "AWS::VpcLattice::ServiceNetworkVpcAssociation",
        "AWS::VpcLattice::TargetGroup",
    }
)
_FREE_FAMILIES = ("AWS::IAM::", "AWS::EC2::SecurityGroup", "AWS::CodeDeploy::", "AWS::KMS::Alias")
_SOON_SECONDS = 60


def is_free(type_: str) -> bool:
    """Tell whether resources of a type are free. The traffic through them may not be."""
    return type_ in _FREE_TYPES or type_.startswith(_FREE_FAMILIES)


@used_by("AWS::CloudWatch::Alarm")
def alarm(resource: Resource) -> Usage:
    """Count the metrics of an alarm."""
    metrics = [it for it in resource.maps("Metrics") if it.has("MetricStat")]
    if resource.number("Period", default=_SOON_SECONDS) < _SOON_SECONDS:
        return Usage("high-resolution alarm", (part("alarm-metric-high-resolution", 1),))
    count = max(len(metrics), 1)
    return Usage("alarm" if count == 1 else f"alarm on {count} metrics", (part("alarm-metric", count),))


@used_by("AWS::CloudWatch::CompositeAlarm")
def composite_alarm(_: Resource) -> Usage:
    """Count a composite alarm."""
    return Usage("composite alarm", (part("composite-alarm", 1),))


@used_by("AWS::CloudWatch::Dashboard")
def dashboard(_: Resource) -> Usage:
    """Count a dashboard."""
    return Usage("dashboard", (part("dashboard", 1),))


@used_by("AWS::KMS::Key")
def key(_: Resource) -> Usage:
    """Count a key."""
    return Usage("KMS key", (part("kms-key", 1),), (Use("ten thousand requests of a key"),))


@used_by("AWS::SecretsManager::Secret")
def secret(_: Resource) -> Usage:
    """Count a secret."""
    return Usage("secret", (part("secret", 1),))

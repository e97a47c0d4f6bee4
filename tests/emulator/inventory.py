"""What exists in the emulated account, read with AWS's SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .cdk_cli import Emulator

Client = Callable[[str], Any]


def every(api: Any, operation: str, member: str, **options: Any) -> list[Any]:
    """List all there are, not only a first page."""
    found: list[Any] = api.get_paginator(operation).paginate(**options).build_full_result()[member]
    return found


def names(items: Iterable[dict[str, Any]], key: str) -> list[str]:
    return [item[key] for item in items]


def active_clusters(ecs: Any) -> list[str]:
    arns = ecs.list_clusters()["clusterArns"]
    found = ecs.describe_clusters(clusters=arns)["clusters"] if arns else []
    return names((it for it in found if it["status"] == "ACTIVE"), "clusterArn")


def services(ecs: Any) -> list[dict[str, Any]]:
    """Describe the active services of the active clusters."""
    found: list[dict[str, Any]] = []
    for cluster in active_clusters(ecs):
        if arns := ecs.list_services(cluster=cluster)["serviceArns"]:
            found += ecs.describe_services(cluster=cluster, services=arns)["services"]
    return [it for it in found if it["status"] == "ACTIVE"]


def enabled_keys(kms: Any) -> list[str]:
    """Name the customer managed keys, without AWS managed keys, such as for the volumes of instances."""
    aliases = every(kms, "list_aliases", "Aliases")
    of_aws = {it["TargetKeyId"] for it in aliases if it["AliasName"].startswith("alias/aws/") and "TargetKeyId" in it}
    keys = (kms.describe_key(KeyId=it["KeyId"])["KeyMetadata"] for it in every(kms, "list_keys", "Keys"))
    return names((it for it in keys if it["KeyState"] == "Enabled" and it["KeyId"] not in of_aws), "KeyId")


def of_clusters(eks: Any, operation: str, member: str) -> list[str]:
    """Name what each EKS cluster holds: cluster, and the thing's own name."""
    return [
        f"{cluster}|{it if isinstance(it, str) else it['associationId']}"
        for cluster in eks.list_clusters()["clusters"]
        for it in every(eks, operation, member, clusterName=cluster)
        if isinstance(it, str) or "ownerArn" not in it  # an add-on makes those of its service accounts
    ]


def in_state(items: Iterable[dict[str, Any]], state: str = "available") -> list[dict[str, Any]]:
    return [item for item in items if item["State"] == state]


def vpcs(ec2: Any, *, default: bool = False) -> list[str]:
    of_kind = [{"Name": "is-default", "Values": [str(default).lower()]}]
    return names(ec2.describe_vpcs(Filters=of_kind)["Vpcs"], "VpcId")


def in_own_vpcs(ec2: Any, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is in the default VPC; what is retained outlives its VPC in the emulator, and nowhere else."""
    default = vpcs(ec2, default=True)
    return [item for item in items if item["VpcId"] not in default]


def namespaces(discovery: Any, kind: str) -> list[str]:
    return [it["Arn"] for it in discovery.list_namespaces()["Namespaces"] if it["Type"] == kind]


READERS: dict[str, Callable[[Client], list[str]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": lambda aws: names(
        aws("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
        "ResourceId",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": lambda aws: names(
        aws("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"],
        "PolicyName",
    ),
    "AWS::AutoScaling::AutoScalingGroup": lambda aws: names(
        aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"], "AutoScalingGroupName"
    ),
    "AWS::CertificateManager::Certificate": lambda aws: names(
        aws("acm").list_certificates()["CertificateSummaryList"], "CertificateArn"
    ),
    "AWS::CloudTrail::Trail": lambda aws: names(aws("cloudtrail").list_trails()["Trails"], "TrailARN"),
    "AWS::CloudWatch::Alarm": lambda aws: [
        name
        for name in names(every(aws("cloudwatch"), "describe_alarms", "MetricAlarms"), "AlarmName")
        if not name.startswith("TargetTracking-")  # Application Auto Scaling makes these itself
    ],
    "AWS::CloudWatch::Dashboard": lambda aws: names(
        aws("cloudwatch").list_dashboards()["DashboardEntries"], "DashboardName"
    ),
    "AWS::CodeDeploy::Application": lambda aws: aws("codedeploy").list_applications()["applications"],
    "AWS::CodeDeploy::DeploymentGroup": lambda aws: [
        name
        for application in aws("codedeploy").list_applications()["applications"]
        for name in aws("codedeploy").list_deployment_groups(applicationName=application)["deploymentGroups"]
    ],
    "AWS::DynamoDB::Table": lambda aws: aws("dynamodb").list_tables()["TableNames"],
    "AWS::EC2::EIP": lambda aws: names(aws("ec2").describe_addresses()["Addresses"], "AllocationId"),
    "AWS::EC2::FlowLog": lambda aws: names(aws("ec2").describe_flow_logs()["FlowLogs"], "FlowLogId"),
    "AWS::EC2::InternetGateway": lambda aws: names(
        aws("ec2").describe_internet_gateways()["InternetGateways"], "InternetGatewayId"
    ),
    "AWS::EC2::LaunchTemplate": lambda aws: names(
        aws("ec2").describe_launch_templates()["LaunchTemplates"], "LaunchTemplateId"
    ),
    "AWS::EC2::NatGateway": lambda aws: names(
        in_state(aws("ec2").describe_nat_gateways()["NatGateways"]), "NatGatewayId"
    ),
    "AWS::EC2::PrefixList": lambda aws: [
        it["PrefixListId"]
        for it in aws("ec2").describe_managed_prefix_lists()["PrefixLists"]
        if it["OwnerId"] != "AWS" and not it["State"].startswith("delete")
    ],
    "AWS::EC2::RouteTable": lambda aws: names(
        (
            table
            for table in in_own_vpcs(aws("ec2"), aws("ec2").describe_route_tables()["RouteTables"])
            if not any(association["Main"] for association in table["Associations"])
        ),
        "RouteTableId",
    ),
    "AWS::EC2::SecurityGroup": lambda aws: names(
        (
            group
            for group in in_own_vpcs(aws("ec2"), aws("ec2").describe_security_groups()["SecurityGroups"])
            if group["GroupName"] != "default" and not group["GroupName"].startswith("eks-cluster-sg-")
        ),
        "GroupId",
    ),
    "AWS::EC2::Subnet": lambda aws: names(
        in_own_vpcs(aws("ec2"), aws("ec2").describe_subnets()["Subnets"]), "SubnetId"
    ),
    "AWS::EC2::VPC": lambda aws: vpcs(aws("ec2")),
    "AWS::EC2::VPCEndpoint": lambda aws: names(
        in_state(aws("ec2").describe_vpc_endpoints()["VpcEndpoints"]), "VpcEndpointId"
    ),
    "AWS::ECR::Repository": lambda aws: names(aws("ecr").describe_repositories()["repositories"], "repositoryArn"),
    "AWS::ECS::CapacityProvider": lambda aws: names(
        aws("ecs").describe_capacity_providers()["capacityProviders"], "name"
    ),
    "AWS::ECS::Cluster": lambda aws: active_clusters(aws("ecs")),
    "AWS::ECS::Service": lambda aws: names(services(aws("ecs")), "serviceArn"),
    "AWS::ECS::TaskDefinition": lambda aws: every(aws("ecs"), "list_task_definitions", "taskDefinitionArns"),
    "AWS::EFS::AccessPoint": lambda aws: names(aws("efs").describe_access_points()["AccessPoints"], "AccessPointArn"),
    "AWS::EFS::FileSystem": lambda aws: names(aws("efs").describe_file_systems()["FileSystems"], "FileSystemArn"),
    "AWS::EKS::AccessEntry": lambda aws: of_clusters(aws("eks"), "list_access_entries", "accessEntries"),
    "AWS::EKS::Addon": lambda aws: of_clusters(aws("eks"), "list_addons", "addons"),
    "AWS::EKS::Cluster": lambda aws: every(aws("eks"), "list_clusters", "clusters"),
    "AWS::EKS::FargateProfile": lambda aws: of_clusters(aws("eks"), "list_fargate_profiles", "fargateProfileNames"),
    "AWS::EKS::Nodegroup": lambda aws: of_clusters(aws("eks"), "list_nodegroups", "nodegroups"),
    "AWS::EKS::PodIdentityAssociation": lambda aws: of_clusters(
        aws("eks"), "list_pod_identity_associations", "associations"
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": lambda aws: names(
        aws("elb").describe_load_balancers()["LoadBalancerDescriptions"], "LoadBalancerName"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": lambda aws: [
        name
        for balancer in aws("elbv2").describe_load_balancers()["LoadBalancers"]
        for name in names(
            aws("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"], "ListenerArn"
        )
    ],
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda aws: names(
        aws("elbv2").describe_load_balancers()["LoadBalancers"], "DNSName"
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": lambda aws: names(
        aws("elbv2").describe_target_groups()["TargetGroups"], "TargetGroupArn"
    ),
    "AWS::Events::Rule": lambda aws: names(aws("events").list_rules()["Rules"], "Arn"),
    "AWS::FSx::FileSystem": lambda aws: names(aws("fsx").describe_file_systems()["FileSystems"], "FileSystemId"),
    "AWS::FSx::StorageVirtualMachine": lambda aws: names(
        aws("fsx").describe_storage_virtual_machines()["StorageVirtualMachines"], "StorageVirtualMachineId"
    ),
    "AWS::IAM::InstanceProfile": lambda aws: names(aws("iam").list_instance_profiles()["InstanceProfiles"], "Arn"),
    "AWS::IAM::ManagedPolicy": lambda aws: names(every(aws("iam"), "list_policies", "Policies", Scope="Local"), "Arn"),
    "AWS::IAM::OIDCProvider": lambda aws: names(
        aws("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"], "Arn"
    ),
    "AWS::IAM::Role": lambda aws: names(every(aws("iam"), "list_roles", "Roles"), "Arn"),
    "AWS::KMS::Key": lambda aws: enabled_keys(aws("kms")),
    "AWS::KinesisFirehose::DeliveryStream": lambda aws: aws("firehose").list_delivery_streams()["DeliveryStreamNames"],
    "AWS::Lambda::Function": lambda aws: names(aws("lambda").list_functions()["Functions"], "FunctionArn"),
    "AWS::Logs::LogGroup": lambda aws: names(every(aws("logs"), "describe_log_groups", "logGroups"), "logGroupName"),
    "AWS::Logs::MetricFilter": lambda aws: names(aws("logs").describe_metric_filters()["metricFilters"], "filterName"),
    "AWS::S3::Bucket": lambda aws: names(aws("s3").list_buckets()["Buckets"], "Name"),
    "AWS::SNS::Subscription": lambda aws: names(aws("sns").list_subscriptions()["Subscriptions"], "SubscriptionArn"),
    "AWS::SNS::Topic": lambda aws: names(aws("sns").list_topics()["Topics"], "TopicArn"),
    "AWS::SQS::Queue": lambda aws: aws("sqs").list_queues().get("QueueUrls", []),
    "AWS::Scheduler::Schedule": lambda aws: names(aws("scheduler").list_schedules()["Schedules"], "Arn"),
    "AWS::Scheduler::ScheduleGroup": lambda aws: [
        name
        for name in names(aws("scheduler").list_schedule_groups()["ScheduleGroups"], "Arn")
        if not name.endswith("/default")
    ],
    "AWS::ServiceDiscovery::HttpNamespace": lambda aws: namespaces(aws("servicediscovery"), "HTTP"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": lambda aws: namespaces(aws("servicediscovery"), "DNS_PRIVATE"),
    "AWS::ServiceDiscovery::Service": lambda aws: names(aws("servicediscovery").list_services()["Services"], "Arn"),
    "AWS::StepFunctions::StateMachine": lambda aws: names(
        aws("stepfunctions").list_state_machines()["stateMachines"], "stateMachineArn"
    ),
    "AWS::VpcLattice::Service": lambda aws: names(aws("vpc-lattice").list_services()["items"], "arn"),
    "AWS::VpcLattice::ServiceNetwork": lambda aws: names(aws("vpc-lattice").list_service_networks()["items"], "arn"),
    "AWS::VpcLattice::TargetGroup": lambda aws: names(aws("vpc-lattice").list_target_groups()["items"], "arn"),
}


def take_inventory(emulator: Emulator, kinds: Iterable[str] = READERS) -> dict[str, list[str]]:
    """List names by CloudFormation type, by default of all that are known, without what `cdk bootstrap` made."""
    return {
        kind: sorted(it for it in READERS[kind](emulator.client) if "cdk-hnb659fds-" not in it)
        for kind in READERS
        if kind in kinds
    }

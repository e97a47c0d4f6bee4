"""Features of AWS without an option in this library: the table behind docs/no-option.md.

`tests/docs/test_no_option.py` holds it to the schemas of CloudFormation: each property of the types there is shown by a
template of ours, or is here. When an option comes to set a property, delete it here and run
`python -m tests.properties_with_options`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IMAGE = '"public.ecr.aws/nginx/nginx-unprivileged:1.29.0"'
_LONGEST_LINE = 110
_API = f"""from cdk_containers import BackendService

api = BackendService(stack, "Api", cluster=cluster, image={_IMAGE})
"""
_WEB = f"""from cdk_containers import AlbExposure, WebService

web = WebService(
    stack,
    "Web",
    cluster=cluster,
    image={_IMAGE},
    exposure=AlbExposure(port=8080, certificate=certificate),
)
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A resource that a construct makes: its type, how the construct is made, and where the resource is found."""

    type: str
    made: str
    resource: str


SERVICE = Place(type="AWS::ECS::Service", made=_API, resource="api.service.node.default_child")
TASK = Place(type="AWS::ECS::TaskDefinition", made=_API, resource="api.task.task_definition.node.default_child")
CLUSTER = Place(
    type="AWS::ECS::Cluster",
    made='shop = Cluster(stack, "Other", network=cluster.vpc)\n',
    resource="shop.cluster.node.default_child",
)
MANAGED = Place(
    type="AWS::ECS::CapacityProvider",
    made="""from cdk_containers import ManagedInstancesCapacity

managed = ManagedInstancesCapacity(stack, "Managed", cluster=cluster)
""",
    resource="managed.capacity_provider",
)
BALANCER = Place(
    type="AWS::ElasticLoadBalancingV2::LoadBalancer",
    made=_WEB,
    resource="web.load_balancer.load_balancer.node.default_child",
)
LISTENER = Place(
    type="AWS::ElasticLoadBalancingV2::Listener", made=_WEB, resource="web.load_balancer.listener.node.default_child"
)
RULE = Place(
    type="AWS::ElasticLoadBalancingV2::ListenerRule", made=_WEB, resource="web.routes[0].rule.node.default_child"
)
TARGETS = Place(
    type="AWS::ElasticLoadBalancingV2::TargetGroup", made=_WEB, resource="web.target_group.node.default_child"
)
REPOSITORY = Place(
    type="AWS::ECR::Repository",
    made="""from cdk_containers import Repository

images = Repository(stack, "Images")
""",
    resource="images.repository.node.default_child",
)
LOGS = Place(type="AWS::Logs::LogGroup", made=_API, resource="api.log_group.node.default_child")
QUEUE = Place(
    type="AWS::SQS::Queue",
    made="""from cdk_containers import WorkQueue

orders = WorkQueue(stack, "Orders")
""",
    resource="orders.queue.node.default_child",
)
SCHEDULE = Place(
    type="AWS::Scheduler::Schedule",
    made=f"""from cdk_containers import ScheduledJob

nightly = ScheduledJob(
    stack,
    "Nightly",
    cluster=cluster,
    image={_IMAGE},
    schedule="cron(0 3 * * ? *)",
)
""",
    resource="nightly.schedule",
)
_INSTANCES = """from cdk_containers import Ec2Capacity

instances = Ec2Capacity(stack, "Instances", cluster=cluster, instance_types=["m7i.large"], max_instances=4)
"""
GROUP = Place(
    type="AWS::AutoScaling::AutoScalingGroup",
    made=_INSTANCES,
    resource="instances.auto_scaling_group.node.default_child",
)
TEMPLATE = Place(
    type="AWS::EC2::LaunchTemplate", made=_INSTANCES, resource="instances.launch_template.node.default_child"
)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A feature of AWS without an option, and the workaround.

    Attributes:
        title: The feature, as a heading.
        place: The resource that has it.
        properties: Its properties; one stands for all below it.
        why: Why there is no option, or what to know.
        path: The property that the workaround sets; a number is a position in a list.
        value: Its value.
        before: Code that the value needs, which may use the value's names.
        code: The workaround, if it is not an override.
    """

    title: str
    place: Place
    properties: Sequence[str]
    why: str
    path: str
    value: Any
    before: str = ""
    code: str | None = None

    @property
    def example(self) -> str:
        """The whole example, after the lines that every example of the documentation begins with."""
        call, path, value = f"{self.place.resource}.add_property_override", f'"{self.path}"', _written(self.value)
        override = f"{call}({path}, {value})\n"
        if len(override) > _LONGEST_LINE:
            override = f"{call}(\n    {path},\n    {value},\n)\n"
        return "\n".join(part for part in (self.place.made, self.before) if part) + (self.code or override)


def _written(value: Any) -> str:
    return repr(value).replace("'", '"')


GAPS: Sequence[Gap] = (
    Gap(
        title="ECS Gateway",
        place=SERVICE,
        properties=["GatewayConnectors"],
        why="CDK has no construct for it in the version that this library needs, 2.275. The gateway and its "
        'association with the cluster are resources too: `cdk.CfnResource(stack, "Gateway", type="AWS::ECS::Gateway", '
        "properties={…})`.",
        path="GatewayConnectors",
        value=[{"PortName": "http", "Filters": {"AccessTypes": ["PUBLIC"]}}],
    ),
    Gap(
        title="Metrics of a service at a higher resolution",
        place=SERVICE,
        properties=["Monitoring"],
        why="AWS bills metrics every 20 seconds. Scaling by them needs its own policy.",
        path="Monitoring.MetricConfigurations",
        value=[{"MetricNames": ["CPUUtilization"], "ResolutionSeconds": 20}],
    ),
    Gap(
        title="Test traffic through Service Connect, and another port of the proxy",
        place=SERVICE,
        properties=[
            "ServiceConnectConfiguration.Services.ClientAliases.TestTrafficRules",
            "ServiceConnectConfiguration.Services.IngressPortOverride",
            "ServiceConnectConfiguration.LogConfiguration.SecretOptions",
        ],
        why="An exposure has `test_rule` or `test_headers`. Service Connect uses its own header by default.",
        path="ServiceConnectConfiguration.Services.0.ClientAliases.0.TestTrafficRules.Header",
        value={"Name": "x-test", "Value": {"Exact": "true"}},
        code="""from cdk_containers import Container, Namespace, Port, ServiceConnect

orders = BackendService(
    stack,
    "Orders",
    cluster=cluster,
    container=Container(image="orders:1.4.2", ports=[Port(number=8080, name="orders", app_protocol="http")]),
    service_connect=ServiceConnect(namespace=Namespace(stack, "Names", name="shop.internal", network=cluster.vpc)),
)
orders.service.node.default_child.add_property_override(
    "ServiceConnectConfiguration.Services.0.ClientAliases.0.TestTrafficRules.Header",
    {"Name": "x-test", "Value": {"Exact": "true"}},
)
""",
    ),
    Gap(
        title="Tags and the initialization rate of an EBS volume",
        place=SERVICE,
        properties=[
            "VolumeConfigurations.ManagedEBSVolume.VolumeInitializationRate",
            "VolumeConfigurations.ManagedEBSVolume.TagSpecifications.Tags",
        ],
        why="Volumes have the tags of the service. AWS bills a faster initialization from a snapshot.",
        path="VolumeConfigurations.0.ManagedEBSVolume.VolumeInitializationRate",
        value=200,
        code="""from cdk_containers import Container, EbsVolume, VolumeMount

search = BackendService(
    stack,
    "Search",
    cluster=cluster,
    container=Container(image="search:1.4.2", mounts=[VolumeMount(volume="index", path="/index")]),
    volumes=[EbsVolume(name="index", size_gib=20)],
)
search.service.node.default_child.add_property_override(
    "VolumeConfigurations.0.ManagedEBSVolume.VolumeInitializationRate", 200
)
""",
    ),
    Gap(
        title="A container without a network",
        place=TASK,
        properties=["ContainerDefinitions.DisableNetworking"],
        why="It needs bridge networking, and the container cannot send its own logs.",
        path="ContainerDefinitions.0.DisableNetworking",
        value=True,
    ),
    Gap(
        title="Active Directory credentials",
        place=TASK,
        properties=["ContainerDefinitions.CredentialSpecs"],
        why="The execution role needs permission to read the file, and you must prepare the instance.",
        path="ContainerDefinitions.0.CredentialSpecs",
        value=["credentialspecdomainless:arn:aws:s3:::settings/gmsa.json"],
    ),
    Gap(
        title="A terminal",
        place=TASK,
        properties=["ContainerDefinitions.Interactive", "ContainerDefinitions.PseudoTerminal"],
        why="`enable_execute_command` opens a shell, and records who opened it.",
        path="ContainerDefinitions.0.PseudoTerminal",
        value=True,
    ),
    Gap(
        title="Shared GPUs",
        place=TASK,
        properties=["ContainerDefinitions.ResourceRequirements.SharingStrategy"],
        why="CDK does not support it yet. It needs Managed Instances with NVIDIA GPUs.",
        path="ContainerDefinitions.0.ResourceRequirements",
        value=[{"Type": "GPU", "Value": "1", "SharingStrategy": {"NvidiaMps": {"Memory": 4096}}}],
    ),
    Gap(
        title="A directory of a file system, and other file systems",
        place=TASK,
        properties=[
            "Volumes.EFSVolumeConfiguration.RootDirectory",
            "Volumes.EFSVolumeConfiguration.TransitEncryptionPort",
            "Volumes.S3FilesVolumeConfiguration",
            "Volumes.FSxWindowsFileServerVolumeConfiguration",
        ],
        why="An `EfsVolume` uses an access point, which sets the directory, user and permissions.",
        path="Volumes",
        value=[
            {
                "Name": "files",
                "S3FilesVolumeConfiguration": {"FileSystemArn": "arn:aws:s3files:eu-west-1:111111111111:fs/x"},
            }
        ],
    ),
    Gap(
        title="ECS Exec sessions in a bucket",
        place=CLUSTER,
        properties=["Configuration.ExecuteCommandConfiguration.LogConfiguration"],
        why="An encrypted log group records sessions. A bucket can record them too.",
        path="Configuration.ExecuteCommandConfiguration.LogConfiguration.S3BucketName",
        value="sessions",
    ),
    Gap(
        title="Keys for the disks of Fargate and of Managed Instances",
        place=CLUSTER,
        properties=["Configuration.ManagedStorageConfiguration"],
        why="AWS encrypts these disks with its own key. For your own key, the key policy must allow Fargate.",
        path="Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId",
        value="11111111-2222-3333-4444-555555555555",
    ),
    Gap(
        title="A namespace for all services of a cluster",
        place=CLUSTER,
        properties=["ServiceConnectDefaults"],
        why="Each service sets its namespace in `service_connect`.",
        path="ServiceConnectDefaults.Namespace",
        value="arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-0123456789abcdef",
    ),
    Gap(
        title="More requirements of Managed Instances",
        place=MANAGED,
        properties=[
            "ManagedInstancesProvider.InstanceLaunchTemplate.InstanceRequirements",
            "ManagedInstancesProvider.AutoRepairConfiguration",
            "Name",
        ],
        why="`InstanceRequirements` covers the needs of most capacities.",
        path="ManagedInstancesProvider.InstanceLaunchTemplate.InstanceRequirements",
        value={"VCpuCount": {"Min": 2}, "MemoryMiB": {"Min": 4096}, "LocalStorage": "required"},
    ),
    Gap(
        title="Fixed addresses of a load balancer",
        place=BALANCER,
        properties=["SubnetMappings", "Ipv4IpamPoolId"],
        why="A Network Load Balancer has one address in each zone, which never changes.",
        path="Ipv4IpamPoolId",
        value="ipam-pool-0123456789abcdef0",
    ),
    Gap(
        title="Reserved capacity of a load balancer",
        place=BALANCER,
        properties=[
            "MinimumLoadBalancerCapacity",
            "EnableCapacityReservationProvisionStabilize",
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "Name",
        ],
        why="A load balancer scales with the load by itself. AWS bills reserved capacity.",
        path="MinimumLoadBalancerCapacity.CapacityUnits",
        value=100,
    ),
    Gap(
        title="Client certificates, headers and protocols of a listener",
        place=LISTENER,
        properties=["MutualAuthentication", "ListenerAttributes", "AlpnPolicy"],
        why="A trust store must exist first.",
        path="MutualAuthentication",
        value={"Mode": "passthrough"},
    ),
    Gap(
        title="Authentication at the load balancer",
        place=RULE,
        properties=[
            "Actions.AuthenticateCognitoConfig",
            "Actions.AuthenticateOidcConfig",
            "Actions.JwtValidationConfig",
            "Actions.Order",
        ],
        why="ECS does not shift traffic with a rule that does more than forward, so this works only with `Rolling`.",
        path="Actions",
        value=[],
        code="""web.routes[0].rule.node.default_child.add_property_override(
    "Actions",
    [
        {
            "Type": "authenticate-cognito",
            "Order": 1,
            "AuthenticateCognitoConfig": {
                "UserPoolArn": "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_abcdefghi",
                "UserPoolClientId": "0123456789abcdefghijklmnop",
                "UserPoolDomain": "shop",
            },
        },
        {"Type": "forward", "Order": 2, "TargetGroupArn": web.target_group.target_group_arn},
    ],
)
""",
    ),
    Gap(
        title="Rewritten paths and hosts",
        place=RULE,
        properties=["Transforms"],
        why="Most applications support a prefix for their paths.",
        path="Transforms",
        value=[{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/api/(.*)$", "Replace": "/$1"}]}}],
    ),
    Gap(
        title="Other conditions of a rule",
        place=RULE,
        properties=[
            "Conditions.QueryStringConfig",
            "Conditions.HostHeaderConfig.RegexValues",
            "Conditions.HttpHeaderConfig.RegexValues",
            "Conditions.PathPatternConfig.RegexValues",
            "Conditions.RegexValues",
            "Conditions.SourceIpConfig.IpAddressType",
            "Conditions.Values",
        ],
        why="The library computes the priority of a rule from its conditions, so it must know them.",
        path="Conditions",
        value=[{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "version", "Value": "2"}]}}],
    ),
    Gap(
        title="A target group for IPv6, and its other ports",
        place=TARGETS,
        properties=["IpAddressType", "TargetControlPort", "Name", "Matcher.GrpcCode", "HealthCheckEnabled"],
        why="The target optimizer of the load balancer needs an agent in the task that listens on the control port.",
        path="TargetControlPort",
        value=3000,
    ),
    Gap(
        title="Mutable image tags",
        place=REPOSITORY,
        properties=["ImageTagMutabilityExclusionFilters"],
        why="A mutable tag can point to another image later.",
        path="ImageTagMutability",
        value="IMMUTABLE_WITH_EXCLUSION",
        code="""repository = images.repository.node.default_child
repository.add_property_override("ImageTagMutability", "IMMUTABLE_WITH_EXCLUSION")
repository.add_property_override(
    "ImageTagMutabilityExclusionFilters",
    [{"ImageTagMutabilityExclusionFilterType": "WILDCARD", "ImageTagMutabilityExclusionFilterValue": "cache-*"}],
)
""",
    ),
    Gap(
        title="Classes and policies of a log group",
        place=LOGS,
        properties=[
            "LogGroupClass",
            "DataProtectionPolicy",
            "DeletionProtectionEnabled",
            "FieldIndexPolicies",
            "BearerTokenAuthenticationEnabled",
        ],
        why="The class `ESSENTIALS` is only in the CloudWatch Logs API, and not yet in CloudFormation. Metric filters "
        "need `STANDARD`.",
        path="DeletionProtectionEnabled",
        value=True,
    ),
    Gap(
        title="Sizes, names and sources of a queue",
        place=QUEUE,
        properties=["MaximumMessageSize", "KmsDataKeyReusePeriodSeconds", "RedriveAllowPolicy", "QueueName"],
        why="CloudFormation cannot replace a queue with a fixed name.",
        path="MaximumMessageSize",
        value=65536,
    ),
    Gap(
        title="Start and end of a schedule",
        place=SCHEDULE,
        properties=["StartDate", "EndDate", "Description", "KmsKeyArn", "Name"],
        why="`enabled` turns a schedule on and off.",
        path="EndDate",
        value="2027-12-31T00:00:00Z",
    ),
    Gap(
        title="Placement and group of a run",
        place=SCHEDULE,
        properties=[
            "Target.EcsParameters.PlacementConstraints",
            "Target.EcsParameters.PlacementStrategy",
            "Target.EcsParameters.EnableExecuteCommand",
            "Target.EcsParameters.Group",
            "Target.EcsParameters.ReferenceId",
            "Target.EcsParameters.Tags",
        ],
        why="Tasks of a job have the tags of the task definition.",
        path="Target.EcsParameters.Group",
        value="nightly",
    ),
    Gap(
        title="Replacement of instances, and impaired zones",
        place=GROUP,
        properties=[
            "AvailabilityZoneDistribution",
            "AvailabilityZoneImpairmentPolicy",
            "DeletionProtection",
            "InstanceLifecyclePolicy",
            "InstanceMaintenancePolicy",
            "PlacementGroup",
            "SkipZonalShiftValidation",
            "TerminationPolicies",
            "CapacityReservationSpecification",
            "MetricsCollection.Metrics",
            "AutoScalingGroupName",
            "ServiceLinkedRoleARN",
        ],
        why="ECS decides on the number of instances, and which ones it drains.",
        path="AvailabilityZoneImpairmentPolicy",
        value={"ZonalShiftEnabled": True, "ImpairedZoneHealthCheckBehavior": "IgnoreUnhealthy"},
    ),
    Gap(
        title="Disks, processors and networks of an instance",
        place=TEMPLATE,
        properties=[
            "LaunchTemplateData.BlockDeviceMappings",
            "LaunchTemplateData.CapacityReservationSpecification",
            "LaunchTemplateData.CpuOptions",
            "LaunchTemplateData.CreditSpecification",
            "LaunchTemplateData.DisableApiStop",
            "LaunchTemplateData.DisableApiTermination",
            "LaunchTemplateData.EbsOptimized",
            "LaunchTemplateData.EnclaveOptions",
            "LaunchTemplateData.HibernationOptions",
            "LaunchTemplateData.InstanceInitiatedShutdownBehavior",
            "LaunchTemplateData.LicenseSpecifications",
            "LaunchTemplateData.MaintenanceOptions",
            "LaunchTemplateData.MetadataOptions.HttpProtocolIpv6",
            "LaunchTemplateData.NetworkInterfaces",
            "LaunchTemplateData.NetworkPerformanceOptions",
            "LaunchTemplateData.Placement",
            "LaunchTemplateData.PrivateDnsNameOptions",
            "LaunchTemplateName",
            "VersionDescription",
        ],
        why="`InstanceOptions` has the size and the key of the disk, attributes, and user data.",
        path="LaunchTemplateData.CreditSpecification.CpuCredits",
        value="standard",
    ),
)

NOT_NEEDED: Mapping[str, Mapping[str, str]] = {
    "AWS::ECS::Service": {
        "Role": "ECS uses its service-linked role",
        "ServiceRegistries.Port": "an SRV record needs container and port",
    },
    "AWS::ECS::TaskDefinition": {
        "ContainerDefinitions.VolumesFrom": "a `SharedVolume` that both containers mount",
        "InferenceAccelerators": "AWS has ended Elastic Inference",
        "PlacementConstraints": "the constraints of the service",
        "ProxyConfiguration": "Service Connect, because App Mesh ends in 2026",
    },
    "AWS::ECS::Cluster": {
        "CapacityProviders": "its own association, which services wait for",
        "DefaultCapacityProviderStrategy": "its own association, which services wait for",
    },
    "AWS::ElasticLoadBalancingV2::Listener": {
        "DefaultActions": "the rules of services; the default answers 404",
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
        "Actions.FixedResponseConfig": "a rule of a service forwards",
        "Actions.RedirectConfig": "a rule of a service forwards",
        "Actions.ForwardConfig.TargetGroupStickinessConfig": "needed only while two versions serve traffic",
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "Targets": "ECS registers tasks",
    },
    "AWS::ECR::Repository": {"LifecyclePolicy.RegistryId": "the registry of the account"},
    "AWS::Scheduler::Schedule": {
        "Target.EventBridgeParameters": "the target is a task or a state machine",
        "Target.KinesisParameters": "the target is a task or a state machine",
        "Target.SageMakerPipelineParameters": "the target is a task or a state machine",
        "Target.SqsParameters": "the target is a task or a state machine",
    },
    "AWS::AutoScaling::AutoScalingGroup": {
        "AvailabilityZones": "the subnets",
        "AvailabilityZoneIds": "the subnets",
        "Context": "reserved by AWS",
        "DesiredCapacity": "ECS decides on the number of instances",
        "DesiredCapacityType": "the number of instances",
        "InstanceId": "the launch template",
        "LaunchConfigurationName": "the launch template",
        "LaunchTemplate.LaunchTemplateName": "by its id",
        "LifecycleHookSpecificationList": "ECS drains instances itself",
        "LoadBalancerNames": "ECS registers tasks, not instances",
        "MixedInstancesPolicy.InstancesDistribution.SpotInstancePools": "part of a strategy that AWS advises against",
        "MixedInstancesPolicy.InstancesDistribution.SpotMaxPrice": "the On-Demand price is the limit",
        "MixedInstancesPolicy.InstancesDistribution.DistributionSegments": "the shares in `Spot`",
        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName": "by its id",
        "MixedInstancesPolicy.LaunchTemplate.Overrides": "the list of types, all of one architecture and size",
        "NotificationConfiguration": "`notification_topic`, which uses the newer property",
        "TargetGroupARNs": "ECS registers tasks, not instances",
        "TrafficSources": "ECS registers tasks, not instances",
    },
    "AWS::EC2::LaunchTemplate": {
        "LaunchTemplateData.IamInstanceProfile.Name": "by its ARN",
        "LaunchTemplateData.InstanceMarketOptions": "`Spot` of the capacity, in the Auto Scaling group",
        "LaunchTemplateData.InstanceRequirements": "`instance_types`, or a `ManagedInstancesCapacity`",
        "LaunchTemplateData.KernelId": "for old machine images that no longer exist",
        "LaunchTemplateData.RamDiskId": "for old machine images that no longer exist",
        "LaunchTemplateData.SecurityGroupIds": "the network interface",
        "LaunchTemplateData.SecurityGroups": "for EC2-Classic, which no longer exists",
    },
}
"""Properties that you do not need, with what to use instead."""

NO_OPTION = """This page lists features of AWS without an option, each with its CloudFormation properties and a tested
workaround. This library does not check overrides. [Escape hatches](escape-hatches.md) shows other ways.

CloudFormation has no property for these features:

- **ESSENTIALS logs.** The class is only in the CloudWatch Logs API.
- **Event windows for the maintenance of Fargate.** They need an account setting
  (`aws ecs put-account-setting --name fargateEventWindows`) and EC2 event windows.
- **Confidential tasks and Nitro Enclaves on Managed Instances.** They are only in the ECS API.
- **QUIC listeners of a Network Load Balancer.** They need server ids, which ECS cannot register."""
"""What the page begins with."""

"""What a change of an option may replace, delete or make fail, with the reason and the page that tells users.

The list is exact: what happens and is not here fails a test, and what is here and no longer happens does too. Types are
without `AWS::`. `leaves` is a resource that goes from the stack and stays in the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PAGE = "docs/changing-what-runs.md"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What may happen when an option is given, and when it is taken away again.

    Attributes:
        options: The options, as `Class.option`.
        given: What happens when the option gets another value than its default.
        removed: What happens when it goes back to its default.
        reason: Why it cannot be otherwise, or what is right about it.
        section: Heading of the page, below which users read of it.
    """

    options: Sequence[str]
    given: Sequence[str] = ()
    removed: Sequence[str] = ()
    reason: str
    section: str


def both_ways(*options: str, happens: Sequence[str], reason: str, section: str) -> Allowed:
    return Allowed(options=options, given=happens, removed=happens, reason=reason, section=section)


_OWN_NETWORK = (
    "deletes EC2::EIP",
    "deletes EC2::FlowLog",
    "deletes EC2::InternetGateway",
    "deletes EC2::NatGateway",
    "deletes EC2::Subnet",
    "deletes EC2::VPC",
    "deletes EC2::VPCEndpoint",
    "leaves Logs::LogGroup",
)
_OWN_LOAD_BALANCER = (
    "deletes ElasticLoadBalancingV2::Listener",
    "deletes ElasticLoadBalancingV2::ListenerRule",
    "deletes ElasticLoadBalancingV2::LoadBalancer",
    "deletes ElasticLoadBalancingV2::TargetGroup",
    "leaves S3::Bucket",
)
_OWN_NETWORK_LOAD_BALANCER = (
    "deletes ElasticLoadBalancingV2::Listener",
    "deletes ElasticLoadBalancingV2::LoadBalancer",
    "deletes ElasticLoadBalancingV2::TargetGroup",
    "leaves S3::Bucket",
)

ENTRIES: Sequence[Allowed] = (
    both_ways(
        "AlbExposure.name",
        happens=_OWN_LOAD_BALANCER,
        reason="the name says which exposure it is, and another one has its own load balancer",
        section="A port or a path",
    ),
    both_ways(
        "NlbExposure.name",
        happens=_OWN_NETWORK_LOAD_BALANCER,
        reason="the name says which exposure it is, and another one has its own load balancer",
        section="A port or a path",
    ),
    both_ways(
        "ClassicExposure.name",
        happens=["deletes ElasticLoadBalancing::LoadBalancer", "leaves S3::Bucket"],
        reason="the name says which exposure it is, and a Classic Load Balancer cannot be shared",
        section="A load balancer",
    ),
    both_ways(
        "LatticeExposure.name",
        happens=[
            "deletes VpcLattice::Listener",
            "deletes VpcLattice::Service",
            "deletes VpcLattice::ServiceNetworkServiceAssociation",
            "deletes VpcLattice::TargetGroup",
        ],
        reason="the name says which exposure it is, and another one is another service of VPC Lattice",
        section="VPC Lattice",
    ),
    Allowed(
        options=["AlbExposure.load_balancer"],
        given=_OWN_LOAD_BALANCER,
        removed=["deletes ElasticLoadBalancingV2::ListenerRule", "deletes ElasticLoadBalancingV2::TargetGroup"],
        reason="a target group is on one load balancer, and a load balancer of the service is no longer asked for",
        section="A load balancer",
    ),
    Allowed(
        options=["NlbExposure.load_balancer"],
        given=_OWN_NETWORK_LOAD_BALANCER,
        removed=["deletes ElasticLoadBalancingV2::Listener", "deletes ElasticLoadBalancingV2::TargetGroup"],
        reason="a target group is on one load balancer, and a load balancer of the service is no longer asked for",
        section="A load balancer",
    ),
    Allowed(
        options=["AlbExposure.https", "Application.https"],
        given=["deletes ElasticLoadBalancingV2::Listener", "replaces ElasticLoadBalancingV2::ListenerRule"],
        removed=["replaces ElasticLoadBalancingV2::ListenerRule"],
        reason="rules belong to a listener, and each protocol has one",
        section="A load balancer",
    ),
    Allowed(
        options=["ApplicationLoadBalancer.https"],
        given=["deletes ElasticLoadBalancingV2::Listener"],
        reason="it is the listener for HTTPS",
        section="A load balancer",
    ),
    both_ways(
        "ApplicationLoadBalancer.internet_facing",
        happens=["replaces ElasticLoadBalancingV2::Listener", "replaces ElasticLoadBalancingV2::LoadBalancer"],
        reason="a load balancer keeps its scheme",
        section="A load balancer",
    ),
    both_ways(
        "NetworkLoadBalancer.internet_facing",
        happens=["replaces ElasticLoadBalancingV2::LoadBalancer"],
        reason="a load balancer keeps its scheme",
        section="A load balancer",
    ),
    Allowed(
        options=["Environment.network"],
        given=[*_OWN_NETWORK, "replaces EC2::SecurityGroup", "replaces ElasticLoadBalancingV2::TargetGroup"],
        removed=["replaces EC2::SecurityGroup", "replaces ElasticLoadBalancingV2::TargetGroup"],
        reason="an application stays in its network: a new one takes a new application",
        section="A network",
    ),
    both_ways(
        "ExistingNetwork.vpc_id",
        happens=["replaces EC2::SecurityGroup", "replaces ElasticLoadBalancingV2::TargetGroup"],
        reason="an application stays in its network: a new one takes a new application",
        section="A network",
    ),
    Allowed(
        options=["Application.network"],
        given=["replaces EC2::SecurityGroup", "replaces ElasticLoadBalancingV2::TargetGroup"],
        removed=[
            *_OWN_NETWORK,
            "replaces EC2::SecurityGroup",
            "replaces ElasticLoadBalancingV2::TargetGroup",
        ],
        reason="an application stays in its network: a new one takes a new application",
        section="A network",
    ),
    Allowed(
        options=("BackendService.exposure", "DaemonService.exposure"),
        removed=_OWN_LOAD_BALANCER,
        reason="the load balancer was made for this exposure; its access logs stay",
        section="A load balancer",
    ),
    both_ways(
        "AlbExposure.target_protocol",
        "AlbExposure.protocol_version",
        happens=["replaces ElasticLoadBalancingV2::TargetGroup"],
        reason="a target group speaks one protocol for as long as it exists",
        section="A port or a path",
    ),
    both_ways(
        "LatticeExposure.target_protocol",
        "LatticeExposure.protocol_version",
        happens=["replaces VpcLattice::TargetGroup"],
        reason="a target group speaks one protocol for as long as it exists",
        section="VPC Lattice",
    ),
    Allowed(
        options=["AlbExposure.test_port"],
        removed=["deletes ElasticLoadBalancingV2::Listener", "deletes ElasticLoadBalancingV2::ListenerRule"],
        reason="it is the listener of the test traffic",
        section="A deployment strategy",
    ),
    Allowed(
        options=["AlbExposure.test_rule"],
        removed=["deletes ElasticLoadBalancingV2::ListenerRule"],
        reason="it is the rule of the test traffic",
        section="A deployment strategy",
    ),
    Allowed(
        options=["Rolling.keep_alternate"],
        removed=["deletes ElasticLoadBalancingV2::TargetGroup", "sets back the weights of a rule"],
        reason="the second target group goes when all traffic is on the first",
        section="A deployment strategy",
    ),
    Allowed(
        options=["Environment.deployment"],
        removed=["deletes ElasticLoadBalancingV2::TargetGroup", "sets back the weights of a rule"],
        reason="go back by `Rolling(keep_alternate=True)`, as with a single service",
        section="A deployment strategy",
    ),
    Allowed(
        options=["LatticeExposure.test_headers"],
        removed=["deletes VpcLattice::Rule"],
        reason="it is the rule of the test traffic",
        section="A deployment strategy",
    ),
    Allowed(
        options=["NlbExposure.test_port"],
        removed=["deletes ElasticLoadBalancingV2::Listener"],
        reason="it is the listener of the test traffic",
        section="A deployment strategy",
    ),
    Allowed(
        options=["ApplicationLoadBalancer.redirect_http"],
        given=["deletes ElasticLoadBalancingV2::Listener"],
        reason="it is the listener that redirects",
        section="A load balancer",
    ),
    both_ways(
        "ApplicationLoadBalancer.network",
        "NetworkLoadBalancer.network",
        happens=["replaces EC2::SecurityGroup"],
        reason="a load balancer stays in its VPC: a new network takes a new load balancer",
        section="A network",
    ),
    Allowed(
        options=[
            "Application.email_addresses",
            "Environment.email_addresses",
            "WorkQueue.subscriptions",
            "AlarmTopic.email_addresses",
        ],
        removed=["deletes SNS::Subscription"],
        reason="who is no longer named is no longer told",
        section="Queues and topics",
    ),
    both_ways(
        "TopicSubscription.topic",
        happens=["deletes SNS::Subscription"],
        reason="a subscription belongs to its topic; that of the new topic is there before",
        section="Queues and topics",
    ),
    both_ways(
        "WorkQueue.fifo",
        happens=["replaces SQS::Queue"],
        reason="a queue keeps its kind; the old one stays in the account with its messages",
        section="Queues and topics",
    ),
    Allowed(
        options=["WorkQueue.dead_letters", "WorkerService.queue"],
        given=["deletes SQS::Queue"],
        reason="the queue that was made before is no longer asked for",
        section="Queues and topics",
    ),
    Allowed(
        options=["Environment.throw_away", "Application.environment", "AuditTrail.bucket", "AccessLogs.bucket"],
        given=["leaves S3::Bucket"],
        reason="another bucket takes the records, or none; the old ones stay in the account",
        section="Logs and records",
    ),
    Allowed(
        options=["OpenTelemetry.metrics"],
        given=["leaves Logs::LogGroup"],
        reason="nothing is written there any more; what was written stays in the account",
        section="Logs and records",
    ),
    Allowed(
        options=["TaskOptions.telemetry"],
        removed=["leaves Logs::LogGroup"],
        reason="nothing is written there any more; what was written stays in the account",
        section="Logs and records",
    ),
    both_ways(
        "AuditTrail.trail_name",
        happens=["replaces CloudTrail::Trail"],
        reason="the name is the trail; the new one writes to the same bucket before the old one goes",
        section="A name",
    ),
    Allowed(
        options=["AuditTrail.encryption_key"],
        given=["leaves KMS::Key"],
        reason="old records can only be read with the old key",
        section="A key",
    ),
    Allowed(
        options=["Pipeline.encryption_key"],
        given=["leaves KMS::Key"],
        reason="artifacts of earlier runs can only be read with the old key",
        section="Pipelines",
    ),
    Allowed(
        options=["Pipeline.access_log_bucket"],
        given=["leaves S3::Bucket"],
        reason="the bucket that was made keeps the records that it has",
        section="Pipelines",
    ),
    both_ways(
        "ImageBuild.name",
        happens=["deletes CodeBuild::Project"],
        reason="each image has its own project, and a project holds no data",
        section="Pipelines",
    ),
    Allowed(
        options=["Pipeline.images", "Wave.smoke_tests", "Wave.before", "Wave.after"],
        removed=["deletes CodeBuild::Project"],
        reason="each step has its own project, and a project holds no data",
        section="Pipelines",
    ),
    Allowed(
        options=["AlarmTopic.encryption_key"],
        given=["deletes KMS::Key"],
        reason="it protects messages on their way, and KMS keeps a deleted key for 30 days",
        section="A key",
    ),
    both_ways(
        "Repository.encryption_key",
        happens=["replaces ECR::Repository"],
        reason="ECR encrypts a repository with one key for as long as it exists; the old one stays with its images",
        section="A key",
    ),
    both_ways(
        "Repository.repository_name",
        happens=["replaces ECR::Repository"],
        reason="the name is the repository; the old one stays with its images",
        section="A name",
    ),
    both_ways(
        "PullThroughCache.prefix",
        happens=["replaces ECR::PullThroughCacheRule"],
        reason="the prefix is the rule; cached images stay under the old one",
        section="A name",
    ),
    both_ways(
        "PullThroughCache.upstream",
        "PullThroughCache.credentials",
        happens=[
            "fails: ECR::PullThroughCacheRule: EcrRepositoryPrefix",
            "replaces ECR::PullThroughCacheRule",
        ],
        reason="CloudFormation makes another rule for it, and ECR takes a prefix once",
        section="A key",
    ),
    both_ways(
        "Cluster.cluster_name",
        happens=["replaces ECS::Cluster"],
        reason="the name is the cluster",
        section="A name",
    ),
    Allowed(
        options=["Cluster.network"],
        removed=_OWN_NETWORK,
        reason="the network that was made for the cluster is no longer asked for",
        section="A network",
    ),
    Allowed(
        options=["BeanstalkEnvironment.network"],
        given=["replaces EC2::SecurityGroup"],
        removed=[*_OWN_NETWORK, "replaces EC2::SecurityGroup"],
        reason="the network that was made for the environment is no longer asked for",
        section="A network",
    ),
    both_ways(
        "Network.cidr",
        "NewNetwork.cidr",
        happens=[
            "replaces EC2::FlowLog",
            "replaces EC2::NatGateway",
            "replaces EC2::RouteTable",
            "replaces EC2::Subnet",
            "replaces EC2::VPC",
            "replaces EC2::VPCEndpoint",
        ],
        reason="a VPC keeps its addresses",
        section="A network",
    ),
    Allowed(
        options=["Environment.nat_gateways", "Network.nat_gateways"],
        given=["deletes EC2::EIP", "deletes EC2::NatGateway"],
        reason="fewer gateways were asked for; their public addresses go with them",
        section="A network",
    ),
    Allowed(
        options=["Network.max_azs", "NewNetwork.max_azs"],
        given=["deletes EC2::EIP", "deletes EC2::NatGateway", "deletes EC2::Subnet"],
        reason="fewer zones were asked for",
        section="A network",
    ),
    Allowed(
        options=["Network.isolated_subnets"],
        removed=["deletes EC2::Subnet"],
        reason="the subnets are no longer asked for",
        section="A network",
    ),
    Allowed(
        options=["Network.interface_endpoints"],
        removed=["deletes EC2::VPCEndpoint"],
        reason="traffic takes the NAT gateway again",
        section="A network",
    ),
    Allowed(
        options=["Network.dual_stack"],
        removed=["deletes EC2::EgressOnlyInternetGateway", "deletes EC2::VPCCidrBlock"],
        reason="the addresses of IPv6 are no longer asked for",
        section="A network",
    ),
    both_ways(
        "Network.subnet_masks",
        happens=["replaces EC2::Subnet"],
        reason="a subnet keeps its addresses",
        section="A network",
    ),
    both_ways(
        "SubnetMasks.private",
        "SubnetMasks.isolated",
        happens=["fails: EC2::Subnet: CidrBlock", "replaces EC2::Subnet"],
        reason="a subnet keeps its addresses, and the new ones may be those of another",
        section="A network",
    ),
    both_ways(
        "SubnetMasks.public",
        happens=["fails: EC2::Subnet: CidrBlock", "replaces EC2::NatGateway", "replaces EC2::Subnet"],
        reason="a subnet keeps its addresses, and the new ones may be those of another",
        section="A network",
    ),
    both_ways(
        "Domain.name",
        "DomainNames.domain",
        "DomainNames.hosts",
        "Environment.subdomain",
        happens=["deletes CertificateManager::Certificate", "deletes Route53::RecordSet"],
        reason="the names are removed; each has its own certificate and records",
        section="A name",
    ),
    both_ways(
        "Domain.zone",
        happens=["replaces CertificateManager::Certificate", "replaces Route53::RecordSet"],
        reason="records are in one zone, and a certificate is validated in one",
        section="A name",
    ),
    both_ways(
        "Domain.validation_zone",
        happens=["replaces CertificateManager::Certificate"],
        reason="a certificate is validated in one zone; the new one is in use before the old one goes",
        section="A name",
    ),
    Allowed(
        options=["DomainNames.redirect_from"],
        removed=[
            "deletes CertificateManager::Certificate",
            "deletes ElasticLoadBalancingV2::ListenerCertificate",
            "deletes ElasticLoadBalancingV2::ListenerRule",
            "deletes Route53::RecordSet",
        ],
        reason="the names are no longer asked for",
        section="A name",
    ),
    Allowed(
        options=["AlbExposure.domain", "NlbExposure.domain"],
        removed=["deletes CertificateManager::Certificate", "deletes Route53::RecordSet"],
        reason="the names are no longer asked for",
        section="A name",
    ),
    Allowed(
        options=["Application.domain"],
        removed=[
            "deletes CertificateManager::Certificate",
            "deletes ElasticLoadBalancingV2::ListenerCertificate",
            "deletes Route53::RecordSet",
        ],
        reason="the names are no longer asked for",
        section="A name",
    ),
    both_ways(
        "Environment.domain",
        happens=["deletes Route53::RecordSet", "replaces CertificateManager::Certificate"],
        reason="the names are those of another domain",
        section="A name",
    ),
    both_ways(
        "HostedDomain.name",
        happens=[
            "deletes Route53::RecordSet",
            "replaces CertificateManager::Certificate",
            "replaces Route53::HostedZone",
        ],
        reason="the names are those of another domain, and the zone that was made for the old one stays",
        section="A name",
    ),
    Allowed(
        options=["HostedDomain.zone_id"],
        given=[
            "leaves Route53::HostedZone",
            "replaces CertificateManager::Certificate",
            "replaces Route53::RecordSet",
        ],
        removed=["replaces CertificateManager::Certificate", "replaces Route53::RecordSet"],
        reason="records and certificates are in the other zone, which has other name servers",
        section="A name",
    ),
    Allowed(
        options=["ApplicationLoadBalancer.web_acl"],
        removed=["deletes WAFv2::WebACLAssociation"],
        reason="the web ACL is no longer asked for",
        section="A load balancer",
    ),
    both_ways(
        "WebAcl.arn",
        happens=["replaces WAFv2::WebACLAssociation"],
        reason="an association is of one web ACL; the page says how to change it in two deployments",
        section="A load balancer",
    ),
    both_ways(
        "WebService.cluster",
        "BackendService.cluster",
        "DaemonService.cluster",
        "WorkerService.cluster",
        "ExternalService.cluster",
        "ExternalDaemonService.cluster",
        happens=["replaces ECS::Service"],
        reason="a service stays in its cluster; the new one runs before the old one goes",
        section="A cluster",
    ),
    both_ways(
        "ExpressService.cluster",
        "ExpressService.service_name",
        "ExpressService.tags",
        happens=["replaces ECS::ExpressGatewayService"],
        reason="Express Mode takes them when the service is made",
        section="Express Mode and Elastic Beanstalk",
    ),
    both_ways(
        "ManagedInstancesCapacity.cluster",
        happens=["replaces ECS::CapacityProvider"],
        reason="a capacity provider belongs to one cluster",
        section="A capacity",
    ),
    both_ways(
        "EfsVolume.file_system",
        "EfsVolume.path",
        "EfsVolume.user",
        happens=["replaces EFS::AccessPoint"],
        reason="an access point leads to one directory; files stay where they are",
        section="Files",
    ),
    both_ways(
        "EfsVolume.name",
        happens=["deletes EFS::AccessPoint"],
        reason="the name is the default of `path`, and another path is another directory",
        section="Files",
    ),
    Allowed(
        options=["EfsVolume.access_point"],
        given=["deletes EFS::AccessPoint"],
        reason="your own access point replaces that of the library",
        section="Files",
    ),
    both_ways(
        "CloudMap.namespace",
        "CloudMap.name",
        happens=["replaces ServiceDiscovery::Service"],
        reason="it is another name in DNS, there before the old one goes",
        section="A name",
    ),
    Allowed(
        options=["WebService.cloud_map", "BackendService.cloud_map", "DaemonService.cloud_map"],
        removed=["deletes ServiceDiscovery::Service"],
        reason="it is the name in DNS",
        section="A name",
    ),
    both_ways(
        "Namespace.name",
        happens=["replaces ServiceDiscovery::HttpNamespace"],
        reason="the name is the namespace",
        section="A name",
    ),
    both_ways(
        "Namespace.network",
        happens=["changes the type of a resource"],
        reason="a namespace with DNS is another kind of namespace",
        section="A name",
    ),
    both_ways(
        "LatticeExposure.domain_name",
        happens=[
            "replaces VpcLattice::Listener",
            "replaces VpcLattice::Service",
            "replaces VpcLattice::ServiceNetworkServiceAssociation",
        ],
        reason="VPC Lattice takes the name when the service is made",
        section="VPC Lattice",
    ),
    both_ways(
        "LatticeExposure.listener_port",
        happens=["replaces VpcLattice::Listener"],
        reason="callers have to follow to another port; the new one is open before the old one closes",
        section="VPC Lattice",
    ),
    both_ways(
        "LatticeExposure.service_network",
        happens=["replaces VpcLattice::ServiceNetworkServiceAssociation"],
        reason="it is another association, there before the old one goes",
        section="VPC Lattice",
    ),
    both_ways(
        "ServiceNetwork.network",
        happens=["replaces EC2::SecurityGroup", "replaces VpcLattice::ServiceNetworkVpcAssociation"],
        reason="it is another VPC that is let in, before the old one is shut out",
        section="VPC Lattice",
    ),
    Allowed(
        options=["ScheduledJob.timeout", "EventJob.for_each", "EventJob.timeout"],
        given=["deletes Events::Rule", "deletes SQS::Queue"],
        removed=["deletes StepFunctions::StateMachine", "leaves Logs::LogGroup"],
        reason="a state machine does what a rule and a queue did, or no longer does",
        section="A job",
    ),
    both_ways(
        "EventJob.event_bus",
        happens=["replaces Events::Rule"],
        reason="a rule belongs to its bus; the new one is there before the old one goes",
        section="A job",
    ),
    Allowed(
        options=["ClusterEvents.topic"],
        removed=["deletes Events::Rule"],
        reason="it is the rule that tells the topic",
        section="Logs and records",
    ),
    Allowed(
        options=["Logs.log_group", "ContainerLogs.log_group"],
        given=["leaves Logs::LogGroup"],
        reason="the log group that was made before keeps its lines",
        section="Logs and records",
    ),
    both_ways(
        "WebService.capacity",
        "BackendService.capacity",
        "WorkerService.capacity",
        happens=["replaces ECS::Service"],
        reason="on an imported cluster a service has a launch type; ECS takes no strategy in its place",
        section="A capacity",
    ),
    both_ways(
        *(
            f"{kind}.service_name"
            for kind in (
                "WebService",
                "BackendService",
                "DaemonService",
                "WorkerService",
                "ExternalService",
                "ExternalDaemonService",
            )
        ),
        happens=["replaces ECS::Service"],
        reason="a service keeps its name for as long as it exists",
        section="A name",
    ),
    both_ways(
        "EksCluster.cluster_name",
        happens=[
            "replaces EKS::AccessEntry",
            "replaces EKS::Addon",
            "replaces EKS::Cluster",
            "replaces Logs::LogGroup",
        ],
        reason="the name is what a cluster is known by: another one is another cluster, without what was applied to it",
        section="An EKS cluster",
    ),
    both_ways(
        "EksCluster.service_cidr",
        happens=[
            "fails: EKS::Cluster: Name",
            "replaces EKS::AccessEntry",
            "replaces EKS::Addon",
            "replaces EKS::Cluster",
        ],
        reason="EKS never changes these addresses, and the name keeps CloudFormation from making another cluster",
        section="An EKS cluster",
    ),
    Allowed(
        options=["EksCluster.encryption_key"],
        given=[
            "fails: EKS::Cluster: Name",
            "leaves KMS::Key",
            "replaces EKS::AccessEntry",
            "replaces EKS::Addon",
            "replaces EKS::Cluster",
        ],
        removed=[
            "fails: EKS::Cluster: Name",
            "replaces EKS::AccessEntry",
            "replaces EKS::Addon",
            "replaces EKS::Cluster",
        ],
        reason="EKS never changes the key, and the name keeps CloudFormation from making another cluster",
        section="An EKS cluster",
    ),
    Allowed(
        options=["EksCluster.network"],
        removed=_OWN_NETWORK,
        reason="a cluster stays in the VPC that it was made in, and EKS refuses subnets of another one",
        section="An EKS cluster",
    ),
    both_ways(
        "EksCluster.admins",
        happens=["deletes EKS::AccessEntry"],
        reason="who is not named any more loses access, which is what is wanted",
        section="An EKS cluster",
    ),
    both_ways(
        "EksCluster.auto_mode",
        happens=["deletes EKS::Addon"],
        reason="Auto Mode has built in what add-ons did, and the other way round",
        section="An EKS cluster",
    ),
    Allowed(
        options=["EksCluster.compute", "EksCluster.default_add_ons"],
        given=["deletes EKS::Addon"],
        reason="the add-on is not wanted any more",
        section="An EKS cluster",
    ),
    both_ways(
        "AccessEntry.cluster",
        "AccessEntry.principal",
        "KubectlProvider.cluster",
        "HybridNodes.cluster",
        happens=["replaces EKS::AccessEntry"],
        reason="an entry lets one principal into one cluster",
        section="An EKS cluster",
    ),
    both_ways(
        "AccessEntry.type",
        happens=["fails: EKS::AccessEntry: ClusterName, PrincipalArn", "replaces EKS::AccessEntry"],
        reason="a principal has one entry, whose type never changes: deploy without the entry first",
        section="An EKS cluster",
    ),
    both_ways(
        "AddOn.cluster",
        "AddOn.name",
        happens=["replaces EKS::Addon"],
        reason="it is another add-on",
        section="An EKS cluster",
    ),
    both_ways(
        "AddOn.namespace",
        happens=["fails: EKS::Addon: ClusterName, AddonName", "replaces EKS::Addon"],
        reason="a cluster has an add-on once, and its namespace never changes: deploy without the add-on first",
        section="An EKS cluster",
    ),
    both_ways(
        "ArgoCd.cluster",
        happens=["replaces EKS::Capability"],
        reason="it is the Argo CD of another cluster",
        section="An EKS cluster",
    ),
    both_ways(
        "ArgoCd.identity_center_instance_arn",
        "ArgoCd.identity_center_region",
        happens=["fails: EKS::Capability: ClusterName, CapabilityName", "replaces EKS::Capability"],
        reason="a cluster has one Argo CD, whose identities never change: deploy without it first",
        section="An EKS cluster",
    ),
    both_ways(
        "CloudWatchObservability.cluster",
        happens=["replaces EKS::Addon", "replaces Logs::LogGroup"],
        reason="add-on and log groups are another cluster's",
        section="An EKS cluster",
    ),
    Allowed(
        options=["CloudWatchObservability.container_logs"],
        given=["leaves Logs::LogGroup"],
        reason="what was logged is kept",
        section="An EKS cluster",
    ),
    both_ways(
        "ManagedNodeGroup.spot",
        "ManagedNodeGroup.subnets",
        "NodeOptions.machine_image",
        happens=["replaces EKS::Nodegroup"],
        reason="the new group has no name of yours and comes first; the pods of the old one move before it is deleted",
        section="Nodes on EKS",
    ),
    both_ways(
        "ManagedNodeGroup.cluster",
        happens=["deletes EKS::Addon", "replaces EKS::Nodegroup"],
        reason="the nodes are another cluster's, which gets the add-ons that wait for nodes",
        section="Nodes on EKS",
    ),
    both_ways(
        "SelfManagedNodes.cluster",
        happens=["deletes EKS::Addon", "replaces EKS::AccessEntry"],
        reason="the nodes are another cluster's, which gets the add-ons that wait for nodes",
        section="Nodes on EKS",
    ),
    both_ways(
        "KarpenterNodes.cluster",
        happens=["replaces EKS::AccessEntry", "replaces EKS::PodIdentityAssociation"],
        reason="it starts nodes of another cluster",
        section="Nodes on EKS",
    ),
    both_ways(
        "FargateProfile.cluster",
        "FargateProfile.selectors",
        "FargateProfile.subnets",
        "FargateSelector.namespace",
        "FargateSelector.labels",
        happens=["replaces EKS::FargateProfile"],
        reason="a profile never changes; the new one comes first, and EKS deletes the pods of the old one with it",
        section="Nodes on EKS",
    ),
    Allowed(
        options=["HybridNodes.credentials"],
        removed=["deletes RolesAnywhere::Profile", "deletes RolesAnywhere::TrustAnchor"],
        reason="machines get their credentials another way: register them again",
        section="Nodes on EKS",
    ),
    both_ways(
        "KubernetesService.cluster",
        "KubernetesService.namespace",
        "KubernetesService.service_name",
        "KubernetesWorker.cluster",
        "KubernetesWorker.namespace",
        "KubernetesWorker.service_name",
        "KubernetesJob.cluster",
        "KubernetesJob.namespace",
        "KubernetesJob.job_name",
        "KubernetesDaemon.cluster",
        "KubernetesDaemon.namespace",
        "KubernetesDaemon.service_name",
        "WorkloadIdentity.cluster",
        "WorkloadIdentity.namespace",
        "WorkloadIdentity.service_account",
        "LoadBalancerController.cluster",
        happens=["replaces EKS::PodIdentityAssociation"],
        reason="the role goes to pods of another name, which are other pods; delete the old objects from the cluster",
        section="Pods on EKS",
    ),
    Allowed(
        options=["PodOptions.operating_system", "WorkloadIdentity.platform", "WorkloadIdentity.mode"],
        given=["deletes EKS::PodIdentityAssociation"],
        removed=["deletes IAM::OIDCProvider"],
        reason="Pod Identity and IRSA take turns: pods get the other credentials when they start again",
        section="Pods on EKS",
    ),
    both_ways(
        "KubernetesService.internet_facing",
        happens=_OWN_LOAD_BALANCER,
        reason="a load balancer is open to the internet or not for good: the new one is made before the old one goes",
        section="Pods on EKS",
    ),
    Allowed(
        options=["KubernetesService.exposure"],
        removed=_OWN_LOAD_BALANCER,
        reason="a service without an exposure has no load balancer",
        section="Pods on EKS",
    ),
    Allowed(
        options=["KubernetesWorker.queue"],
        given=["deletes SQS::Queue"],
        reason="the worker reads another queue, and its own goes; let it run empty first",
        section="Pods on EKS",
    ),
    both_ways(
        "EfsStorage.encryption_key",
        happens=["replaces EFS::AccessPoint", "replaces EFS::FileSystem", "replaces EFS::MountTarget"],
        reason="EFS never changes the key; the old file system is kept, and you copy its files",
        section="Storage on EKS",
    ),
    Allowed(
        options=["EfsStorage.file_system"],
        given=["deletes EFS::MountTarget", "leaves EFS::FileSystem", "replaces EFS::AccessPoint"],
        removed=["replaces EFS::AccessPoint"],
        reason="volumes are directories of another file system; the old one is kept",
        section="Storage on EKS",
    ),
    both_ways(
        "EbsStorage.cluster",
        "EfsStorage.cluster",
        "LustreStorage.cluster",
        "LustreStorage.from_attributes.cluster",
        happens=["deletes EKS::Addon"],
        reason="the driver goes where the storage goes",
        section="Storage on EKS",
    ),
    both_ways(
        "OntapStorage.cluster",
        "OntapStorage.from_attributes.cluster",
        happens=["deletes EKS::Addon", "deletes IAM::OIDCProvider"],
        reason="the driver goes where the storage goes, and so does what it got its role by",
        section="Storage on EKS",
    ),
    Allowed(
        options=[
            "EbsStorage.driver_role",
            "EfsStorage.driver_role",
            "LustreStorage.driver_role",
            "LustreStorage.from_attributes.driver_role",
        ],
        given=["deletes EKS::Addon"],
        reason="who brings a role has the driver too, so the stack makes none",
        section="Storage on EKS",
    ),
    Allowed(
        options=["OntapStorage.driver_role", "OntapStorage.from_attributes.driver_role"],
        given=["deletes EKS::Addon", "deletes IAM::OIDCProvider"],
        reason="who brings a role has the driver too, so the stack makes none",
        section="Storage on EKS",
    ),
    both_ways(
        "LustreStorage.subnet",
        "LustreStorage.encryption_key",
        happens=["replaces FSx::FileSystem"],
        reason="FSx never changes these; the old file system is kept, and you copy its files",
        section="Storage on EKS",
    ),
    both_ways(
        "OntapStorage.deployment_type",
        "OntapStorage.encryption_key",
        happens=["replaces FSx::FileSystem", "replaces FSx::StorageVirtualMachine"],
        reason="FSx never changes these; the old file system is kept, and you copy its files",
        section="Storage on EKS",
    ),
    both_ways(
        "GitHubDelivery.repository",
        "GitHubDelivery.role_prefix",
        "GitHubRepository.name",
        "GitLabDelivery.project",
        "GitLabDelivery.role_prefix",
        "GitLabProject.path",
        happens=["replaces IAM::Role"],
        reason="workflows name the roles, so their names are made from what they are for; no name is taken twice",
        section="Roles of GitHub and GitLab",
    ),
    Allowed(
        options=["GitHubDelivery.provider_arn", "GitLabDelivery.provider_arn"],
        given=["deletes IAM::OIDCProvider"],
        reason="the stack uses an existing provider, and an account can have only one",
        section="Roles of GitHub and GitLab",
    ),
    both_ways(
        "GitLabProject.url",
        happens=["deletes IAM::OIDCProvider"],
        reason="another instance has another provider",
        section="Roles of GitHub and GitLab",
    ),
)

ALLOWED: Mapping[str, Allowed] = {option: entry for entry in ENTRIES for option in entry.options}


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return heading.lower().replace(" ", "-")

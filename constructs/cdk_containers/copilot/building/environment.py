"""A Copilot environment: the network, the cluster and other resources that workloads share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.cdk_modules import route53
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.clusters import Cluster
from cdk_containers.ecs.discovery import Namespace
from cdk_containers.load_balancing import ApplicationLoadBalancer, Domain
from cdk_containers.network import Network

from ..manifests.models.environments import Environment, EnvironmentVpc
from .balancers import make_internal_load_balancer, make_public_load_balancer
from .features import Features
from .file_systems import let_group_in, make_file_system
from .making import REASON
from .naming import Naming
from .setting import Setting
from .vpcs import make_vpc
from .workload import add_tags


class CopilotEnvironment(CheckedConstruct):
    """A Copilot environment, built with constructs of this library in its own stack.

    Workloads import the exports of the stack, which have Copilot's names.

    Attributes:
        setting: Its names, domain and certificates.
        vpc: Its VPC.
        cluster: Its cluster.
        namespace: Namespace for service discovery.
        security_group: Security group whose members can reach each other.
        domain: Its subdomain of the application's domain, if there is one.
        load_balancer: The public load balancer, if a workload needs it.
        internal_load_balancer: The internal load balancer, if a workload needs it.
        logical_ids: Its resources by the logical id that they have in Copilot's templates.
        notes: Notes about the environment.
    """

    setting: Setting
    vpc: ec2.IVpc
    cluster: Cluster
    namespace: Namespace
    security_group: ec2.ISecurityGroup
    domain: Domain | None = None
    load_balancer: ApplicationLoadBalancer | None = None
    internal_load_balancer: ApplicationLoadBalancer | None = None
    logical_ids: Mapping[str, cdk.CfnResource]
    notes: list[str]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        setting: Setting,
        features: Features | None = None,
        addons: Sequence[Path] = (),
        overrides: Path | None = None,
    ) -> None:
        """Create an environment.

        Args:
            scope: The parent, its own stack.
            id: Name among the parent's children.
            setting: Its names, domain, certificates and manifest.
            features: Features that its workloads need. Default: none.
            addons: Templates to deploy with it. Default: none.
            overrides: The folder with overrides of environments. Default: none.
        """
        found = argument_problems(CopilotEnvironment.__init__, locals())
        found.raise_for(scope, id)
        super().__init__(scope, id)
        self.setting = setting
        self.notes = []
        naming = self._naming = Naming(setting.compatibility)
        self.logical_ids = naming.known
        features = features or Features()
        manifest = setting.manifest or Environment(name=setting.environment, type="Environment")
        vpc = (manifest.network.vpc if manifest.network is not None else None) or EnvironmentVpc()
        self._known = known = make_vpc(self, naming, vpc, nat_gateways=features.nat_gateways)
        self.vpc = known.vpc
        network = Network.from_vpc(self, "Network", vpc=known.vpc) if known.private else None
        self.security_group = self._make_group(vpc)
        insights = manifest.observability is not None and manifest.observability.container_insights
        self.cluster = Cluster(
            self,
            "Cluster",
            network=network or known.vpc,
            container_insights=ecs.ContainerInsights.ENABLED if insights else Disabled(REASON),
        )
        naming.name("Cluster", self.cluster.cluster)
        # If the property is removed, tasks on Spot lose their capacity before the association restores it.
        providers = ["FARGATE", "FARGATE_SPOT"]
        naming.known["Cluster"].add_property_override("CapacityProviders", providers)
        self.namespace = Namespace(self, "Namespace", name=setting.namespace, network=known.vpc)
        naming.name("ServiceDiscoveryNamespace", self.namespace.namespace)
        self._exports = {
            "VpcId": known.vpc.vpc_id,
            "PublicSubnets": cdk.Fn.join(",", known.public),
            "PrivateSubnets": cdk.Fn.join(",", known.private),
            "ServiceDiscoveryNamespaceID": self.namespace.namespace.namespace_id,
            "EnvironmentSecurityGroup": self.security_group.security_group_id,
            "ClusterId": self.cluster.cluster_name,
            **known.exports,
        }
        self._serve_domain()
        if features.public_load_balancer:
            self._balance_public(manifest)
            self._serve_by_cloudfront(features.names)
        if features.internal_load_balancer:
            self._balance_internal(manifest)
        if features.file_system:
            self._exports["FilesystemID"] = make_file_system(self, naming, setting, known, self.security_group)
        if addons:
            from .addons import include_addons  # noqa: PLC0415  (most have none)

            include_addons(self, addons, {"App": setting.application, "Env": setting.environment}, naming=naming)
        self._export()
        if overrides is not None:
            from .patches import Patched, apply_overrides  # noqa: PLC0415  (most have none)

            apply_overrides(Patched(scope=self, naming=naming, notes=self.notes), overrides)
        add_tags(self, setting)

    def _make_group(self, vpc: EnvironmentVpc) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self.vpc,
            # Unchanged, because another description would replace the group.
            description=f"{self.setting.prefix}EnvironmentSecurityGroup",
        )
        self._naming.name("EnvironmentSecurityGroup", group)
        let_group_in(
            self,
            self._naming,
            "EnvironmentSecurityGroupIngressFromSelf",
            group,
            group,
            "Ingress from other containers in the same security group",
        )
        rules = vpc.security_group
        for direction, given in (("Ingress", rules.ingress), ("Egress", rules.egress)) if rules is not None else ():
            for place, rule in enumerate(given or []):
                first, _, last = str(rule.ports or "").partition("-")
                kind = ec2.CfnSecurityGroupIngress if direction == "Ingress" else ec2.CfnSecurityGroupEgress
                kind(
                    self,
                    f"{direction}{place}",
                    group_id=group.security_group_id,
                    ip_protocol=rule.ip_protocol or "tcp",
                    cidr_ip=rule.cidr,
                    from_port=int(first) if first else None,
                    to_port=int(last or first) if first else None,
                )
        return group

    def _serve_domain(self) -> None:
        """Create the hosted zone of the environment, to which the parent zone must delegate."""
        if self.setting.subdomain is None:
            return
        self.domain = Domain(self, "Domain", name=self.setting.subdomain)
        self._naming.name("EnvironmentHostedZone", self.domain.zone)
        self._exports |= {"HostedZone": self.domain.zone.hosted_zone_id, "SubDomain": self.setting.subdomain}
        stack = cdk.Stack.of(self)
        parent = cdk.CfnParameter(
            stack,
            "ApplicationHostedZoneId",
            default="",
            description=f"Id of the hosted zone {self.setting.application}.{self.setting.domain}, if it is of this "
            "account and does not delegate to the environment yet",
        )
        delegates = cdk.CfnCondition(
            stack,
            "Delegates",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(parent.value_as_string, "")),
        )
        record = route53.CfnRecordSet(
            self,
            "Delegation",
            hosted_zone_id=parent.value_as_string,
            name=f"{self.setting.subdomain}.",
            type="NS",
            ttl="60",
            resource_records=self.domain.zone.hosted_zone_name_servers or [],
        )
        record.cfn_options.condition = delegates

    def _balance_public(self, manifest: Environment) -> None:
        made = make_public_load_balancer(self, self._naming, self.setting, self._known, manifest, self.domain)
        self.load_balancer = made.load_balancer
        self._balance(made.exports("", "Public", "CanonicalHostedZoneID"), made.load_balancer)

    def _serve_by_cloudfront(self, names: Sequence[str]) -> None:
        """Put CloudFront in front of the public load balancer, if the manifest enables it."""
        cdn = self.setting.cdn
        if cdn is None or self.load_balancer is None:
            return
        from .cdn import make_distribution  # noqa: PLC0415  (few environments have one)

        made = make_distribution(
            self,
            self._naming,
            self.setting.prefix,
            cdn,
            self.load_balancer.load_balancer.load_balancer_dns_name,
            names,
            self._certificate_of_cloudfront,
        )
        self._exports["CloudFrontDomainName"] = made.attr_domain_name

    def _certificate_of_cloudfront(self) -> str:
        """Return a parameter: Copilot's function copies the environment's certificate to us-east-1."""
        self.notes.append(
            "cdn: the parameter CloudFrontCertificateArn is a certificate in us-east-1 for the names of the services: "
            "Copilot's copy there is deleted with its function"
        )
        parameter = cdk.CfnParameter(
            cdk.Stack.of(self),
            "CloudFrontCertificateArn",
            description="ARN of a certificate in us-east-1 for CloudFront",
        )
        return parameter.value_as_string

    def _balance_internal(self, manifest: Environment) -> None:
        made = make_internal_load_balancer(self, self._naming, self.setting, self._known, manifest)
        self.internal_load_balancer = made.load_balancer
        self._balance(
            made.exports("Internal", "Internal", "InternalLoadBalancerCanonicalHostedZoneID"), made.load_balancer
        )
        let_group_in(
            self,
            self._naming,
            "InternalALBIngressFromEnvironmentSecurityGroup",
            made.load_balancer.security_group,
            self.security_group,
            "Ingress from the env security group",
        )
        zone = route53.CfnHostedZone(
            self,
            "InternalZone",
            name=self.setting.internal_zone,
            vpcs=[route53.CfnHostedZone.VPCProperty(vpc_id=self.vpc.vpc_id, vpc_region=cdk.Aws.REGION)],
        )
        self._naming.name("InternalWorkloadsHostedZone", zone)
        self._exports |= {
            "InternalWorkloadsHostedZoneID": zone.ref,
            "InternalWorkloadsHostedZoneName": self.setting.internal_zone,
            "InternalLoadBalancerSecurityGroup": made.load_balancer.security_group.security_group_id,
        }

    def _balance(self, exports: Mapping[str, str], load_balancer: ApplicationLoadBalancer) -> None:
        self._exports |= exports
        internal = load_balancer is self.internal_load_balancer
        let_group_in(
            self,
            self._naming,
            "EnvironmentSecurityGroupIngressFromInternalALB"
            if internal
            else "EnvironmentHTTPSecurityGroupIngressFromPublicALB",
            self.security_group,
            load_balancer.security_group,
            "Ingress from the internal ALB" if internal else "HTTP ingress from the public ALB",
        )

    def _export(self) -> None:
        stack = cdk.Stack.of(self)
        for name, value in self._exports.items():
            cdk.CfnOutput(stack, f"{name}Export", value=value, export_name=f"{self.setting.prefix}-{name}")

"""The load balancers that the workloads of an environment share."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import acm, s3
from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.load_balancing import AccessLogs, ApplicationLoadBalancer, Domain
from cdk_containers.load_balancing.listener_checks import TLS_POLICIES

from ..manifests.models import environments
from .making import REASON
from .naming import Naming
from .setting import Setting
from .vpcs import KnownVpc


@frozen(slots=False)
class MadeLoadBalancer:
    """A load balancer with its listeners.

    Attributes:
        load_balancer: The load balancer.
        listeners: Its listeners, by protocol.
    """

    load_balancer: ApplicationLoadBalancer
    listeners: dict[str, elbv2.IApplicationListener]

    def exports(self, listener: str, balancer: str, zone: str) -> dict[str, str]:
        """Return the values that workloads need, by the names of the exports."""
        made = cast("elbv2.ApplicationLoadBalancer", self.load_balancer.load_balancer)
        return {
            f"{balancer}LoadBalancerDNS": made.load_balancer_dns_name,
            f"{balancer}LoadBalancerFullName": made.load_balancer_full_name,
            zone: made.load_balancer_canonical_hosted_zone_id,
            **{f"{listener}{name}ListenerArn": one.listener_arn for name, one in self.listeners.items()},
        }


def make_public_load_balancer(  # noqa: PLR0917  (its basis)
    scope: Construct,
    naming: Naming,
    setting: Setting,
    known: KnownVpc,
    manifest: environments.Environment,
    domain: Domain | None,
) -> MadeLoadBalancer:
    """Create the internet-facing load balancer."""
    public = (manifest.http.public if manifest.http is not None else None) or environments.PublicHttp()
    arns = setting.public_certificates
    certificates = _certificates(scope, "Certificate", arns)
    if not certificates and domain is not None:
        certificates = [domain.certificate]
    return _make(
        scope,
        naming,
        known,
        id="LoadBalancer",
        logical_ids=("PublicLoadBalancer", "PublicHTTPLoadBalancerSecurityGroup", "HTTPListener", "HTTPSListener"),
        description="HTTP access to the public facing load balancer",
        certificates=certificates,
        internet_facing=True,
        ingress=_callers(scope, public),
        access_logs=_access_logs(scope, public.access_logs),
        ssl_policy=public.ssl_policy,
        vpc_subnets=None,
    )


def make_internal_load_balancer(
    scope: Construct, naming: Naming, setting: Setting, known: KnownVpc, manifest: environments.Environment
) -> MadeLoadBalancer:
    """Create the internal load balancer."""
    private = (manifest.http.private if manifest.http is not None else None) or environments.PrivateHttp()
    old = private.security_groups.ingress if private.security_groups is not None else None
    from_vpc = bool((private.ingress is not None and private.ingress.vpc) or (old is not None and old.from_vpc))
    subnets = [
        ec2.Subnet.from_subnet_id(scope, f"InternalSubnet{place}", subnet)
        for place, subnet in enumerate(private.subnets or [])
    ]
    return _make(
        scope,
        naming,
        known,
        id="InternalLoadBalancer",
        logical_ids=(
            "InternalLoadBalancer",
            "InternalLoadBalancerSecurityGroup",
            "InternalHTTPListener",
            "InternalHTTPSListener",
        ),
        description="Access to the internal load balancer",
        certificates=_certificates(scope, "InternalCertificate", setting.private_certificates),
        internet_facing=False,
        ingress=[ec2.Peer.ipv4(known.vpc.vpc_cidr_block)] if from_vpc else [],
        access_logs=Disabled(REASON),
        ssl_policy=private.ssl_policy,
        vpc_subnets=ec2.SubnetSelection(subnets=subnets) if subnets else None,
    )


def _make(
    scope: Construct,
    naming: Naming,
    known: KnownVpc,
    *,
    id: str,  # noqa: A002
    logical_ids: tuple[str, str, str, str],
    description: str,
    certificates: list[acm.ICertificate],
    ssl_policy: str | None,
    **options: Any,
) -> MadeLoadBalancer:
    # Tasks can be in other, unknown security groups, so it can connect to everything.
    group = ec2.SecurityGroup(scope, f"{id}SecurityGroup", vpc=known.vpc, description=description)
    made = ApplicationLoadBalancer(
        scope,
        id,
        network=known.vpc,
        security_group=group,
        certificates=certificates,
        https=True if certificates else Disabled("The domain of the application is not set"),
        **options,
    )
    balancer, security_group, http, https = logical_ids
    naming.name(balancer, made.load_balancer)
    naming.name(security_group, group)
    if made.access_logs_bucket is not None and made.access_logs_bucket.node.default_child is not None:
        naming.name("ELBAccessLogsBucket", made.access_logs_bucket)
        naming.name(
            "ELBAccessLogsBucketPolicy", cast("s3.Bucket", made.access_logs_bucket).policy or made.access_logs_bucket
        )
    listeners = {"HTTPS" if certificates else "HTTP": made.listener}
    if certificates:
        plain = made.load_balancer.node.find_child("Http")
        listeners["HTTP"] = cast("elbv2.ApplicationListener", plain)
        # Each service sets whether it accepts HTTP too; other requests get no response.
        nobody = {"ContentType": "text/plain", "MessageBody": "Not found", "StatusCode": "404"}
        resource_of(plain).add_property_override(
            "DefaultActions", [{"Type": "fixed-response", "FixedResponseConfig": nobody}]
        )
    for protocol, listener in listeners.items():
        naming.name(https if protocol == "HTTPS" else http, listener)
    known_policies = {_policy_name(policy) for policy in TLS_POLICIES}
    if ssl_policy is not None and certificates and ssl_policy not in known_policies:
        resource_of(made.listener).add_property_override("SslPolicy", ssl_policy)
    return MadeLoadBalancer(load_balancer=made, listeners=listeners)


def _policy_name(policy: elbv2.SslPolicy) -> str:
    return policy.value if isinstance(policy.value, str) else policy.name


def _certificates(scope: Construct, id: str, arns: Any) -> list[acm.ICertificate]:  # noqa: A002
    return [acm.Certificate.from_certificate_arn(scope, f"{id}{place}", arn) for place, arn in enumerate(arns)]


def _callers(scope: Construct, public: environments.PublicHttp) -> list[ec2.IPeer]:
    """Return the allowed sources of the public load balancer."""
    old = public.security_groups.ingress if public.security_groups is not None else None
    given = public.ingress or (old.restrict_to if old is not None else None) or environments.RestrictTo()
    peers = [ec2.Peer.ipv4(block) for block in given.source_ips or []]
    if given.cdn:
        stack = cdk.Stack.of(scope)
        parameter = cdk.CfnParameter(
            stack, "CloudFrontPrefixListId", description="Id of the prefix list of CloudFront's origin-facing servers"
        )
        peers.append(ec2.Peer.prefix_list(parameter.value_as_string))
    return peers or [ec2.Peer.any_ipv4()]


def _access_logs(scope: Construct, given: bool | environments.AccessLogs | None) -> AccessLogs | Disabled:  # noqa: FBT001  (as manifests have it)
    if given in (None, False):
        return Disabled(REASON)
    if not isinstance(given, environments.AccessLogs):
        return AccessLogs()
    bucket = None
    if given.bucket_name is not None:
        bucket = s3.Bucket.from_bucket_name(scope, "AccessLogsBucket", given.bucket_name)
    return AccessLogs(bucket=bucket, prefix=given.prefix)

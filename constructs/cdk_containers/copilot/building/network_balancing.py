"""Routes connections to a service through its own Network Load Balancer."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.services import Service
from cdk_containers.load_balancing import NetworkLoadBalancer, NlbExposure, NlbRoute

from ..manifests.models.workloads import LoadBalancedWebService, TaskWorkload
from .making import REASON, Making, in_seconds_or, seconds_or
from .names import certificate_for, make_alias_record, zone_of
from .ports import Listening, NlbPort

_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_DELAY = 60


class NetworkBalancing:
    """The Network Load Balancer of a service.

    Attributes:
        exposures: How the service is exposed.
    """

    def __init__(self, making: Making, workload: TaskWorkload, listening: Listening) -> None:
        self._making = making
        self._nlb = workload.nlb if isinstance(workload, LoadBalancedWebService) else None
        self._ports = listening.listeners
        self._open_port = next(
            number for ports in listening.ports.values() for number, transport in ports if transport == "tcp"
        )
        self.load_balancer = NetworkLoadBalancer(
            making.scope,
            "NetworkLoadBalancer",
            network=making.around.vpc,
            access_logs=Disabled(REASON),
            ingress=[ec2.Peer.any_ipv4()],
        )
        making.name_it("PublicNetworkLoadBalancerV2", self.load_balancer.load_balancer)
        making.name_it("NetworkLoadBalancerSecurityGroup", self.load_balancer.security_group)
        # Unchanged, because another description would replace the group.
        resource_of(self.load_balancer.security_group).add_property_override(
            "GroupDescription", "Allow traffic to the public facing load balancer on listener ports"
        )
        self._names = self._own_names()
        self._certificate: acm.ICertificate | None = None
        if any(port.protocol == "TLS" for port in self._ports):
            arn = self._certificate_arn()
            self._certificate = acm.Certificate.from_certificate_arn(making.scope, "KnownNlbCertificate", arn)
        self.exposures = [self._exposure(place, port) for place, port in enumerate(self._ports)]

    def _own_names(self) -> list[str]:
        setting = self._making.setting
        aliases = self._nlb.aliases if self._nlb is not None else []
        if aliases:
            return [alias.name or "" for alias in aliases]
        # An environment with your own certificates has no domain; a TLS listener needs a name anyway.
        needed = not setting.imports_certificates or any(port.protocol == "TLS" for port in self._ports)
        if setting.subdomain is not None and needed:
            return [f"{self._making.name}-nlb.{setting.subdomain}"]
        return []

    def _certificate_arn(self) -> str:
        return certificate_for(self._making, self._names, "NlbCertificate")

    @property
    def grace_seconds(self) -> int | None:
        """Health check grace period of the manifest, if it has one."""
        check = self._nlb.healthcheck if self._nlb is not None else None
        given = check.grace_period if check is not None else None
        return None if given is None else int(given.total_seconds())

    def _exposure(self, place: int, port: NlbPort) -> NlbExposure:
        udp = port.protocol == "UDP"
        return NlbExposure(
            port=port.target.port,
            container=None if port.target.container == self._making.name else port.target.container,
            name=f"listener{place}",
            load_balancer=self.load_balancer,
            listener_port=port.port,
            protocol=cast("Any", port.protocol),
            certificate=self._certificate if port.protocol == "TLS" else None,
            # UDP has no health check. The port of the manifest is set below, because no container needs to declare it.
            health_check_port=self._open_port if udp else None,
            deregistration_delay=seconds_or(port.listener.deregistration_delay, _DELAY),
        )

    def finish(self, service: Service) -> None:
        """Set health checks and policies that exposures have no options for, and create records."""
        making = self._making
        routes = [route for route in service.routes if isinstance(route, NlbRoute)]
        for place, (route, port) in enumerate(zip(routes, self._ports, strict=True)):
            suffix = str(place) if place else ""
            making.name_it(f"NetworkLoadBalancerTargetGroup{suffix}", route.target_group)
            making.name_it(f"NLBListener{suffix}", route.listener)
            self._finish_target_group(resource_of(route.target_group), port)
            if port.protocol == "TLS":
                if port.listener.stickiness:
                    making.notes.append(f"nlb: a TLS listener, such as {port.port}, does not support stickiness")
                policy = port.listener.ssl_policy or _POLICY
                resource_of(route.listener).add_property_override("SslPolicy", policy)
        # The environment owns its security group, so the ingress rule is here.
        opened = ec2.CfnSecurityGroupIngress(
            making.scope,
            "FromNetworkLoadBalancer",
            group_id=making.around.export("EnvironmentSecurityGroup"),
            ip_protocol="-1",
            source_security_group_id=self.load_balancer.security_group.security_group_id,
        )
        making.name_it("EnvironmentSecurityGroupIngressFromNetworkLoadBalancerSecurityGroup", opened)
        resource_of(self.load_balancer.security_group).add_property_deletion_override("SecurityGroupEgress")
        balancer = cast("elbv2.NetworkLoadBalancer", self.load_balancer.load_balancer)
        making.export("PublicNetworkLoadBalancerDNSName", balancer.load_balancer_dns_name)
        aliases = {alias.name: alias.hosted_zone for alias in (self._nlb.aliases if self._nlb is not None else [])}
        for name in self._names:
            make_alias_record(
                making,
                name,
                zone_of(making, name, aliases.get(name)),
                dns_name=balancer.load_balancer_dns_name,
                zone_id=balancer.load_balancer_canonical_hosted_zone_id,
            )

    @staticmethod
    def _finish_target_group(group: cdk.CfnResource, port: NlbPort) -> None:
        check = port.listener.healthcheck
        written: dict[str, Any] = {
            "Port": port.target.port,
            "HealthCheckPort": None if check is None or check.port is None else str(check.port),
            "HealthCheckIntervalSeconds": in_seconds_or(check.interval if check else None, 30),
            "HealthCheckTimeoutSeconds": in_seconds_or(check.timeout if check else None, 10),
            "HealthyThresholdCount": (check.healthy_threshold if check else None) or 5,
            "UnhealthyThresholdCount": (check.unhealthy_threshold if check else None) or 2,
            "TargetGroupAttributes": [{"Key": name, "Value": value} for name, value in _attributes(port).items()],
        }
        for name, value in written.items():
            if value is None:
                group.add_property_deletion_override(name)
            else:
                group.add_property_override(name, value)


def _attributes(port: NlbPort) -> dict[str, str]:
    """Return the attributes of a target group. Behind TLS, it does not support stickiness."""
    found = {"deregistration_delay.timeout_seconds": str(in_seconds_or(port.listener.deregistration_delay, _DELAY))}
    if port.listener.stickiness is not None and port.protocol != "TLS":
        found["stickiness.enabled"] = str(port.listener.stickiness).lower()
    return found

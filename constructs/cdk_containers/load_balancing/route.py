"""A route to a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Literal, cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import remember_reference, seconds
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.whereabouts import stack_of
from cdk_containers.metrics import KnownExpression, KnownMetric, as_cdk
from cdk_containers.network import NetworkLike, PortRange, groups_of, let_in

from .ports import EPHEMERAL_PORTS


@frozen
class RouteTarget:
    """The target of a route.

    Attributes:
        network: The network, with what is known about its subnets.
        vpc: Its VPC.
        subnets: The subnets of the tasks and of internal load balancers.
        internet_facing: Whether a load balancer created for the service has public addresses.
        security_groups: The security groups of the tasks or of their instances.
        container_name: The container that listens, if ECS registers the targets.
        by_address: Whether targets have their own address, as pods and awsvpc tasks do, or a port of their instance.
        instance_port: The port of the instance, if it is fixed.
        instance_health_check_port: The port of the instance for health checks, if it differs.
        port_name: Name of the port in the task definition, if it has one.
        has_alternate: Whether there is a second target group for deployments that shift traffic.
        infrastructure_role: The role with which ECS shifts traffic, if ECS does so.
        group_of_all: Whether the security group belongs to a whole cluster, whose stack depends on that of the network.
    """

    network: NetworkLike
    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection
    internet_facing: bool
    security_groups: Sequence[ec2.ISecurityGroup]
    container_name: str | None = None
    by_address: bool = True
    instance_port: int | None = None
    instance_health_check_port: int | None = None
    port_name: str | None = None
    has_alternate: bool = False
    infrastructure_role: iam.IRole | None = None
    group_of_all: bool = False

    @property
    def target_type(self) -> elbv2.TargetType:
        """The target type for the load balancer."""
        return elbv2.TargetType.IP if self.by_address else elbv2.TargetType.INSTANCE

    def ports(self, container_port: int, protocol: str = "tcp") -> PortRange:
        """Return the ports on which the load balancer reaches a port of the container."""
        if self.by_address:
            return PortRange(first=container_port, last=container_port, protocol=protocol)
        first, last = EPHEMERAL_PORTS if self.instance_port is None else (self.instance_port, self.instance_port)
        return PortRange(first=first, last=last, protocol=protocol)

    def let_in(
        self, route: Construct, peers: ec2.IConnectable, ports: PortRange, description: str = "Load balancer to target"
    ) -> list[Construct]:
        """Let a load balancer reach the tasks, and return what the service must wait for."""
        return [
            rule
            for group in self.security_groups
            for peer in groups_of(peers)
            for rule in let_in(
                group,
                peer,
                ports,
                user=route,
                description=description,
                group_knows_peer=self.group_of_all and stack_of(self.vpc) == stack_of(peer),
            )
        ]

    def entry(self, port: int, **where: Any) -> ecs.CfnService.LoadBalancerProperty | None:
        """Return what ECS needs to register tasks with a load balancer; None if ECS does not register them."""
        if self.container_name is None:
            return None
        return ecs.CfnService.LoadBalancerProperty(container_name=self.container_name, container_port=port, **where)

    def leave_to_ecs(self, *rules: IConstruct | None) -> None:
        """Keep tags of aspects off the rules whose weights ECS shifts.

        On any change of a rule, CloudFormation may reset its weights and send traffic to a group without tasks.

        See https://github.com/aws/aws-cdk/issues/36649
        """
        if self.infrastructure_role is not None:
            for rule in rules:
                if rule is not None:
                    resource_of(rule).add_property_deletion_override("Tags")


Figure = Literal["requests", "client_errors", "server_errors", "response_time", "unhealthy_tasks", "healthy_tasks"]
"""Metrics that CloudWatch may have for a route."""


class Route(CheckedConstruct):
    """A route to a service; see the subclasses, such as `AlbRoute`. A metric that it lacks is None.

    Attributes:
        port: Port in the container.
        entry: What ECS needs to register tasks, if they are targets of a load balancer.
        ready_when: What must exist before the service.
    """

    _rolls_back: ClassVar[bool] = True

    port: int
    entry: ecs.CfnService.LoadBalancerProperty | None = None
    ready_when: Sequence[Construct] = ()

    @property
    def rolls_back(self) -> bool:
        """Whether its errors can roll back a deployment, which requires documented metrics."""
        return self._rolls_back

    @property
    def url(self) -> str | None:
        """Its URL, if it is known."""
        return None

    _NAMESPACE: ClassVar[str] = ""
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = MappingProxyType({})
    """Name and statistic of each CloudWatch metric of this kind of route."""

    @property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        """The CloudWatch dimensions of the target groups; deployments that shift traffic have one for each version."""
        return ()

    def figures(self, figure: Figure, *, period: int, statistic: str | None = None) -> list[KnownMetric]:
        """Return a figure of each target group; none if there is no such figure."""
        if figure not in self._FIGURES:
            return []
        name, usual = self._FIGURES[figure]
        return [
            KnownMetric(
                namespace=self._NAMESPACE,
                name=name,
                statistic=statistic or usual,
                period=period,
                dimensions=dimensions,
            )
            for dimensions in self._dimensions
        ]

    def figure(
        self, figure: Figure, *, period: int = 60, statistic: str | None = None
    ) -> KnownMetric | KnownExpression | None:
        """Return a figure of the route, of all target groups together; None if there is no such figure."""
        return of_both(self.figures(figure, period=period, statistic=statistic))

    def requests(self, period: Duration) -> cloudwatch.IMetric | None:
        """Number of requests."""
        return as_cdk(self.figure("requests", period=seconds(period)))

    def client_errors(self, period: Duration) -> cloudwatch.IMetric | None:
        """Number of requests that tasks answered with a 4xx status."""
        return as_cdk(self.figure("client_errors", period=seconds(period)))

    def server_errors(self, period: Duration) -> cloudwatch.IMetric | None:
        """Number of requests that tasks answered with a 5xx status."""
        return as_cdk(self.figure("server_errors", period=seconds(period)))

    def response_time(self, period: Duration, statistic: str) -> cloudwatch.IMetric | None:
        """Time to the answer of a task, in seconds."""
        return as_cdk(self.figure("response_time", period=seconds(period), statistic=statistic))

    def unhealthy_tasks(self, period: Duration) -> cloudwatch.IMetric | None:
        """Number of tasks that fail the health check."""
        return as_cdk(self.figure("unhealthy_tasks", period=seconds(period)))

    def healthy_tasks(self, period: Duration) -> cloudwatch.IMetric | None:
        """Number of tasks that pass the health check."""
        return as_cdk(self.figure("healthy_tasks", period=seconds(period)))


def enter_load_balancers(service: ecs.BaseService, routes: Mapping[str, Route]) -> None:
    """Tell ECS which load balancers the tasks are targets of; the service must wait for `ready_when` of the routes.

    Sorts them by id, so that the order of the exposures does not matter. CDK's `add_target` would create security group
    rules again for each service, and the service would not wait for them.
    """
    resource = cast("ecs.CfnService", resource_of(service))
    entries = [route.entry for _, route in sorted(routes.items()) if route.entry is not None]
    if entries:
        resource.load_balancers = [*entries]


@asked_once
def arn_of(group: elbv2.ITargetGroup) -> str:
    """Return the ARN of a target group."""
    return remember_reference(group.target_group_arn, stack_of(group))


def of_both(metrics: Sequence[KnownMetric]) -> KnownMetric | KnownExpression | None:
    """Combine the metrics of blue and green: production traffic goes to either, or to both during a shift."""
    if not metrics:
        return None
    first = metrics[0]
    if len(metrics) == 1:
        return first
    # The id must be unique among the metrics of a graph.
    ids = [f"{colour}_{first.name}_{first.statistic}".replace(".", "_") for colour in ("blue", "green")]
    function = "SUM" if first.statistic == "Sum" else "MAX"
    return KnownExpression(
        expression=f"{function}([{', '.join(ids)}])",
        metrics=dict(zip(ids, metrics, strict=True)),
        label=f"{first.name}, blue and green",
        period=first.period,
    )

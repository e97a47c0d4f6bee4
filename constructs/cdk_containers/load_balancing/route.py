"""A way to reach a service, made."""

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
    """What requests are brought to.

    Attributes:
        network: The network, with what is known of its subnets.
        vpc: Its VPC.
        subnets: Where the tasks, and internal load balancers, are.
        internet_facing: Whether a load balancer made for the service has public addresses.
        security_groups: The groups that the tasks are in, or their instances.
        container_name: The container of the tasks of ECS that listens; none where somebody else registers targets.
        by_address: Whether targets have their own address, as pods and tasks with awsvpc networking have, or a
            port of their instance.
        instance_port: The port of the instance, where it does not change.
        instance_health_check_port: The port of the instance that a health check asks, where that is another.
        port_name: Name of the port in the task definition, where it has one.
        has_alternate: Whether there is a second target group, which deployments may shift traffic to.
        infrastructure_role: What ECS shifts traffic as; none where somebody else shifts it.
        group_of_all: Whether the group is that of a whole cluster, whose stack needs that of the network.
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
        """What the load balancer counts as a target."""
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
        """Let a load balancer reach the tasks, and return what the service has to wait for."""
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
        """Return what ECS has to know to register tasks at a load balancer; None where somebody else registers them."""
        if self.container_name is None:
            return None
        return ecs.CfnService.LoadBalancerProperty(container_name=self.container_name, container_port=port, **where)

    def leave_to_ecs(self, *rules: IConstruct | None) -> None:
        """Keep tags of aspects off the rules whose weights ECS moves.

        With any change of a rule, CloudFormation may write its first weights again, and traffic goes where no task is.

        See https://github.com/aws/aws-cdk/issues/36649
        """
        if self.infrastructure_role is not None:
            for rule in rules:
                if rule is not None:
                    resource_of(rule).add_property_deletion_override("Tags")


Figure = Literal["requests", "client_errors", "server_errors", "response_time", "unhealthy_tasks", "healthy_tasks"]
"""What CloudWatch may know of a route."""


class Route(CheckedConstruct):
    """A way to reach a service; see the kinds, such as `AlbRoute`. A metric that it lacks is None.

    Attributes:
        port: Port in the container.
        entry: What ECS has to know to register tasks, if they are targets of a load balancer.
        ready_when: What has to be there before the service.
    """

    _rolls_back: ClassVar[bool] = True

    port: int
    entry: ecs.CfnService.LoadBalancerProperty | None = None
    ready_when: Sequence[Construct] = ()

    @property
    def rolls_back(self) -> bool:
        """Whether its errors may roll a deployment back: its metrics are documented, names and dimensions."""
        return self._rolls_back

    @property
    def url(self) -> str | None:
        """Where it is reached, if that can be said."""
        return None

    _NAMESPACE: ClassVar[str] = ""
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = MappingProxyType({})
    """Name and statistic of each figure that CloudWatch has of this kind of route."""

    @property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        """How CloudWatch names the targets, of which each version has its own where traffic is shifted."""
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
    """Tell ECS of which load balancers tasks are targets; the service has to wait for `ready_when` of the routes.

    In the order of the ids, so that the order of the exposures does not matter. Not by CDK's `add_target`: it makes the
    rules of security groups for each service anew, and the service does not wait for them.
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
    """Put the metrics of blue and green together: production may be either, and a shift has it between them."""
    if not metrics:
        return None
    first = metrics[0]
    if len(metrics) == 1:
        return first
    # An id names one metric of a graph, in which others may stand beside it.
    ids = [f"{colour}_{first.name}_{first.statistic}".replace(".", "_") for colour in ("blue", "green")]
    function = "SUM" if first.statistic == "Sum" else "MAX"
    return KnownExpression(
        expression=f"{function}([{', '.join(ids)}])",
        metrics=dict(zip(ids, metrics, strict=True)),
        label=f"{first.name}, blue and green",
        period=first.period,
    )

"""What all services share: from a workload to an ECS service that is reached, scaled, watched and rolled back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from ..checked_construct import CheckedConstruct
from ..clusters import Capacity, Cluster
from ..deployments import Rolling
from ..errors import ConstructError, Problem
from ..inputs import argument_problems, arn_problems, in_seconds, is_token, usable_arguments
from ..load_balancing import AlbExposure, ApplicationLoadBalancer
from ..load_balancing.alb_route import AlbRoute
from ..observability import Alarms, make_alarms, make_server_error_alarm
from ..opt_outs import record_opt_out, resource_of
from ..practices import Disabled
from ..scaling import ServiceScaling, add_scaling
from ..tasks import FargateTaskDefinition, TaskOptions
from ..workload import Container, ImageLike, Volume, Workload
from .service_input import ServiceInput

_DEFAULT_COUNT = 2
_GRACE_SECONDS = 60


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class Service(CheckedConstruct):
    """An ECS service on Fargate. Use `WebService` or `BackendService`.

    Attributes:
        service: The service itself.
        cluster: The cluster it runs in.
        task: Its task definition, with roles, log group and containers.
        routes: How it is reached, in the order of the exposures.
        alarms: Its alarms, by name.
        scalable_task_count: Its scaling, to add policies to, if it scales.
    """

    _internet_facing: ClassVar[bool]
    _needs_exposure: ClassVar[bool]

    service: ecs.FargateService
    cluster: Cluster
    task: FargateTaskDefinition
    routes: Sequence[AlbRoute]
    alarms: Mapping[str, cloudwatch.Alarm]
    scalable_task_count: ecs.ScalableTaskCount | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster | None = None,
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int = 256,
        memory_limit_mib: int = 512,
        task: TaskOptions | None = None,
        exposure: AlbExposure | Sequence[AlbExposure] = (),
        desired_count: int | None = None,
        scaling: ServiceScaling | None = None,
        deployment: Rolling | None = None,
        capacity: Sequence[Capacity] | None = None,
        alarms: Alarms | Disabled | None = None,
        enable_execute_command: bool = False,
    ) -> None:
        """Make a service.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            cluster: Where it runs. Default: a new `Cluster` in a new `Network`.
            image: Image of the service's container, where nothing else about the container needs saying.
            container: The service's container, in place of `image`.
            sidecars: Containers beside it, that live and die with it. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a task, 1024 to a vCPU. Default: 256, the smallest.
            memory_limit_mib: Memory of a task in MiB; only certain pairs with `cpu` exist. Default: 512.
            task: What most tasks leave alone: platform, disk, roles, logs. Default: `TaskOptions()`.
            exposure: How it is reached through load balancers: one way, or several. A `WebService` needs one. Default:
                none.
            desired_count: A fixed number of tasks. Default: 2, so that one zone may fail; none with `scaling`.
            scaling: Let the number of tasks follow the load, in place of `desired_count`.
            deployment: How a new version takes over. Default: `Rolling()`, with circuit breaker and alarm rollback.
            capacity: How its tasks are split over capacity. Default: as the cluster says.
            alarms: What somebody has to look at, and who is told. Default: `Alarms()`, which tells nobody.
                `Disabled(reason="…")` makes none but the one that rolls deployments back.
            enable_execute_command: Let people with leave to do so open a shell in a container (ECS Exec). Default:
                False. It needs a writable root file system.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Service.__init__, locals())
        given = ServiceInput.of(
            usable_arguments(Service.__init__, locals(), found),
            needs_exposure=self._needs_exposure,
            internet_facing=self._internet_facing,
        )
        found.extend_anew(given.problems())
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster or Cluster(self, "Cluster")
        workload = given.workload
        self.task = FargateTaskDefinition(
            self,
            "Task",
            containers=workload.containers,
            volumes=workload.volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            options=given.task,
        )
        self.service = self._make_service(given)
        self._resource = resource_of(self.service)
        self._resource.node.add_dependency(*self.cluster.capacity_ready, *self.task.ready_when)
        self.task.open_volumes_to(self.service)
        self.routes = self._make_routes(given.exposures, workload)
        self.alarms = self._make_alarms(given)
        self.scalable_task_count = self._scale(scaling)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        service_arn: str,
        cluster: Cluster,
        security_group_id: str,
        task_role_arn: str,
    ) -> ImportedService:
        """Use a service that exists: to let it connect, and to grant its task role.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            service_arn: Its ARN, in the form that has the name of the cluster.
            cluster: The cluster it runs in.
            security_group_id: Its security group.
            task_role_arn: Its task role.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, service_arn=service_arn, task_role_arn=task_role_arn))
        found.raise_for(scope, id)
        return ImportedService(
            scope,
            id,
            service_arn=service_arn,
            cluster=cluster,
            security_group_id=security_group_id,
            task_role_arn=task_role_arn,
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Whom a grant to this service goes to: its task role, which is no other service's."""
        return self.task.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to its tasks, and they to whom."""
        return self.service.connections

    @property
    def task_role(self) -> iam.IRole:
        """The role that the application acts as."""
        return self.task.task_role

    @property
    def log_group(self) -> aws_logs.ILogGroup:
        """Where its containers log."""
        return self.task.log_group

    @property
    def load_balancer(self) -> ApplicationLoadBalancer:
        """The load balancer of its first exposure."""
        return self._first_route.load_balancer

    @property
    def target_group(self) -> elbv2.ApplicationTargetGroup:
        """The target group of its first exposure."""
        return self._first_route.target_group

    @property
    def _first_route(self) -> AlbRoute:
        if not self.routes:
            problem = Problem(
                option="exposure",
                what="there is none, so there is no load balancer",
                allowed="an AlbExposure",
                practice="explicit-ingress",
            )
            raise ConstructError(self.node.path, [problem])
        return self.routes[0]

    def _make_service(self, given: ServiceInput) -> ecs.FargateService:
        rolling = given.deployment
        strategy = given.capacity or self.cluster.default_strategy
        service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster.cluster,
            task_definition=self.task.task_definition,
            desired_count=given.desired_count if given.desired_count is not None or given.scaling else _DEFAULT_COUNT,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=share.provider, base=share.base, weight=share.weight)
                for share in strategy
            ],
            platform_version=ecs.FargatePlatformVersion.LATEST,
            assign_public_ip=False,
            vpc_subnets=self.cluster.task_subnets,
            min_healthy_percent=rolling.min_healthy_percent,
            max_healthy_percent=rolling.max_healthy_percent,
            circuit_breaker=(
                ecs.DeploymentCircuitBreaker(enable=True, rollback=True) if rolling.circuit_breaker is True else None
            ),
            health_check_grace_period=in_seconds(_GRACE_SECONDS) if given.exposures else None,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_execute_command=given.enable_execute_command,
        )
        for practice_id, value in (
            ("deployment-circuit-breaker", rolling.circuit_breaker),
            ("deployment-alarms", rolling.alarm_rollback),
            ("service-alarms", given.alarms),
        ):
            if isinstance(value, Disabled):
                record_opt_out(service, practice_id, value)
        return service

    def _make_routes(self, exposures: Sequence[AlbExposure], workload: Workload) -> list[AlbRoute]:
        routes: list[AlbRoute] = []
        names: Counter[str] = Counter()
        for exposure in exposures:
            # A token's number depends on how many came before it, and would move the route.
            name = "Port" if is_token(exposure.port) else f"Port{int(exposure.port)}"
            names[name] += 1
            route = AlbRoute(
                self,
                name + (f"Route{names[name]}" if names[name] > 1 else ""),
                exposure=exposure,
                service=self.service,
                container_name=exposure.container or workload.containers[0].name,
                vpc=self.cluster.vpc,
                internet_facing=self._internet_facing,
            )
            routes.append(route)
        return routes

    def _make_alarms(self, given: ServiceInput) -> dict[str, cloudwatch.Alarm]:
        wanted = isinstance(given.alarms, Alarms)
        options = given.alarms if isinstance(given.alarms, Alarms) else Alarms()
        rollback = given.deployment.alarm_rollback is True
        made: dict[str, cloudwatch.Alarm] = {}
        if wanted or rollback:
            for index, route in enumerate(self.routes):
                suffix = "" if index == 0 else str(index + 1)
                made[f"ServerErrors{suffix}"] = make_server_error_alarm(
                    self, f"ServerErrorsAlarm{suffix}", route, options
                )
        watched: list[cloudwatch.IAlarm] = [*made.values(), *given.deployment.alarms]
        if rollback and watched:
            # Not by CDK's enable_deployment_alarms: it loses the alarms of an earlier call, and warns of a circle that
            # cannot be, since these alarms do not know the service.
            self._resource.add_property_override(
                "DeploymentConfiguration.Alarms",
                {"AlarmNames": [alarm.alarm_name for alarm in watched], "Enable": True, "Rollback": True},
            )
        if wanted:
            made |= make_alarms(self, self.service, list(self.routes), options)
        return made

    def _scale(self, scaling: ServiceScaling | None) -> ecs.ScalableTaskCount | None:
        if scaling is None:
            return None
        return add_scaling(self.service, scaling, self.routes[0].target_group if self.routes else None)


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class ImportedService(CheckedConstruct):
    """A service that exists; see `WebService.from_attributes`."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        service_arn: str,
        cluster: Cluster,
        security_group_id: str,
        task_role_arn: str,
    ) -> None:
        super().__init__(scope, id)
        self.service = ecs.FargateService.from_fargate_service_attributes(
            self, "Service", cluster=cluster.cluster, service_arn=service_arn
        )
        self.task_role = iam.Role.from_role_arn(self, "TaskRole", task_role_arn)
        self._connections = ec2.Connections(
            security_groups=[ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)]
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Whom a grant to this service goes to: its task role."""
        return self.task_role.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to its tasks, and they to whom."""
        return self._connections

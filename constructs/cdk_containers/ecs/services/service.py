"""Base of all services: an ECS service with routes, scaling, alarms and rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import codedeploy, sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.component_tag import tag_component
from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.inputs import DurationLike, argument_problems, arn_problems, usable_options
from cdk_containers.core.opt_outs import acknowledge_open_egress, record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.core.whereabouts import node_of
from cdk_containers.deployments import CodeDeployBlueGreen, Deployment, Rolling, TrafficShiftingDeployment, add_hooks
from cdk_containers.load_balancing import (
    AlbRoute,
    ApplicationLoadBalancer,
    Exposure,
    Route,
    domain_place_problems,
    enter_lattice,
)
from cdk_containers.metrics import OwnAlarm, OwnAlarms
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy
from cdk_containers.model.workload import Container, EfsVolume, ImageLike, Volume
from cdk_containers.observability import Alarms
from cdk_containers.registry import warn_of_empty_repository
from cdk_containers.scaling import ServiceScaling, add_scaling

from ..clusters import Capacity, Cluster, TaskConnections, unknown_group_problems
from ..clusters.external_instances import warn_of_missing_machines
from ..connections import CallingConnector, Connector, connect
from ..discovery import CloudMap, Namespace, ServiceConnect
from ..tasks import TaskDefinition, TaskOptions
from ..tasks.ebs_volumes import attach_ebs_volume
from .checks.external import unsupported_problems
from .code_deploy import make_deployment_group
from .connections import endpoint_of, endpoint_problems, make_connector, make_discoverable
from .ecs_service import groups_of_tasks, make_ecs_service
from .execute_command import acknowledge_execute_command
from .imported_service import ImportedService
from .rollout_warnings import warn_of_slow_rollouts
from .service_alarms import make_other_alarms, make_rollback_alarms, roll_back_on, watched_alarms
from .service_input import ServiceInput
from .service_kind import ServiceKind
from .service_routes import make_routes


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class Service(CheckedConstruct):
    """An ECS service on Fargate or on EC2. Use `WebService`, `BackendService` or `DaemonService`.

    Attributes:
        service: The CDK service.
        cluster: Its cluster.
        task: Its task definition, with roles, log group and containers.
        routes: Its routes, in the order of the exposures.
        alarms: Its alarms, by name.
        scalable_task_count: Its scaling, to add policies; None if it does not scale.
        deployment_group: Its CodeDeploy deployment group, for pipelines, if it uses `CodeDeployBlueGreen`.
    """

    _kind: ClassVar[ServiceKind]

    service: ecs.BaseService
    cluster: Cluster
    task: TaskDefinition
    routes: Sequence[Route]
    alarms: Mapping[str, cloudwatch.Alarm]
    scalable_task_count: ecs.ScalableTaskCount | None
    _read_queue: sqs.IQueue | None = None
    deployment_group: codedeploy.EcsDeploymentGroup | None = None

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
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        task: TaskOptions | None = None,
        exposure: Exposure | Sequence[Exposure] = (),
        service_connect: ServiceConnect | None = None,
        cloud_map: CloudMap | None = None,
        desired_count: int | None = None,
        scaling: ServiceScaling | None = None,
        deployment: Deployment | None = None,
        capacity: Sequence[Capacity] | None = None,
        placement_strategies: Sequence[PlacementStrategy] | None = None,
        placement_constraints: Sequence[PlacementConstraint] = (),
        alarms: Alarms | Disabled | None = None,
        enable_execute_command: bool = False,
        health_check_grace_period: DurationLike | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        vpc_subnets: ec2.SubnetSelection | None = None,
        service_name: str | None = None,
    ) -> None:
        """Create a service.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: Cluster. Default: a new `Cluster` in a new `Network`.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the service, instead of `image`.
            sidecars: Additional containers of the task. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a task; 1024 are one vCPU. On EC2, None leaves the size to the containers. Default: 256,
                the smallest.
            memory_limit_mib: Memory of a task in MiB; Fargate supports only certain combinations with `cpu`. On EC2,
                None leaves the size to the containers. Default: 512.
            task: Options that most tasks do not change: platform, disk, roles, logs. Default: `TaskOptions()`.
            exposure: Exposures through load balancers or VPC Lattice: one or several. A `WebService` needs at least
                one. Default: none.
            service_connect: Service Connect options: the ports that it serves and its namespace. Default: none;
                `connect_to` adds it as a client.
            cloud_map: Its DNS name in Cloud Map. Default: none.
            desired_count: A fixed number of tasks. Default: 2, so that one Availability Zone may fail; none with
                `scaling`.
            scaling: Scales the number of tasks with the load, instead of `desired_count`.
            deployment: How a new version replaces the old one: `Rolling`, `BlueGreen`, `Linear`, `Canary` or
                `CodeDeployBlueGreen`. Default: `Rolling()`, with circuit breaker and alarm rollback.
            capacity: Capacity for its tasks, on Fargate or on EC2 (`[on_demand.share(base=2), spot.share(weight=3)]`).
                Default: the strategy of the cluster.
            placement_strategies: How ECS chooses instances, on EC2. Default: spread over Availability Zones, then over
                instances.
            placement_constraints: Requirements of instances for tasks, on EC2. Default: none.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates only the alarm
                that rolls back deployments. Default: `Alarms()`, which sends no notifications.
            enable_execute_command: Enables ECS Exec, with which authorized users open a shell in a container. It
                requires a writable root file system. Default: False.
            health_check_grace_period: Time after the start of a task in which ECS ignores failing load balancer health
                checks. Make it longer than your application takes to start. Default: 60 s with an exposure, none
                without.
            security_groups: Security groups of its tasks, up to 5; requires awsvpc networking. Default: a new one.
            vpc_subnets: Private subnets of its tasks; requires awsvpc networking. Default: the subnets of the cluster.
            service_name: Name of the service. CloudFormation cannot replace a service with a fixed name, so an update
                that must replace it fails. Default: a name that CloudFormation generates.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Service.__init__, locals())
        given = ServiceInput(
            kind=self._kind,
            cluster=cluster,
            image=image,
            container=container,
            sidecars=sidecars,
            volumes=volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            task=task or TaskOptions(network_mode="bridge" if self._kind.external else "awsvpc"),
            exposure=exposure,
            service_connect=service_connect,
            cloud_map=cloud_map,
            desired_count=desired_count,
            scaling=scaling,
            deployment=deployment or Rolling(),
            capacity=capacity,
            placement_strategies=placement_strategies,
            placement_constraints=placement_constraints,
            alarms=alarms or Alarms(),
            enable_execute_command=enable_execute_command,
            health_check_grace_period=health_check_grace_period,
            security_groups=security_groups,
            vpc_subnets=vpc_subnets,
            service_name=service_name,
        )
        self._make(scope, id, found, usable_options(given, Service.__init__, found))

    def _make(self, scope: Construct, id: str, found: Problems, given: ServiceInput) -> None:  # noqa: A002
        """Create the service from options of the right type, unless there are problems.

        A kind of service with additional options has its own constructor, which also ends here.
        """
        if self._kind.external:
            found.extend_anew(unsupported_problems(given, Service.__init__.__kwdefaults__ or {}))
        found.extend_anew(given.problems())
        found.extend_anew(domain_place_problems(scope, given.exposures))
        found.raise_for(scope, id)
        super().__init__(scope, id)
        tag_component(self)

        self.cluster = given.cluster or Cluster(self, "Cluster")
        self._given = given = self._prepare(given)
        self.task = given.task_input.make(self, "Task")
        self.service = make_ecs_service(self, given, self.cluster, self.task)
        # CDK creates them only if something reaches the tasks, or the tasks reach a file system.
        asked = given.exposures or any(isinstance(volume, EfsVolume) for volume in given.workload.volumes)
        groups = groups_of_tasks(self, given, self.service) if asked else []
        self._resource = resource_of(self.service)
        self._record_opt_outs(given)
        if given.enable_execute_command:
            acknowledge_execute_command(self.task_role, self.cluster)
        self.task.open_volumes_to(groups)
        attach_ebs_volume(self, self.service, given.workload.volumes)
        self.routes = make_routes(self, given, self.service, self.cluster, groups)
        routes_ready = [ready for route in self.routes for ready in route.ready_when]
        node_of(self._resource).add_dependency(*self.cluster.capacity_ready, *self.task.ready_when, *routes_ready)
        enter_lattice(self.service, self.routes)
        make_discoverable(self, given, self.service, self.task)
        self.alarms = OwnAlarms(self._make_alarms(given))
        if isinstance(given.deployment, TrafficShiftingDeployment):
            add_hooks(self, self.service, given.deployment.hooks)
            self._need_jobs(given.deployment.hooks)
        if isinstance(given.deployment, CodeDeployBlueGreen):
            self.deployment_group = make_deployment_group(
                self, self.service, self.routes[0], given.deployment, watched_alarms(given, self._rollback_alarms)
            )
        self.scalable_task_count = self._scale(given)
        warn_of_slow_rollouts(self, given)
        if self._kind.external and not self._kind.daemon and given.least_tasks != 0:
            warn_of_missing_machines(self, self.cluster)
        if given.least_tasks:
            warn_of_empty_repository(self, [container.image for container in given.workload.containers])

    def _prepare(self, given: ServiceInput) -> ServiceInput:
        """Create what the task must know, such as a queue, and return the input with these settings."""
        return given

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
        endpoint: str | None = None,
        namespace: Namespace | None = None,
    ) -> ImportedService:
        """Use an existing service, to connect to it and to grant permissions to its task role.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            service_arn: Its ARN, in the format that contains the name of the cluster.
            cluster: Its cluster.
            security_group_id: Its security group.
            task_role_arn: Its task role.
            endpoint: Its address inside the network, with the port, such as `http://orders:8080`, for `connect_to`.
                Default: unknown.
            namespace: The namespace in which it serves through Service Connect, if it does. Default: none.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, service_arn=service_arn, task_role_arn=task_role_arn))
        found.extend(endpoint_problems(found, endpoint))
        found.raise_for(scope, id)
        return ImportedService(
            scope,
            id,
            service_arn=service_arn,
            cluster=cluster,
            security_group_id=security_group_id,
            task_role_arn=task_role_arn,
            endpoint=endpoint,
            namespace=namespace,
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this service's own task role."""
        return self.task.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of its tasks.

        Raises:
            ConstructError: Its tasks have the security groups of instances, which are unknown.
        """
        self._check_groups()
        return self._connections

    @property
    def task_role(self) -> iam.IRole:
        """The role of the application."""
        return self.task.task_role

    @property
    def log_group(self) -> aws_logs.ILogGroup:
        """The log group of its containers."""
        return self.task.log_group

    @property
    def url(self) -> str:
        """The URL of its first exposure: its name in `domain`, or the DNS name of the load balancer.

        Raises:
            ConstructError: No exposure has an address.
        """
        url = next((url for route in self.routes if (url := route.url) is not None), None)
        if url is None:
            problem = Problem(
                option="exposure",
                what="the service has no load balancer, so it has no URL",
                allowed="an AlbExposure, an NlbExposure or a LatticeExposure; `endpoint` is for other services",
                practice="explicit-ingress",
            )
            raise ConstructError(self.node.path, [problem])
        return url

    @property
    def endpoint(self) -> str:
        """Its address for other services, which `connect_to` passes to them."""
        return endpoint_of(self._connector)

    def connect_to(
        self,
        other: Service | ImportedService,
        *,
        port: str | None = None,
        variable: str | None = None,
        url: str | None = None,
        scheme: str | None = None,
    ) -> None:
        """Let this service call another, and pass it the address.

        It adds the security group rule, and creates this service after the other one. It joins the namespace if the
        other one serves through Service Connect, and grants permission to invoke it in VPC Lattice. It writes the
        address to an environment variable of this service's own container. It uses the first that the other service has
        of: Service Connect, a DNS name, VPC Lattice, an internal load balancer.

        Args:
            other: The service to call.
            port: Name of the port, if it serves several through Service Connect. Default: the first.
            variable: Name of the environment variable. Default: derived from the name of the other service:
                `ORDERS_URL`, or `ORDERS_SRV` for an SRV record, which your application must query for the port.
            url: Value of the variable. An internal load balancer with HTTPS requires it, unless its rule contains the
                name. Default: the address of the other service, such as `http://orders:8080`.
            scheme: Scheme of the address, such as `tcp` or `rediss`. Default: `http`, or for well-known ports of
                databases, caches and brokers the scheme of their clients: `redis://redis:6379`.

        Raises:
            ConstructError: The other service is not reachable, or already calls this one.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/interconnecting-services.html
        """
        found = argument_problems(Service.connect_to, locals())
        connect(self._connector, found, other=other, port=port, variable=variable, url=url, scheme=scheme)

    @property
    def load_balancer(self) -> ApplicationLoadBalancer:
        """The Application Load Balancer of its first route; `routes` has all load balancers."""
        return self._first_alb_route.load_balancer

    @property
    def target_group(self) -> elbv2.ApplicationTargetGroup:
        """The target group of that load balancer."""
        return self._first_alb_route.target_group

    @cached_property
    def _connections(self) -> TaskConnections:
        acknowledge_open_egress(self)
        own_address = self._given.task.network_mode == "awsvpc"
        return TaskConnections(self.node.path, self.service.connections.security_groups, own_address=own_address)

    @cached_property
    def _connector(self) -> CallingConnector:
        self._check_groups()
        return make_connector(self, self._given, self.service, self.task, self.routes, vpc=self.cluster.vpc)

    def _check_groups(self) -> None:
        if self._given.has_groups_of_instances:
            why = "no rule can be added for the tasks"
            unknown = unknown_group_problems(self._given.groups_of_instances, self.cluster, why=why)
            if unknown:
                raise ConstructError(self.node.path, unknown)

    @property
    def _first_alb_route(self) -> AlbRoute:
        route = next((route for route in self.routes if isinstance(route, AlbRoute)), None)
        if route is None:
            problem = Problem(
                option="exposure",
                what="the service has no Application Load Balancer; see `routes`",
                allowed="an AlbExposure",
                practice="explicit-ingress",
            )
            raise ConstructError(self.node.path, [problem])
        return route

    def _need_jobs(self, hooks: Sequence[object]) -> None:
        """Record jobs that a deployment waits for, because such a job cannot connect to this service."""
        for hook in hooks:
            job = getattr(getattr(hook, "job", None), "_calls", None)
            if isinstance(job, Connector):
                self._connector.calls(job)

    def _record_opt_outs(self, given: ServiceInput) -> None:
        for practice_id, value in (*given.deployment.defaults.items(), ("service-alarms", given.alarms)):
            if isinstance(value, Disabled):
                record_opt_out(self.service, practice_id, value)

    def _make_alarms(self, given: ServiceInput) -> dict[str, OwnAlarm]:
        self._rollback_alarms = failing = make_rollback_alarms(self, given, self.routes)
        roll_back_on(failing, self._resource, given)
        return {**failing, **make_other_alarms(self, given, self.service, self.routes, self.cluster)}

    def _scale(self, given: ServiceInput) -> ecs.ScalableTaskCount | None:
        if given.scaling is None:
            return None
        alb_routes = [route for route in self.routes if isinstance(route, AlbRoute)]
        return add_scaling(
            self.service,
            given.scaling,
            target_group=alb_routes[0].target_group if alb_routes else None,
            queue=self._read_queue,
        )

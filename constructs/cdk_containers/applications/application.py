"""An application: the shared resources of its services and jobs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, cast

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.component_tag import APPLICATION, tag_value
from cdk_containers.core.errors import ConstructError, Problem, Problems, child_path
from cdk_containers.core.inputs import argument_problems, is_token
from cdk_containers.core.opt_outs import accept_in
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.clusters import Cluster
from cdk_containers.ecs.discovery import Namespace, ServiceConnect
from cdk_containers.ecs.jobs import Job
from cdk_containers.ecs.observability import ClusterEvents
from cdk_containers.ecs.services import DaemonService, ExternalDaemonService, Service, WebService, WorkerService
from cdk_containers.ecs.tasks import OpenTelemetry, TaskOptions
from cdk_containers.load_balancing import AccessLogs, AlbExposure, ApplicationLoadBalancer, Domain, Exposure
from cdk_containers.load_balancing.listener_checks import https_problems
from cdk_containers.logs import ContainerLogs, Logs
from cdk_containers.model.workload import Container, Port
from cdk_containers.network import Network, NetworkLike
from cdk_containers.observability import Alarms, AlarmTopic, JobAlarms, ServiceDashboard, WorkerAlarms, address_problems

from .environment import Environment
from .environment_network import ExistingNetwork, NewNetwork
from .shared_accounts import watch_place

_ALARMS: Mapping[type[Construct], type[Alarms | WorkerAlarms | JobAlarms]] = {
    WorkerService: WorkerAlarms,
    Job: JobAlarms,
}
"""Kinds with an alarms class other than `Alarms`."""

_IN_PLACE = (DaemonService, ExternalDaemonService)
"""Services with one task on each instance, which have no room for a second version."""

_NO_CERTIFICATE = Problem(
    option="exposure",
    what="the load balancers of the application have no certificate, and HTTPS needs one",
    allowed=(
        'Application(domain=…), Application(certificates=[…]) or Application(https=Disabled(reason="…")); or a '
        "certificate for this service"
    ),
    practice="https-listener",
)

_NOT_WHEN_THROWN_AWAY = ("several-tasks", "nat-gateway-per-az")
"""Practices that cost money, which a disposable environment does not follow."""

_Options = ParamSpec("_Options")
_Added = TypeVar("_Added", bound=Construct)


class Application(CheckedConstruct):
    """Shared resources of the services and jobs of one application, created on first use, and their defaults.

    `shop.add(WebService, "Web", …)` is `WebService(shop, "Web", …)` with defaults from the application. They cover the
    cluster, the load balancer of an exposure, the namespace of a container with named ports and the alarm topic. They
    also cover the environment's logs, capacity, architecture and counts. Grouped options get defaults one by one:
    `task=TaskOptions(architecture="ARM64")` keeps the logs of the environment.

    Attributes:
        environment: The options of its environment.
        domain: The domain for the names of its services, if there is one.
        network: The network.
        cluster: The cluster.
        alarm_topic: The topic for alarms, failed deployments and failed tasks.
        events: ECS events of deployments and tasks, stored and sent as notifications.
        dashboard: A dashboard with a row for each service and job; None before the first one.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/Welcome.html
    """

    environment: Environment
    domain: Domain | None
    network: NetworkLike
    cluster: Cluster
    alarm_topic: AlarmTopic
    events: ClusterEvents
    dashboard: ServiceDashboard | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        environment: Environment | None = None,
        network: NetworkLike | None = None,
        domain: Domain | None = None,
        certificates: Sequence[acm.ICertificate] = (),
        https: Literal[True] | Disabled = True,
        email_addresses: Sequence[str] | None = None,
    ) -> None:
        """Create an application.

        Args:
            scope: The parent, usually a stack; one for each environment.
            id: Name among the parent's children.
            environment: Options of its environment. Default: `Environment()`, which is production.
            network: The network, as a `Network` or a CDK VPC. Default: the network of the environment, or a new
                `Network`.
            domain: The domain for the names of its services: `AlbExposure(domain=shop.domain.names("api"))`. The load
                balancers get its certificate. If the environment has a `subdomain`, names are under that. Default: the
                domain of the environment, or none.
            certificates: Certificates of the load balancers, the default certificate first. Default: the certificate of
                `domain`, or none; without one, a service behind these load balancers is refused.
            https: Serves HTTPS on the load balancers; `Disabled(reason="…")` serves plain HTTP. Default: True.
            email_addresses: Addresses that get notifications of alarms and failures; each recipient must confirm by
                e-mail. Default: the addresses of the environment.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Application.__init__, locals())
        environment = environment or Environment()
        if not found.has("environment"):
            found.extend(environment.problems(), under="environment")
            if not found.has("scope") and not found:
                found.extend(_place_problems(scope, environment), under="environment")
        if not found.has("https") and not found.has("certificates") and (certificates or https is not True):
            found.extend(https_problems(https, certificates, "certificates"))
        if email_addresses is not None and not found.has("email_addresses"):
            found.extend(address_problems(email_addresses))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.environment = environment
        watch_place(self, environment)
        if domain is None and environment.domain is not None:
            domain = environment.domain.make(self, "EnvironmentDomain")
        self.domain = domain
        if domain is not None and environment.subdomain is not None:
            self.domain = domain.under(self, "Domain", environment.subdomain)
        self._certificates = tuple(certificates)
        self._https: Literal[True] | Disabled = https
        tags = cdk.Tags.of(self)
        tags.add("environment", environment.name)
        tags.add(APPLICATION, tag_value(id))
        logs = Logs(retention=environment.log_retention, removal_policy=environment.removal_policy)
        self.network = network or self._own_network(logs)
        self.cluster = Cluster(
            self, "Cluster", network=self.network, capacity=environment.capacity, execute_command_logs=logs
        )
        recipients = environment.email_addresses if email_addresses is None else email_addresses
        self.alarm_topic = AlarmTopic(self, "AlarmTopic", email_addresses=recipients)
        self.events = ClusterEvents(self, "Events", cluster=self.cluster, topic=self.alarm_topic.topic, logs=logs)
        self.dashboard = None
        if environment.throw_away is not None:
            accept_in(self, environment.throw_away, *_NOT_WHEN_THROWN_AWAY)

    @cached_property
    def public_load_balancer(self) -> ApplicationLoadBalancer:
        """The load balancer of web services, created with the first one."""
        return self._load_balancer("PublicLoadBalancer", internet_facing=True)

    @cached_property
    def namespace(self) -> Namespace:
        """The namespace for service discovery, created with the first service whose container has a named port."""
        # The path of the construct is unique in the account, as the name must be.
        name = re.sub(r"[^a-z0-9.-]+", "-", self.node.path.replace("/", ".").lower())
        return Namespace(self, "Namespace", name=name)

    @cached_property
    def internal_load_balancer(self) -> ApplicationLoadBalancer:
        """The load balancer of services inside the network, created with the first service that has an exposure."""
        return self._load_balancer("InternalLoadBalancer", internet_facing=False)

    def add(
        self,
        kind: Callable[Concatenate[Construct, str, _Options], _Added],
        id: str,  # noqa: A002
        /,
        *args: _Options.args,
        **options: _Options.kwargs,
    ) -> _Added:
        """Create a service or job of this application.

        Args:
            kind: Class of the service or job: `WebService`, `BackendService`, `WorkerService`, `ScheduledJob`,
                `EventJob`, …
            id: Its name among the application's children.
            args: Not used; pass options by name.
            options: The options of that class. Options that you omit come from the application.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        if not inspect.isclass(kind) or not issubclass(kind, Construct):
            found = Problems()
            found.add("kind", "not a construct", given=kind, allowed="a class such as WebService or ScheduledJob")
            raise ConstructError(child_path(self, id), found)
        made = kind(self, id, *args, **self._filled(kind, id, options))
        if isinstance(made, Service | Job):
            self._show(made)
        return cast("_Added", made)

    def _filled(self, kind: type[Construct], id: str, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        """Return the options, with the application's defaults for those not set."""
        takes = inspect.signature(kind.__init__).parameters
        defaults = {name: value for name, value in self._defaults(kind, options).items() if name in takes}
        filled = defaults | {name: filled_in(value, defaults.get(name)) for name, value in options.items()}
        exposure = options.get("exposure")
        if isinstance(exposure, Exposure | Sequence):
            exposures = [exposure] if isinstance(exposure, Exposure) else exposure
            certified = self._certificates or self.domain is not None
            if self._https is True and not certified and any(_wants_load_balancer(one) for one in exposures):
                raise ConstructError(child_path(self, id), [_NO_CERTIFICATE])
            filled["exposure"] = self._routed(exposures, internet_facing=issubclass(kind, WebService))
        return filled

    def _defaults(self, kind: type[Construct], options: Mapping[str, Any]) -> dict[str, Any]:
        environment, topic = self.environment, self.alarm_topic.topic
        logs = ContainerLogs(retention=environment.log_retention, removal_policy=environment.removal_policy)
        alarms = next((alarms for base, alarms in _ALARMS.items() if issubclass(kind, base)), Alarms)
        task = TaskOptions(logs=logs, architecture=environment.architecture)
        if isinstance(given := options.get("task"), TaskOptions) and given.telemetry is not None:
            metrics = Logs(retention=environment.log_retention, removal_policy=environment.removal_policy)
            task = replace(task, telemetry=OpenTelemetry(metrics_logs=metrics))
        defaults: dict[str, Any] = {
            "cluster": self.cluster,
            "task": task,
            "alarms": alarms(topic=topic),
        }
        # A worker follows its queue.
        if options.get("scaling") is None and not issubclass(kind, WorkerService):
            defaults["desired_count"] = environment.desired_count
        container = options.get("container")
        if isinstance(container, Container) and any(isinstance(port, Port) and port.name for port in container.ports):
            defaults["service_connect"] = ServiceConnect(namespace=self.namespace)
        deployment = environment.deployment
        reached = options.get("exposure") or options.get("service_connect") or "service_connect" in defaults
        if deployment is not None and not issubclass(kind, _IN_PLACE) and (reached or not deployment.has_alternate):
            defaults["deployment"] = deployment
        return defaults

    def _routed(self, exposures: Sequence[Exposure], *, internet_facing: bool) -> list[Exposure]:
        """Add the application's load balancer to exposures without one."""

        def load_balancer() -> ApplicationLoadBalancer:
            return self.public_load_balancer if internet_facing else self.internal_load_balancer

        return [
            replace(one, load_balancer=load_balancer())
            if isinstance(one, AlbExposure) and _wants_load_balancer(one)
            else one
            for one in exposures
        ]

    def _own_network(self, logs: Logs) -> Network:
        environment = self.environment
        if isinstance(environment.network, ExistingNetwork):
            return environment.network.make(self, "Network")
        new = environment.network or NewNetwork()
        return new.make(self, "Network", nat_gateways=environment.nat_gateways, flow_logs=logs)

    def _show(self, made: Service | Job) -> None:
        if self.dashboard is None:
            services, jobs = ([made], []) if isinstance(made, Service) else ([], [made])
            self.dashboard = ServiceDashboard(self, "Dashboard", services=services, jobs=jobs)
        elif isinstance(made, Service):
            self.dashboard.add(made)
        else:
            self.dashboard.add_job(made)

    @property
    def _certificates_of_domain(self) -> Sequence[acm.ICertificate]:
        return [] if self.domain is None or self._https is not True else [self.domain.certificate]

    def _load_balancer(self, id: str, *, internet_facing: bool) -> ApplicationLoadBalancer:  # noqa: A002
        environment = self.environment
        return ApplicationLoadBalancer(
            self,
            id,
            network=self.network,
            internet_facing=internet_facing,
            certificates=self._certificates or self._certificates_of_domain,
            https=self._https,
            redirect_http=internet_facing,
            access_logs=environment.throw_away or AccessLogs(),
            deletion_protection=environment.throw_away or True,
        )


def filled_in(given: Any, default: Any) -> Any:
    """Return an option with the given defaults for the parts that still have their class's default.

    A part that you set to its class's default looks the same as a part that you did not set.
    """
    if not is_dataclass(given) or type(given) is not type(default):
        return given
    changes: dict[str, Any] = {}
    for part in fields(given):
        value, said = getattr(given, part.name), getattr(default, part.name)
        if value is part.default or (part.default_factory is not MISSING and value == part.default_factory()):
            changes[part.name] = said
        else:
            changes[part.name] = filled_in(value, said)
    return replace(given, **changes)  # type: ignore[type-var]


def _wants_load_balancer(exposure: object) -> bool:
    """Tell whether an exposure sets no options for a separate load balancer."""
    return (
        isinstance(exposure, AlbExposure)
        and exposure.load_balancer is None
        and exposure.certificate is None
        and exposure.https is True
    )


def _place_problems(scope: Construct, environment: Environment) -> list[Problem]:
    """Find a stack without an account and region, or with others than its environment."""
    found = Problems()
    if environment.account is None and environment.region is None:
        return []
    stack = cdk.Stack.of(scope)
    for option in ("account", "region"):
        wanted, known = getattr(environment, option), getattr(stack, option)
        if wanted is not None and wanted != known:
            found.add(
                option,
                f"the stack has no {option}" if is_token(known) else f"the stack is deployed to {option} {known}",
                given=wanted,
                allowed="the same for both, by cdk.Stack(…, env=environment.env) or cdk.Stage(…, env=environment.env)",
            )
    return list(found)

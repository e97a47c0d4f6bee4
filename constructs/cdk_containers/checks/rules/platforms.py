"""Checks of Managed Instances, ECS Anywhere and Express Mode."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Resource

from .service_parts import SERVICE, TASK_DEFINITION, capacities, containers_of, network_mode, network_mode_of
from .services import is_daemon

EXPRESS = "AWS::ECS::ExpressGatewayService"
SUBNET = "AWS::EC2::Subnet"


@check("managed-instances-tasks", TASK_DEFINITION, fix="Use awsvpc or host networking, and no swap or Docker volumes.")
def task_suits_managed_instances(task: Resource) -> Outcome | None:
    """Managed Instances support the task definition."""
    if "MANAGED_INSTANCES" not in task.texts("RequiresCompatibilities"):
        return None
    wrong = []
    if network_mode(task) == "bridge":
        wrong.append("bridge networking")
    if any(it.has("LinuxParameters", name) for it in containers_of(task) for name in ("MaxSwap", "Swappiness")):
        wrong.append("swap")
    if any(it.has("DockerVolumeConfiguration") for it in task.maps("Volumes")):
        wrong.append("Docker volumes")
    if wrong:
        return fault(f"Managed Instances do not support {', '.join(wrong)}")
    return ok("Managed Instances support everything that the task uses")


@check("managed-daemons", SERVICE, fix="Replace it with an AWS::ECS::DaemonTaskDefinition and an AWS::ECS::Daemon.")
def daemons_are_managed(service: Resource) -> Outcome | None:
    """The agent starts before the first task."""
    if not is_daemon(service):
        return None
    if "Managed Instances" in capacities(service):
        return fault("the daemon can start after the tasks that need it")
    return ok("the daemon does not run on Managed Instances")


@check("external-tasks", SERVICE, TASK_DEFINITION, fix="Remove the options that machines outside AWS do not support.")
def external_tasks_ask_for_little(runs: Resource) -> Outcome | None:
    """Machines outside AWS support the service."""
    wrong = []
    if runs.type == TASK_DEFINITION:
        if "EXTERNAL" not in runs.texts("RequiresCompatibilities"):
            return None
        if network_mode(runs) == "awsvpc":
            wrong.append("network interfaces of tasks")
        if any(it.has("EFSVolumeConfiguration") for it in runs.maps("Volumes")):
            wrong.append("EFS volumes")
    else:
        if runs.text("LaunchType") != "EXTERNAL":
            return None
        for key, what in (
            ("LoadBalancers", "load balancers"),
            ("ServiceRegistries", "service discovery"),
            ("CapacityProviderStrategy", "capacity providers"),
        ):
            if runs.values(key):
                wrong.append(what)
        if network_mode_of(runs) == "awsvpc":
            wrong.append("network interfaces of tasks")
    if wrong:
        return fault(f"machines outside AWS do not support {', '.join(wrong)}")
    return ok("machines outside AWS support everything that the task uses")


@check("express-private-by-default", EXPRESS, fix="Set NetworkConfiguration.Subnets to private subnets.")
def express_service_is_private(service: Resource) -> Outcome:
    """Tasks have no public addresses, and the load balancer is internal."""
    subnets = service.values("NetworkConfiguration", "Subnets")
    if not subnets:
        return fault("it uses the subnets of the default VPC, which are public")
    for value in subnets:
        subnet = service.template.estate.find(value, SUBNET)
        if subnet is None:
            raise CannotTell("the subnets are in another stack")
        if subnet.flag("MapPublicIpOnLaunch") or _has_internet_route(subnet):
            return fault(f"{subnet.logical_id} is public: the load balancer faces the internet")
    return ok("its subnets are private")


def _has_internet_route(subnet: Resource) -> bool:
    estate = subnet.template.estate
    for association in subnet.referring("AWS::EC2::SubnetRouteTableAssociation"):
        table = estate.find(association.value("RouteTableId"), "AWS::EC2::RouteTable")
        if table is None:
            raise CannotTell("the route table of a subnet is in another stack")
        if any(route.has("GatewayId") for route in table.referring("AWS::EC2::Route")):
            return True
    return False

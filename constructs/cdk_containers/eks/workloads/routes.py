"""Routes of services on EKS: CDK load balancers whose targets a controller in the cluster registers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from constructs import Construct

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import id_of
from cdk_containers.load_balancing import (
    AlbExposure,
    AlbRoute,
    Exposure,
    NlbExposure,
    NlbRoute,
    Route,
    RouteTarget,
    arn_of,
    claim_given_numbers,
    make_route,
    route_ids,
    unused_test_problems,
)
from cdk_containers.network import vpc_of

from ..clusters import EksCluster, known_cidr
from ..manifests import Manifest
from ..rendering import ClusterFacts, target_group_binding
from ..rendering import Exposure as ExposedPort

_ANYWHERE = "0.0.0.0/0"
_NLB_SECONDS = 20
"""Two checks, 10 s apart; see `NlbRoute`."""


def registers_targets(facts: ClusterFacts) -> bool:
    """Tell whether a controller in the cluster registers pods with load balancers."""
    return facts.load_balancer_controller or facts.compute == "AUTO"


def kind_problems(exposures: Sequence[Exposure], facts: ClusterFacts) -> list[Problem]:
    """Find exposures that pods do not support."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        if not isinstance(exposure, AlbExposure | NlbExposure):
            found.add(
                option,
                "nothing registers pods there",
                given=Shown(type(exposure).__name__),
                allowed="AlbExposure or NlbExposure; for VPC Lattice, the AWS Gateway API Controller in the cluster",
                practice="explicit-ingress",
            )
        elif is_token(exposure.port):
            found.add(
                f"{option}.port",
                "a Kubernetes Service needs the actual port number",
                given=Shown("a token"),
                allowed="a port known at synthesis",
                practice="port-mappings",
            )
    if exposures and not found and not registers_targets(facts):
        found.add(
            "exposure",
            "nothing in the cluster registers pods with a load balancer",
            allowed="a LoadBalancerController of the cluster, created before the service; or a cluster with Auto Mode",
            practice="explicit-ingress",
        )
    return [*found, *unused_test_problems(exposures)]


def exposed_port(exposure: AlbExposure | NlbExposure, cluster: EksCluster) -> ExposedPort:
    """Return what the objects of a service need to know about an exposure."""
    web = exposure if isinstance(exposure, AlbExposure) else None
    speaks_grpc = web is not None and web.protocol_version == "GRPC"
    return ExposedPort(
        port=exposure.port,
        container=exposure.container,
        protocol=exposure.transport,
        health_check_path=None if speaks_grpc else exposure.health_check_path,
        health_check_port=exposure.health_check_port,
        https=web is not None and web.target_protocol == "HTTPS",
        deregistration_delay=exposure.deregistration_delay_seconds,
        sources=_sources(exposure, cluster),
    )


def seconds_to_healthy(exposure: Exposure) -> int:
    """Return the time until a load balancer sends to a new pod, for which each deployment waits."""
    if isinstance(exposure, AlbExposure):
        return exposure.health_check.interval_seconds * exposure.health_check.healthy_threshold
    return _NLB_SECONDS


def _sources(exposure: Exposure, cluster: EksCluster) -> Sequence[str]:
    """Return the sources of requests: the network, or all addresses if an NLB preserves client addresses."""
    if isinstance(exposure, NlbExposure) and exposure.preserve_client_ip is not False:
        return (_ANYWHERE,)
    addresses = known_cidr(cluster.network)
    if addresses is not None:
        return (addresses,)
    with suppress(RuntimeError):  # a VPC imported without it
        return (vpc_of(cluster.network).vpc_cidr_block,)
    return (_ANYWHERE,)


def make_routes(
    scope: Construct, cluster: EksCluster, exposures: Sequence[Exposure], *, own_container: str, internet_facing: bool
) -> list[Route]:
    """Create a route for each exposure of a service, in their order."""
    ids = route_ids(scope, exposures, internet_facing=internet_facing, own_container=own_container)
    claim_given_numbers(scope, exposures)
    target = RouteTarget(
        network=cluster.network,
        vpc=cluster.vpc,
        subnets=cluster.node_subnets,
        internet_facing=internet_facing,
        security_groups=[cluster.security_group],
        group_of_all=True,
    )
    return [make_route(scope, id_, exposure, target) for id_, exposure in zip(ids, exposures, strict=True)]


def bindings(routes: Sequence[Route], *, name: str, namespace: str, facts: ClusterFacts) -> list[Manifest]:
    """Return the bindings that register pods as targets of each route."""
    targets = [route for route in routes if isinstance(route, AlbRoute | NlbRoute)]
    return [
        target_group_binding(
            name=f"{name}-{_suffix(route)}",
            namespace=namespace,
            service=name,
            port=route.port,
            target_group_arn=arn_of(route.target_group),
            auto_mode=facts.compute == "AUTO",
        )
        for route in targets
    ]


def _suffix(route: Route) -> str:
    """Return the suffix of a binding: the id of its route, which is as stable as the target group."""
    return "".join(letter if letter.isalnum() else "-" for letter in id_of(route).lower())

"""Whether tasks in isolated subnets can pull their images."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Annotations, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IValidation

_NEEDED = ("ecr.api", "ecr.dkr", "s3", "logs")


def warn_without_way_out(scope: Construct, network: object) -> None:
    """Warn about a CDK VPC in which no task can start: only isolated subnets, and no endpoints.

    You may add endpoints and routes to the VPC later, so CDK runs this at synthesis.
    """
    if isinstance(network, ec2.Vpc) and not network.private_subnets:
        watched = _watched.get(network)
        if watched is None:
            watched = _watched[network] = []
            scope.node.add_validation(_WayOut(watched, network))
        watched.append(scope)


_watched: WeakKeyDictionary[ec2.Vpc, list[Construct]] = WeakKeyDictionary()
"""Constructs to warn about a VPC, so that its surroundings are searched once for all of them."""


@jsii.implements(IValidation)
class _WayOut:
    def __init__(self, scopes: Sequence[Construct], vpc: ec2.Vpc) -> None:
        self._scopes = scopes
        self._vpc = vpc

    def validate(self) -> list[str]:
        """Warn; it is no error, because an unknown gateway may provide a route."""
        isolated = self._vpc.isolated_subnets
        everything = self._vpc.node.root.node.find_all()
        tables = {subnet.route_table.route_table_id for subnet in isolated}
        if any(isinstance(one, ec2.CfnRoute) and one.route_table_id in tables for one in everything):
            return []
        missing = self._missing_endpoints(
            [one for one in everything if isinstance(one, ec2.CfnVPCEndpoint) and one.vpc_id == self._vpc.vpc_id]
        )
        for scope in self._scopes if missing else ():
            Annotations.of(scope).add_warning_v2(
                "cdk-containers:no-way-to-images",
                f"tasks run in isolated subnets of {self._vpc.node.path}, which has no endpoint for "
                f"{', '.join(missing)}: they cannot pull images or write logs, so they do not start. Add the "
                f"endpoints, or use Network(nat_gateways=NatGateways.NONE, interface_endpoints=True), which creates "
                f"them "
                "(practice: vpc-endpoints)",
            )
        return []

    def _missing_endpoints(self, endpoints: Sequence[ec2.CfnVPCEndpoint]) -> list[str]:
        # The name of a service is assembled at deployment; its end is the last text in it.
        names = [str(Stack.of(endpoint).resolve(endpoint.service_name)).rstrip("]}'") for endpoint in endpoints]
        return [needed for needed in _NEEDED if not any(name.endswith(f".{needed}") for name in names)]

"""The network of an environment as a value: new or existing."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems
from cdk_containers.logs import Logs
from cdk_containers.network import NatGateways, Network
from cdk_containers.network.network_checks import imported_subnet_problems, option_problems


@frozen
class NewNetwork:
    """A new network for the application of an environment.

    Attributes:
        cidr: Address range of the VPC, at most a /16. Use ranges that do not overlap for environments that you may
            connect later. Default: 10.0.0.0/16.
        max_azs: Availability Zones to use, 2–6. Default: 3.

    See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """

    cidr: str = "10.0.0.0/16"
    max_azs: int = 3

    def make(self, scope: Construct, id: str, *, nat_gateways: NatGateways, flow_logs: Logs) -> Network:  # noqa: A002
        """Create the network.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            nat_gateways: NAT gateways for private subnets.
            flow_logs: Where VPC flow logs go.
        """
        return Network(scope, id, cidr=self.cidr, max_azs=self.max_azs, nat_gateways=nat_gateways, flow_logs=flow_logs)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        found.extend(
            option_problems(
                found,
                cidr=self.cidr,
                max_azs=self.max_azs,
                nat_gateways=NatGateways.PER_AZ,
                interface_endpoints=False,
            )
        )
        return list(found)


@frozen
class ExistingNetwork:
    """An existing VPC in the account and region of an environment.

    Attributes:
        vpc_id: Its id.
        availability_zones: Its zones.
        private_subnet_ids: Subnets for tasks: one in each zone, in the order of the zones, with outbound internet
            access.
        public_subnet_ids: A subnet in each zone for public load balancers. Default: none.
        dual_stack: Whether the VPC and these subnets have IPv6 addresses, with routes. Default: unknown; load balancers
            have IPv4 addresses.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html
    """

    vpc_id: str
    availability_zones: Sequence[str]
    private_subnet_ids: Sequence[str]
    public_subnet_ids: Sequence[str] | None = None
    dual_stack: bool | None = None

    def make(self, scope: Construct, id: str) -> Network:  # noqa: A002
        """Import the network.

        Args:
            scope: The parent.
            id: Name among the parent's children.
        """
        return Network.from_attributes(
            scope,
            id,
            vpc_id=self.vpc_id,
            availability_zones=self.availability_zones,
            private_subnet_ids=self.private_subnet_ids,
            public_subnet_ids=self.public_subnet_ids,
            dual_stack=self.dual_stack,
        )

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        if wrong := field_problems(self):
            return wrong
        return imported_subnet_problems(self.availability_zones, self.private_subnet_ids, self.public_subnet_ids)

"""A VPC Lattice service network."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import vpclattice
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, arn_problems, disabled_problems, is_token
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, delivered_log_group
from cdk_containers.network import Connections, NetworkLike, vpc_of


@jsii.implements(ec2.IConnectable)
class ServiceNetwork(CheckedConstruct):
    """A VPC Lattice service network: callers sign their requests, and access logs record each request.

    Services in any stack and in other VPCs join it with `LatticeExposure(service_network=…)`.

    Attributes:
        service_network_arn: Its ARN.
        vpc: The VPC from which its services can be called.
        security_group: Controls who in the VPC may call: no one until you use `connect_to` or
            `caller.connections.allow_to`.
        prefix_list_id: Id of the prefix list from which tasks receive requests.
        access_logs_group: The log group for access logs, if there is one.

    See https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-networks.html
    """

    service_network_arn: str
    vpc: ec2.IVpc
    security_group: ec2.ISecurityGroup
    prefix_list_id: str
    access_logs_group: aws_logs.ILogGroup | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        network: NetworkLike,
        prefix_list_id: str,
        auth: Literal[True] | Disabled = True,
        access_logs: Logs | Disabled | None = None,
    ) -> None:
        """Create a service network, and let one VPC call its services.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            network: Network from which callers reach its services, as a `Network` or a CDK VPC.
            prefix_list_id: Id of the AWS-managed prefix list of VPC Lattice in the region, `pl-…`; tasks allow it in.
                CloudFormation cannot look it up. `aws ec2 describe-managed-prefix-lists --filters
                Name=prefix-list-name,Values=com.amazonaws.<region>.vpc-lattice` shows it, and so does CDK's
                `ec2.PrefixList.from_lookup`.
            auth: Refuses requests that no role of this account signed. `Disabled(reason="…")` accepts all. Default:
                True.
            access_logs: Retention of access logs. `Disabled(reason="…")` writes none. Default: `Logs()`, a year.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ServiceNetwork.__init__, locals())
        found.extend(disabled_problems(auth), under="auth")
        found.extend(disabled_problems(access_logs), under="access_logs")
        if isinstance(access_logs, Logs):
            found.extend(access_logs.problems(), under="access_logs")
        if not found.has("prefix_list_id"):
            found.extend(_prefix_list_problems(prefix_list_id))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.vpc = vpc_of(network)
        self.prefix_list_id = prefix_list_id
        service_network = vpclattice.CfnServiceNetwork(self, "Network", auth_type=auth_type(auth))
        self.service_network_arn = service_network.attr_arn
        add_auth_policy(self, service_network, service_network.attr_arn, auth, resource="*")
        self.security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=self.vpc, description="Callers of VPC Lattice", allow_all_outbound=False
        )
        vpclattice.CfnServiceNetworkVpcAssociation(
            self,
            "Vpc",
            service_network_identifier=service_network.attr_id,
            vpc_identifier=self.vpc.vpc_id,
            security_group_ids=[self.security_group.security_group_id],
        )
        if isinstance(access_logs, Disabled):
            record_opt_out(service_network, "lattice-access-logs", access_logs)
        else:
            self._write_access_logs(service_network, access_logs or Logs())

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        service_network_arn: str,
        security_group_id: str,
        prefix_list_id: str,
        network: NetworkLike,
    ) -> ServiceNetwork:
        """Use an existing service network, of another app or shared by another account.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            service_network_arn: Its ARN.
            security_group_id: The security group of its association with the VPC, to let callers in.
            prefix_list_id: Id of the AWS-managed prefix list of VPC Lattice in the region.
            network: The VPC from which its services can be called.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, service_network_arn=service_network_arn))
        if not found.has("prefix_list_id"):
            found.extend(_prefix_list_problems(prefix_list_id))
        found.raise_for(scope, id)
        return _ImportedServiceNetwork(
            scope,
            id,
            service_network_arn=service_network_arn,
            security_group_id=security_group_id,
            prefix_list_id=prefix_list_id,
            vpc=vpc_of(network),
        )

    @property
    def connections(self) -> ec2.Connections:
        """Who may call its services."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=[self.security_group])

    def _write_access_logs(self, service_network: vpclattice.CfnServiceNetwork, logs: Logs) -> None:
        # Without an explicit policy, AWS adds the permission to a policy that no stack manages.
        self.access_logs_group = delivered_log_group(self, "AccessLogs", logs, prefix="/aws/vendedlogs/lattice/")
        vpclattice.CfnAccessLogSubscription(
            self,
            "AccessLogSubscription",
            destination_arn=self.access_logs_group.log_group_arn,
            resource_identifier=service_network.attr_id,
        )


class _ImportedServiceNetwork(ServiceNetwork):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        service_network_arn: str,
        security_group_id: str,
        prefix_list_id: str,
        vpc: ec2.IVpc,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.service_network_arn = service_network_arn
        self.vpc = vpc
        self.prefix_list_id = prefix_list_id
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)


def auth_type(auth: Literal[True] | Disabled) -> str:
    """Return the auth type of VPC Lattice for signed or unsigned requests."""
    return "AWS_IAM" if auth is True else "NONE"


def add_auth_policy(
    scope: Construct,
    protected: vpclattice.CfnServiceNetwork | vpclattice.CfnService,
    arn: str,
    auth: Literal[True] | Disabled,
    *,
    resource: str,
) -> None:
    """Accept requests that roles of this account sign if their own policies allow it; otherwise none is accepted.

    It names no role, because the service's stack would then depend on the stacks of its callers and they on it.
    """
    if isinstance(auth, Disabled):
        record_opt_out(protected, "lattice-auth", auth)
        return
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:root"},
        "Action": "vpc-lattice-svcs:Invoke",
        "Resource": resource,
    }
    vpclattice.CfnAuthPolicy(
        scope,
        "AuthPolicy",
        resource_identifier=arn,
        policy={"Version": "2012-10-17", "Statement": [statement]},
    )


def _prefix_list_problems(prefix_list_id: str) -> list[Problem]:
    found = Problems()
    if not is_token(prefix_list_id) and not prefix_list_id.startswith("pl-"):
        found.add(
            "prefix_list_id",
            "not the id of a prefix list",
            given=prefix_list_id,
            allowed="pl-… of com.amazonaws.<region>.vpc-lattice",
            practice="lattice-prefix-list",
        )
    return list(found)

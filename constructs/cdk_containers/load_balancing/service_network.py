"""A service network of VPC Lattice."""

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
    """Services that a VPC can call through VPC Lattice: callers sign their requests, and every request is recorded.

    Services enter it with `LatticeExposure(service_network=…)`, from any stack, and from other VPCs.

    Attributes:
        service_network_arn: Its ARN.
        vpc: The VPC from which its services can be called.
        security_group: Who in the VPC may call: nobody, until `connect_to` or `caller.connections.allow_to` says so.
        prefix_list_id: Where its requests come from, as the tasks see it.
        access_logs_group: Where the record of requests goes, if there is one.

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
        """Make a service network, and let one VPC call its services.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            network: From where its services can be called, a `Network` or a VPC of CDK.
            prefix_list_id: Id of AWS's list of the addresses of VPC Lattice in the region, `pl-…`; tasks let them in.
                Nothing in CloudFormation knows it. `aws ec2 describe-managed-prefix-lists --filters
                Name=prefix-list-name,Values=com.amazonaws.<region>.vpc-lattice` does, and so does CDK's
                `ec2.PrefixList.from_lookup`.
            auth: Refuse requests that are not signed by a role of this account. `Disabled(reason="…")` takes all.
                Default: True.
            access_logs: How long the record of requests is kept. Default: `Logs()`, a year. `Disabled(reason="…")`
                keeps none.

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
        """Use a service network that exists, of another app or shared by another account.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            service_network_arn: Its ARN.
            security_group_id: The security group of its association with the VPC, to let callers in.
            prefix_list_id: Id of AWS's list of the addresses of VPC Lattice in the region.
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
        # Without its own policy, AWS writes the permission into one that nobody manages.
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
    """Return what VPC Lattice calls it when requests have to be signed, or need not be."""
    return "AWS_IAM" if auth is True else "NONE"


def add_auth_policy(
    scope: Construct,
    protected: vpclattice.CfnServiceNetwork | vpclattice.CfnService,
    arn: str,
    auth: Literal[True] | Disabled,
    *,
    resource: str,
) -> None:
    """Take requests that roles of this account sign, if their own policies let them; without a policy it takes none.

    It names no role: a service would need the stacks of its callers, which need its own.
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

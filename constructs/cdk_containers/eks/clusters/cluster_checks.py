"""Problems with the options of a cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import disabled_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs
from cdk_containers.network import (
    WHICH_SUBNETS,
    NetworkLike,
    selection_problems,
    task_subnet_problems,
    task_subnets_of,
    which_subnets_problems,
)

from ..rendering import Compute
from .add_on_options import AddOnOptions
from .add_on_resources import DEFAULTS, POD_IDENTITY_AGENT, possible_defaults
from .auto_mode import AutoMode
from .service_cidr import known_cidr, service_cidr_problems

_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
_PRINCIPAL = re.compile(r"arn:[^:]+:iam::\d{12}:(role|user)/\S+")
_DEFAULT_NETWORK = "10.0.0.0/16"


def known_name_problems(name: str | None) -> list[Problem]:
    """Find a name that EKS refuses, or that is known only at deployment."""
    found = Problems()
    if name is not None and not _NAME.fullmatch(name):
        found.add(
            "cluster_name",
            "not a valid EKS name",
            given=Shown("a token") if is_token(name) else name,
            allowed="up to 100 letters, digits, hyphens and underscores, known at synthesis",
        )
    return list(found)


def endpoint_problems(endpoint: str) -> list[Problem]:
    """Find an invalid API endpoint."""
    found = Problems()
    if not is_token(endpoint) and not endpoint.startswith("https://"):
        found.add(
            "endpoint", "not the address of a Kubernetes API", given=endpoint, allowed="https://….eks.amazonaws.com"
        )
    return list(found)


def principal_problems(option: str, principal: iam.IRole | str) -> list[Problem]:
    """Find text that is not the ARN of a role or a user, but for example of a session or the root user."""
    found = Problems()
    if isinstance(principal, str) and not is_token(principal) and not _PRINCIPAL.fullmatch(principal):
        found.add(
            option,
            "not the ARN of a role or a user",
            given=principal,
            allowed="arn:partition:iam::account:role/…; for people in IAM Identity Center, the role that it created",
            practice="eks-access-entries",
        )
    return list(found)


def arn_of(principal: iam.IRole | str) -> str:
    """Return the ARN of a principal."""
    return principal if isinstance(principal, str) else principal.role_arn


def subnet_checks(network: NetworkLike, control_plane_subnets: ec2.SubnetSelection | None) -> list[Problem]:
    """Find a network without subnets for nodes and control plane in two zones."""
    found = Problems()
    found.extend(task_subnet_problems(network))
    if found:
        return list(found)
    found.extend(which_subnets_problems(network, "network", ask=WHICH_SUBNETS))
    found.extend(selection_problems(network, task_subnets_of(network), "network", zones=2))
    if control_plane_subnets is not None:
        found.extend(selection_problems(network, control_plane_subnets, "control_plane_subnets", zones=2))
    return list(found)


def own_problems(
    *,
    network: NetworkLike | None,
    cluster_name: str | None,
    service_cidr: str,
    control_plane_subnets: ec2.SubnetSelection | None,
    compute: Compute,
    auto_mode: AutoMode | None,
    admins: Sequence[iam.IRole | str] | Disabled | None,
    control_plane_logs: Logs | Disabled | None,
    default_add_ons: Mapping[str, AddOnOptions | Disabled],
    opt_outs: Mapping[str, object],
) -> list[Problem]:
    """Find problems with the options of a new cluster."""
    found = Problems()
    found.extend(known_name_problems(cluster_name))
    if network is None:
        found.extend(service_cidr_problems(service_cidr, _DEFAULT_NETWORK))
        if control_plane_subnets is not None:
            found.add(
                "control_plane_subnets",
                "the network is created with the cluster, and has no other subnets",
                given=control_plane_subnets,
                allowed="None, or network=… with such subnets",
            )
    else:
        found.extend(service_cidr_problems(service_cidr, known_cidr(network)))
        found.extend(subnet_checks(network, control_plane_subnets))
    if auto_mode is not None:
        found.extend(auto_mode.problems(), under="auto_mode")
        if compute == "FARGATE":
            found.add(
                "compute",
                "Auto Mode includes nodes and does not need Fargate",
                given=compute,
                allowed="remove it, or remove auto_mode",
            )
    found.extend(_admin_problems(admins))
    if isinstance(control_plane_logs, Logs):
        found.extend(control_plane_logs.problems(), under="control_plane_logs")
        if not found.has("cluster_name") and not found.has("control_plane_logs"):
            found.extend(_log_group_problems(control_plane_logs, cluster_name), under="control_plane_logs")
    for option, value in opt_outs.items():
        found.extend(disabled_problems(value), under=option)
    found.extend(_default_add_on_problems(default_add_ons, "AUTO" if auto_mode is not None else compute))
    return list(found)


def log_group_name(cluster_name: str) -> str:
    """Return the name of the log group to which EKS writes."""
    return f"/aws/eks/{cluster_name}/cluster"


def _log_group_problems(logs: Logs, cluster_name: str | None) -> list[Problem]:
    """Find a log group to which EKS does not write."""
    found = Problems()
    if logs.log_group is not None:
        given = logs.log_group.log_group_name
        if cluster_name is None or (not is_token(given) and given != log_group_name(cluster_name)):
            found.add(
                "log_group",
                "EKS writes only to a log group with a fixed name",
                given=Shown("a token") if is_token(given) else given,
                allowed=f"{log_group_name(cluster_name or '…')} with that cluster_name; or none for a new log group",
                practice="eks-control-plane-logs",
            )
    return list(found)


def _admin_problems(admins: Sequence[iam.IRole | str] | Disabled | None) -> list[Problem]:
    found = Problems()
    if admins is None or isinstance(admins, Disabled):
        found.extend(disabled_problems(admins), under="admins")
        return list(found)
    if not admins:
        found.add(
            "admins",
            "without administrators no one can use the cluster, not even its creator",
            given=list(admins),
            allowed='one or more, or Disabled("…") if you add access entries later',
            practice="eks-creator-admin",
        )
    seen: dict[str, int] = {}
    for index, admin in enumerate(admins):
        option = f"admins[{index}]"
        found.extend(principal_problems(option, admin))
        first = seen.setdefault(arn_of(admin), index)
        if first != index:
            found.add(
                option,
                f"the principal is already admins[{first}], and EKS accepts one access entry for each",
                given=admin if isinstance(admin, str) else admin.node.path,
                allowed="write each principal once",
                practice="eks-access-entries",
            )
    return list(found)


def _default_add_on_problems(given: Mapping[str, AddOnOptions | Disabled], compute: Compute) -> list[Problem]:
    found = Problems()
    defaults = possible_defaults(compute)
    for name, options in given.items():
        option = f"default_add_ons[{name!r}]"
        if name not in defaults:
            found.add(
                option,
                "the cluster does not have this add-on by default",
                given=name,
                allowed=f"{', '.join(defaults)}; use AddOn(…) for any other",
                practice="eks-managed-add-ons",
            )
        elif isinstance(options, Disabled):
            found.extend(disabled_problems(options), under=option)
        else:
            found.extend(options.problems(), under=option)
            if not found.has(option):
                found.extend(known_configuration_problems(name, options), under=option)
    made = {
        name
        for name in defaults
        if not isinstance(given.get(name, AddOnOptions() if name in DEFAULTS[compute] else Disabled("")), Disabled)
    }
    if "vpc-cni" in made and POD_IDENTITY_AGENT not in made:
        found.add(
            f"default_add_ons[{POD_IDENTITY_AGENT!r}]",
            "vpc-cni gets its role through it, and without the role nodes do not become ready",
            allowed='keep the agent; or also set vpc-cni to Disabled("…"), and use an AddOn with your own role instead',
            practice="eks-managed-add-ons",
        )
    return list(found)


def known_configuration_problems(name: str, options: AddOnOptions) -> list[Problem]:
    """Find values that the schema of a known add-on refuses, such as True where vpc-cni requires text."""
    found = Problems()
    if name == "vpc-cni":
        values = options.values
        env = values.get("env", {})
        texts = {"['enableNetworkPolicy']": values.get("enableNetworkPolicy", "")} | (
            {f"['env'][{key!r}]": value for key, value in env.items()} if isinstance(env, Mapping) else {}
        )
        for place, value in texts.items():
            if not isinstance(value, str):
                found.add(
                    f"configuration{place}",
                    "the schema of vpc-cni requires text here",
                    given=value,
                    allowed=f'"{str(value).lower()}"',
                    practice="eks-managed-add-ons",
                )
    return list(found)

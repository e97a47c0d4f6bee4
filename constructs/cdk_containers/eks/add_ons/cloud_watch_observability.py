"""CloudWatch metrics and logs of pods and nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import child_path
from cdk_containers.core.inputs import argument_problems
from cdk_containers.logs import Logs, named_log_group

from ..clusters import AddOnOptions, EksCluster
from ..clusters.add_on_options import merged
from ..clusters.add_on_resources import add_on_problems
from .add_on import AddOn

_NAME = "amazon-cloudwatch-observability"
_GROUPS = {"Performance": "performance", "Application": "application", "Dataplane": "dataplane", "Host": "host"}


class CloudWatchObservability(CheckedConstruct):
    """Container Insights: metrics of nodes and pods, and container logs, in log groups with retention.

    Attributes:
        add_on: The add-on.
        role: The role of the agents.
        log_groups: The log groups: metrics as events (`performance`) and, with `container_logs`, logs of containers
            (`application`), Kubernetes components (`dataplane`) and nodes (`host`).

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
    """

    add_on: AddOn
    role: iam.IRole
    log_groups: Mapping[str, aws_logs.ILogGroup]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        container_logs: bool = True,
        logs: Logs | None = None,
        version: str | None = None,
        configuration: Mapping[str, Any] | None = None,
    ) -> None:
        """Install the CloudWatch agents.

        Args:
            scope: The parent, usually the stack of the nodes.
            id: Name among the parent's children.
            cluster: The cluster, with nodes or in Auto Mode; the agents do not run on Fargate.
            container_logs: Whether to collect logs of containers and nodes too, which cost money. Default: True.
            logs: Retention of the log groups. The agents choose their names, so `Logs.log_group` is not supported.
                Default: a year.
            version: A version of the add-on. Default: the default version of EKS.
            configuration: Additional configuration values of the add-on, such as tolerations of the agents. Default:
                none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(CloudWatchObservability.__init__, locals())
        if logs is not None and not found.has("logs"):
            found.extend(logs.problems(), under="logs")
            if logs.log_group is not None:
                found.add(
                    "logs.log_group",
                    "the agents choose the names of their log groups",
                    given=logs.log_group.node.path,
                    allowed="only retention, encryption_key and removal_policy",
                    practice="log-retention",
                )
        if not found.has("version") and not found.has("configuration"):
            found.extend(AddOnOptions(version=version, configuration=configuration or {}).problems())
        if not found.has("cluster"):
            found.extend(add_on_problems(cluster, _NAME, path=child_path(scope, id), option="cluster"))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.log_groups = {
            name: named_log_group(
                self, f"{id_}Logs", logs or Logs(), f"/aws/containerinsights/{cluster.cluster_name}/{name}"
            )
            for id_, name in _GROUPS.items()
            if container_logs or name == "performance"
        }
        told = {"containerLogs": {"enabled": container_logs}}
        self.add_on = AddOn(
            self,
            "AddOn",
            cluster=cluster,
            name=_NAME,
            version=version,
            configuration=merged(told, configuration or {}),
            service_accounts={
                "cloudwatch-agent": [iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchAgentServerPolicy")]
            },
        )
        self.role = self.add_on.roles["cloudwatch-agent"]
        for group in self.log_groups.values():
            self.add_on.add_on.node.add_dependency(group)

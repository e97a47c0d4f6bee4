"""Adds a service to a Service Connect namespace."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.inputs import seconds
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import ContainerLogs
from cdk_containers.model.workload import Port

from ..tasks import TaskDefinition
from .service_connect import ServedPort, ServiceConnect, ServiceConnectAccessLogs, ServiceConnectTls

STREAM_PREFIX = "service-connect"
"""Log stream prefix of the proxy in the log group of the task."""

_POLICY = "AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that ECS needs to get and renew certificates; "
    "it is limited to authorities and secrets with the ECS tag",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{_POLICY}]",),
)


def join_namespace(
    scope: Construct,
    service: ecs.CfnService,
    options: ServiceConnect,
    *,
    served: list[tuple[ServedPort, Port]],
    task: TaskDefinition,
    logs: ContainerLogs,
) -> None:
    """Add a service to a namespace, as a client and, if it serves ports, also as a server.

    CDK would write the name of the namespace as text, so CloudFormation would not see the dependency.
    """
    tls = None if options.tls is None else _tls(scope, service, options.tls)
    timeout = _timeout(options)
    service.service_connect_configuration = ecs.CfnService.ServiceConnectConfigurationProperty(
        enabled=True,
        namespace=options.namespace.namespace.namespace_arn,
        services=[
            ecs.CfnService.ServiceConnectServiceProperty(
                port_name=port.name,
                discovery_name=port.found_as,
                client_aliases=[
                    ecs.CfnService.ServiceConnectClientAliasProperty(
                        port=port.client_port or target.number, dns_name=port.called_as
                    )
                ],
                timeout=timeout,
                tls=tls,
            )
            for port, target in served
        ]
        or None,
        log_configuration=_log_configuration(task, logs),
        access_log_configuration=_access_logs(options.access_logs),
    )
    if options.log_level != "info":
        # CDK's L1 does not support it yet.
        service.add_property_override(
            "ServiceConnectConfiguration.ContainerConfigurations", [{"LogLevel": options.log_level}]
        )
    if isinstance(options.access_logs, Disabled):
        record_opt_out(service, "service-connect-access-logs", options.access_logs)


def _timeout(options: ServiceConnect) -> ecs.CfnService.TimeoutConfigurationProperty | None:
    if options.idle_timeout is None and options.per_request_timeout is None:
        return None
    return ecs.CfnService.TimeoutConfigurationProperty(
        idle_timeout_seconds=None if options.idle_timeout is None else seconds(options.idle_timeout),
        per_request_timeout_seconds=(
            None if options.per_request_timeout is None else seconds(options.per_request_timeout)
        ),
    )


def _access_logs(
    logs: ServiceConnectAccessLogs | Disabled | None,
) -> ecs.CfnService.ServiceConnectAccessLogConfigurationProperty | None:
    if isinstance(logs, Disabled):
        return None
    logs = logs or ServiceConnectAccessLogs()
    return ecs.CfnService.ServiceConnectAccessLogConfigurationProperty(
        format=logs.format, include_query_parameters="ENABLED" if logs.query_parameters else "DISABLED"
    )


def _log_configuration(task: TaskDefinition, logs: ContainerLogs) -> ecs.CfnService.LogConfigurationProperty:
    """Return the log configuration of the proxy, which otherwise does not log."""
    task.log_group.grant_write(task.execution_role)
    options = {
        "awslogs-group": task.log_group.log_group_name,
        "awslogs-region": task.log_group.env.region,
        "awslogs-stream-prefix": STREAM_PREFIX,
        "mode": logs.mode,
    }
    if logs.mode == "non-blocking":
        options["max-buffer-size"] = f"{logs.max_buffer_mib}m"
    return ecs.CfnService.LogConfigurationProperty(log_driver="awslogs", options=options)


def _tls(
    scope: Construct, service: ecs.CfnService, tls: ServiceConnectTls
) -> ecs.CfnService.ServiceConnectTlsConfigurationProperty:
    role = tls.role or _make_role(scope)
    if tls.encryption_key is not None:
        tls.encryption_key.grant(role, "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair")
    service.node.add_dependency(role)
    return ecs.CfnService.ServiceConnectTlsConfigurationProperty(
        issuer_certificate_authority=ecs.CfnService.ServiceConnectTlsCertificateAuthorityProperty(
            aws_pca_authority_arn=tls.authority_arn
        ),
        kms_key=None if tls.encryption_key is None else tls.encryption_key.key_arn,
        role_arn=role.role_arn,
    )


def _make_role(scope: Construct) -> iam.Role:
    role = iam.Role(
        scope,
        "ServiceConnectTlsRole",
        assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(f"service-role/{_POLICY}")],
    )
    acknowledge(role, _MANAGED_POLICY)
    return role

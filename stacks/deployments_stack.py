"""Services that are deployed by shifting traffic: blue/green with a test, canary, linear, and by CodeDeploy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as route53_targets
from constructs import Construct

from cdk_containers import (
    AccessLogs,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    BlueGreen,
    Canary,
    Cluster,
    CodeDeployBlueGreen,
    Container,
    ContainerLogs,
    DeploymentHook,
    DeploymentPause,
    Linear,
    ListenerRule,
    Logs,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    TaskOptions,
    WebService,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of

from .images import application_image
from .registry_stack import RegistryStack
from .settings import THROW_AWAY, Settings

PORT = 8080
TEST_PORT = 8443
SMOKE_TEST = """\
import urllib.request

def handler(event, context):
    url = event["hookDetails"]["url"]
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            passed = answer.status == 200
    except OSError as error:
        print(error)
        passed = False
    return {"hookStatus": "SUCCEEDED" if passed else "FAILED"}
"""
_IN_THE_VPC = Acknowledgement(
    "Network interfaces that do not exist yet have no ARN; AWS documents these rights for functions in a VPC",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
    checkov=("CKV_AWS_111",),
)
_NO_QUEUE = Acknowledgement(
    "ECS waits for the answer of the function, and rolls back where it has none: no event is left for a queue",
    checkov=("CKV_AWS_116",),
)


class DeploymentsStack(cdk.Stack):
    """An intranet behind one internal load balancer, and a service behind another, each deployed in its own way."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        registry: RegistryStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._settings = settings
        self._network = network
        self._key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=self._key,
            execute_command_logs=Logs(encryption_key=self._key, removal_policy=settings.removal_policy),
        )
        image = application_image(settings, registry.backend, "backend")
        task = TaskOptions(logs=ContainerLogs(encryption_key=self._key, removal_policy=settings.removal_policy))
        intranet, url, names = self._load_balancer("intranet")
        smoke_test = self._smoke_test()
        intranet.connections.allow_from(smoke_test, ec2.Port.tcp(TEST_PORT), "Smoke test")

        # All at once, after a function has asked the new version by a listener that users do not reach.
        web = WebService(
            self,
            "Intranet",
            cluster=cluster,
            container=Container(image=image),
            task=task,
            exposure=AlbExposure(port=PORT, load_balancer=intranet, test_port=TEST_PORT, health_check_path="/healthz"),
            deployment=BlueGreen(
                bake_time=timedelta(minutes=30),
                hooks=[
                    DeploymentHook(
                        function=smoke_test,
                        stages=["POST_TEST_TRAFFIC_SHIFT"],
                        details={"url": f"{url}:{TEST_PORT}/healthz"},
                    )
                ],
            ),
            desired_count=settings.desired_count or 2,
        )
        # The first deployment is tested too, by the name.
        resource_of(web.service).node.add_dependency(*names)
        # A tenth first; before that, people try it with a header, and one of them continues the deployment.
        BackendService(
            self,
            "Orders",
            cluster=cluster,
            container=Container(image=image),
            task=task,
            exposure=AlbExposure(
                port=PORT,
                load_balancer=intranet,
                rule=ListenerRule(paths=["/orders", "/orders/*"]),
                test_rule=ListenerRule(headers={"X-Test-Traffic": ["yes"]}),
                health_check_path="/healthz",
            ),
            deployment=Canary(
                canary_percent=10,
                hooks=[DeploymentPause(stages=["POST_TEST_TRAFFIC_SHIFT"], timeout=timedelta(hours=2))],
            ),
            desired_count=settings.desired_count or 2,
        )
        # In steps, by a load balancer that knows connections only.
        BackendService(
            self,
            "Feed",
            cluster=cluster,
            container=Container(image=image),
            task=task,
            exposure=NlbExposure(
                port=PORT,
                load_balancer=self._network_load_balancer(),
                health_check_path="/healthz",
                test_port=TEST_PORT,
            ),
            deployment=Linear(step_percent=25, step_bake_time=timedelta(minutes=10)),
            desired_count=settings.desired_count or 2,
        )
        # By the pipelines of a team that has CodeDeploy.
        BackendService(
            self,
            "Reports",
            cluster=cluster,
            container=Container(image=image),
            task=task,
            exposure=AlbExposure(
                port=PORT,
                load_balancer=intranet,
                rule=ListenerRule(paths=["/reports", "/reports/*"]),
                test_port=TEST_PORT,
                health_check_path="/healthz",
            ),
            deployment=CodeDeployBlueGreen(traffic="CANARY_10PERCENT_15MINUTES"),
            desired_count=settings.desired_count or 2,
        )

    def _load_balancer(self, host: str) -> tuple[ApplicationLoadBalancer, str, list[route53.ARecord]]:
        """Make the load balancer, with a certificate and a name where the environment has a domain; and its URL."""
        settings = self._settings
        zone = settings.zone(self, "Zone")
        certificate: acm.ICertificate | None = settings.certificate(self, "Certificate", host=host)
        load_balancer = ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            network=self._network,
            internet_facing=False,
            ingress=[ec2.Peer.ipv4("10.0.0.0/16")],
            certificates=[] if certificate is None else [certificate],
            https=THROW_AWAY if certificate is None else True,
            redirect_http=False,
            access_logs=AccessLogs() if settings.production else THROW_AWAY,
            deletion_protection=True if settings.production else THROW_AWAY,
        )
        if zone is None:
            return load_balancer, f"http://{load_balancer.load_balancer.load_balancer_dns_name}", []
        alias = route53.RecordTarget.from_alias(route53_targets.LoadBalancerTarget(load_balancer.load_balancer))
        name = route53.ARecord(self, "Name", zone=zone, record_name=host, target=alias)
        return load_balancer, f"https://{host}.{settings.domain}", [name]

    def _network_load_balancer(self) -> NetworkLoadBalancer:
        production = self._settings.production
        return NetworkLoadBalancer(
            self,
            "FeedLoadBalancer",
            network=self._network,
            internet_facing=False,
            ingress=[ec2.Peer.ipv4("10.0.0.0/16")],
            access_logs=AccessLogs() if production else THROW_AWAY,
            deletion_protection=True if production else THROW_AWAY,
        )

    def _smoke_test(self) -> lambda_.Function:
        """Make the function that asks a new version how it is."""
        logs = aws_logs.LogGroup(
            self,
            "SmokeTestLogs",
            retention=aws_logs.RetentionDays.ONE_MONTH,
            encryption_key=self._key,
            removal_policy=self._settings.removal_policy,
        )
        # The policy of AWS for functions in a VPC lets them write to every log group.
        role = iam.Role(self, "SmokeTestRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(role)
        policy = iam.Policy(
            self,
            "SmokeTestInVpc",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "ec2:AssignPrivateIpAddresses",
                        "ec2:CreateNetworkInterface",
                        "ec2:DeleteNetworkInterface",
                        "ec2:DescribeNetworkInterfaces",
                        "ec2:DescribeSubnets",
                        "ec2:UnassignPrivateIpAddresses",
                    ],
                    resources=["*"],
                )
            ],
        )
        acknowledge(policy, _IN_THE_VPC)
        function = lambda_.Function(
            self,
            "SmokeTest",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_inline(SMOKE_TEST),
            role=role,
            vpc=self._network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            timeout=cdk.Duration.seconds(30),
            reserved_concurrent_executions=2,
            log_group=logs,
        )
        function.node.add_dependency(policy)
        acknowledge(function, _NO_QUEUE)
        return function

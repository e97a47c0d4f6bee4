"""A pipeline in one account, and what it delivers to two others and to two regions."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    Approval,
    BackendService,
    Cluster,
    Container,
    ContainerLogs,
    DeploymentWindow,
    Environment,
    ImageBuild,
    ImageSigning,
    Logs,
    Network,
    Pipeline,
    Release,
    ReleasedImage,
    Repository,
    SmokeTest,
    Source,
    TaskOptions,
    Wave,
)

from .settings import Settings

REGIONS = ("eu-west-1", "eu-central-1")

CONNECTION = "arn:aws:codeconnections:{region}:{account}:connection/11111111-2222-3333-4444-555555555555"


class DeliveredStack(cdk.Stack):
    """A service in one environment, whose image is that of the release."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        environment: Environment,
        release: Release,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        network = Network.from_attributes(
            self,
            "Network",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=[f"{environment.region}a", f"{environment.region}b"],
            private_subnet_ids=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
            public_subnet_ids=["subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"],
        )
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            encryption_key=key,
            execute_command_logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )
        BackendService(
            self,
            "Web",
            cluster=cluster,
            container=Container(image=release.image(self, "web")),
            task=TaskOptions(
                logs=ContainerLogs(encryption_key=key, removal_policy=settings.removal_policy),
                architecture=environment.architecture,
            ),
            desired_count=2,
        )
        cdk.CfnOutput(self, "ClusterArn", value=cluster.cluster.cluster_arn)


class PipelineStack(cdk.Stack):
    """The pipeline, the repository that it pushes to, and the signatures on the images."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        name = f"{settings.name}-delivered/web"
        images = Repository(self, "Web", repository_name=name, removal_policy=settings.removal_policy)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        staging = Environment(name="staging", account=settings.second_account, region=REGIONS[0], architecture="ARM64")
        production = [
            Environment(
                name=region,
                account=settings.third_account,
                region=region,
                architecture="ARM64",
                approval=Approval(email_addresses=["team@example.com"]),
            )
            for region in REGIONS
        ]

        def deliver(stage: cdk.Stage, environment: Environment, release: Release) -> None:
            DeliveredStack(
                stage,
                "Shop",
                settings=settings,
                environment=environment,
                release=release,
                stack_name=f"{settings.name}-delivered-{environment.name}",
            )

        self.pipeline = Pipeline(
            self,
            "Pipeline",
            source=Source.connection(
                CONNECTION.format(region=self.region, account=self.account),
                "example/shop",
                branches=["main"],
                paths=["web/**", "infra/**", "!**/*.md"],
                tags=["v*"],
            ),
            images=[ImageBuild(name="web", repository=images, directory="web", architecture="ARM64")],
            environments=[
                Wave(environments=[staging], smoke_tests=[SmokeTest(commands=["./smoke-test.sh"])]),
                Wave(
                    name="production",
                    environments=production,
                    window=DeploymentWindow(hours="9-16", time_zone="Europe/Berlin"),
                    smoke_tests=[SmokeTest(commands=["./smoke-test.sh"], outputs={"CLUSTER_ARN": "ClusterArn"})],
                ),
            ],
            application=deliver,
            release=Release(
                commit="2f1c9a4be0d3",
                images={
                    "web": ReleasedImage(
                        repository_arn=f"arn:aws:ecr:{self.region}:{self.account}:repository/{name}",
                        digest="sha256:6a2c9bd6ac1f0c1f7bd7a9a16e8f8d2e5f1f6f0e3f2c1b0a99887766554433ff",
                        architecture="ARM64",
                    )
                },
            ),
            # A registry has one configuration, so it names the repositories of other stacks too.
            signing=ImageSigning(
                self, "Signing", repositories=[f"{settings.name}-delivered/*", f"{settings.name}-delivery/*"]
            ),
            logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
            encryption_key=key,
        )


class PipelineAccount(cdk.Stage):
    """The account that builds and deploys, with the stages that it deploys to."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id, env=cdk.Environment(account=settings.first_account, region=REGIONS[0]))
        PipelineStack(self, "Pipeline", settings=settings, stack_name=f"{settings.name}-pipeline")

"""Django with web, Celery worker and beat, PostgreSQL, Redis or SQS, a migration, and static files in S3."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    AlbExposure,
    Application,
    BackendService,
    Container,
    Domain,
    EventJob,
    Network,
    Repository,
    Rolling,
    ServiceScaling,
    WebService,
    WorkerService,
)
from tests.real_use.synthesis import (
    STRONG_REFERENCES,
    Synthesized,
    actions_of,
    statements_of,
    synthesize,
    the_problem,
)
from tests.toolkit import Template, properties, resource, resources
from tests.updates.comparison import compare
from tests.updates.consequences import consequences

ENV = cdk.Environment(account="111111111111", region="eu-west-1")
GUNICORN = ["gunicorn", "--bind=0.0.0.0:8000", "--worker-tmp-dir=/tmp", "shop.wsgi"]
MIGRATE = ["python", "manage.py", "migrate", "--noinput"]


class DataStack(cdk.Stack):
    """What outlives every version of the application: network, database, broker, files, images."""

    def __init__(self, scope: cdk.App, id: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        self.network = Network(self, "Network", isolated_subnets=True)
        isolated = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        key = kms.Key(self, "Key", enable_key_rotation=True)
        self.database = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6),
            instance_type=ec2.InstanceType("t4g.medium"),
            credentials=rds.Credentials.from_generated_secret("django", encryption_key=key),
            database_name="shop",
            vpc=self.network.vpc,
            vpc_subnets=isolated,
            storage_encrypted=True,
            storage_encryption_key=key,
            multi_az=True,
            deletion_protection=True,
        )
        self.django_key = secretsmanager.Secret(self, "DjangoKey", encryption_key=key)

        group = ec2.SecurityGroup(self, "RedisGroup", vpc=self.network.vpc, allow_all_outbound=False)
        self.redis = ec2.Connections(security_groups=[group], default_port=ec2.Port.tcp(6379))
        subnets = elasticache.CfnSubnetGroup(
            self,
            "RedisSubnets",
            description="Isolated subnets",
            subnet_ids=self.network.vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
        )
        cache = elasticache.CfnReplicationGroup(
            self,
            "Redis",
            replication_group_description="Broker of Celery",
            engine="valkey",
            cache_node_type="cache.t4g.small",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            security_group_ids=[group.security_group_id],
            cache_subnet_group_name=subnets.ref,
        )
        self.broker_url = f"rediss://{cache.attr_primary_end_point_address}:6379/0"

        self.static_files = s3.Bucket(
            self,
            "StaticFiles",
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        self.images = Repository(self, "Images")


class DjangoStack(cdk.Stack):
    """The application: web, worker, beat, and how the schema is brought up to date.

    `broker="redis"`: web runs the migration in its own container before Django starts.
    `broker="sqs"`: the migration is a job, which a pipeline runs before it deploys.
    """

    def __init__(
        self,
        scope: cdk.App,
        id: str,  # noqa: A002
        *,
        data: DataStack,
        broker: str = "redis",
        tag: str = "1.4.2",
        web_cpu: int = 256,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id="Z0123456789EXAMPLE", zone_name="example.com"
        )
        shop = Application(
            self,
            "Shop",
            network=data.network,
            domain=Domain(self, "Domain", name="shop.example.com", zone=zone),
            email_addresses=["team@example.com"],
        )
        image = data.images.image(tag)
        login = data.database.secret
        assert login is not None
        secrets = {
            "DATABASE_HOST": ecs.Secret.from_secrets_manager(login, "host"),
            "DATABASE_USER": ecs.Secret.from_secrets_manager(login, "username"),
            "DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(login, "password"),
            "DJANGO_SECRET_KEY": ecs.Secret.from_secrets_manager(data.django_key),
        }
        environment = {
            "DATABASE_NAME": "shop",
            "AWS_STORAGE_BUCKET_NAME": data.static_files.bucket_name,
            "ALLOWED_HOSTS": "shop.example.com",
        }
        if broker == "redis":
            environment["CELERY_BROKER_URL"] = data.broker_url

        def django(*command: str, name: str = "app", **options: Any) -> Container:
            return Container(
                name=name, image=image, command=list(command), environment=environment, secrets=secrets, **options
            )

        with_migration = broker == "redis"
        self.web = shop.add(
            WebService,
            "Web",
            container=django(*GUNICORN, ports=[8000], depends_on={"migrate": "SUCCESS"} if with_migration else {}),
            sidecars=[django(*MIGRATE, name="migrate", essential=False)] if with_migration else [],
            cpu=web_cpu,
            memory_limit_mib=1024,
            exposure=AlbExposure(port=8000, domain=shop.domain, health_check_path="/healthz"),
            scaling=ServiceScaling(min_tasks=2, max_tasks=10, cpu_percent=60),
        )
        worker = django("celery", "--app=shop", "worker", "--concurrency=2")
        self.worker: BackendService | WorkerService
        if broker == "redis":
            self.worker = shop.add(BackendService, "Worker", container=worker)
        else:
            self.worker = shop.add(WorkerService, "Worker", container=worker, processing_time=cdk.Duration.minutes(10))
        self.beat = shop.add(
            BackendService,
            "Beat",
            container=django("celery", "--app=shop", "beat", "--schedule=/tmp/celerybeat-schedule"),
            desired_count=1,
            deployment=Rolling(min_healthy_percent=0, max_healthy_percent=100),
        )
        workloads: list[Any] = [self.web, self.worker, self.beat]
        if not with_migration:
            self.migration = shop.add(
                EventJob, "Migration", container=django(*MIGRATE), timeout=cdk.Duration.minutes(30)
            )
            self.migration.grant_start(iam.Role.from_role_name(self, "Pipeline", "pipeline"))
            workloads.append(self.migration)
        for workload in workloads:
            workload.connections.allow_to_default_port(data.database)
            if broker == "redis":
                workload.connections.allow_to_default_port(data.redis)
        data.static_files.grant_read_write(self.web)
        if isinstance(self.worker, WorkerService):
            self.worker.queue.grant_send_messages(self.web)
            self.worker.queue.grant_send_messages(self.beat)


def build(app: cdk.App, **changes: Any) -> None:
    data = DataStack(app, "DjangoData", env=ENV)
    DjangoStack(app, "Django", data=data, env=ENV, **changes)


@pytest.fixture(scope="module", params=["redis", "sqs"])
def both(request: pytest.FixtureRequest) -> tuple[str, Synthesized]:
    app = cdk.App()
    build(app, broker=request.param)
    return request.param, synthesize(app)


@pytest.fixture(scope="module")
def with_redis() -> Template:
    app = cdk.App()
    build(app)
    return synthesize(app).templates["Django"]


@pytest.fixture(scope="module")
def with_sqs() -> Template:
    app = cdk.App()
    build(app, broker="sqs")
    return synthesize(app).templates["Django"]


def test_cdk_warns_of_nothing_else(both: tuple[str, Synthesized]):
    _, made = both
    assert [warning for warning in made.warnings if STRONG_REFERENCES not in warning] == []


def test_beat_runs_exactly_once(with_redis: Template):
    beat = properties(with_redis, "AWS::ECS::Service", like="Beat")
    assert beat["DesiredCount"] == 1
    assert beat["DeploymentConfiguration"]["MinimumHealthyPercent"] == 0
    assert beat["DeploymentConfiguration"]["MaximumPercent"] == 100
    assert beat["AvailabilityZoneRebalancing"] == "DISABLED"
    assert not [name for name in resources(with_redis, "AWS::ApplicationAutoScaling::ScalableTarget") if "Beat" in name]
    web = properties(with_redis, "AWS::ECS::Service", like="Web")
    assert web["AvailabilityZoneRebalancing"] == "ENABLED"


def test_django_waits_for_the_migration_of_its_task(with_redis: Template):
    definition = properties(with_redis, "AWS::ECS::TaskDefinition", like="Web")
    app, migrate = definition["ContainerDefinitions"]
    assert app["DependsOn"] == [{"ContainerName": "migrate", "Condition": "SUCCESS"}]
    assert (app["Essential"], migrate["Essential"]) == (True, False)
    assert migrate["Command"] == MIGRATE
    assert migrate["Secrets"] == app["Secrets"]
    for name in ("Worker", "Beat"):
        others = properties(with_redis, "AWS::ECS::TaskDefinition", like=name)
        assert [container["Name"] for container in others["ContainerDefinitions"]] == ["app"]


def test_the_migration_is_a_job_whose_end_a_pipeline_sees(with_sqs: Template):
    machine = resource(with_sqs, "AWS::StepFunctions::StateMachine", like="Migration")
    assert "states:::ecs:runTask.sync" in str(machine["Properties"]["DefinitionString"])
    assert any("RunCommand" in name for name in with_sqs["Outputs"])
    assert {"states:StartExecution", "states:DescribeExecution"} <= actions_of(with_sqs, "pipeline")
    definition = properties(with_sqs, "AWS::ECS::TaskDefinition", like="Migration")
    assert [container["Command"] for container in definition["ContainerDefinitions"]] == [MIGRATE]


def test_each_workload_reaches_the_database_and_the_rules_are_in_its_own_stack(both: tuple[str, Synthesized]):
    broker, made = both
    callers = {"Web", "Worker", "Beat"} | ({"Migration"} if broker == "sqs" else set())
    rules = resources(made.templates["Django"], "AWS::EC2::SecurityGroupIngress")
    to_database = [
        name for name, rule in rules.items() if "DatabaseSecurityGroup" in str(rule["Properties"]["GroupId"])
    ]
    assert len(to_database) == len(callers)
    assert all(any(caller in name for name in to_database) for caller in callers)
    assert len([rule for rule in rules.values() if rule["Properties"]["FromPort"] == 6379]) == (
        3 if broker == "redis" else 0
    )
    assert not resources(made.templates["DjangoData"], "AWS::EC2::SecurityGroupIngress")


def test_passwords_come_from_secrets_which_the_execution_roles_may_decrypt(both: tuple[str, Synthesized]):
    _, made = both
    template = made.templates["Django"]
    for definition in resources(template, "AWS::ECS::TaskDefinition").values():
        for container in definition["Properties"]["ContainerDefinitions"]:
            assert {secret["Name"] for secret in container["Secrets"]} >= {"DATABASE_PASSWORD", "DJANGO_SECRET_KEY"}
    assert "resolve:secretsmanager" not in str(template)
    for role in ("WebTaskExecutionRole", "WorkerTaskExecutionRole", "BeatTaskExecutionRole"):
        assert {"secretsmanager:GetSecretValue", "kms:Decrypt"} <= actions_of(template, role)
        [decrypt] = [found for found in statements_of(template, role) if "kms:Decrypt" in found["Action"]]
        assert "secretsmanager" in str(decrypt["Condition"])
    key = properties(made.templates["DjangoData"], "AWS::KMS::Key")
    assert "GetAtt" not in str(key["KeyPolicy"])


def test_who_may_do_what(with_redis: Template, with_sqs: Template):
    assert {"s3:GetObject*", "s3:PutObject"} <= actions_of(with_redis, "WebTaskTaskRole")
    assert not actions_of(with_redis, "WorkerTaskTaskRole")
    assert "sqs:SendMessage" in actions_of(with_sqs, "BeatTaskTaskRole")
    assert "sqs:ReceiveMessage" in actions_of(with_sqs, "WorkerTaskTaskRole")
    assert "sqs:ReceiveMessage" not in actions_of(with_sqs, "WebTaskTaskRole")


def test_people_come_by_https_under_the_domain(with_redis: Template):
    https = properties(with_redis, "AWS::ElasticLoadBalancingV2::Listener", like="Https")
    assert (https["Protocol"], https["Port"]) == ("HTTPS", 443)
    http = properties(with_redis, "AWS::ElasticLoadBalancingV2::Listener", like="Http8")
    assert http["DefaultActions"][0]["RedirectConfig"]["StatusCode"] == "HTTP_301"
    assert properties(with_redis, "AWS::Route53::RecordSet")["Name"] == "shop.example.com."
    targets = properties(with_redis, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert targets["HealthCheckPath"] == "/healthz"


@pytest.mark.parametrize("change", [{"tag": "1.5.0"}, {"web_cpu": 512}], ids=str)
@pytest.mark.parametrize("broker", ["redis", "sqs"])
def test_a_new_version_or_size_replaces_nothing_that_serves_or_holds_data(broker: str, change: dict[str, Any]):
    before, after = cdk.App(), cdk.App()
    build(before, broker=broker)
    build(after, broker=broker, **change)
    old, new = synthesize(before).templates, synthesize(after).templates
    assert old["DjangoData"] == new["DjangoData"]
    assert consequences(old["Django"], new["Django"]) == set()
    update = compare(old["Django"], new["Django"])
    assert {update.type_of(name) for name in update.replaced} == {"AWS::ECS::TaskDefinition"}


class TestMistakes:
    def test_a_migration_that_ends_the_task(self):
        stack = cdk.Stack(cdk.App(), "Shop")
        containers: dict[str, Any] = {
            "container": Container(image="shop/web:1.0.0", depends_on={"migrate": "SUCCESS"}),
            "sidecars": [Container(name="migrate", image="shop/web:1.0.0", command=MIGRATE)],
        }
        problem = the_problem(lambda: BackendService(stack, "Web", **containers))
        assert "essential" in problem

    def test_a_password_in_a_url(self):
        stack = cdk.Stack(cdk.App(), "Shop")
        login = secretsmanager.Secret(stack, "Login")
        url = f"postgres://django:{login.secret_value_from_json('password').unsafe_unwrap()}@db/shop"
        container = Container(image="shop/web:1.0.0", environment={"DATABASE_URL": url})
        problem = the_problem(lambda: BackendService(stack, "Web", container=container))
        assert "DATABASE_URL" in problem
        assert "`secrets`" in problem

    def test_a_secret_by_its_name(self):
        stack = cdk.Stack(cdk.App(), "Shop")
        container = Container(image="shop/web:1.0.0", secrets={"PASSWORD": "shop/database"})
        problem = the_problem(lambda: BackendService(stack, "Web", container=container))
        assert "secrets['PASSWORD']" in problem
        assert "Secret" in problem

    def test_a_misspelt_option_of_what_is_added(self):
        shop = Application(cdk.Stack(cdk.App(), "Shop"), "App")
        wrong: dict[str, Any] = {"desired_counts": 1}
        problem = the_problem(lambda: shop.add(BackendService, "Beat", image="shop/web:1.0.0", **wrong))
        assert "desired_counts" in problem
        assert "desired_count" in problem

    def test_no_domain_and_no_certificate(self):
        shop = Application(cdk.Stack(cdk.App(), "Shop"), "App")
        problem = the_problem(
            lambda: shop.add(WebService, "Web", image="shop/web:1.0.0", exposure=AlbExposure(port=8000))
        )
        assert "Application(domain=…)" in problem

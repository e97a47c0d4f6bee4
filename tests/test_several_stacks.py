"""A platform's stack and a team's stack over it: what the team needs is made in the team's own stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions, aws_logs, aws_rds, aws_secretsmanager, aws_sns, aws_sqs, aws_ssm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_containers import (
    Alarms,
    AlarmTopic,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    CloudMap,
    CloudWatchLogsOutput,
    Cluster,
    ConstructError,
    Container,
    ContainerLogs,
    DaemonService,
    EbsVolume,
    Ec2Capacity,
    EfsVolume,
    EventJob,
    ExpressService,
    FireLens,
    FluentBitOutput,
    Image,
    JobAlarms,
    LatticeExposure,
    ListenerRule,
    LogDriver,
    Namespace,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    OpenTelemetry,
    Port,
    Repository,
    S3ConfigFile,
    ScheduledJob,
    ServiceConnect,
    ServiceNetwork,
    ServiceScaling,
    TaskOptions,
    TopicSubscription,
    VolumeMount,
    WebService,
    WorkerService,
    WorkQueue,
)
from tests.toolkit import IMAGE, certificate, resources, statements

ENV = cdk.Environment(account="111111111111", region="eu-west-1")


class Platform(cdk.Stack):
    """What services of several teams stand on."""

    def __init__(self, scope: Construct, id: str = "Platform", **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        self.network = Network(self, "Network")
        self.cluster = Cluster(self, "Cluster", network=self.network)
        self.key = kms.Key(self, "Key")

    @property
    def secret(self) -> aws_secretsmanager.Secret:
        return aws_secretsmanager.Secret(self, "Secret", encryption_key=self.key)

    @property
    def instances(self) -> Ec2Capacity:
        return Ec2Capacity(self, "Instances", cluster=self.cluster, instance_types=["m7i.large"], max_instances=4)


def service(team: Construct, platform: Platform, id: str = "Web", **options: Any) -> BackendService:  # noqa: A002
    if "container" not in options:
        options.setdefault("image", IMAGE)
    return BackendService(team, id, cluster=platform.cluster, **options)


def with_secret(team: Construct, platform: Platform, secret: Any) -> None:
    service(team, platform, container=Container(image=IMAGE, secrets={"PASSWORD": secret}))


def _secret(team: Construct, platform: Platform) -> None:
    with_secret(team, platform, platform.secret)


def _field_of_a_secret(team: Construct, platform: Platform) -> None:
    with_secret(team, platform, ecs.Secret.from_secrets_manager(platform.secret, "password"))


def _version_of_a_secret(team: Construct, platform: Platform) -> None:
    version = ecs.SecretVersionInfo(version_stage="AWSPREVIOUS")
    with_secret(team, platform, ecs.Secret.from_secrets_manager_version(platform.secret, version, "password"))


def _login_of_a_database(team: Construct, platform: Platform) -> None:
    database = aws_rds.DatabaseInstance(
        platform,
        "Database",
        vpc=platform.network.vpc,
        engine=aws_rds.DatabaseInstanceEngine.POSTGRES,
        credentials=aws_rds.Credentials.from_generated_secret("shop", encryption_key=platform.key),
    )
    made = service(
        team,
        platform,
        container=Container(
            image=IMAGE, secrets={"PASSWORD": ecs.Secret.from_secrets_manager(database.secret, "password")}
        ),
    )
    made.connections.allow_to_default_port(database)


def _secret_of_a_log_driver(team: Construct, platform: Platform) -> None:
    options, secrets = {"splunk-url": "https://x"}, {"splunk-token": platform.secret}
    driver = LogDriver(name="splunk", options=options, secret_options=secrets)
    service(team, platform, container=Container(image=IMAGE, log_driver=driver))


def _secret_of_a_router_output(team: Construct, platform: Platform) -> None:
    output = FluentBitOutput(name="datadog", secret_options={"apikey": platform.secret})
    service(team, platform, task=TaskOptions(log_router=FireLens(output=output)))


def _secret_of_a_router(team: Construct, platform: Platform) -> None:
    service(team, platform, task=TaskOptions(log_router=FireLens(secrets={"APIKEY": platform.secret})))


def _secret_of_a_collector(team: Construct, platform: Platform) -> None:
    service(team, platform, task=TaskOptions(telemetry=OpenTelemetry(secrets={"APIKEY": platform.secret})))


def _registry_login(team: Construct, platform: Platform) -> None:
    image = Image.from_registry("registry.example.com/shop:1", credentials=platform.secret)
    service(team, platform, image=image)


def _secrets_of_an_express_service(team: Construct, platform: Platform) -> None:
    secret = platform.secret
    ExpressService(
        team,
        "Web",
        cluster=platform.cluster,
        image=Image.from_registry("registry.example.com/shop:1", credentials=secret),
        secrets={"PASSWORD": secret},
    )


def _secret_of_a_job(team: Construct, platform: Platform) -> None:
    EventJob(team, "Job", cluster=platform.cluster, container=Container(image=IMAGE, secrets={"P": platform.secret}))


SECRETS = [
    _secret,
    _field_of_a_secret,
    _version_of_a_secret,
    _login_of_a_database,
    _secret_of_a_log_driver,
    _secret_of_a_router_output,
    _secret_of_a_router,
    _secret_of_a_collector,
    _registry_login,
    _secrets_of_an_express_service,
    _secret_of_a_job,
]


def _files(platform: Platform) -> efs.FileSystem:
    return efs.FileSystem(platform, "Files", vpc=platform.network.vpc, kms_key=platform.key)


def mounts(**options: Any) -> Container:
    return Container(image=IMAGE, mounts=[VolumeMount(volume="files", path="/files")], **options)


def _file_system(team: Construct, platform: Platform) -> None:
    service(team, platform, container=mounts(), volumes=[EfsVolume(name="files", file_system=_files(platform))])


def _file_system_of_a_job(team: Construct, platform: Platform) -> None:
    volumes = [EfsVolume(name="files", file_system=_files(platform))]
    EventJob(team, "Job", cluster=platform.cluster, container=mounts(), volumes=volumes)


def _file_system_and_access_point(team: Construct, platform: Platform) -> None:
    files = _files(platform)
    volume = EfsVolume(name="files", file_system=files, access_point=files.add_access_point("Data"))
    service(team, platform, container=mounts(), volumes=[volume])


def _file_system_of_instances(team: Construct, platform: Platform) -> None:
    files, instances = _files(platform), platform.instances
    for name in ("One", "Two"):
        service(
            team,
            platform,
            name,
            capacity=[instances.share()],
            task=TaskOptions(network_mode="bridge"),
            container=mounts(),
            volumes=[EfsVolume(name="files", file_system=files)],
        )


def _parameter(team: Construct, platform: Platform) -> None:
    parameter = aws_ssm.StringParameter.from_secure_string_parameter_attributes(
        platform, "Parameter", parameter_name="/shop/password", encryption_key=platform.key
    )
    with_secret(team, platform, parameter)


def _queue(team: Construct, platform: Platform) -> None:
    queue = WorkQueue(platform, "Queue", encryption_key=platform.key)
    WorkerService(team, "Worker", cluster=platform.cluster, image=IMAGE, queue=queue)


def _queue_of_cdk(team: Construct, platform: Platform) -> None:
    queue = aws_sqs.Queue(
        platform, "Queue", encryption_master_key=platform.key, visibility_timeout=cdk.Duration.minutes(10)
    )
    WorkerService(team, "Worker", cluster=platform.cluster, image=IMAGE, queue=queue)


def _topic(team: Construct, platform: Platform) -> None:
    topic = aws_sns.Topic(platform, "Topic", master_key=platform.key)
    WorkQueue(team, "Queue", subscriptions=[TopicSubscription(topic=topic)], encryption_key=kms.Key(team, "QueueKey"))


def _alarm_topic(team: Construct, platform: Platform) -> None:
    topic = AlarmTopic(platform, "Alarms", encryption_key=platform.key).topic
    service(team, platform, alarms=Alarms(topic=topic))
    EventJob(team, "Job", cluster=platform.cluster, image=IMAGE, alarms=JobAlarms(topic=topic))


def _key_of_logs(team: Construct, platform: Platform) -> None:
    service(team, platform, task=TaskOptions(logs=ContainerLogs(encryption_key=platform.key)))


def _log_group_of_a_router(team: Construct, platform: Platform) -> None:
    group = aws_logs.LogGroup(platform, "Group", encryption_key=platform.key)
    service(team, platform, task=TaskOptions(log_router=FireLens(output=CloudWatchLogsOutput(log_group=group))))


def _file_of_a_router(team: Construct, platform: Platform) -> None:
    bucket = s3.Bucket(platform, "Bucket", encryption_key=platform.key, encryption=s3.BucketEncryption.KMS)
    service(
        team,
        platform,
        capacity=[platform.instances.share()],
        task=TaskOptions(log_router=FireLens(config_file=S3ConfigFile(bucket=bucket, key="extra.conf"))),
    )


def _key_of_a_volume(team: Construct, platform: Platform) -> None:
    volume = EbsVolume(name="files", size_gib=10, encryption_key=platform.key)
    service(team, platform, container=mounts(), volumes=[volume])


def _repository(team: Construct, platform: Platform) -> None:
    images = Repository(platform, "Images", encryption_key=platform.key)
    service(team, platform, image=images.image("1.0"))


def _repository_of_cdk(team: Construct, platform: Platform) -> None:
    service(team, platform, image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(platform, "Images"), "1.0"))


def _namespace(team: Construct, platform: Platform) -> None:
    names = Namespace(platform, "Names", name="shop.internal", network=platform.network)
    container = Container(image=IMAGE, ports=[Port(number=8080, name="web")])
    orders = service(team, platform, "Orders", container=container, service_connect=ServiceConnect(namespace=names))
    stock = service(team, platform, "Stock", container=container, cloud_map=CloudMap(namespace=names, name="stock"))
    web = service(team, platform)
    web.connect_to(orders)
    web.connect_to(stock)


def _lattice(team: Construct, platform: Platform) -> None:
    lattice = ServiceNetwork(platform, "Lattice", network=platform.network, prefix_list_id="pl-0123456789abcdef0")
    prices = service(team, platform, "Prices", exposure=LatticeExposure(port=8080, service_network=lattice))
    service(team, platform).connect_to(prices)


def _load_balancers(team: Construct, platform: Platform) -> None:
    outside = ApplicationLoadBalancer(platform, "Alb", network=platform.network, certificates=[certificate(platform)])
    inside = NetworkLoadBalancer(platform, "Nlb", network=platform.network, internet_facing=False)
    shared = AlbExposure(port=8080, load_balancer=outside, rule=ListenerRule(paths=["/web/*"]))
    WebService(team, "Web", cluster=platform.cluster, image=IMAGE, exposure=shared)
    feed = service(team, platform, "Feed", exposure=NlbExposure(port=9000, load_balancer=inside))
    service(team, platform, "Reader").connect_to(feed)


def _instances(team: Construct, platform: Platform) -> None:
    instances = platform.instances
    service(team, platform, capacity=[instances.share()], task=TaskOptions(network_mode="bridge"))
    service(team, platform, "Own", capacity=[instances.share()])
    DaemonService(team, "Agent", cluster=platform.cluster, image=IMAGE)
    EventJob(team, "Job", cluster=platform.cluster, image=IMAGE, capacity=[instances.share()])


def _queue_that_is_scaled_by(team: Construct, platform: Platform) -> None:
    queue = WorkQueue(platform, "Queue")
    WorkerService(
        team,
        "Worker",
        cluster=platform.cluster,
        image=IMAGE,
        queue=queue,
        scaling=ServiceScaling(min_tasks=0, max_tasks=5, messages_per_task=5),
    )


def _schedule(team: Construct, platform: Platform) -> None:
    ScheduledJob(team, "Nightly", cluster=platform.cluster, image=IMAGE, schedule="cron(0 3 * * ? *)", retries=1)


OTHERS = [
    _file_system,
    _file_system_of_a_job,
    _file_system_and_access_point,
    _file_system_of_instances,
    _parameter,
    _queue,
    _queue_of_cdk,
    _topic,
    _alarm_topic,
    _key_of_logs,
    _log_group_of_a_router,
    _file_of_a_router,
    _key_of_a_volume,
    _repository,
    _repository_of_cdk,
    _namespace,
    _lattice,
    _load_balancers,
    _instances,
    _queue_that_is_scaled_by,
    _schedule,
]

Use = Callable[[Construct, Platform], None]


def synthesized(use: Use, *, together: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the templates of a platform and of the stack that uses it."""
    app = cdk.App()
    platform = Platform(app)
    team = platform if together else cdk.Stack(app, "Team")
    use(team, platform)
    assembly = app.synth()
    return assembly.get_stack_by_name("Platform").template, assembly.get_stack_by_name(team.stack_name).template


@pytest.mark.parametrize("use", [*SECRETS, *OTHERS], ids=lambda use: use.__name__.strip("_"))
def test_a_stack_over_a_platform_needs_it_and_is_not_needed(use: Use):
    platform, team = synthesized(use)
    assert "Fn::ImportValue" in json.dumps(team)
    assert "Fn::ImportValue" not in json.dumps(platform)


@pytest.mark.parametrize("use", SECRETS, ids=lambda use: use.__name__.strip("_"))
@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
def test_whoever_reads_a_secret_may_decrypt_it_by_its_own_policy(use: Use, *, together: bool):
    platform, team = synthesized(use, together=together)
    decrypts = [entry for entry in statements(team, "ExecutionRole") if "kms:Decrypt" in entry["Action"]]
    reads = [entry for entry in statements(team, "ExecutionRole") if "secretsmanager:GetSecretValue" in entry["Action"]]
    assert len(decrypts) == len(reads) == 1
    manager = {"Fn::Join": ["", ["secretsmanager.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    assert decrypts[0]["Condition"] == {"StringEquals": {"kms:ViaService": manager}}
    [key] = [entry for entry in platform["Resources"].values() if entry["Type"] == "AWS::KMS::Key"]
    assert "ExecutionRole" not in json.dumps(key)


@pytest.mark.parametrize("wrap", [lambda secret: secret, ecs.Secret.from_secrets_manager], ids=["secret", "field"])
def test_an_imported_secret_is_decrypted_with_the_key_that_it_was_imported_with(wrap: Callable[[Any], Any]):
    app = cdk.App()
    team = cdk.Stack(app, "Team", env=ENV)
    key = kms.Key.from_key_arn(team, "Key", "arn:aws:kms:eu-west-1:111111111111:key/1234")
    secret = aws_secretsmanager.Secret.from_secret_attributes(
        team,
        "Secret",
        secret_complete_arn="arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop-abcdef",  # noqa: S106
        encryption_key=key,
    )
    cluster = Cluster(team, "Cluster")
    BackendService(team, "Web", cluster=cluster, container=Container(image=IMAGE, secrets={"PASSWORD": wrap(secret)}))
    template = app.synth().get_stack_by_name("Team").template
    [decrypt] = [entry for entry in statements(template, "ExecutionRole") if entry["Action"] == "kms:Decrypt"]
    assert decrypt["Resource"] == "arn:aws:kms:eu-west-1:111111111111:key/1234"
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}


# ---- rules of security groups


def ingress(*templates: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of security groups in templates, those for one port range and one pair of groups alike."""
    return [
        entry["Properties"] | {"made": name}
        for template in templates
        for name, entry in template["Resources"].items()
        if entry["Type"] == "AWS::EC2::SecurityGroupIngress"
    ]


def test_the_rule_of_a_file_system_is_in_the_stack_of_the_service_which_waits_for_it():
    platform, team = synthesized(_file_system)
    [rule] = [rule for rule in ingress(team) if rule["FromPort"] == 2049]
    assert [rule for rule in ingress(platform) if rule["FromPort"] == 2049] == []
    assert "ImportValue" in json.dumps(rule["GroupId"])
    [task] = [entry for entry in team["Resources"].values() if entry["Type"] == "AWS::ECS::TaskDefinition"]
    assert rule["made"] in task["DependsOn"]


@pytest.mark.parametrize("count", [1, 2])
def test_instances_are_let_into_a_file_system_once_for_all_services_on_them(count: int):
    app = cdk.App()
    platform = Platform(app)
    files, instances = _files(platform), platform.instances
    teams = [cdk.Stack(app, f"Team{number}") for number in range(count)]
    for team in teams:
        for name in ("One", "Two"):
            service(
                team,
                platform,
                name,
                capacity=[instances.share()],
                task=TaskOptions(network_mode="bridge"),
                container=mounts(),
                volumes=[EfsVolume(name="files", file_system=files)],
            )
    assembly = app.synth()
    templates = [assembly.get_stack_by_name(stack.stack_name).template for stack in (platform, *teams)]
    assert len([rule for rule in ingress(*templates) if rule["FromPort"] == 2049]) == 1
    assert {stack.stack_name: [other.stack_name for other in stack.dependencies] for stack in teams} == {
        team.stack_name: ["Platform"] for team in teams
    }


# ---- jobs that call services


def callee(platform: Platform, team: Construct, **options: Any) -> BackendService:
    container = Container(image=IMAGE, ports=[Port(number=8080, name="orders", app_protocol="http")])
    return service(team, platform, "Orders", container=container, **options)


@pytest.mark.parametrize("schedule", [None, "rate(1 day)"])
def test_a_job_is_told_where_a_service_of_another_stack_is_and_let_in_by_its_own_stack(schedule: str | None):
    app = cdk.App()
    platform = Platform(app)
    names = Namespace(platform, "Names", name="shop.internal", network=platform.network)
    orders_stack, job_stack = cdk.Stack(app, "OrdersStack"), cdk.Stack(app, "JobStack")
    orders = callee(platform, orders_stack, cloud_map=CloudMap(namespace=names, name="orders"))
    job: EventJob | ScheduledJob = (
        EventJob(job_stack, "Import", cluster=platform.cluster, image=IMAGE)
        if schedule is None
        else ScheduledJob(job_stack, "Import", cluster=platform.cluster, image=IMAGE, schedule=schedule)
    )
    job.connect_to(orders)
    assembly = app.synth()
    template = assembly.get_stack_by_name("JobStack").template
    [task] = [entry for entry in template["Resources"].values() if entry["Type"] == "AWS::ECS::TaskDefinition"]
    [own] = task["Properties"]["ContainerDefinitions"]
    assert {"Name": "ORDERS_URL", "Value": "http://orders.shop.internal:8080"} in own["Environment"]
    [rule] = ingress(template)
    assert (rule["FromPort"], rule["ToPort"]) == (8080, 8080)
    assert rule["made"] in task["DependsOn"]
    assert ingress(assembly.get_stack_by_name("OrdersStack").template) == []


def test_a_job_waits_for_the_service_that_it_calls():
    app = cdk.App()
    platform = Platform(app)
    names = Namespace(platform, "Names", name="shop.internal", network=platform.network)
    orders = callee(platform, platform, cloud_map=CloudMap(namespace=names, name="orders"))
    EventJob(platform, "Import", cluster=platform.cluster, image=IMAGE).connect_to(orders, variable="WHERE")
    template = app.synth().get_stack_by_name("Platform").template
    [orders_id] = [name for name, entry in template["Resources"].items() if entry["Type"] == "AWS::ECS::Service"]
    [task] = [
        entry
        for name, entry in template["Resources"].items()
        if entry["Type"] == "AWS::ECS::TaskDefinition" and "Import" in name
    ]
    assert orders_id in task["DependsOn"]
    assert [variable["Name"] for variable in task["Properties"]["ContainerDefinitions"][0]["Environment"]] == ["WHERE"]


def test_a_job_invokes_a_service_behind_lattice():
    app = cdk.App()
    platform = Platform(app)
    team = cdk.Stack(app, "Team")
    lattice = ServiceNetwork(platform, "Lattice", network=platform.network, prefix_list_id="pl-0123456789abcdef0")
    prices = callee(platform, platform, exposure=LatticeExposure(port=8080, service_network=lattice))
    EventJob(team, "Import", cluster=platform.cluster, image=IMAGE).connect_to(prices)
    template = app.synth().get_stack_by_name("Team").template
    assert [entry["Action"] for entry in statements(template, "Invoke")] == ["vpc-lattice-svcs:Invoke"]


def test_a_job_cannot_take_part_in_service_connect():
    platform = Platform(cdk.App())
    names = Namespace(platform, "Names", name="shop.internal")
    orders = callee(platform, platform, service_connect=ServiceConnect(namespace=names))
    job = EventJob(platform, "Import", cluster=platform.cluster, image=IMAGE)
    with pytest.raises(
        ConstructError, match="available only through Service Connect, which only services can use"
    ) as raised:
        job.connect_to(orders)
    [problem] = raised.value.problems
    assert problem.option == "other"
    assert "cloud_map" in problem.allowed


@pytest.mark.parametrize("other", [None, "orders", 3])
def test_a_job_connects_to_services_of_this_library_only(other: Any):
    platform = Platform(cdk.App())
    job = EventJob(platform, "Import", cluster=platform.cluster, image=IMAGE)
    with pytest.raises(ConstructError, match="not a service"):
        job.connect_to(other)
    with pytest.raises(ConstructError, match="has no address inside the network"):
        job.connect_to(service(platform, platform))


# ---- callers let in by hand


@pytest.mark.parametrize("asked", ["callee", "caller"])
@pytest.mark.parametrize("kind", ["balancer", "tcp balancer", "service", "capacity"])
def test_a_rule_made_by_hand_is_in_the_stack_that_was_begun_later(asked: str, kind: str):
    app = cdk.App()
    platform = Platform(app)
    team = cdk.Stack(app, "Team")
    reached: Any = {
        "balancer": lambda: ApplicationLoadBalancer(
            platform, "Alb", network=platform.network, certificates=[certificate(platform)]
        ),
        "tcp balancer": lambda: NetworkLoadBalancer(platform, "Nlb", network=platform.network, internet_facing=False),
        "service": lambda: service(platform, platform, "Orders"),
        "capacity": lambda: platform.instances,
    }[kind]()
    job = EventJob(team, "Import", cluster=platform.cluster, image=IMAGE)
    if asked == "callee":
        reached.connections.allow_from(job, ec2.Port.tcp(4711))
    else:
        job.connections.allow_to(reached, ec2.Port.tcp(4711))
    assembly = app.synth()
    templates = [assembly.get_stack_by_name(name).template for name in ("Platform", "Team")]
    assert [len([rule for rule in ingress(it) if rule["FromPort"] == 4711]) for it in templates] == [0, 1]


def test_a_caller_that_may_reach_everything_gets_no_rule_outwards_and_no_warning():
    app = cdk.App()
    platform = Platform(app)
    balancer = ApplicationLoadBalancer(platform, "Alb", network=platform.network, certificates=[certificate(platform)])
    job = EventJob(platform, "Import", cluster=platform.cluster, image=IMAGE)
    job.connections.allow_to(balancer, ec2.Port.tcp(4711))
    balancer.connections.allow_to(job, ec2.Port.tcp(4712))  # the load balancer may reach nothing by itself
    ignored = assertions.Match.string_like_regexp(".*Ignoring Egress rule.*")
    assert assertions.Annotations.from_stack(platform).find_warning("*", ignored) == []
    outwards = resources(app.synth().get_stack_by_name("Platform").template, "AWS::EC2::SecurityGroupEgress")
    assert [rule["Properties"]["FromPort"] for rule in outwards.values()] == [4712]


def test_a_rule_within_a_stack_is_where_cdk_makes_it():
    app = cdk.App()
    platform = Platform(app)
    balancer = ApplicationLoadBalancer(
        platform, "Alb", network=platform.network, internet_facing=False, certificates=[certificate(platform)]
    )
    job = EventJob(platform, "Import", cluster=platform.cluster, image=IMAGE)
    balancer.connections.allow_from(job, ec2.Port.tcp(4711))
    balancer.connections.allow_from(ec2.Peer.ipv4("10.0.0.0/8"), ec2.Port.tcp(4712))
    template = app.synth().get_stack_by_name("Platform").template
    [rule] = [rule for rule in ingress(template) if rule["FromPort"] == 4711]
    assert rule["made"].startswith("AlbSecurityGroup")
    assert "4712" in json.dumps(template)


# ---- names


@pytest.mark.parametrize("imported", [False, True])
def test_two_services_of_different_stacks_cannot_have_one_name(imported: bool):  # noqa: FBT001
    app = cdk.App()
    platform = Platform(app)
    names = Namespace(platform, "Names", name="shop.internal", network=platform.network)
    teams = [cdk.Stack(app, f"Team{number}") for number in range(2)]

    def join(team: cdk.Stack, name: str) -> BackendService:
        seen = names
        if imported:
            arn = "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1"
            found = team.node.try_find_child("Names")
            seen = (
                found
                if isinstance(found, Namespace)
                else Namespace.from_attributes(
                    team,
                    "Names",
                    name="shop.internal",
                    namespace_id="ns-1",
                    namespace_arn=arn,
                    network=platform.network,
                )
            )
        return callee(platform, cdk.NestedStack(team, name), cloud_map=CloudMap(namespace=seen, name=name))

    join(teams[0], "orders")
    join(teams[1], "stock")
    with pytest.raises(ConstructError, match=r"has this name in .*Names already"):
        join(teams[1], "orders")

"""A front end and an API in two accounts, built for ARM64 from source; the API is called by its public name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ram as ram
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_vpclattice as vpclattice
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    Application,
    BackendService,
    Canary,
    Cluster,
    Container,
    Domain,
    Environment,
    Image,
    LatticeExposure,
    ServiceNetwork,
    TaskOptions,
    WebService,
)
from tests.real_use.synthesis import Synthesized, actions_of, synthesize, the_problem
from tests.toolkit import Template, properties, resources
from tests.updates.consequences import consequences

SOURCE = Path(__file__).parents[2] / "sample"
FRONT = cdk.Environment(account="111111111111", region="eu-west-1")
API = cdk.Environment(account="222222222222", region="eu-west-1")
GRAVITON = Environment(architecture="ARM64")


class ApiStack(cdk.Stack):
    """The API, its table and its name, in the account of the API's team."""

    def __init__(self, scope: Construct, id: str, *, version: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        domain = Domain(self, "Domain", name="api.example.com")  # its own zone: the central one is elsewhere
        shop = Application(self, "Shop", environment=GRAVITON, domain=domain)
        orders = dynamodb.TableV2(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            deletion_protection=True,
        )
        api = shop.add(
            WebService,
            "Api",
            container=Container(
                image=Image.from_asset(SOURCE, target="backend", build_args={"VERSION": version}),
                environment={"TABLE_NAME": orders.table_name},
            ),
            exposure=AlbExposure(port=8080, domain=shop.domain, health_check_path="/healthz"),
            deployment=Canary(),
        )
        orders.grant_read_write_data(api)


class FrontEndStack(cdk.Stack):
    """The front end, in another account."""

    def __init__(self, scope: Construct, id: str, *, version: str, cpu: int, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id="Z0123456789EXAMPLE", zone_name="example.com"
        )
        shop = Application(
            self, "Shop", environment=GRAVITON, domain=Domain(self, "Domain", name="example.com", zone=zone)
        )
        assert shop.domain is not None
        shop.add(
            WebService,
            "Web",
            container=Container(
                image=Image.from_asset(SOURCE, target="web", build_args={"VERSION": version}),
                environment={"API_URL": "https://api.example.com"},
            ),
            cpu=cpu,
            memory_limit_mib=1024,
            exposure=AlbExposure(
                port=8080, domain=shop.domain.names(redirect_from=["www"]), health_check_path="/healthz"
            ),
        )


def build(app: cdk.App, *, version: str = "1.4.2", cpu: int = 256) -> None:
    api = cdk.Stage(app, "ApiProduction", env=API)
    ApiStack(api, "Api", version=version)
    front = cdk.Stage(app, "FrontProduction", env=FRONT)
    FrontEndStack(front, "FrontEnd", version=version, cpu=cpu)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    app = cdk.App()
    build(app)
    return synthesize(app)


@pytest.fixture(scope="module")
def api(made: Synthesized) -> Template:
    return made.templates["ApiProduction-Api"]


@pytest.fixture(scope="module")
def front(made: Synthesized) -> Template:
    return made.templates["FrontProduction-FrontEnd"]


def assets(made: Synthesized, stack: str) -> dict[str, Any]:
    """Return the only image of a stack, as the CDK CLI builds it."""
    template = made.files[stack]
    manifest = json.loads(template.with_name(template.name.replace(".template.", ".assets.")).read_text())
    image: dict[str, Any]
    [image] = manifest["dockerImages"].values()
    return image


def test_cdk_warns_of_nothing(made: Synthesized):
    assert made.warnings == []


@pytest.mark.parametrize(
    ("stack", "account", "target"),
    [("ApiProduction-Api", "222222222222", "backend"), ("FrontProduction-FrontEnd", "111111111111", "web")],
)
def test_each_image_is_built_for_arm64_and_pushed_to_its_own_account(
    made: Synthesized, stack: str, account: str, target: str
):
    image = assets(made, stack)
    assert image["source"]["platform"] == "linux/arm64"
    assert image["source"]["dockerBuildTarget"] == target
    [destination] = image["destinations"].values()
    assert account in destination["repositoryName"]
    [container] = properties(made.templates[stack], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["Image"]["Fn::Sub"].startswith(f"{account}.dkr.ecr.eu-west-1.")
    assert container["Image"]["Fn::Sub"].endswith(destination["imageTag"])


def test_tasks_run_on_graviton(api: Template, front: Template):
    for template in (api, front):
        platform = properties(template, "AWS::ECS::TaskDefinition")["RuntimePlatform"]
        assert platform == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}


def test_neither_stack_needs_the_other(api: Template, front: Template):
    for template, other in ((api, "111111111111"), (front, "222222222222")):
        text = json.dumps(template)
        assert "Fn::ImportValue" not in text
        assert "Fn::GetStackOutput" not in text
        assert other not in text


def test_the_front_end_calls_the_api_by_its_name(api: Template, front: Template):
    [container] = properties(front, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert {"Name": "API_URL", "Value": "https://api.example.com"} in container["Environment"]
    assert properties(api, "AWS::Route53::RecordSet")["Name"] == "api.example.com."
    assert properties(api, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"] == "internet-facing"
    hosts = {
        host
        for rule in resources(front, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
        for host in rule["Properties"]["Conditions"][0]["HostHeaderConfig"]["Values"]
    }
    assert hosts == {"example.com", "www.example.com"}


def test_only_the_api_reads_the_table(api: Template, front: Template):
    assert "dynamodb:PutItem" in actions_of(api, "ApiTaskTaskRole")
    assert not actions_of(front, "WebTaskTaskRole")


@pytest.mark.parametrize("change", [{"version": "1.5.0"}, {"cpu": 512}], ids=str)
def test_a_change_replaces_nothing_that_serves_or_holds_data(made: Synthesized, change: dict[str, Any]):
    app = cdk.App()
    build(app, **change)
    after = synthesize(app).templates
    assert after != made.templates
    assert [consequences(made.templates[name], after[name]) for name in after] == [set(), set()]


# ---- the same through VPC Lattice: what has no option is beside the services, in L1


class LatticeApiStack(cdk.Stack):
    """The API in a service network that the account of the front end shares."""

    def __init__(self, scope: Construct, id: str, *, caller: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        cluster = Cluster(self, "Cluster")
        services = ServiceNetwork(self, "Services", network=cluster.vpc, prefix_list_id="pl-0721453c7ac4ec009")
        api = BackendService(
            self,
            "Api",
            cluster=cluster,
            image=Image.from_asset(SOURCE, target="backend"),
            task=TaskOptions(architecture="ARM64"),
            exposure=LatticeExposure(port=8080, service_network=services, health_check_path="/healthz"),
        )
        for scope_of_policy in (services, api.routes[0]):
            policy = scope_of_policy.node.find_child("AuthPolicy")
            assert isinstance(policy, vpclattice.CfnAuthPolicy)
            accounts = [f"arn:{cdk.Aws.PARTITION}:iam::{account}:root" for account in (self.account, caller)]
            policy.add_property_override("Policy.Statement.0.Principal.AWS", accounts)
        ram.CfnResourceShare(
            self, "Share", name="services", principals=[caller], resource_arns=[services.service_network_arn]
        )


class LatticeFrontEndStack(cdk.Stack):
    """The front end, whose network joins the service network of the other account."""

    def __init__(self, scope: Construct, id: str, *, network_arn: str, service_arn: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        cluster = Cluster(self, "Cluster")
        callers = ec2.SecurityGroup(self, "Callers", vpc=cluster.vpc, allow_all_outbound=False)
        vpclattice.CfnServiceNetworkVpcAssociation(
            self,
            "Association",
            service_network_identifier=network_arn,
            vpc_identifier=cluster.vpc.vpc_id,
            security_group_ids=[callers.security_group_id],
        )
        web = BackendService(
            self,
            "Web",
            cluster=cluster,
            container=Container(
                image=Image.from_asset(SOURCE, target="web"),
                environment={"API_URL": "https://api-0123456789abcdef0.7d67968.vpc-lattice-svcs.eu-west-1.on.aws"},
            ),
            task=TaskOptions(architecture="ARM64"),
        )
        web.connections.allow_to(callers, ec2.Port.tcp(443), "VPC Lattice")
        web.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["vpc-lattice-svcs:Invoke"], resources=[f"{service_arn}/*"])
        )


def build_with_lattice(app: cdk.App) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:222222222222"
    LatticeApiStack(app, "LatticeApi", caller="111111111111", env=API)
    LatticeFrontEndStack(
        app,
        "LatticeFrontEnd",
        network_arn=f"{arn}:servicenetwork/sn-0123456789abcdef0",
        service_arn=f"{arn}:service/svc-0123456789abcdef0",
        env=FRONT,
    )


def test_the_other_account_may_call_through_vpc_lattice():
    app = cdk.App()
    build_with_lattice(app)
    made = synthesize(app)
    assert made.warnings == []
    policies = resources(made.templates["LatticeApi"], "AWS::VpcLattice::AuthPolicy").values()
    assert len(policies) == 2
    for policy in policies:
        [statement] = policy["Properties"]["Policy"]["Statement"]
        assert "111111111111" in str(statement["Principal"])
        assert statement["Action"] == "vpc-lattice-svcs:Invoke"
    front = made.templates["LatticeFrontEnd"]
    assert "vpc-lattice-svcs:Invoke" in actions_of(front, "WebTaskTaskRole")
    rule = properties(front, "AWS::EC2::SecurityGroupIngress")
    assert (rule["FromPort"], rule["ToPort"]) == (443, 443)


class TestMistakes:
    def test_an_architecture_in_docker_s_words(self):
        stack = cdk.Stack(cdk.App(), "Shop")
        wrong: Any = Environment(architecture="arm64")  # type: ignore[arg-type]
        problem = the_problem(lambda: Application(stack, "App", environment=wrong))
        assert "'ARM64'" in problem

    def test_a_cluster_of_the_other_account(self):
        app = cdk.App()
        theirs = Cluster(cdk.Stack(app, "Theirs", env=API), "Cluster")
        ours = cdk.Stack(app, "Ours", env=FRONT)
        problem = the_problem(lambda: BackendService(ours, "Web", cluster=theirs, image="shop/web:1.0.0"))
        assert "222222222222" in problem
        assert "Cluster.from_attributes" in problem

    def test_a_certificate_of_the_other_account(self):
        ours = cdk.Stack(cdk.App(), "Ours", env=FRONT)
        arn = "arn:aws:acm:eu-west-1:222222222222:certificate/11111111-2222-3333-4444-555555555555"
        theirs = acm.Certificate.from_certificate_arn(ours, "Certificate", arn)
        exposure = AlbExposure(port=8080, certificate=theirs)
        problem = the_problem(lambda: WebService(ours, "Web", image="shop/web:1.0.0", exposure=exposure))
        assert "222222222222" in problem

    def test_a_folder_without_a_dockerfile(self, tmp_path: Path):
        stack = cdk.Stack(cdk.App(), "Shop")
        image = Image.from_asset(tmp_path)
        problem = the_problem(lambda: BackendService(stack, "Web", image=image))
        assert "Dockerfile" in problem

    def test_a_misspelt_part_of_a_build(self):
        wrong: dict[str, Any] = {"targets": "web"}
        problem = the_problem(lambda: Image.from_asset(SOURCE, **wrong))
        assert "targets" in problem
        assert "target" in problem

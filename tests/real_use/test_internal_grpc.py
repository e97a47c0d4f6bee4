"""gRPC and REST behind one internal load balancer, called from another VPC over a peering connection."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Cluster,
    Container,
    Disabled,
    Domain,
    ListenerRule,
    NatGateways,
    Network,
    Repository,
    ServiceScaling,
    TargetHealthCheck,
)
from tests.real_use.synthesis import STRONG_REFERENCES, Synthesized, synthesize, the_problem
from tests.toolkit import Template, certificate, network, new_stack, properties, resources
from tests.updates.consequences import consequences

ENV = cdk.Environment(account="111111111111", region="eu-west-1")
CHECK = "/grpc.health.v1.Health/Check"
HERE, CALLERS = "10.0.0.0/16", "10.8.0.0/16"


class PlatformStack(cdk.Stack):
    """Two VPCs, the way between them, the names that both know, and images."""

    def __init__(self, scope: cdk.App, id: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        self.services = Network(self, "Services", cidr=HERE, max_azs=2)
        self.callers = Network(self, "Callers", cidr=CALLERS, max_azs=2, nat_gateways=NatGateways.SINGLE)
        peering = ec2.CfnVPCPeeringConnection(
            self, "Peering", vpc_id=self.callers.vpc.vpc_id, peer_vpc_id=self.services.vpc.vpc_id
        )
        for side, destination in ((self.services, CALLERS), (self.callers, HERE)):
            for subnet in side.vpc.private_subnets:
                ec2.CfnRoute(
                    side,
                    f"Peering{subnet.node.id}",
                    route_table_id=subnet.route_table.route_table_id,
                    destination_cidr_block=destination,
                    vpc_peering_connection_id=peering.ref,
                )
        self.zone = route53.PrivateHostedZone(self, "Zone", zone_name="internal.example.com", vpc=self.services.vpc)
        self.zone.add_vpc(self.callers.vpc)
        self.images = Repository(self, "Images")


class ServicesStack(cdk.Stack):
    """Prices by gRPC and the catalogue by REST, at names of a private zone."""

    def __init__(
        self,
        scope: cdk.App,
        id: str,  # noqa: A002
        *,
        platform: PlatformStack,
        port: int = 50051,
        healthy_codes: str = "0,12",
        tag: str = "1.4.2",
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        public_zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "PublicZone", hosted_zone_id="Z0123456789EXAMPLE", zone_name="example.com"
        )
        domain = Domain(self, "Domain", name="internal.example.com", zone=platform.zone, validation_zone=public_zone)
        internal = ApplicationLoadBalancer(
            self,
            "Internal",
            network=platform.services,
            internet_facing=False,
            certificates=[domain.certificate],
            ingress=[ec2.Peer.ipv4(HERE), ec2.Peer.ipv4(CALLERS)],
        )
        cluster = Cluster(self, "Cluster", network=platform.services)
        self.prices = BackendService(
            self,
            "Prices",
            cluster=cluster,
            container=Container(image=platform.images.image(f"prices-{tag}"), ports=[port]),
            exposure=AlbExposure(
                port=port,
                load_balancer=internal,
                domain=domain.names("prices"),
                protocol_version="GRPC",
                health_check_path=CHECK,
                health_check=TargetHealthCheck(healthy_codes=healthy_codes),
            ),
            scaling=ServiceScaling(min_tasks=2, max_tasks=10, cpu_percent=60),
        )
        self.catalogue = BackendService(
            self,
            "Catalogue",
            cluster=cluster,
            container=Container(image=platform.images.image(f"catalogue-{tag}"), ports=[8080]),
            exposure=AlbExposure(
                port=8080,
                load_balancer=internal,
                domain=domain.names("catalogue"),
                rule=ListenerRule(paths=["/v1/*"]),
                health_check_path="/healthz",
                health_check=TargetHealthCheck(healthy_codes="200,204"),
            ),
        )


class CallersStack(cdk.Stack):
    """A caller in the other VPC."""

    def __init__(self, scope: cdk.App, id: str, *, platform: PlatformStack, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        BackendService(
            self,
            "Reports",
            cluster=Cluster(self, "Cluster", network=platform.callers),
            container=Container(
                image=platform.images.image("reports-1.0.0"),
                environment={
                    "PRICES": "prices.internal.example.com:443",
                    "CATALOGUE_URL": "https://catalogue.internal.example.com/v1",
                },
            ),
        )


def build(app: cdk.App, **changes: Any) -> None:
    platform = PlatformStack(app, "Platform", env=ENV)
    ServicesStack(app, "Services", platform=platform, env=ENV, **changes)
    CallersStack(app, "Callers", platform=platform, env=ENV)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    app = cdk.App()
    build(app)
    return synthesize(app)


@pytest.fixture(scope="module")
def template(made: Synthesized) -> Template:
    return made.templates["Services"]


def test_cdk_warns_of_nothing_else(made: Synthesized):
    assert [warning for warning in made.warnings if STRONG_REFERENCES not in warning] == []


def test_grpc_has_its_own_protocol_and_health_codes(template: Template):
    prices = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup", like="Prices")
    assert prices["ProtocolVersion"] == "GRPC"
    assert prices["Matcher"] == {"GrpcCode": "0,12"}
    assert prices["HealthCheckPath"] == CHECK
    catalogue = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup", like="Catalogue")
    assert catalogue["ProtocolVersion"] == "HTTP1"
    assert catalogue["Matcher"] == {"HttpCode": "200,204"}


def test_both_are_behind_one_internal_load_balancer_with_https(template: Template):
    balancer = properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    rules = resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    [https] = {rule["Properties"]["ListenerArn"]["Ref"] for rule in rules}
    assert template["Resources"][https]["Properties"]["Protocol"] == "HTTPS"
    assert len({rule["Properties"]["Priority"] for rule in rules}) == 2
    hosts = {host for rule in rules for host in rule["Properties"]["Conditions"][0]["HostHeaderConfig"]["Values"]}
    assert hosts == {"prices.internal.example.com", "catalogue.internal.example.com"}


def test_both_networks_are_let_in_and_nobody_else(template: Template):
    group = properties(template, "AWS::EC2::SecurityGroup", like="Internal")
    assert {rule["CidrIp"] for rule in group["SecurityGroupIngress"]} == {HERE, CALLERS}
    for name in ("Prices", "Catalogue"):
        assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup", like=name)
        rule = properties(template, "AWS::EC2::SecurityGroupIngress", like=f"{name}ServiceSecurityGroup")
        assert "SourceSecurityGroupId" in rule


def test_callers_find_the_names_and_the_way(made: Synthesized):
    platform = made.templates["Platform"]
    assert len(properties(platform, "AWS::Route53::HostedZone")["VPCs"]) == 2
    ways = [
        route["Properties"]["DestinationCidrBlock"]
        for route in resources(platform, "AWS::EC2::Route").values()
        if "VpcPeeringConnectionId" in route["Properties"]
    ]
    assert sorted(ways) == [HERE] * 2 + [CALLERS] * 2
    caller = properties(made.templates["Callers"], "AWS::EC2::SecurityGroup")
    assert caller["SecurityGroupEgress"][0]["CidrIp"] == "0.0.0.0/0"


def test_the_certificate_is_validated_in_the_public_zone(template: Template):
    certificate = properties(template, "AWS::CertificateManager::Certificate")
    assert certificate["DomainValidationOptions"][0]["HostedZoneId"] == "Z0123456789EXAMPLE"
    for record in resources(template, "AWS::Route53::RecordSet").values():
        assert "ImportValue" in str(record["Properties"]["HostedZoneId"])


@pytest.mark.parametrize("change", [{"tag": "1.5.0"}, {"port": 50052}, {"healthy_codes": "0"}], ids=str)
def test_a_change_replaces_nothing_that_serves(made: Synthesized, change: dict[str, Any]):
    app = cdk.App()
    build(app, **change)
    after = synthesize(app).templates
    assert after["Services"] != made.templates["Services"]
    assert [consequences(made.templates[name], after[name]) for name in after] == [set()] * 3


class TestMistakes:
    def internal(self, stack: cdk.Stack, **options: Any) -> ApplicationLoadBalancer:
        given = {"certificates": [certificate(stack)]} | options
        return ApplicationLoadBalancer(stack, "Internal", network=network(stack), internet_facing=False, **given)

    def prices(self, stack: cdk.Stack, **options: Any) -> BackendService:
        return BackendService(
            stack,
            "Prices",
            cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network(stack)),
            image="shop/prices:1.0.0",
            exposure=AlbExposure(port=50051, **({"health_check_path": CHECK} | options)),
        )

    def test_grpc_without_https(self):
        stack = new_stack()
        shared = self.internal(stack, certificates=[], https=Disabled("it is internal"))
        problem = the_problem(lambda: self.prices(stack, load_balancer=shared, protocol_version="GRPC"))
        assert "HTTPS" in problem

    def test_http_codes_for_grpc(self):
        stack = new_stack()
        codes = TargetHealthCheck(healthy_codes="200")
        options: dict[str, Any] = {"protocol_version": "GRPC", "health_check": codes}
        problem = the_problem(lambda: self.prices(stack, load_balancer=self.internal(stack), **options))
        assert "healthy_codes" in problem

    def test_a_network_as_text(self):
        stack = new_stack()
        problem = the_problem(lambda: self.internal(stack, ingress=[CALLERS]))
        assert "Peer" in problem

    def test_the_protocol_in_small_letters(self):
        stack = new_stack()
        problem = the_problem(lambda: self.prices(stack, load_balancer=self.internal(stack), protocol_version="grpc"))
        assert "'GRPC'" in problem

    def test_connecting_to_a_service_of_another_network(self):
        app = cdk.App()
        platform = PlatformStack(app, "Platform", env=ENV)
        services = ServicesStack(app, "Services", platform=platform, env=ENV)
        callers = cdk.Stack(app, "Callers", env=ENV)
        caller = BackendService(
            callers, "Reports", cluster=Cluster(callers, "Cluster", network=platform.callers), image="shop/a:1.0.0"
        )
        problem = the_problem(lambda: caller.connect_to(services.prices))
        assert "network" in problem

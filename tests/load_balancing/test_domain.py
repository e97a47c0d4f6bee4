"""Names of a domain: certificates, records, rules and redirects, and what is wrong with them."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    Application,
    ApplicationLoadBalancer,
    BlueGreen,
    ConstructError,
    Disabled,
    Domain,
    DomainNames,
    Environment,
    ListenerRule,
    Network,
    NlbExposure,
    WebService,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    properties,
    resources,
    synth,
    web,
)


def zone_of(scope: Construct, name: str = "example.com") -> route53.IHostedZone:
    found = scope.node.try_find_child("Zone")
    if found is not None:
        return cast("route53.IHostedZone", found)
    return route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1EXAMPLE", zone_name=name)


def domain_of(scope: Construct, id: str = "Domain", **options: Any) -> Domain:  # noqa: A002
    options.setdefault("zone", zone_of(scope))
    return Domain(scope, id, **{"name": "example.com"} | options)


def dual_stack_network(scope: Construct) -> Network:
    return Network.from_attributes(
        scope,
        "Dual",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
        public_subnet_ids=["subnet-3", "subnet-4"],
        dual_stack=True,
    )


def certificates(template: Template) -> dict[str, str]:
    """Return the way of validation by the name on each certificate."""
    found = {}
    for entry in resources(template, "AWS::CertificateManager::Certificate").values():
        given = entry["Properties"]
        assert "SubjectAlternativeNames" not in given
        [option] = given["DomainValidationOptions"]
        assert option["DomainName"] == given["DomainName"]
        found[given["DomainName"]] = f"{given['ValidationMethod']} {option['HostedZoneId']}"
    return found


def records(template: Template) -> set[tuple[str, str]]:
    return {
        (entry["Properties"]["Type"], entry["Properties"]["Name"])
        for entry in resources(template, "AWS::Route53::RecordSet").values()
    }


def hosts(template: Template, kind: str = "forward") -> list[list[str]]:
    """Return the hosts of the rules with an action of a kind."""
    return [
        condition["HostHeaderConfig"]["Values"]
        for entry in resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
        if entry["Properties"]["Actions"][0]["Type"] == kind
        for condition in entry["Properties"]["Conditions"]
        if "HostHeaderConfig" in condition
    ]


def test_a_domain_is_one_line_of_a_service():
    stack = new_stack(region="eu-west-1")
    service = web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack)))
    assert service.url == "https://example.com"
    template = synth(stack)
    assert certificates(template) == {"example.com": "DNS Z1EXAMPLE"}
    assert records(template) == {("A", "example.com.")}
    assert hosts(template) == [["example.com"]]
    record = properties(template, "AWS::Route53::RecordSet")
    assert record["HostedZoneId"] == "Z1EXAMPLE"
    assert set(record["AliasTarget"]) == {"DNSName", "HostedZoneId"}
    listener = properties(template, "AWS::ElasticLoadBalancingV2::Listener", like="Https")
    [used] = listener["Certificates"]
    assert used["CertificateArn"]["Ref"] in resources(template, "AWS::CertificateManager::Certificate")


def test_other_names_are_redirected_to_the_first():
    stack = new_stack(region="eu-west-1")
    names = domain_of(stack).names("shop", "store.example.com", redirect_from=["www"])
    service = web(stack, exposure=AlbExposure(port=8080, domain=names))
    assert service.url == "https://shop.example.com"
    template = synth(stack)
    assert set(certificates(template)) == {"shop.example.com", "store.example.com", "www.example.com"}
    assert records(template) == {("A", f"{name}.example.com.") for name in ("shop", "store", "www")}
    assert hosts(template) == [["shop.example.com", "store.example.com"]]
    assert hosts(template, "redirect") == [["www.example.com"]]
    [redirect] = [
        entry["Properties"]["Actions"][0]["RedirectConfig"]
        for name, entry in resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule").items()
        if "Redirect" in name
    ]
    assert redirect == {"Host": "shop.example.com", "StatusCode": "HTTP_301"}
    numbers = [
        entry["Properties"]["Priority"]
        for entry in resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    ]
    assert len(set(numbers)) == 2


def test_all_names_under_a_domain_can_be_had():
    stack = new_stack(region="eu-west-1")
    service = web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack).names("*")))
    template = synth(stack)
    assert set(certificates(template)) == {"*.example.com"}
    assert records(template) == {("A", "*.example.com.")}
    assert "GetAtt" in str(stack.resolve(service.url))


def test_a_name_that_is_added_replaces_none_that_is_in_use():
    def template(*names: str) -> Template:
        stack = new_stack(region="eu-west-1")
        web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack).names(*names)))
        return synth(stack)

    before, after = template("shop"), template("shop", "store")
    kept = ("AWS::CertificateManager::Certificate", "AWS::Route53::RecordSet")
    for type_ in kept:
        assert resources(before, type_)
        assert resources(before, type_).items() <= resources(after, type_).items()
    assert before["Resources"].keys() <= after["Resources"].keys()
    assert len(resources(after, "AWS::CertificateManager::Certificate")) == 2


def test_a_service_brings_its_certificate_to_a_load_balancer_that_it_shares_in_another_stack():
    app = cdk.App()
    env = cdk.Environment(account="111111111111", region="eu-west-1")
    platform, shop = cdk.Stack(app, "Platform", env=env), cdk.Stack(app, "Shop", env=env)
    shared = ApplicationLoadBalancer(
        platform, "Shared", network=network(platform), certificates=[certificate(platform)]
    )
    domain = domain_of(platform, zone=None)
    web(shop, exposure=AlbExposure(port=8080, domain=domain.names("api", redirect_from=["www"]), load_balancer=shared))
    template = synth(shop)
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::ListenerCertificate")) == 2
    assert set(certificates(template)) == {"api.example.com", "www.example.com"}
    assert records(template) == {("A", "api.example.com."), ("A", "www.example.com.")}
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule")) == 2
    other = synth(platform)
    assert properties(other, "AWS::Route53::HostedZone")["Name"] == "example.com."
    assert not resources(other, "AWS::Route53::RecordSet")


def test_the_certificate_of_the_domain_is_good_for_names_directly_under_it():
    stack = new_stack(region="eu-west-1")
    domain = domain_of(stack)
    shared = ApplicationLoadBalancer(stack, "Shared", network=network(stack), certificates=[domain.certificate])
    for name, host in (("Api", "api"), ("Deep", "a.b.example.com")):
        web(stack, name, exposure=AlbExposure(port=8080, domain=domain.names(host), load_balancer=shared))
    template = synth(stack)
    [wide] = [
        entry["Properties"]
        for entry in resources(template, "AWS::CertificateManager::Certificate").values()
        if "SubjectAlternativeNames" in entry["Properties"]
    ]
    assert (wide["DomainName"], wide["SubjectAlternativeNames"]) == ("example.com", ["*.example.com"])
    assert len(resources(template, "AWS::CertificateManager::Certificate")) == 2
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::ListenerCertificate")) == 1


def test_there_are_records_for_ipv6_where_the_load_balancer_has_it():
    stack = new_stack(region="eu-west-1")
    made = cluster(stack, network=dual_stack_network(stack))
    web(stack, cluster=made, exposure=AlbExposure(port=8080, domain=domain_of(stack)))
    assert records(synth(stack)) == {("A", "example.com."), ("AAAA", "example.com.")}


def test_plain_http_has_names_and_no_certificate():
    stack = new_stack(region="eu-west-1")
    service = web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack), https=Disabled(REASON)))
    assert service.url == "http://example.com"
    template = synth(stack)
    assert records(template) == {("A", "example.com.")}
    assert not certificates(template)


def test_a_network_load_balancer_has_names_too():
    stack = new_stack(region="eu-west-1")
    domain = domain_of(stack)
    tls = web(stack, "Tls", exposure=NlbExposure(port=8883, protocol="TLS", domain=domain.names("mqtt")))
    tcp = web(stack, "Tcp", exposure=NlbExposure(port=25, domain=domain.names("mail", "smtp")))
    assert (tls.url, tcp.url) == ("tls://mqtt.example.com:443", "tcp://mail.example.com:25")
    template = synth(stack)
    assert set(certificates(template)) == {"mqtt.example.com"}
    assert records(template) == {("A", f"{name}.example.com.") for name in ("mqtt", "mail", "smtp")}


def test_a_load_balancer_that_is_imported_has_names_if_its_zone_is_known():
    stack = new_stack(region="eu-west-1")
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"
    given: dict[str, Any] = {
        "load_balancer_arn": f"{arn}:loadbalancer/app/shop/50dc6c495c0c9188",
        "listener_arn": f"{arn}:listener/app/shop/50dc6c495c0c9188/f2f7",
        "security_group_id": "sg-0123456789abcdef0",
        "dns_name": "shop.eu-west-1.elb.amazonaws.com",
        "vpc": network(stack).vpc,
    }
    known = ApplicationLoadBalancer.from_attributes(
        stack,
        "Known",
        **given,
        canonical_hosted_zone_id="Z32O12XQLNTSW2",
        ip_address_type=elbv2.IpAddressType.DUAL_STACK,
    )
    web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack), load_balancer=known))
    unknown = ApplicationLoadBalancer.from_attributes(stack, "Unknown", **given)
    with pytest.raises(ConstructError, match="canonical_hosted_zone_id") as raised:
        web(
            stack,
            "Other",
            exposure=AlbExposure(
                port=8080, domain=domain_of(stack, "Two", name="a.example.com"), load_balancer=unknown
            ),
        )
    assert [problem.option for problem in raised.value.problems] == ["exposure.load_balancer"]
    template = synth(stack)
    assert records(template) == {("A", "example.com."), ("AAAA", "example.com.")}
    for entry in resources(template, "AWS::Route53::RecordSet").values():
        assert entry["Properties"]["AliasTarget"]["HostedZoneId"] == "Z32O12XQLNTSW2"


def test_the_services_of_an_application_have_names_of_its_environment():
    stack = new_stack(region="eu-west-1")
    shop = Application(stack, "Shop", environment=Environment.development(subdomain="dev"), domain=domain_of(stack))
    assert shop.domain is not None
    page = shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080, domain=shop.domain))
    api = shop.add(WebService, "Api", image=IMAGE, exposure=AlbExposure(port=8080, domain=shop.domain.names("api")))
    assert (page.url, api.url) == ("https://dev.example.com", "https://api.dev.example.com")
    template = synth(stack)
    assert records(template) == {("A", "dev.example.com."), ("A", "api.dev.example.com.")}
    assert properties(template, "AWS::CertificateManager::Certificate")["DomainName"] == "dev.example.com"
    assert sorted(hosts(template)) == [["api.dev.example.com"], ["dev.example.com"]]


def test_an_application_of_production_has_the_domain_itself():
    stack = new_stack(region="eu-west-1")
    shop = Application(stack, "Shop", domain=domain_of(stack))
    page = shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080, domain=shop.domain))
    assert page.url == "https://example.com"


def test_a_zone_that_is_made_stays():
    stack = new_stack()
    Domain(stack, "Domain", name="example.com")
    [made] = resources(synth(stack), "AWS::Route53::HostedZone").values()
    assert made["DeletionPolicy"] == made["UpdateReplacePolicy"] == "Retain"


def test_a_private_zone_takes_a_public_one_for_certificates():
    stack = new_stack(region="eu-west-1")
    private = route53.PrivateHostedZone(stack, "Private", zone_name="example.com", vpc=network(stack).vpc)
    with pytest.raises(ConstructError, match="validation_zone"):
        Domain(stack, "Refused", name="example.com", zone=private)
    domain = Domain(stack, "Domain", name="example.com", zone=private, validation_zone=zone_of(stack))
    web(stack, exposure=AlbExposure(port=8080, domain=domain))
    template = synth(stack)
    assert certificates(template) == {"example.com": "DNS Z1EXAMPLE"}
    assert "Ref" in properties(template, "AWS::Route53::RecordSet")["HostedZoneId"]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"name": "other.com"}, "name"),
        ({"name": "badexample.com"}, "name"),
        ({"name": "Example.com"}, "name"),
        ({"name": "https://example.com"}, "name"),
        ({"name": "com"}, "name"),
        ({"name": "*.example.com"}, "name"),
        ({"name": cdk.Aws.STACK_NAME}, "name"),
        ({"zone": "Z1EXAMPLE"}, "zone"),
    ],
)
def test_a_wrong_domain(options: dict[str, Any], option: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        domain_of(stack, **options)
    assert [problem.option for problem in raised.value.problems] == [option]


def test_a_zone_by_its_id_alone_does_not_say_enough():
    stack = new_stack()
    with pytest.raises(ConstructError, match="from_hosted_zone_attributes"):
        Domain(stack, "Domain", name="example.com", zone=route53.HostedZone.from_hosted_zone_id(stack, "Zone", "Z1"))


@pytest.mark.parametrize(
    ("names", "option"),
    [
        ({"hosts": ["api.other.com"]}, "exposure.domain.hosts"),
        ({"hosts": ["Api"]}, "exposure.domain.hosts"),
        ({"hosts": ["api/v1"]}, "exposure.domain.hosts"),
        ({"hosts": ["api", "api.example.com"]}, "exposure.domain.hosts"),
        ({"redirect_from": ["*"]}, "exposure.domain.redirect_from"),
        ({"redirect_from": ["example.com"]}, "exposure.domain.redirect_from"),
        ({"hosts": ["*"], "redirect_from": ["www.example.com"]}, "exposure.domain.redirect_from"),
        ({"hosts": "api"}, "exposure.domain.hosts"),
    ],
)
def test_wrong_names(names: dict[str, Any], option: str):
    stack = new_stack(region="eu-west-1")
    given = DomainNames(domain=domain_of(stack), **names)
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=AlbExposure(port=8080, domain=given))
    assert [problem.option for problem in raised.value.problems] == [option]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"certificate": acm.Certificate}, "exposure.certificate"),
        ({"rule": ListenerRule(hosts=["api.example.com"])}, "exposure.rule.hosts"),
    ],
)
def test_a_domain_contradicts_what_it_makes_itself(options: dict[str, Any], option: str):
    stack = new_stack(region="eu-west-1")
    if "certificate" in options:
        options = {"certificate": certificate(stack)}
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack), **options))
    assert [problem.option for problem in raised.value.problems] == [option]


def test_two_services_cannot_have_one_name():
    stack = new_stack(region="eu-west-1")
    web(stack, exposure=AlbExposure(port=8080, domain=domain_of(stack)))
    again = Domain(
        stack,
        "Again",
        name="example.com",
        zone=route53.HostedZone.from_hosted_zone_attributes(
            stack, "Twin", hosted_zone_id="Z1EXAMPLE", zone_name="example.com"
        ),
    )
    with pytest.raises(ConstructError, match="Shop/Web already has this name") as raised:
        web(stack, "Other", exposure=AlbExposure(port=8080, domain=again))
    assert [problem.option for problem in raised.value.problems] == ["exposure.domain.hosts"]
    web(stack, "Third", exposure=AlbExposure(port=8080, domain=again.names("third")))
    assert records(synth(stack)) == {("A", "example.com."), ("A", "third.example.com.")}


def test_two_exposures_cannot_have_one_name():
    stack = new_stack(region="eu-west-1")
    domain = domain_of(stack)
    with pytest.raises(ConstructError, match="another exposure of this service already has this name"):
        web(
            stack,
            container=container(ports=[8080, 9090]),
            exposure=[
                AlbExposure(port=8080, domain=domain),
                AlbExposure(port=9090, domain=domain, rule=ListenerRule(paths=["/api/*"])),
            ],
        )


def test_a_zone_of_another_account_is_refused_with_the_way_out():
    app = cdk.App()
    central = cdk.Stack(app, "Central", env=cdk.Environment(account="222222222222", region="eu-west-1"))
    shop = cdk.Stack(app, "Shop", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    with pytest.raises(ConstructError, match="CrossAccountZoneDelegationRecord") as raised:
        web(shop, exposure=AlbExposure(port=8080, domain=domain_of(shop, zone=zone_of(central))))
    assert [problem.option for problem in raised.value.problems] == ["exposure.domain"]


def test_a_zone_made_in_another_region_is_refused_with_the_way_out():
    app = cdk.App()
    central = cdk.Stack(app, "Central", env=cdk.Environment(account="111111111111", region="us-east-1"))
    shop = cdk.Stack(app, "Shop", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    made = route53.PublicHostedZone(central, "Made", zone_name="example.com")
    with pytest.raises(ConstructError, match="from_hosted_zone_attributes"):
        web(shop, exposure=AlbExposure(port=8080, domain=domain_of(shop, zone=made)))
    imported = zone_of(central)
    web(shop, "Imported", exposure=AlbExposure(port=8080, domain=domain_of(shop, "Other", zone=imported)))


def test_a_network_load_balancer_redirects_nobody():
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError, match="cannot redirect"):
        web(stack, exposure=NlbExposure(port=25, domain=domain_of(stack).names("mail", redirect_from=["smtp"])))
    with pytest.raises(ConstructError, match="the domain creates a certificate"):
        web(
            stack,
            exposure=NlbExposure(
                port=25, protocol="TLS", domain=domain_of(stack, "Two").names("mail"), certificate=certificate(stack)
            ),
        )


def test_an_environment_has_a_label_for_a_subdomain():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Application(stack, "Shop", environment=Environment(subdomain="Dev!"), domain=domain_of(stack))
    assert [problem.option for problem in raised.value.problems] == ["environment.subdomain"]


def test_a_service_without_exposure_has_no_address():
    with pytest.raises(ConstructError, match="an AlbExposure"):
        _ = backend(new_stack()).url


def test_another_load_balancer_keeps_records_and_certificates():
    def template(*, own: bool) -> Template:
        stack = new_stack(region="eu-west-1")
        shared = ApplicationLoadBalancer(stack, "Shared", network=network(stack), certificates=[certificate(stack)])
        names = domain_of(stack).names("shop", redirect_from=["www"])
        web(stack, exposure=AlbExposure(port=8080, domain=names, load_balancer=None if own else shared))
        return synth(stack)

    before, after = template(own=True), template(own=False)
    # Route 53 refuses a second record for a name, so the one that is there has to change.
    for type_ in ("AWS::Route53::RecordSet", "AWS::CertificateManager::Certificate"):
        assert len(resources(before, type_)) == 2
        assert resources(before, type_).keys() == resources(after, type_).keys()
    changed = [
        {key for key in entry["Properties"] if entry["Properties"][key] != after["Resources"][name]["Properties"][key]}
        for name, entry in resources(before, "AWS::Route53::RecordSet").items()
    ]
    assert changed == [{"AliasTarget"}] * 2


def test_a_listener_takes_one_certificate_at_a_time():
    stack = new_stack(region="eu-west-1")
    names = domain_of(stack).names("a", "b", "c")
    web(stack, exposure=AlbExposure(port=8080, domain=names))
    web(stack, "Tls", exposure=NlbExposure(port=8883, protocol="TLS", domain=names.domain.names("d", "e", "f")))
    template = synth(stack)
    added = [
        entry["Properties"]["Certificates"]
        for entry in resources(template, "AWS::ElasticLoadBalancingV2::ListenerCertificate").values()
    ]
    first = [
        entry["Properties"]["Certificates"]
        for entry in resources(template, "AWS::ElasticLoadBalancingV2::Listener").values()
        if "Certificates" in entry["Properties"]
    ]
    assert [len(each) for each in (*added, *first)] == [1] * 6
    assert len({str(each) for each in (*added, *first)}) == 6


def test_a_listener_for_test_traffic_knows_the_names_too():
    stack = new_stack(region="eu-west-1")
    shared = ApplicationLoadBalancer(stack, "Shared", network=network(stack), certificates=[certificate(stack)])
    exposure = AlbExposure(port=8080, domain=domain_of(stack), load_balancer=shared, test_port=8443)
    web(stack, exposure=exposure, deployment=BlueGreen())
    template = synth(stack)
    added = resources(template, "AWS::ElasticLoadBalancingV2::ListenerCertificate").values()
    assert len({str(entry["Properties"]["ListenerArn"]) for entry in added}) == 2
    assert len({str(entry["Properties"]["Certificates"]) for entry in added}) == 1

"""Names of a workload have to be in a hosted zone of the application: AWS Copilot has been asked about each."""

from __future__ import annotations

import pytest

from cdk_containers.copilot.building import Setting
from cdk_containers.copilot.building.refusals import refuse_what_is_not_there
from cdk_containers.copilot.manifests import ManifestError, read_workload

_IMAGE = "image: {location: public.ecr.aws/nginx/nginx, port: 80}"
_BASES = {
    "load balancer": f"type: Load Balanced Web Service\n{_IMAGE}\nhttp: {{path: /, alias: '%s'}}",
    "network load balancer": (
        f"type: Load Balanced Web Service\n{_IMAGE}\nhttp: false\nnlb: {{port: 443/tls, alias: '%s'}}"
    ),
    "site": "type: Static Site\nfiles: [{source: site}]\nhttp: {alias: '%s'}",
    "request-driven": f"type: Request-Driven Web Service\n{_IMAGE}\nhttp: {{alias: '%s'}}",
}
_USUAL = ("load balancer", "network load balancer", "site")
_OUTSIDE = ("x.y.example.com", "x.y.prod.acme.example.com", "x.test.acme.example.com", "other.org", "xexample.com")
_DEEP = ("example.com", "acme.example.com", "prod.acme.example.com")


def told(base: str, name: str, certificates: tuple[str, ...] = ()) -> str:
    manifest = read_workload(
        f"name: api\n{_BASES[base] % name}\n", environment="prod", application="acme", variables={}
    )
    setting = Setting(application="acme", environment="prod", domain="example.com", certificate_arns=list(certificates))
    try:
        refuse_what_is_not_there(manifest, setting)
    except ManifestError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", [*_DEEP, *(f"x.{it}" for it in _DEEP)])
@pytest.mark.parametrize("base", _USUAL)
def test_names_in_a_zone(base: str, name: str) -> None:
    assert not told(base, name)


@pytest.mark.parametrize(
    "name", [*(f"x.y.{it}" for it in _DEEP), "x.test.acme.example.com", "other.org", "xexample.com"]
)
@pytest.mark.parametrize("base", _BASES)
def test_names_outside_of_all_zones(base: str, name: str) -> None:
    assert f"no hosted zone of the application is for {name}: allowed: NAME.example.com" in told(base, name)


@pytest.mark.parametrize("name", [*_DEEP, "x.acme.example.com", "x.prod.acme.example.com"])
def test_names_of_parts_of_the_application_are_not_for_request_driven_services(name: str) -> None:
    assert name in told("request-driven", name)
    assert not told("request-driven", "x.example.com")


def test_a_network_load_balancer_has_no_wildcards() -> None:
    assert "list each host" in told("network load balancer", "*.example.com")
    assert not told("load balancer", "*.example.com")


def test_certificates_of_yours_are_for_names_of_yours() -> None:
    arns = ("arn:aws:acm:us-west-2:123456789012:certificate/00",)
    assert not told("load balancer", "x.y.other.org", arns)
    assert "remove it" in told("network load balancer", "x.example.com", arns)

"""CloudFront before the load balancer of an environment, as Copilot's own template has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers.copilot.building import CopilotApplication

_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
_TERMINATING = f"{{certificate: '{_CERTIFICATE}', terminate_tls: true}}"
_ASSETS = "{static_assets: {location: b.s3.us-west-2.amazonaws.com, alias: s.example.com, path: 'static/*'}}"
_WEB = """\
name: web
type: Load Balanced Web Service
image: {location: public.ecr.aws/nginx/nginx, port: 80}
http: {path: /, alias: a.example.com}
"""


def made(folder: Path, cdn: str, web: str = _WEB, domain: str | None = "example.com") -> tuple[Any, Any, list[str]]:
    """Return the templates of the environment and of a service, and the notes."""
    for name, text in {
        ".workspace": "application: acme\n",
        "web/manifest.yml": web,
        "environments/prod/manifest.yml": f"name: prod\ntype: Environment\ncdn: {cdn}\n",
    }.items():
        (folder / "copilot" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "copilot" / name).write_text(text)
    app = cdk.App()
    application = CopilotApplication.from_workspace(app, "App", folder, domain=domain, variables={})
    assembly = app.synth()
    environment, service = (assembly.get_stack_by_name(name).template for name in ("acme-prod", "acme-prod-web"))
    return environment, service, application.environments["prod"].notes


def config(template: Any) -> Any:
    return template["Resources"]["CloudFrontDistribution"]["Properties"]["DistributionConfig"]


def records(template: Any) -> list[Any]:
    kinds = [it for it in template["Resources"].values() if it["Type"] == "AWS::Route53::RecordSet"]
    return [it["Properties"] for it in kinds]


def test_tls_ends_at_cloudfront(tmp_path: Path) -> None:
    environment, service, notes = made(tmp_path, _TERMINATING)
    found = config(environment)
    assert found["Aliases"] == ["a.example.com"]
    assert found["ViewerCertificate"]["AcmCertificateArn"] == _CERTIFICATE
    assert found["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert found["DefaultCacheBehavior"]["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    (origin,) = found["Origins"]
    assert origin["CustomOriginConfig"] == {"OriginProtocolPolicy": "http-only"}
    assert origin["DomainName"] == {"Fn::GetAtt": ["PublicLoadBalancer", "DNSName"]}
    (record,) = records(service)
    assert record["AliasTarget"]["DNSName"] == {"Fn::ImportValue": "acme-prod-CloudFrontDomainName"}
    exports = [it["Export"]["Name"] for it in environment["Outputs"].values() if "Export" in it]
    assert "acme-prod-CloudFrontDomainName" in exports
    assert not [it for it in notes if "cdn" in it]


def test_static_files_come_from_a_bucket(tmp_path: Path) -> None:
    environment, _, notes = made(tmp_path, _ASSETS)
    found = config(environment)
    assert found["Aliases"] == ["a.example.com", "s.example.com"]
    (behavior,) = found["CacheBehaviors"]
    assert (behavior["PathPattern"], behavior["TargetOriginId"]) == ("static/*", "copilot-acme-prod-s3")
    assert found["Origins"][0]["CustomOriginConfig"] == {"OriginProtocolPolicy": "match-viewer"}
    assert found["Origins"][1]["OriginAccessControlId"] == {"Ref": "CloudFrontOriginAccessControl"}
    assert found["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": "CloudFrontCertificateArn"}
    assert any("CloudFrontCertificateArn" in it for it in notes)


@pytest.mark.parametrize("cdn", ["true", "false"])
def test_without_names_it_has_no_certificate(cdn: str, tmp_path: Path) -> None:
    web = _WEB.replace(", alias: a.example.com", "")
    environment, _, notes = made(tmp_path, cdn, web, domain=None)
    assert ("CloudFrontDistribution" in environment["Resources"]) is (cdn == "true")
    if cdn == "true":
        assert not config(environment).keys() & {"ViewerCertificate", "Aliases"}
    assert not notes

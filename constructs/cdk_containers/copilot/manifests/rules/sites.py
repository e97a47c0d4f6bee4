"""Rules of request-driven web services and static sites."""

from __future__ import annotations

import re

from ..models.workloads import RequestDrivenWebService, StaticSite, StaticSiteHttp
from .given import Given

CLOUDFRONT_REGION = "us-east-1"
_ECR = re.compile(r"(?:public\.ecr\.aws/.+|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/.+)\Z")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:(?P<region>[a-z0-9-]*):\d*:.+\Z")


def app_runner(service: RequestDrivenWebService, given: Given) -> None:
    """App Runner accepts only images from ECR, for one platform."""
    if given.has("platform"):
        given.refuse("a Request-Driven Web Service has one platform, linux/x86_64: remove the key", "platform")
    location = service.image.location if service.image else None
    if location and not _ECR.match(location):
        given.refuse(
            (f"got {location!r}; App Runner accepts only images from ECR and public.ecr.aws"), "image", "location"
        )


def static_site(site: StaticSite, given: Given) -> None:
    """A certificate needs a name, and must be in the CloudFront region."""
    if isinstance(site.http, StaticSiteHttp) and site.http.certificate:
        given.missing("alias", "http", why=", and `certificate` needs it")
        certificate(given, site.http.certificate, "http", "certificate", region=CLOUDFRONT_REGION)
    for number, _ in enumerate(site.files or []):
        given.missing("source", "files", number)


def certificate(given: Given, arn: str, *path: str | int, region: str | None = None) -> None:
    """Check the ARN of a certificate."""
    match = _ARN.match(arn)
    if not match:
        given.refuse(f"got {arn!r}; expected the ARN of a certificate", *path)
    elif region and match["region"] != region:
        given.refuse(f"the certificate is in {match['region']}, but CloudFront needs one in {region}", *path)

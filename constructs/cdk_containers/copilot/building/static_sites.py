"""Static sites: a bucket that only CloudFront can read."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import s3

from ..manifests.models.workloads import StaticFiles, StaticSite
from .cdn import CACHING_OPTIMIZED
from .making import Making, listed
from .names import certificate_for, make_alias_record, zone_of
from .sites import CLOUDFRONT_ZONE, alias_of

_REWRITE = """\
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  } else if (!request.uri.includes('.')) {
    request.uri += '/index.html';
  }
  return request;
}
"""


def make_static_site(making: Making, site: StaticSite) -> Construct:
    """Create the site of a manifest."""
    scope = making.scope
    bucket = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        versioned=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    making.name_it("Bucket", bucket)
    control = cloudfront.CfnOriginAccessControl(
        scope,
        "OriginAccessControl",
        origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
            name=making.full_name,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        ),
    )
    making.name_it("CloudFrontOriginAccessControl", control)
    distribution = _distribution(making, site, bucket, control)
    making.name_it("CloudFrontDistribution", distribution)
    making.export("CloudFrontDistributionDomainName", distribution.attr_domain_name)
    alias = alias_of(making.setting, site)
    if alias is not None:
        making.export("CloudFrontDistributionAlternativeDomainName", alias)
    arn = f"arn:{cdk.Aws.PARTITION}:cloudfront::{cdk.Aws.ACCOUNT_ID}:distribution/{distribution.ref}"
    bucket.add_to_resource_policy(_only_from(arn, bucket))
    if bucket.policy is not None:
        making.name_it("BucketPolicyForCloudFront", bucket.policy)
    for place, files in enumerate(site.files or []):
        _copy(making, place, files, bucket, distribution)
    return distribution


def _only_from(distribution_arn: str, bucket: s3.Bucket) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
        actions=["s3:GetObject"],
        resources=[bucket.arn_for_objects("*")],
        conditions={"StringEquals": {"AWS:SourceArn": distribution_arn}},
    )


def _distribution(
    making: Making, site: StaticSite, bucket: s3.Bucket, control: cloudfront.CfnOriginAccessControl
) -> cloudfront.CfnDistribution:
    made = cloudfront.CfnDistribution
    rewrite = cloudfront.CfnFunction(
        making.scope,
        "Rewrite",
        name=making.full_name,
        auto_publish=True,
        function_code=_REWRITE,
        function_config=cloudfront.CfnFunction.FunctionConfigProperty(
            comment="Directories have an index.html", runtime="cloudfront-js-2.0"
        ),
    )
    making.name_it("CloudFrontViewerRequestRewriteFunction", rewrite)
    alias = alias_of(making.setting, site)
    origin = f"copilot-{making.full_name}"
    distribution = made(
        making.scope,
        "Distribution",
        distribution_config=made.DistributionConfigProperty(
            enabled=True,
            ipv6_enabled=True,
            http_version="http2and3",
            aliases=None if alias is None else [alias],
            default_cache_behavior=made.DefaultCacheBehaviorProperty(
                target_origin_id=origin,
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=["GET", "HEAD"],
                cache_policy_id=CACHING_OPTIMIZED,
                compress=True,
                function_associations=[
                    made.FunctionAssociationProperty(
                        event_type="viewer-request", function_arn=rewrite.attr_function_arn
                    )
                ],
            ),
            origins=[
                made.OriginProperty(
                    id=origin,
                    domain_name=bucket.bucket_regional_domain_name,
                    origin_access_control_id=control.ref,
                    s3_origin_config=made.S3OriginConfigProperty(origin_access_identity=""),
                )
            ],
            viewer_certificate=None
            if alias is None
            else made.ViewerCertificateProperty(
                acm_certificate_arn=_certificate(making, site, alias),
                minimum_protocol_version="TLSv1.2_2021",
                ssl_support_method="sni-only",
            ),
        ),
    )
    # The owner of an existing certificate also manages its name.
    if alias is not None and (site.http is None or site.http.certificate is None):
        zone = zone_of(making, alias)
        make_alias_record(making, alias, zone, dns_name=distribution.attr_domain_name, zone_id=CLOUDFRONT_ZONE)
    return distribution


def _certificate(making: Making, site: StaticSite, alias: str) -> str:
    given = site.http.certificate if site.http is not None else None
    return given or certificate_for(making, [alias])


def _copy(
    making: Making, place: int, files: StaticFiles, bucket: s3.Bucket, distribution: cloudfront.CfnDistribution
) -> None:
    """Copy the files at each deployment with the CDK function, and invalidate CloudFront."""
    source = making.file(files.source or "")
    if source is None:
        making.notes.append(f"{files.source} does not exist, so no files are copied")
        return
    from aws_cdk import aws_s3_deployment as deployment  # noqa: PLC0415  (it brings a tool of 20 MB)

    exclude = [f"!{one}" for one in listed(files.reinclude)]
    exclude = [*listed(files.exclude), *exclude]
    if source.is_file():
        source, exclude = source.parent, ["*", f"!{source.name}"]
    elif not files.recursive:
        exclude = ["*/**", *exclude]
    known = cloudfront.Distribution.from_distribution_attributes(
        making.scope,
        f"KnownDistribution{place}",
        domain_name=distribution.attr_domain_name,
        distribution_id=distribution.ref,
    )
    deployment.BucketDeployment(
        making.scope,
        f"Files{place}",
        sources=[deployment.Source.asset(str(source), exclude=exclude)],
        destination_bucket=bucket,
        destination_key_prefix=files.destination,
        distribution=known,
        prune=False,
    )

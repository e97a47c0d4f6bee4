"""CloudFront before the public load balancer of an environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ..manifests.models.environments import Cdn, StaticAssets
from .naming import Naming

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]

_D = cloudfront.CfnDistribution


def make_distribution(  # noqa: PLR0917  (its basis)
    scope: Construct,
    naming: Naming,
    prefix: str,
    cdn: Cdn,
    origin: str,
    names: Sequence[str],
    certificate: Callable[[], str],
) -> cloudfront.CfnDistribution:
    """Create the distribution in front of a load balancer.

    Args:
        scope: The environment.
        naming: Sets Copilot's logical id.
        prefix: Prefix of the names of the environment.
        cdn: Its section of the manifest.
        origin: DNS name of the load balancer.
        names: Names that clients call.
        certificate: Returns the ARN of a certificate in us-east-1, if the manifest has none.
    """
    assets = cdn.static_assets
    aliases = list(dict.fromkeys([*names, *([assets.alias] if assets is not None and assets.alias else [])]))
    terminates = bool(cdn.terminate_tls)
    balancer = f"copilot-{prefix}-origin"
    viewer = "redirect-to-https" if terminates else "allow-all"
    origins = [
        _D.OriginProperty(
            id=balancer,
            domain_name=origin,
            custom_origin_config=_D.CustomOriginConfigProperty(
                origin_protocol_policy="http-only" if terminates else "match-viewer"
            ),
        )
    ]
    if assets is not None:
        origins.append(_origin_of(scope, naming, prefix, assets))
    needs_certificate = bool(aliases) or cdn.certificate is not None
    made = _D(
        scope,
        "Cdn",
        distribution_config=_D.DistributionConfigProperty(
            enabled=True,
            ipv6_enabled=True,
            aliases=aliases or None,
            default_cache_behavior=_D.DefaultCacheBehaviorProperty(
                target_origin_id=balancer,
                viewer_protocol_policy=viewer,
                allowed_methods=_METHODS,
                cache_policy_id=_CACHING_DISABLED,
                origin_request_policy_id=_ALL_VIEWER,
            ),
            cache_behaviors=None
            if assets is None
            else [
                _D.CacheBehaviorProperty(
                    target_origin_id=f"copilot-{prefix}-s3",
                    path_pattern=assets.path or "",
                    viewer_protocol_policy=viewer,
                    allowed_methods=_METHODS,
                    cache_policy_id=CACHING_OPTIMIZED,
                )
            ],
            origins=origins,
            viewer_certificate=_D.ViewerCertificateProperty(
                acm_certificate_arn=cdn.certificate or certificate(),
                minimum_protocol_version="TLSv1.2_2021",
                ssl_support_method="sni-only",
            )
            if needs_certificate
            else None,
        ),
    )
    naming.name("CloudFrontDistribution", made)
    return made


def _origin_of(scope: Construct, naming: Naming, prefix: str, assets: StaticAssets) -> _D.OriginProperty:
    """Return the bucket with static files. Its owner must grant the distribution access."""
    control = cloudfront.CfnOriginAccessControl(
        scope,
        "CdnOriginAccessControl",
        origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
            name=f"copilot-{prefix}-origin-access-control",
            description="Access control for static s3 origin",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        ),
    )
    naming.name("CloudFrontOriginAccessControl", control)
    return _D.OriginProperty(
        id=f"copilot-{prefix}-s3",
        domain_name=assets.location or "",
        origin_access_control_id=control.ref,
        s3_origin_config=_D.S3OriginConfigProperty(origin_access_identity=""),
    )

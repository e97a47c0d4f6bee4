"""The identity provider of a cluster, by which IAM knows the tokens of its service accounts."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from ..clusters import EksCluster


def oidc_provider_arn(cluster: EksCluster) -> str | None:
    """Return the ARN of a cluster's identity provider, which is made when it is first asked for; None if unknown."""
    if cluster.resource is None:
        return None
    provider = cluster.node.try_find_child("OidcProvider")
    if not isinstance(provider, iam.CfnOIDCProvider):
        provider = iam.CfnOIDCProvider(
            cluster,
            "OidcProvider",
            url=cluster.resource.attr_open_id_connect_issuer_url,
            client_id_list=["sts.amazonaws.com"],
        )
    return provider.attr_arn

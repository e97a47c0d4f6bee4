"""Credentials for machines outside AWS by certificates."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_rolesanywhere as rolesanywhere
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import arn_problems, field_problems, is_token

_PRACTICE = "eks-hybrid-credentials"


@dataclass(frozen=True, kw_only=True, slots=True)
class RolesAnywhere:
    """Machines outside AWS prove who they are by a certificate, and get credentials that end after an hour.

    One of the two options says which authority signs the certificates. The common name of a certificate is the name of
    the node.

    Attributes:
        certificate_bundle: Certificates of the authority, in PEM. Default: none.
        authority_arn: ARN of an authority of AWS Private CA. Default: none.

    See https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html
    """

    certificate_bundle: str | None = None
    authority_arn: str | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if (self.certificate_bundle is None) == (self.authority_arn is None):
            found.add(
                "certificate_bundle",
                "nobody said who signs the certificates, or two did",
                allowed="either certificate_bundle or authority_arn",
                practice=_PRACTICE,
            )
        bundle = self.certificate_bundle
        if bundle is not None and not is_token(bundle) and "-----BEGIN CERTIFICATE-----" not in bundle:
            found.add("certificate_bundle", "not certificates in PEM", allowed="-----BEGIN CERTIFICATE----- …")
        found.extend(arn_problems(found, authority_arn=self.authority_arn))
        return list(found)

    def make_anchor(self, scope: Construct, name: str) -> rolesanywhere.CfnTrustAnchor:
        """Make the trust anchor."""
        anchor = rolesanywhere.CfnTrustAnchor
        return anchor(
            scope,
            "TrustAnchor",
            name=name,
            enabled=True,
            source=anchor.SourceProperty(
                source_type="CERTIFICATE_BUNDLE" if self.authority_arn is None else "AWS_ACM_PCA",
                source_data=anchor.SourceDataProperty(
                    x509_certificate_data=self.certificate_bundle, acm_pca_arn=self.authority_arn
                ),
            ),
        )


def holder_of_certificate(anchor: rolesanywhere.CfnTrustAnchor) -> iam.PrincipalBase:
    """Return whoever has a certificate of a trust anchor, in a session with the name that is in it."""
    return iam.ServicePrincipal(
        "rolesanywhere.amazonaws.com",
        conditions={
            "StringEquals": {"sts:RoleSessionName": "${aws:PrincipalTag/x509Subject/CN}"},
            "ArnEquals": {"aws:SourceArn": anchor.attr_trust_anchor_arn},
        },
    )

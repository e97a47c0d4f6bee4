"""IAM Roles Anywhere credentials for machines outside AWS."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_rolesanywhere as rolesanywhere
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import arn_problems, field_problems, is_token

_PEM = "-----BEGIN CERTIFICATE-----"


@frozen
class RolesAnywhere:
    """Machines outside AWS authenticate with a certificate, and get credentials that are valid for one hour.

    The common name of a certificate is the name of the node.

    Attributes:
        authority: Certificate authority: the ARN of an AWS Private CA authority, or PEM certificates of another
            authority. A value known only at deployment must be an ARN.

    See https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html
    """

    authority: str

    @property
    def is_private_ca(self) -> bool:
        """Whether AWS Private CA signs the certificates."""
        return is_token(self.authority) or not self.authority.startswith(_PEM)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and self.is_private_ca and arn_problems(found, authority_arn=self.authority):
            found.add(
                "authority",
                "neither an AWS Private CA authority nor certificates",
                given=self.authority,
                allowed=f"arn:partition:acm-pca:region:account:certificate-authority/…, or {_PEM} …",
                practice="eks-hybrid-credentials",
            )
        return list(found)

    def make_anchor(self, scope: Construct, name: str) -> rolesanywhere.CfnTrustAnchor:
        """Create the trust anchor."""
        anchor = rolesanywhere.CfnTrustAnchor
        return anchor(
            scope,
            "TrustAnchor",
            name=name,
            enabled=True,
            source=anchor.SourceProperty(
                source_type="AWS_ACM_PCA" if self.is_private_ca else "CERTIFICATE_BUNDLE",
                source_data=anchor.SourceDataProperty(acm_pca_arn=self.authority)
                if self.is_private_ca
                else anchor.SourceDataProperty(x509_certificate_data=self.authority),
            ),
        )


def holder_of_certificate(anchor: rolesanywhere.CfnTrustAnchor) -> iam.PrincipalBase:
    """Return the principal of holders of a certificate from a trust anchor, in a session with its common name."""
    return iam.ServicePrincipal(
        "rolesanywhere.amazonaws.com",
        conditions={
            "StringEquals": {"sts:RoleSessionName": "${aws:PrincipalTag/x509Subject/CN}"},
            "ArnEquals": {"aws:SourceArn": anchor.attr_trust_anchor_arn},
        },
    )

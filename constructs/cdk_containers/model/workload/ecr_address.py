"""Addresses of private ECR repositories, in all AWS formats."""

from __future__ import annotations

import re

from cdk_containers.core.frozen import frozen

_UNKNOWN = r"\$\{Token\[[^\]]+\]\}"
_ADDRESS = re.compile(
    rf"(?P<account>\d{{12}}|{_UNKNOWN})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+|{_UNKNOWN})\.[^/:@]*(?::\d+)?"
    r"/(?P<name>[^:@]+)(?:[:@].*)?"
)
_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
}


@frozen
class EcrAddress:
    """The repository of an image.

    Attributes:
        account: Its account, or a token.
        region: Its region, or a token.
        name: Its name.
    """

    account: str
    region: str
    name: str

    @classmethod
    def of(cls, reference: str) -> EcrAddress | None:
        """Read the reference of an image: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4.2`.

        It also reads dual-stack (`.dkr-ecr.eu-west-1.on.aws`) and FIPS (`ecr-fips`) addresses, with any domain.

        See https://docs.aws.amazon.com/general/latest/gr/ecr.html
        """
        found = _ADDRESS.fullmatch(reference)
        return None if found is None else cls(**found.groupdict())

    def arn(self, *, partition: str) -> str:
        """Return the ARN of the repository; if the region is a token, in the given partition."""
        if not self.region.startswith("$"):
            partition = partition_of(self.region)
        return f"arn:{partition}:ecr:{self.region}:{self.account}:repository/{self.name}"

    @property
    def uri(self) -> str:
        """The address that images are pushed to and pulled from, without a tag; the region is known."""
        return f"{self.account}.dkr.ecr.{self.region}.{domain_of(self.region)}/{self.name}"


def partition_of(region: str) -> str:
    """Return the partition of a region."""
    return _partition(region)[0]


def domain_of(region: str) -> str:
    """Return the domain of the addresses of AWS in a region."""
    return _partition(region)[1]


def _partition(region: str) -> tuple[str, str]:
    found = (names for prefix, names in _PARTITIONS.items() if region.startswith(prefix))
    return next(found, ("aws", "amazonaws.com"))

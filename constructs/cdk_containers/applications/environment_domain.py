"""The domain of an environment, as a value."""

from __future__ import annotations

import re

from constructs import Construct

from cdk_containers.core.cdk_modules import route53
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems
from cdk_containers.load_balancing import Domain
from cdk_containers.load_balancing.domain import domain_name_problems, zone_name_problems

_ZONE_ID = re.compile(r"Z[A-Z0-9]{1,31}")


@frozen
class HostedDomain:
    """Domain and Route 53 hosted zone of an environment, from which an application creates its `Domain`.

    Attributes:
        name: The domain, such as `dev.example.com`; services use it or names under it.
        zone_id: Id of the public hosted zone for its records, such as `Z0123456789EXAMPLE`. Default: none; a new zone,
            to which the parent domain must delegate.
        zone_name: Name of that zone: this domain or a parent domain. Default: `name`.

    See https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html
    """

    name: str
    zone_id: str | None = None
    zone_name: str | None = None

    def make(self, scope: Construct, id: str) -> Domain:  # noqa: A002
        """Create the domain.

        Args:
            scope: The parent.
            id: Name among the parent's children.
        """
        zone = None
        if self.zone_id is not None:
            zone = route53.HostedZone.from_hosted_zone_attributes(
                scope, f"{id}Zone", hosted_zone_id=self.zone_id, zone_name=self.zone_name or self.name
            )
        return Domain(scope, id, name=self.name, zone=zone)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(domain_name_problems(self.name, "name"))
        if self.zone_id is not None and not _ZONE_ID.fullmatch(self.zone_id):
            found.add(
                "zone_id",
                "not a hosted zone id",
                given=self.zone_id,
                allowed="an id such as Z0123456789EXAMPLE, known at synthesis",
                practice="domain-names",
            )
        if self.zone_name is not None and self.zone_id is None:
            found.add(
                "zone_name",
                "the name of an existing zone requires its id",
                given=self.zone_name,
                allowed='also set zone_id="Z…"; or remove zone_name for a new zone',
                practice="domain-names",
            )
        elif self.zone_name is not None and not found.has("name"):
            found.extend(zone_name_problems(self.name, self.zone_name, "zone_name"))
        return list(found)

"""What is known of an environment before anything of it is made: its names, domain and certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from cdk_containers.core.frozen import frozen

from ..manifests.models.environments import Cdn, Environment
from .compatibility import Compatibility


@frozen(slots=False)
class Setting:
    """An environment of an application, as its parts and its workloads know it.

    Attributes:
        application: Name of the application.
        environment: Name of the environment.
        domain: Domain of the application, as `copilot app init --domain` was given it. Default: none.
        certificate_arns: Certificates of the load balancers. Default: those of the manifest.
        manifest: The manifest of the environment. Default: an empty manifest.
        records: Whether records in public DNS are made for aliases. False for the first deployment over a stack that
            Copilot made: its records go with its functions, and Route 53 takes each name once. Default: True.
        compatibility: What of Copilot is kept. Default: everything.
    """

    application: str
    environment: str
    domain: str | None = None
    certificate_arns: Sequence[str] = ()
    manifest: Environment | None = None
    records: bool = True
    compatibility: Compatibility = field(default_factory=Compatibility)

    @property
    def prefix(self) -> str:
        """What names of stacks and exports begin with, such as `shop-prod`."""
        return f"{self.application}-{self.environment}"

    @property
    def namespace(self) -> str:
        """Where services find each other in DNS."""
        return f"{self.environment}.{self.application}.local"

    @property
    def internal_zone(self) -> str:
        """Where names of the internal load balancer are."""
        return f"{self.environment}.{self.application}.internal"

    @property
    def subdomain(self) -> str | None:
        """The environment's own part of the domain, such as `prod.shop.example.com`."""
        return None if self.domain is None else f"{self.environment}.{self.application}.{self.domain}"

    @property
    def public_certificates(self) -> Sequence[str]:
        """Certificates of the public load balancer that exist."""
        http = self.manifest.http if self.manifest is not None else None
        public = http.public if http is not None else None
        return self.certificate_arns or (public.certificates if public is not None else None) or ()

    @property
    def private_certificates(self) -> Sequence[str]:
        """Certificates of the internal load balancer that exist."""
        http = self.manifest.http if self.manifest is not None else None
        private = http.private if http is not None else None
        return self.certificate_arns or (private.certificates if private is not None else None) or ()

    @property
    def imports_certificates(self) -> bool:
        """Whether the public load balancer has certificates of yours, and aliases are your own matter."""
        return bool(self.public_certificates)

    @property
    def has_https(self) -> bool:
        """Whether the public load balancer speaks HTTPS."""
        return self.domain is not None or self.imports_certificates

    @property
    def has_internal_https(self) -> bool:
        """Whether the internal load balancer speaks HTTPS."""
        return bool(self.private_certificates)

    @property
    def cdn(self) -> Cdn | None:
        """What the environment's manifest says of CloudFront, if that is before the public load balancer."""
        given = self.manifest.cdn if self.manifest is not None else None
        if isinstance(given, Cdn):
            return given
        return Cdn() if given else None

    def stack_name(self, workload: str | None = None) -> str:
        """Return the name of the environment's stack, or of that of a workload."""
        return self.prefix if workload is None else f"{self.prefix}-{workload}"

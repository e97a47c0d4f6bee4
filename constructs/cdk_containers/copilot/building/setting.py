"""Settings of an environment that are known before its resources: names, domain and certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from cdk_containers.core.frozen import frozen

from ..manifests.models.environments import Cdn, Environment
from .compatibility import Compatibility


@frozen(slots=False)
class Setting:
    """The settings of an environment, for its resources and its workloads.

    Attributes:
        application: Name of the application.
        environment: Name of the environment.
        domain: Domain of the application, as in `copilot app init --domain`. Default: none.
        certificate_arns: Certificates of the load balancers. Default: those of the manifest.
        manifest: The manifest of the environment. Default: an empty manifest.
        records: Whether to create public DNS records for aliases. Use False for the first deployment over a Copilot
            stack: its functions delete its records, and Route 53 accepts each name once. Default: True.
        compatibility: Features of Copilot to keep. Default: all.
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
        """Prefix of the names of stacks and exports, such as `shop-prod`."""
        return f"{self.application}-{self.environment}"

    @property
    def namespace(self) -> str:
        """DNS namespace for service discovery."""
        return f"{self.environment}.{self.application}.local"

    @property
    def internal_zone(self) -> str:
        """DNS zone of the internal load balancer's names."""
        return f"{self.environment}.{self.application}.internal"

    @property
    def subdomain(self) -> str | None:
        """Subdomain of the environment, such as `prod.shop.example.com`."""
        return None if self.domain is None else f"{self.environment}.{self.application}.{self.domain}"

    @property
    def public_certificates(self) -> Sequence[str]:
        """Existing certificates of the public load balancer."""
        http = self.manifest.http if self.manifest is not None else None
        public = http.public if http is not None else None
        return self.certificate_arns or (public.certificates if public is not None else None) or ()

    @property
    def private_certificates(self) -> Sequence[str]:
        """Existing certificates of the internal load balancer."""
        http = self.manifest.http if self.manifest is not None else None
        private = http.private if http is not None else None
        return self.certificate_arns or (private.certificates if private is not None else None) or ()

    @property
    def imports_certificates(self) -> bool:
        """Whether the public load balancer has your own certificates, so that you manage aliases."""
        return bool(self.public_certificates)

    @property
    def has_https(self) -> bool:
        """Whether the public load balancer uses HTTPS."""
        return self.domain is not None or self.imports_certificates

    @property
    def has_internal_https(self) -> bool:
        """Whether the internal load balancer uses HTTPS."""
        return bool(self.private_certificates)

    @property
    def cdn(self) -> Cdn | None:
        """The CloudFront section of the manifest, if CloudFront is in front of the public load balancer."""
        given = self.manifest.cdn if self.manifest is not None else None
        if isinstance(given, Cdn):
            return given
        return Cdn() if given else None

    def stack_name(self, workload: str | None = None) -> str:
        """Return the name of the stack of the environment or of a workload."""
        return self.prefix if workload is None else f"{self.prefix}-{workload}"

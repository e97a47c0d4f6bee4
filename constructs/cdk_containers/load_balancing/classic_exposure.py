"""How a service is reached through a Classic Load Balancer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems
from cdk_containers.core.practices import Disabled

from .access_logs import AccessLogs
from .exposure import Exposure
from .exposure_options import path_problems
from .listener_checks import https_problems


@frozen
class ClassicExposure(Exposure):
    """A port of a service behind its own Classic Load Balancer, for teams that replace an existing one.

    It works on EC2 with bridge or host networking and a fixed host port, so each instance runs one task of the service.
    For everything else, use `AlbExposure` or `NlbExposure`.

    Attributes:
        port: Port in the container, 1–65535; bridge networking requires its `Port.host_port`.
        container: Container that listens on the port. Default: the service's own container.
        name: Distinguishes this exposure from others of the service: letters, digits and hyphens, up to 40. Default:
            none.
        certificate: Certificate for HTTPS.
        https: Serves HTTPS; `Disabled(reason="…")` serves plain HTTP. Default: True.
        ingress: Allowed sources, as `ec2.Peer`. Default: any address for a `WebService`, none for a `BackendService`.
        health_check_path: Path that answers when a task can accept requests. Default: `/`.
        access_logs: Where access logs go. Default: a bucket that keeps them for a year. `Disabled(reason="…")` keeps
            none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-types.html
    """

    kind: ClassVar[str] = "Classic"

    certificate: acm.ICertificate | None = None
    https: Literal[True] | Disabled = True
    ingress: Sequence[ec2.IPeer] | None = None
    health_check_path: str = "/"
    access_logs: AccessLogs | Disabled | None = None

    def problems(self) -> list[Problem]:
        """Find problems with this exposure by itself."""
        found = Problems()
        found.extend(Exposure.problems(self))
        if any(problem.root not in ("port", "name") for problem in found):
            return list(found)
        found.extend(https_problems(self.https, [self.certificate] if self.certificate else [], "certificate"))
        found.extend(path_problems(self.health_check_path))
        found.extend(disabled_problems(self.access_logs), under="access_logs")
        if isinstance(self.access_logs, AccessLogs):
            found.extend(self.access_logs.problems(), under="access_logs")
        return list(found)

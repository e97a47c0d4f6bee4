"""Jobs that a deployment hook starts and waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct, IValidation, Node

from cdk_containers.core.cdk_modules import sfn
from cdk_containers.core.errors import Problem, Problems


class WatchedJob(Protocol):
    """A job whose runs report a result: an `EventJob` or a `ScheduledJob` with a state machine."""

    @property
    def node(self) -> Node:
        """Its node in the construct tree."""
        ...

    @property
    def state_machine(self) -> sfn.StateMachine | None:
        """The state machine that waits for the end of a run."""
        ...

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal start a run and read its result."""
        ...


def job_problems(job: WatchedJob) -> list[Problem]:
    """Find a job whose runs report no result."""
    found = Problems()
    if job.state_machine is None:
        found.add(
            "job",
            "nothing waits for the end of its runs, so the function cannot read the result of a run",
            given=job.node.path,
            allowed="a job with timeout=…, which gives it a state machine",
            practice="migration-order",
        )
    return list(found)


def refuse_cycles(service: Construct, job: WatchedJob) -> None:
    """Make synthesis fail if the job waits for the service that waits for it."""
    service.node.add_validation(_Order(service, job))


@jsii.implements(IValidation)
class _Order:
    def __init__(self, service: Construct, job: WatchedJob) -> None:
        self._service = service
        self._job = job

    def validate(self) -> list[str]:
        """Follow what the job waits for; CDK calls this at synthesis."""
        own = {self._service.node.path, *(child.node.path for child in self._service.node.find_all())}
        for path in _waits_for(self._job.node, set()):
            # Whatever contains the service waits for it too.
            if path in own or self._service.node.path.startswith(f"{path}/"):
                problem = Problem(
                    option="deployment.hooks",
                    what=f"{self._job.node.path} waits for {path}, whose deployment waits for it: neither can start",
                    allowed="a job that depends on what it migrates, such as a database, instead of on the service",
                    practice="migration-order",
                )
                return [str(problem)]
        return []


def _waits_for(node: Node, seen: set[str]) -> Iterator[str]:
    """Yield the paths of all direct and indirect dependencies of a construct and its children."""
    parts: list[IConstruct] = node.find_all()
    for part in parts:
        for needed in part.node.dependencies:
            path = needed.node.path
            if path not in seen:
                seen.add(path)
                yield path
                yield from _waits_for(needed.node, seen)

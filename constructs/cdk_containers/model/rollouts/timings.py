"""How long the parts of a deployment take for one task."""

from __future__ import annotations

from dataclasses import fields

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

NO_HEALTH_CHECK_SECONDS = 40
"""How long ECS waits before it counts a running task as healthy that nothing checks."""


@frozen
class RolloutTimings:
    """How long a task takes to come up, to be found healthy and to go.

    The defaults are those of this library where it has one, and a small web application otherwise.

    Attributes:
        start_seconds: From the decision to start a task until it runs: placement, network interface, pulling the image.
            Default: 30.
        application_start_seconds: From then until the application answers. Default: 10.
        health_check_interval_seconds: Time between two checks of the load balancer. None where there is no load
            balancer. Default: 10.
        healthy_threshold: Checks in a row that have to pass. A load balancer is content with one if the first check of
            a new task passes; an application that is slower than its first check needs them all. Default: 2.
        unhealthy_threshold: Checks in a row that have to fail. Default: 3.
        container_check_interval_seconds: Time between two checks of the container's own health check. Default: None,
            there is none.
        container_check_retries: Failures in a row that make a container unhealthy. Default: 3.
        container_start_period_seconds: Time in which such failures do not count. Default: 30.
        grace_period_seconds: Time after the start in which ECS stops no task for its health. It delays no task that is
            well, but every failure. Default: 60.
        deregistration_delay_seconds: Time that a load balancer leaves to requests under way before the task gets
            SIGTERM. Default: 30.
        stop_timeout_seconds: Time from SIGTERM to SIGKILL. Default: 30.
        registration_seconds: Time that new tasks take to be known, before traffic is shifted to them.
            Default: 0; ECS waits for three minutes with VPC Lattice.
        weight_change_seconds: Time until a shift of traffic is everywhere. Default: 0; ECS waits for 90 s after each
            with VPC Lattice.
        exit_seconds: Time that the application takes to end after SIGTERM. Default: None, it ignores SIGTERM and the
            stop timeout passes.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
    """

    start_seconds: int = 30
    application_start_seconds: int = 10
    health_check_interval_seconds: int | None = 10
    healthy_threshold: int = 2
    unhealthy_threshold: int = 3
    container_check_interval_seconds: int | None = None
    container_check_retries: int = 3
    container_start_period_seconds: int = 30
    grace_period_seconds: int = 60
    deregistration_delay_seconds: int = 30
    stop_timeout_seconds: int = 30
    registration_seconds: int = 0
    weight_change_seconds: int = 0
    exit_seconds: int | None = None

    @property
    def healthy_after_seconds(self) -> int:
        """Time from the decision to start a task until ECS counts it as healthy: all checks that there are pass."""
        if self.health_check_interval_seconds is None and self.container_check_interval_seconds is None:
            return self.start_seconds + max(NO_HEALTH_CHECK_SECONDS, self.application_start_seconds)
        by_load_balancer = (self.health_check_interval_seconds or 0) * self.healthy_threshold
        by_container = self.container_check_interval_seconds or 0  # one that passes is enough
        return self.start_seconds + self.application_start_seconds + max(by_load_balancer, by_container)

    @property
    def gone_after_seconds(self) -> int:
        """Time from the decision to stop a task until it is gone: deregistration, and SIGTERM only then."""
        draining = 0 if self.health_check_interval_seconds is None else self.deregistration_delay_seconds
        ending = self.stop_timeout_seconds
        return draining + (ending if self.exit_seconds is None else min(ending, self.exit_seconds))

    @property
    def failed_after_seconds(self) -> int:
        """Time from the decision to start a task that never answers until ECS stops it.

        Where nothing checks it, the task is taken to end by itself as soon as the application has started.
        """
        found = []
        if self.health_check_interval_seconds is not None:
            found.append(self.health_check_interval_seconds * self.unhealthy_threshold)
        if self.container_check_interval_seconds is not None:
            checks = self.container_check_interval_seconds * self.container_check_retries
            found.append(self.container_start_period_seconds + checks)
        if not found:
            return self.start_seconds + self.application_start_seconds
        return self.start_seconds + max(self.grace_period_seconds, min(found))

    def problems(self) -> list[Problem]:
        """Find what is wrong with these timings."""
        found = Problems()
        found.extend(field_problems(self))
        for option in () if found else [field.name for field in fields(self)]:
            value, least = getattr(self, option), 0 if option.endswith("_seconds") else 1
            if value is not None and value < least:
                found.add(option, "out of range", given=value, allowed=f"{least} or more")
        return list(found)

"""How long the parts of a deployment take for one task."""

from __future__ import annotations

from dataclasses import fields

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

NO_HEALTH_CHECK_SECONDS = 40
"""How long ECS waits before it considers a running task without health checks healthy."""


@frozen
class RolloutTimings:
    """How long a task takes to start, to become healthy and to stop.

    The defaults are those of this library, or otherwise fit a small web application.

    Attributes:
        start_seconds: Time from the decision to start a task until it runs: placement, network interface, image pull.
            Default: 30.
        application_start_seconds: Time from then until the application responds. Default: 10.
        health_check_interval_seconds: Time between two health checks of the load balancer. None means no load balancer.
            Default: 10.
        healthy_threshold: Consecutive checks that must pass. If the first check of a new task passes, the load balancer
            needs only that check; a slower application needs all of them. Default: 2.
        unhealthy_threshold: Consecutive checks that must fail. Default: 3.
        container_check_interval_seconds: Time between two runs of the container health check. Default: None, no
            container health check.
        container_check_retries: Consecutive failures that make a container unhealthy. Default: 3.
        container_start_period_seconds: Time in which such failures do not count. Default: 30.
        grace_period_seconds: Time after the start in which ECS does not stop an unhealthy task. It does not delay
            healthy tasks, but it delays every failure. Default: 60.
        deregistration_delay_seconds: Time that a load balancer gives requests in progress before the task receives
            SIGTERM. Default: 30.
        stop_timeout_seconds: Time from SIGTERM to SIGKILL. Default: 30.
        registration_seconds: Time until new tasks are registered, before traffic shifts to them. Default: 0; ECS waits
            for three minutes with VPC Lattice.
        weight_change_seconds: Time until a traffic shift takes full effect. Default: 0; ECS waits for 90 s after each
            with VPC Lattice.
        exit_seconds: Time that the application takes to stop after SIGTERM. Default: None, the application ignores
            SIGTERM until the stop timeout.

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
        """Time from the decision to start a task until ECS considers it healthy: all existing checks pass."""
        if self.health_check_interval_seconds is None and self.container_check_interval_seconds is None:
            return self.start_seconds + max(NO_HEALTH_CHECK_SECONDS, self.application_start_seconds)
        by_load_balancer = (self.health_check_interval_seconds or 0) * self.healthy_threshold
        by_container = self.container_check_interval_seconds or 0  # a single pass is enough
        return self.start_seconds + self.application_start_seconds + max(by_load_balancer, by_container)

    @property
    def gone_after_seconds(self) -> int:
        """Time from the decision to stop a task until it has stopped: first deregistration, then SIGTERM."""
        draining = 0 if self.health_check_interval_seconds is None else self.deregistration_delay_seconds
        ending = self.stop_timeout_seconds
        return draining + (ending if self.exit_seconds is None else min(ending, self.exit_seconds))

    @property
    def failed_after_seconds(self) -> int:
        """Time from the decision to start a task that never responds until ECS stops it.

        Without checks, the task is assumed to exit as soon as the application has started.
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

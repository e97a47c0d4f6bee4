"""The result of the deployment model."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Moment:
    """The state from a moment of a deployment on.

    Attributes:
        seconds: Time since the start of the deployment.
        running_old: Tasks of the old version that use capacity, including stopping tasks.
        running_new: Tasks of the new version that use capacity, including starting tasks.
        healthy_old: Tasks of the old version that serve.
        healthy_new: Tasks of the new version that serve or could serve.
        percent_new: Share of the traffic that goes to the new version, 0–100.
    """

    seconds: int
    running_old: int
    running_new: int
    healthy_old: int
    healthy_new: int
    percent_new: float

    @property
    def running(self) -> int:
        """Tasks that use capacity."""
        return self.running_old + self.running_new

    @property
    def healthy(self) -> int:
        """Tasks that are healthy."""
        return self.healthy_old + self.healthy_new


@frozen
class Rollout:
    """A deployment of a healthy version, second by second, and when ECS stops the deployment of a broken one.

    Attributes:
        tasks: Desired count of the service.
        moments: The states in order of time; each lasts until the next.
        failures_allowed: How many tasks of the new version may fail before the circuit breaker stops the deployment.
        given_up_after_seconds: When that happens if no task of the new version ever responds.
        succeeded_after_seconds: When ECS considers the deployment successful and CloudFormation continues. With
            `EarlySuccess` this is before the end.
    """

    tasks: int
    moments: tuple[Moment, ...]
    failures_allowed: int
    given_up_after_seconds: int
    succeeded_after_seconds: int

    @property
    def lowest_healthy(self) -> int:
        """The smallest number of healthy tasks."""
        return min(moment.healthy for moment in self.moments)

    @property
    def peak_tasks(self) -> int:
        """The largest number of tasks that use capacity."""
        return max(moment.running for moment in self.moments)

    @property
    def first_traffic_after_seconds(self) -> int:
        """When the new version gets traffic for the first time."""
        return next(moment.seconds for moment in self.moments if moment.percent_new > 0)

    @property
    def all_traffic_after_seconds(self) -> int:
        """When the new version has all traffic."""
        return next(moment.seconds for moment in self.moments if moment.percent_new == 100)

    @property
    def completed_after_seconds(self) -> int:
        """When the last task of the old version has stopped."""
        return self.moments[-1].seconds

    @property
    def explanation(self) -> str:
        """The result, as one line of text.

        For instance `at least 4 of 4 tasks healthy, at most 8 at once; all traffic on the new version after 60 s, done
        after 120 s`.
        """
        early = self.succeeded_after_seconds < self.completed_after_seconds
        succeeded = f"successful after {self.succeeded_after_seconds} s, " if early else ""
        return (
            f"at least {self.lowest_healthy} of {self.tasks} tasks healthy, at most {self.peak_tasks} at once; all "
            f"traffic on the new version after {self.all_traffic_after_seconds} s, {succeeded}done after "
            f"{self.completed_after_seconds} s"
        )

    def at(self, seconds: int) -> Moment:
        """Return the state at a time."""
        return next(moment for moment in reversed(self.moments) if moment.seconds <= max(seconds, 0))

"""What a deployment does, as the model has it."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Moment:
    """How things stand from a moment of a deployment on.

    Attributes:
        seconds: Time since the deployment began.
        running_old: Tasks of the old version that take capacity, those that are stopping included.
        running_new: Tasks of the new version that take capacity, those that are starting included.
        healthy_old: Tasks of the old version that serve.
        healthy_new: Tasks of the new version that serve, or could.
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
        """Tasks that take capacity."""
        return self.running_old + self.running_new

    @property
    def healthy(self) -> int:
        """Tasks that are healthy."""
        return self.healthy_old + self.healthy_new


@frozen
class Rollout:
    """A deployment of a version that is well, second by second; and when one that is not is given up.

    Attributes:
        tasks: How many tasks the service wants.
        moments: How things stand, in the order of time; each holds until the next.
        failures_allowed: How many tasks of the new version may fail before the circuit breaker gives it up.
        given_up_after_seconds: When that is, if no task of the new version ever answers.
        succeeded_after_seconds: When ECS calls the deployment successful, and CloudFormation goes on. With an
            `EarlySuccess` that is before the end.
    """

    tasks: int
    moments: tuple[Moment, ...]
    failures_allowed: int
    given_up_after_seconds: int
    succeeded_after_seconds: int

    @property
    def lowest_healthy(self) -> int:
        """How many tasks are healthy when the fewest are."""
        return min(moment.healthy for moment in self.moments)

    @property
    def peak_tasks(self) -> int:
        """How many tasks take capacity when the most do."""
        return max(moment.running for moment in self.moments)

    @property
    def first_traffic_after_seconds(self) -> int:
        """When the new version gets traffic for the first time."""
        return next(moment.seconds for moment in self.moments if moment.percent_new > 0)

    @property
    def all_traffic_after_seconds(self) -> int:
        """When the new version has all the traffic."""
        return next(moment.seconds for moment in self.moments if moment.percent_new == 100)

    @property
    def completed_after_seconds(self) -> int:
        """When the last task of the old version is gone."""
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
        """Return how things stand at a time."""
        return next(moment for moment in reversed(self.moments) if moment.seconds <= max(seconds, 0))

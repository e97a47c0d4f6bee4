"""Kinds of capacity, and capacity provider strategies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token, security_group_problems

from ..tasks import Platform

_MAX_BASE = 100_000
_MAX_WEIGHT = 1_000
_PROVIDER_NAME = re.compile(r"(?!aws|ecs|fargate)[a-z0-9_-]{1,255}", re.IGNORECASE)


@frozen
class Capacity:
    """A share of a capacity provider strategy.

    Attributes:
        base: Number of tasks that run here before the weights apply. Only one share of a strategy may have a base.
            Default: 0.
        weight: Share of the remaining tasks, relative to the other weights. Default: 1.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
    """

    base: int = 0
    weight: int = 1

    @property
    def provider(self) -> str:
        """Name of the capacity provider."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """Kind of the capacity; a strategy supports only one kind."""
        raise NotImplementedError

    @property
    def platform(self) -> Platform:
        """The platform of tasks here, which determines their task definition."""
        return "FARGATE"

    def problems(self) -> list[Problem]:
        """Find problems with this share."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, value, high in (("base", self.base, _MAX_BASE), ("weight", self.weight, _MAX_WEIGHT)):
            if not is_token(value) and not 0 <= value <= high:
                found.add(option, "out of range", given=value, allowed=f"0–{high}")
        return list(found)


@frozen
class FargateCapacity(Capacity):
    """Tasks on Fargate, without instances to manage; use `FargateCapacity.spot()` for Fargate Spot.

    Attributes:
        interruptible: Whether to use Fargate Spot, where AWS may stop a task with two minutes' notice. Default: False.
    """

    interruptible: bool = False

    @staticmethod
    def spot(*, base: int = 0, weight: int = 1) -> FargateCapacity:
        """Use Fargate Spot: up to 70 % cheaper, but AWS may stop tasks with two minutes' notice."""
        return FargateCapacity(base=base, weight=weight, interruptible=True)

    @property
    def provider(self) -> str:
        """Name of the capacity provider."""
        return "FARGATE_SPOT" if self.interruptible else "FARGATE"

    @property
    def kind(self) -> str:
        """Kind of the capacity."""
        return "Fargate"


@frozen
class LaunchType(Capacity):
    """Tasks without a capacity provider: `LaunchType.FARGATE`, or `LaunchType.EC2` for instances of the cluster.

    You cannot combine a launch type with other capacity, and it has no base and no weight. It needs no association with
    the cluster. Changing from a launch type to a strategy, or back, replaces a service.

    Attributes:
        name: `FARGATE`, or `EC2` for instances that registered themselves with the cluster.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch-type-fargate.html
    """

    name: Literal["FARGATE", "EC2"]

    FARGATE: ClassVar[LaunchType]
    EC2: ClassVar[LaunchType]

    @property
    def provider(self) -> str:
        """Name of the launch type, instead of a capacity provider."""
        return self.name

    @property
    def kind(self) -> str:
        """Kind of the capacity."""
        return f"launch type {self.name}"

    @property
    def platform(self) -> Platform:
        """The platform of tasks here."""
        return "EC2" if self.name == "EC2" else "FARGATE"

    def problems(self) -> list[Problem]:
        """Find problems with this launch type."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, value, default in (("base", self.base, 0), ("weight", self.weight, 1)):
            if value != default:
                found.add(
                    option,
                    "a launch type runs all tasks and cannot be combined with other capacity",
                    given=value,
                    allowed="only the launch type; or capacity providers, such as FargateCapacity()",
                    practice="one-kind-per-strategy",
                )
        return list(found)


LaunchType.FARGATE = LaunchType(name="FARGATE")
LaunchType.EC2 = LaunchType(name="EC2")


def launch_type_of(strategy: Sequence[Capacity]) -> LaunchType | None:
    """Return the launch type of tasks without a capacity provider strategy."""
    return next((share for share in strategy if isinstance(share, LaunchType)), None)


def platform_of(strategy: Sequence[Capacity]) -> Platform:
    """Return the platform of tasks; a strategy has only one kind of capacity."""
    return next((share.platform for share in strategy if share.platform != "FARGATE"), "FARGATE")


def strategy_problems(strategy: Sequence[Capacity]) -> list[Problem]:
    """Find what ECS refuses in a capacity provider strategy."""
    found = Problems()
    for index, share in enumerate(strategy):
        found.extend(share.problems(), under=f"capacity[{index}]")
    if found:
        return list(found)
    practice = "one-kind-per-strategy"
    kinds = sorted({share.kind for share in strategy})
    if not strategy:
        found.add("capacity", "there is none", allowed="at least one, such as FargateCapacity()", practice=practice)
        return list(found)
    if len(kinds) > 1:
        found.add(
            "capacity",
            "a strategy supports only one kind of capacity",
            given=Shown(" and ".join(kinds)),
            allowed="one kind; another service of the cluster may use the other one",
            practice=practice,
        )
    providers = [share.provider for share in strategy]
    for provider in sorted({name for name in providers if providers.count(name) > 1}):
        found.add(
            "capacity", "the capacity provider is listed twice", given=provider, allowed="each once", practice=practice
        )
    bases = [share.base for share in strategy if share.base]
    if len(bases) > 1:
        found.add(
            "capacity",
            "more than one share has a base",
            given=bases,
            allowed="a base on only one share",
            practice=practice,
        )
    weights = [share.weight for share in strategy]
    if not is_token(weights) and not any(weights):
        found.add(
            "capacity",
            "every weight is 0, so no task beyond the base would run",
            given=weights,
            allowed="a weight above 0 on at least one share",
            practice=practice,
        )
    return list(found)


def existing_capacity_problems(known: Problems, capacity_provider_name: str, security_group_id: str) -> list[Problem]:
    """Find names of existing EC2 capacity that are invalid, in options without other problems."""
    found = Problems()
    if not known.has("capacity_provider_name"):
        found.extend(_provider_name_problems(capacity_provider_name))
    if not known.has("security_group_id"):
        found.extend(security_group_problems("security_group_id", security_group_id))
    return list(found)


def _provider_name_problems(name: str) -> list[Problem]:
    """Find invalid capacity provider names, such as an ARN or a name reserved by AWS.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
    """
    found = Problems()
    if not is_token(name) and not _PROVIDER_NAME.fullmatch(name):
        fargate = name.upper() in ("FARGATE", "FARGATE_SPOT")
        found.add(
            "capacity_provider_name",
            "AWS reserves this name" if fargate else "not a valid capacity provider name",
            given=name,
            allowed="FargateCapacity()"
            if fargate
            else "up to 255 letters, digits, hyphens and underscores, without aws, ecs or fargate at the start",
            practice="capacity-beside-cluster",
        )
    return list(found)

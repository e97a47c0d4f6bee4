"""Plans the tasks of a run: reads the app, resolves its values, and plans each task."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from cdk_containers.checks.templates import CannotTell, Malformed, Reference, Resource, references_in
from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import (
    Choices,
    Given,
    LocalError,
    Machine,
    TaskPlan,
    definition_of,
    plan_task,
)
from cdk_containers.local.reading import Probe, Runnable, Services, Sources, Values, choose, read_app, runnables
from cdk_containers.model.workload import Workload

from .account import Account
from .emulator import ACCOUNT, Emulator
from .options import PAUSE, Options

_REGION = "us-east-1"


@frozen(eq=False)
class Planned:
    """A task of a run.

    Attributes:
        plan: Plan of the task.
        stack: The name of its stack.
        is_job: Whether it is a job, which ends.
        properties: Names of the properties of its service.
        aliases: Its names on the network.
        probe: Health check of its target group.
        needs: Names of the tasks that must be ready first.
        asked: Whether you named it as a target.
        untranslated: Service Connect addresses whose port differs from the container port.
        role: Name of its role, if it is deployed.
    """

    plan: TaskPlan
    stack: str
    is_job: bool
    properties: frozenset[str] = frozenset()
    aliases: Sequence[str] = ()
    probe: Probe | None = None
    needs: tuple[str, ...] = ()
    asked: bool = True
    untranslated: tuple[str, ...] = ()
    role: str | None = None


class Cloud:
    """The source of AWS values in a run: your account, the emulator, or none."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.emulator = Emulator(options.region or _REGION) if options.emulator else None
        self.trouble: str | None = None

    @cached_property
    def account(self) -> Account | None:
        """Your account; None without credentials."""
        if self.emulator is not None:
            return self.emulator.account
        try:
            account = Account(profile=self._options.profile, region=self._options.region)
        except LocalError as error:
            if self._options.profile or self._options.task_role:
                raise
            self.trouble = str(error)
            return None
        if not account.has_credentials:
            self.trouble = "there are no AWS credentials"
            return None
        return account

    @property
    def pseudo_parameters(self) -> dict[str, str]:
        """The known pseudo parameters of the account."""
        account = self.account
        if self.emulator is not None:
            return {"AWS::Region": self.emulator.account.region or _REGION, "AWS::AccountId": ACCOUNT}
        known = {"AWS::Region": self._options.region or (account.region if account else None)}
        if account is not None:
            known["AWS::AccountId"] = account.id
        return {name: value for name, value in known.items() if value}

    def deployed(self, resource: Resource, attribute: str) -> str | None:
        """Return a value of a deployed resource, if it is known."""
        if self.emulator is not None:
            return self.emulator.deployed(resource, attribute)
        return self.account.deployed(resource, attribute) if self.account else None

    @property
    def why_unknown(self) -> list[str]:
        """Why values of the account are unknown."""
        missing = self.account.stacks_missing if self.account else {}
        return [*([self.trouble] if self.trouble else []), *(f"{name}: {why}" for name, why in missing.items())]

    def close(self) -> None:
        """End the emulator."""
        if self.emulator is not None:
            self.emulator.close()


def plan_tasks(options: Options, cloud: Cloud, machine: Machine, *, missing_is_fine: bool = False) -> list[Planned]:
    """Plan all tasks, in start order.

    Args:
        options: Options of the run.
        cloud: Your account, or the emulator.
        machine: The machine.
        missing_is_fine: Whether a variable with an unknown value counts as a secret whose value follows later.

    Raises:
        LocalError: All problems with the options and the tasks.
    """
    given = options.given
    pseudo = {name: value for name, value in given.values.items() if name.startswith("AWS::")}
    app = read_app(options.app, given.values, {**cloud.pseudo_parameters, **pseudo})
    for name in {*pseudo, *(name for template in app.estate.templates for name in template.parameters)}:
        given.find(name)
    everything = runnables(app.estate)
    services = Services(app.estate, everything)
    chosen = choose(options.targets, app.estate)
    running = services.needed_by(chosen)
    if cloud.emulator is not None:
        cloud.emulator.make(it.resource for one in running for it in references_in(one.definition))
    sources = Sources(
        given=given,
        deployed=cloud.deployed,
        address=services.address,
        images={key: asset.build for key, asset in app.assets.items()},
    )
    names = _names(running)
    problems: list[str] = []
    planned = []
    for one in running:
        try:
            planned.append(
                _planned(
                    one,
                    options,
                    chosen=chosen,
                    names=names,
                    services=services,
                    values=Values(sources),
                    machine=machine,
                    cloud=cloud,
                    missing_is_fine=missing_is_fine,
                )
            )
        except LocalError as error:
            problems += error.problems
        except (CannotTell, Malformed) as error:
            problems.append(f"{one.path}: {error}")
    if problems:
        raise LocalError(*dict.fromkeys(problems), *(f"cannot read values from AWS: {it}" for it in cloud.why_unknown))
    names_of_containers = {it.text("Name") for one in running for it in one.definition.maps("ContainerDefinitions")}
    _demand_that_all_is_used(options, [one.plan for one in planned], names_of_containers)
    return planned


def plan_workload(
    workload: Workload, name: str, options: Options, machine: Machine, *, is_job: bool = False
) -> list[Planned]:
    """Plan a workload in Python.

    Raises:
        LocalError: All problems with the workload and the options.
    """
    plan = plan_task(name, definition_of(workload), _choices(options, missing_is_fine=False), machine)
    _demand_that_all_is_used(options, [plan], {container.name for container in workload.containers})
    return [Planned(plan=plan, stack="workloads", is_job=is_job, aliases=[name.lower()])]


def _choices(options: Options, *, missing_is_fine: bool) -> Choices:
    return Choices(
        given=options.given,
        images=options.images,
        with_=options.with_,
        without=options.without,
        missing_is_fine=missing_is_fine,
    )


def _demand_that_all_is_used(options: Options, plans: Sequence[TaskPlan], containers: Collection[str]) -> None:
    """Reject options that match nothing.

    Raises:
        LocalError: Some options match nothing.
    """
    options.images.find(PAUSE)
    for plan in plans:
        options.builds.find(plan.name)
        for container in plan.containers:
            options.builds.find(container.name, task=plan.name)
        for volume in plan.volumes:
            options.volumes.find(volume.name, task=plan.name)
        for port in plan.ports:
            options.published.find(str(port.number), task=plan.name)
    named = {
        "--set": options.given,
        "--image": options.images,
        "--build": options.builds,
        "--volume": options.volumes,
        "--publish": options.published,
        "--with": Given(dict.fromkeys(options.with_, "")),
        "--without": Given(dict.fromkeys(options.without, "")),
    }
    for name in containers:
        named["--with"].find(name)
        named["--without"].find(name)
    if unused := [problem for option, given in named.items() for problem in given.problems(option)]:
        raise LocalError(*unused)


def _planned(
    one: Runnable,
    options: Options,
    *,
    chosen: Sequence[Runnable],
    names: Mapping[str, str],
    services: Services,
    values: Values,
    machine: Machine,
    cloud: Cloud,
    missing_is_fine: bool,
) -> Planned:
    name = names[one.path]
    choices = _choices(options, missing_is_fine=missing_is_fine)
    plan = plan_task(name, values.plain(one.definition), choices, machine)
    role = one.definition.value("TaskRoleArn")
    return Planned(
        plan=plan,
        stack=one.stack,
        is_job=one.kind == "job",
        properties=_properties(one.service),
        aliases=[name.lower(), *(alias for alias in services.aliases(one)[1:] if alias != name.lower())],
        probe=services.probe(one),
        needs=tuple(names[it.path] for it in services.neighbours(one) if it.path in names),
        asked=one in chosen,
        untranslated=tuple(services.other_ports(one)),
        role=cloud.deployed(role.resource, "") if options.task_role and isinstance(role, Reference) else None,
    )


def _properties(service: Resource | None) -> frozenset[str]:
    """Return the names of the properties that a service sets. CDK also writes empty lists."""
    return frozenset(name for name, value in service.source.items() if value) if service else frozenset()


def _names(running: Sequence[Runnable]) -> dict[str, str]:
    """Return a short name for each, and a longer name if two would have the same."""
    shorts = [one.short.lower() for one in running]
    return {
        one.path: one.short if shorts.count(one.short.lower()) == 1 else one.inside.replace("/", "-") for one in running
    }

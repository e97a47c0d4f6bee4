"""Plans a container of a task definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_containers.core.frozen import frozen

from .differences import left_out
from .fields import Fields
from .given import Given
from .machine import Machine
from .plan import Build, ContainerPlan, Difference, HealthCheck, Mount, Port, Restart, Wait
from .table import TABLE
from .unresolved import Unresolved, unresolved_in

_TAKEN_BY_ROWS = [row.field for row in TABLE if row.field not in {"Cpus", "SystemControls.net"}]
_NUMBERS = {"Cpu", "Memory", "MemoryReservation", "StopTimeout", "LinuxParameters.SharedMemorySize"}
_DEFAULT_STOP_TIMEOUT = 30
_SAFE_SECURITY_OPTION = "no-new-privileges"


@frozen
class Surroundings:
    """Settings that a container gets from its task.

    Attributes:
        task: The name of the task.
        cpu: CPU units of the task; None without a limit.
        memory: MiB of the task; None without a limit.
        shared_network: Whether the containers share one network address.
        machine: The machine.
        given: Values for variables.
        images: Images by container.
        missing_is_fine: Whether a variable with an unknown value counts as a secret whose value follows later.
        first: The name of the first container.
    """

    task: str
    cpu: int | None
    memory: int | None
    shared_network: bool
    machine: Machine
    given: Given
    images: Given
    missing_is_fine: bool
    first: str


@frozen
class PlannedContainer:
    """A planned container, with what belongs to its task: ports, network settings, differences and problems."""

    plan: ContainerPlan
    ports: tuple[Port, ...]
    network_settings: Mapping[str, Any]
    links: tuple[str, ...]
    differences: tuple[Difference, ...]
    problems: tuple[str, ...]


class ContainerPlanner:
    """Converts a container definition."""

    def __init__(self, source: Mapping[str, Any], around: Surroundings) -> None:
        self._fields = Fields(source)
        self._around = around
        self._name = str(self._fields.take("Name"))
        self._problems: list[str] = []
        self._differences: list[Difference] = []

    def planned(self) -> PlannedContainer:
        """Return the plan of the container."""
        environment, secrets, given = self._variables()
        settings = self._settings()
        ports = self._ports()
        network = {row.field: settings.pop(row.field) for row in TABLE if row.of == "network" and row.field in settings}
        plan = ContainerPlan(
            name=self._name,
            image=self._image(),
            settings=settings if self._around.shared_network else settings | network,
            environment=environment,
            secrets=secrets,
            given=given,
            mounts=self._mounts(),
            volumes_from=self._volumes_from(),
            essential=_flag(self._fields.take("Essential"), default=True),
            waits=self._waits(),
            start_timeout=int(self._fields.take("StartTimeout") or 180),
            stop_timeout=int(settings["StopTimeout"]),
            health=self._health(),
            restart=self._restart(),
        )
        links = () if self._around.shared_network else tuple(self._fields.take("Links") or ())
        differences = (*self._differences, *left_out(self._fields.left(), container=self._name))
        return PlannedContainer(
            plan=plan,
            ports=ports,
            network_settings=network if self._around.shared_network else {},
            links=links,
            differences=differences,
            problems=tuple(self._problems),
        )

    # ---- variables

    def _variables(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        environment, secrets, given = {}, {}, {}
        for item in self._fields.take("Environment") or ():
            name, value = item["Name"], item.get("Value", "")
            told = self._around.given.find(name, task=self._around.task)
            if told is None and isinstance(value, Unresolved):
                if self._around.missing_is_fine:
                    secrets[name] = value.why
                else:
                    self._unresolved(f"environment {name}", value, name)
            else:
                environment[name] = told if told is not None else _text(value)
        for item in self._fields.take("Secrets") or ():
            name, value = item["Name"], item["ValueFrom"]
            told = self._around.given.find(name, task=self._around.task)
            if told is not None:
                given[name] = told
            elif isinstance(value, Unresolved) and self._around.missing_is_fine:
                secrets[name] = value.why
            elif isinstance(value, Unresolved):
                self._unresolved(f"secret {name}", value, name)
            else:
                secrets[name] = value
        if self._fields.take("EnvironmentFiles"):
            self._differ("EnvironmentFiles", "files in S3 are not read; pass their content with --env-file")
            environment = {**self._around.given.file, **environment}
        return environment, secrets, given

    def _unresolved(self, what: str, value: Unresolved, name: str) -> None:
        self._problems.append(
            f"{self._around.task}/{self._name}: {what} depends on {value.why}, "
            f"whose value is unknown; pass --set {name}=VALUE"
        )

    def _image(self) -> str | Build:
        image = self._fields.take("Image")
        told = self._around.images.find(self._name, task=self._around.task)
        if told is None and self._name == self._around.first:
            told = self._around.images.find(self._around.task)
        if told is not None:
            self._differ("Image", f"replaced by {told}")
            return told
        if isinstance(image, Unresolved):
            self._problems.append(
                f"{self._around.task}/{self._name}: the image depends on {image.why}, whose value is unknown; "
                f"pass --image {self._around.task}.{self._name}=TAG"
            )
        return image if isinstance(image, Build) else str(image)

    # ---- settings of the flag table

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for field in _TAKEN_BY_ROWS:
            value = self._fields.take(field)
            if value is None or value == []:
                continue
            for missing in unresolved_in(value):
                names = " ".join(f"--set {name}=VALUE" for name in missing.names)
                self._problems.append(
                    f"{self._around.task}/{self._name}: {field} depends on {missing.why}: pass {names}"
                )
            settings[field] = int(value) if field in _NUMBERS and not isinstance(value, Unresolved) else value
        self._limit(settings)
        self._devices(settings)
        self._security_options(settings)
        controls = settings.pop("SystemControls", [])
        for key, wanted in (("SystemControls.net", True), ("SystemControls", False)):
            if found := [it for it in controls if str(it["Namespace"]).startswith("net.") is wanted]:
                settings[key] = found
        settings.setdefault("StopTimeout", _DEFAULT_STOP_TIMEOUT)
        if settings.get("Privileged"):
            self._differ("Privileged", "the container has root privileges on this machine")
        return settings

    def _limit(self, settings: dict[str, Any]) -> None:
        around = self._around
        if around.cpu:
            cpus = around.cpu / 1024
            settings["Cpus"] = min(cpus, around.machine.cpus)
            if cpus > around.machine.cpus:
                self._differ("Cpu of the task", f"this machine has {around.machine.cpus} processors")
        if around.memory:
            settings.setdefault("Memory", around.memory)
        if around.machine.most:
            wanted = {it["Name"]: it for it in settings.get("Ulimits", ())}
            for name, most in around.machine.most.items():
                asked = wanted.get(name, {"SoftLimit": most, "HardLimit": most})
                hard = int(asked["HardLimit"])
                if hard > most:
                    self._differ(f"Ulimits {name}", f"this machine allows at most {most}")
                wanted[name] = {
                    "Name": name,
                    "SoftLimit": min(int(asked["SoftLimit"]), most),
                    "HardLimit": min(hard, most),
                }
            settings["Ulimits"] = list(wanted.values())

    def _devices(self, settings: dict[str, Any]) -> None:
        devices = settings.pop("LinuxParameters.Devices", [])
        here = [it for it in devices if self._around.machine.has(it["HostPath"])]
        for missing in (it["HostPath"] for it in devices if it not in here):
            self._differ(f"device {missing}", "this machine does not have it")
        if here:
            settings["LinuxParameters.Devices"] = here

    def _security_options(self, settings: dict[str, Any]) -> None:
        options = settings.pop("DockerSecurityOptions", [])
        if _SAFE_SECURITY_OPTION in options:
            settings["DockerSecurityOptions"] = [_SAFE_SECURITY_OPTION]
        for option in options:
            if option != _SAFE_SECURITY_OPTION:
                self._differ(
                    f"DockerSecurityOptions {option}",
                    "this machine does not have the security profiles of the instance",
                )

    # ---- what the runner does without the engine

    def _ports(self) -> tuple[Port, ...]:
        ports = []
        for mapping in self._fields.take("PortMappings") or ():
            protocol = mapping.get("Protocol", "tcp")
            if mapping.get("AppProtocol"):
                self._differ("PortMappings.AppProtocol", "there is no Service Connect proxy")
            numbers = _range(mapping)
            hosts = mapping.get("HostPort") or None
            ports += [
                Port(
                    container=self._name,
                    number=number,
                    wanted=int(hosts or number),
                    protocol=protocol,
                    name=mapping.get("Name", ""),
                )
                for number in numbers
            ]
        return tuple(ports)

    def _mounts(self) -> tuple[Mount, ...]:
        return tuple(
            Mount(volume=it["SourceVolume"], path=it["ContainerPath"], read_only=_flag(it.get("ReadOnly")))
            for it in self._fields.take("MountPoints") or ()
        )

    def _volumes_from(self) -> tuple[str, ...]:
        return tuple(
            it["SourceContainer"] + (":ro" if _flag(it.get("ReadOnly")) else "")
            for it in self._fields.take("VolumesFrom") or ()
        )

    def _waits(self) -> tuple[Wait, ...]:
        return tuple(
            Wait(container=it["ContainerName"], condition=it["Condition"])
            for it in self._fields.take("DependsOn") or ()
        )

    def _health(self) -> HealthCheck | None:
        check = self._fields.take("HealthCheck")
        if check is None or check.get("Command") in (None, [], ["NONE"]):
            return None
        kind, *rest = check["Command"]
        shell = ("/bin/sh", "-c", " ".join(rest))
        command = tuple(rest) if kind == "CMD" else shell if kind == "CMD-SHELL" else ("/bin/sh", "-c", kind)
        defaults = HealthCheck(command=command)
        return HealthCheck(
            command=command,
            interval=int(check.get("Interval", defaults.interval)),
            timeout=int(check.get("Timeout", defaults.timeout)),
            retries=int(check.get("Retries", defaults.retries)),
            start_period=int(check.get("StartPeriod", defaults.start_period)),
        )

    def _restart(self) -> Restart | None:
        policy = self._fields.take("RestartPolicy")
        if policy is None or not _flag(policy.get("Enabled")):
            return None
        codes = frozenset(int(code) for code in policy.get("IgnoredExitCodes") or ())
        return Restart(ignored_codes=codes, period=int(policy.get("RestartAttemptPeriod", 300)))

    def _differ(self, what: str, why: str) -> None:
        self._differences.append(Difference(what=f"{self._name}: {what}", why=why))


def _range(mapping: Mapping[str, Any]) -> list[int]:
    ports = mapping.get("ContainerPortRange")
    if not ports:
        return [int(mapping["ContainerPort"])]
    first, _, last = str(ports).partition("-")
    return list(range(int(first), int(last) + 1))


def _flag(value: Any, *, default: bool = False) -> bool:
    return default if value is None else str(value).lower() == "true"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

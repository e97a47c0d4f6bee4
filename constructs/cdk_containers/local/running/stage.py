"""The environment of tasks: a network, their addresses, the endpoint of ECS, and volumes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cdk_containers.core.frozen import frozen
from cdk_containers.local.engines import LINK_LOCAL, Published, Run

from .console import Console
from .endpoint import Credentials, Endpoint
from .options import PAUSE, PAUSE_IMAGE, Options
from .process import Caller
from .task import Prepared
from .tasks import Cloud, Planned

_HTTP = 80
_EVERYWHERE = "127.0.0.1" if sys.platform == "darwin" else "0.0.0.0"  # noqa: S104  (what is served there is no secret)


@frozen(eq=False)
class Host:
    """This machine, as seen from tasks.

    Attributes:
        name: Address or name of this machine in a container.
        listens: Address on which it listens for tasks.
        like_ecs: Whether that is the address of ECS, from which SDKs read credentials.
    """

    name: str
    listens: str
    like_ecs: bool


class Stage:
    """The environment of the tasks of a run.

    Args:
        options: Options of the run.
        run: The run.
        caller: Calls the engine.
        cloud: Your account, or the emulator.
        console: Console for messages about what differs from ECS.
        ports: Ports of this machine by task.
        hidden: Values of secrets by task and container.
    """

    def __init__(
        self,
        options: Options,
        *,
        run: Run,
        caller: Caller,
        cloud: Cloud,
        console: Console,
        ports: Mapping[str, Sequence[Published]],
        hidden: Mapping[str, Mapping[str, Mapping[str, str]]],
    ) -> None:
        self._options = options
        self._run = run
        self._caller = caller
        self._cloud = cloud
        self._console = console
        self._ports = ports
        self._hidden = hidden
        self._to_remove: list[list[str]] = []
        self._endpoint: Endpoint | None = None

    async def set_up(self, planned: Sequence[Planned], images: Mapping[str, Mapping[str, str]]) -> dict[str, Prepared]:
        """Create the network, addresses and endpoint, and return the tasks, ready to start.

        Args:
            planned: The tasks.
            images: Local images by task and container.

        Raises:
            LocalError: A call of the engine fails.
        """
        link_local = await self._make_network()
        for one in planned:
            await self._make_address(one)
        host, endpoint = self._serve(link_local=link_local)
        if not host.like_ecs:
            self._console.say(f"{LINK_LOCAL} is not available: credentials are passed as variables, and will expire")
        emulator = self._cloud.emulator
        common: dict[str, str] = {}
        if region := self._cloud.pseudo_parameters.get("AWS::Region"):
            common |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        if emulator is not None:
            common["AWS_ENDPOINT_URL"] = f"http://{host.name}:{emulator.listen(host.listens)}"
        return {
            one.plan.name: self._prepared(
                one, images[one.plan.name], host=host, endpoint=endpoint, common=common, region=region or "local"
            )
            for one in planned
        }

    async def tear_down(self) -> None:
        """Remove everything that was created."""
        for command in reversed(self._to_remove):
            await self._caller.call(command)
        if self._endpoint is not None:
            self._endpoint.close()

    async def _make_network(self) -> bool:
        """Create the network. Return whether this machine can have the address of ECS in it."""
        wants = not self._run.engine.own_limits or os.geteuid() == 0  # podman without root has its own network
        link_local = wants and not (await self._caller.call(self._run.make_network(link_local=True))).code
        if not link_local:
            await self._caller.demand(self._run.make_network(link_local=False))
        self._to_remove.append(["network", "rm", self._run.network])
        return link_local

    async def _make_address(self, one: Planned) -> None:
        """Create the container that holds the network address of a task."""
        if not one.plan.shared_network:
            return
        pause = self._run.pause(one.plan)
        self._to_remove.append(["rm", "--force", pause])
        image = self._options.images.find(PAUSE) or PAUSE_IMAGE
        ports = self._ports.get(one.plan.name, ())
        await self._caller.demand(self._run.make_pause(one.plan, image, one.aliases, ports))
        await self._caller.demand(["start", pause])

    def _serve(self, *, link_local: bool) -> tuple[Host, Endpoint]:
        """Serve credentials and metadata, on the address of ECS if this machine has it."""
        for port in (_HTTP, 0) if link_local else ():
            with suppress(OSError):
                self._endpoint = Endpoint(LINK_LOCAL, port)
                return Host(name=LINK_LOCAL, listens=LINK_LOCAL, like_ecs=True), self._endpoint
        self._endpoint = Endpoint(_EVERYWHERE)
        return Host(name=self._run.engine.host, listens=_EVERYWHERE, like_ecs=False), self._endpoint

    def _prepared(
        self,
        one: Planned,
        images: Mapping[str, str],
        *,
        host: Host,
        endpoint: Endpoint,
        common: Mapping[str, str],
        region: str,
    ) -> Prepared:
        plan = one.plan
        provider = self._cloud.account.provider(one.role) if self._cloud.account else None
        token = endpoint.serve(plan, region=region, credentials=provider if host.like_ecs else None)
        base = f"http://{host.name}:{endpoint.port}".removesuffix(f":{_HTTP}")
        plain, keys = _credentials(provider, host, f"/v2/credentials/{token}", base, at_once=endpoint.port == _HTTP)
        return Prepared(
            plan=plan,
            aliases=one.aliases,
            published=self._ports.get(plan.name, ()),
            images=images,
            volumes={volume.name: self._volume(one, volume.name, volume.kept) for volume in plan.volumes},
            environment={
                it.name: {**common, **plain, "ECS_CONTAINER_METADATA_URI_V4": f"{base}/v4/{token}/{it.name}"}
                for it in plan.containers
            },
            hidden={it.name: {**keys, **self._hidden[plan.name][it.name]} for it in plan.containers},
        )

    def _volume(self, one: Planned, name: str, kept: str) -> str:
        """Return what to mount: your folder, a folder that is kept between runs, or a volume of the run."""
        told = self._options.volumes.find(name, task=one.plan.name)
        if told is not None:
            return str(Path(told).resolve())
        if not kept:
            volume = self._run.name(one.plan, name)
            self._to_remove.insert(0, ["volume", "rm", "--force", volume])
            return volume
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        folder = home / "cdk-containers" / "volumes" / one.stack / kept
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # with an access point, any user of a container can write
        return str(folder)


def _credentials(
    provider: Credentials | None, host: Host, path: str, base: str, *, at_once: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the variables with which SDKs find credentials: plain variables, and hidden ones."""
    if provider is None:
        return {}, {}
    if host.like_ecs:
        if at_once:
            return {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path}, {}
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{base}{path}"}, {}
    keys = provider()
    names = {
        "AccessKeyId": "AWS_ACCESS_KEY_ID",
        "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
        "Token": "AWS_SESSION_TOKEN",
    }
    return {}, {variable: keys[name] for name, variable in names.items() if keys and keys.get(name)}

"""AWS as a script: what it answers to each call, held against botocore's models, and a clock that does not wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore import xform_name
from botocore.stub import Stubber

from cdk_containers.cli.operating import common
from cdk_containers.operate.access import Access
from cdk_containers.operate.api import Api
from cdk_containers.operate.clock import Clock
from tests.checks.live.answers import SESSION

NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass(frozen=True)
class Error:
    """What AWS answers when it refuses."""

    code: str
    message: str = ""


class FakeClock(Clock):
    """A clock that is ahead by the time slept. After `ends`, waiting stops."""

    def __init__(self, now: datetime = NOW, *, ends: timedelta = timedelta(hours=3)) -> None:
        self.at = now
        self._end = now + ends
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        assert self.at < self._end, "it waits for something that the script does not tell"


_CLIENT_OF = Api._client

Answer = Any
Told = Mapping[str, Answer | Sequence[Answer] | Callable[[Mapping[str, Any]], Answer]]


class Script:
    """What AWS answers, by `service.operation`: always the same, one after the other, or by what is asked.

    Attributes:
        calls: What was asked, in order: the call, and its parameters.
    """

    def __init__(self, told: Told) -> None:
        self.told: dict[str, Any] = {"sts.get_caller_identity": {"Account": ACCOUNT}, **told}
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._turns: Counter[str] = Counter()
        self._stubbers: dict[int, Stubber] = {}

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.calls}

    def asked(self, name: str) -> list[Mapping[str, Any]]:
        return [parameters for called, parameters in self.calls if called == name]

    def stubbed(self, client: Any) -> Any:
        if id(client) not in self._stubbers:
            stubber = Stubber(client)
            stubber.activate()
            self._stubbers[id(client)] = stubber
            client.meta.events.register_first("provide-client-params.*.*", self._prepare(stubber))
        return client

    def _prepare(self, stubber: Stubber) -> Callable[..., None]:
        service = stubber.client.meta.service_model.service_name

        def prepare(params: Mapping[str, Any], model: Any, **_: Any) -> None:
            operation = xform_name(model.name)
            name = f"{service}.{operation}"
            self.calls.append((name, dict(params)))
            assert name in self.told, f"the script has no answer to {name}({params})"
            answer = self._answer(name, params)
            if isinstance(answer, Error):
                stubber.add_client_error(operation, answer.code, answer.message)
            else:
                stubber.add_response(operation, answer)

        return prepare

    def _answer(self, name: str, params: Mapping[str, Any]) -> Any:
        told = self.told[name]
        if callable(told):
            told = told(params)
        if isinstance(told, list):
            turn = min(self._turns[name], len(told) - 1)
            self._turns[name] += 1
            told = told[turn]
            if callable(told):
                told = told(params)
        return told


def sign_in(monkeypatch: Any, clock: Clock) -> None:
    """Have commands ask with credentials, at the time of a clock."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("CDK_CONTAINERS_READ_ONLY", raising=False)

    def make_access(identity: Any, allowed: Any) -> Access:
        return Access(identity, allowed=allowed, clock=clock, session=SESSION, attempts=0)

    monkeypatch.setattr(common, "make_access", make_access)


def play(monkeypatch: Any, told: Told) -> Script:
    """Have AWS answer by a script from here on."""
    script = Script(told)

    def client(self: Api, service: str, operation: str) -> Any:
        return script.stubbed(_CLIENT_OF(self, service, operation))

    monkeypatch.setattr(Api, "_client", client)
    return script

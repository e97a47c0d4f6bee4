"""One region of an account, of which nothing but what the readers name can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from cdk_containers.checks.templates import Unknown

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError")
_GONE = ("NotFound", "NoSuchEntity", "NonExistent")


class NotAllowed(Exception):  # noqa: N818
    """A call that no reader names: a mistake of this library, stopped before it leaves."""


class Refused(Exception):  # noqa: N818
    """A call that the account refused, or that did not get through; the message is for a reader."""


class Account:
    """An account and region, read by calls that change nothing.

    Attributes:
        region: The region.
        name: Account and region, for a reader.
    """

    def __init__(
        self,
        session: Session,
        *,
        allowed: Mapping[str, Iterable[str]],
        region: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        self.region = region or session.get_config_variable("region") or ""
        self._session = session
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._lock = Lock()
        self._allowed = {service: frozenset(names) for service, names in allowed.items()}
        self.name = self.region

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Call an operation for every page, and give what is under a key.

        Raises:
            Refused: The account refuses the call, or it does not get through.
        """
        client = self._client(service, operation)
        try:
            if client.can_paginate(operation):
                for page in client.get_paginator(operation).paginate(**arguments):
                    yield from page.get(key) or ()
                return
            answer = getattr(client, operation)(**arguments)
            yield from answer.get(key) or ()
            while answer.get("nextToken"):
                answer = getattr(client, operation)(**arguments, nextToken=answer["nextToken"])
                yield from answer.get(key) or ()
        except (BotoCoreError, ClientError) as error:
            raise _refused(service, operation, error) from None

    def call(self, service: str, operation: str, **arguments: Any) -> Any:
        """Call an operation once; None where what it asks for is not there.

        Raises:
            Refused: The account refuses the call, or it does not get through.
        """
        try:
            return getattr(self._client(service, operation), operation)(**arguments)
        except ClientError as error:
            if any(part in error.response["Error"]["Code"] for part in _GONE):
                return None
            raise _refused(service, operation, error) from None
        except BotoCoreError as error:
            raise _refused(service, operation, error) from None

    def perhaps(self, service: str, operation: str, key: str, **arguments: Any) -> Any:
        """Return what is under a key of an answer; an `Unknown` where the call is refused, None where nothing is."""
        try:
            answer = self.call(service, operation, **arguments)
        except Refused as refused:
            return Unknown(str(refused))
        return None if answer is None else answer.get(key)

    def _client(self, service: str, operation: str) -> Any:
        if operation not in self._allowed.get(service, ()):
            raise NotAllowed(f"{service}.{operation} is not among the calls that its reader names")
        with self._lock:
            if service not in self._clients:
                config = Config(retries={"mode": "adaptive", "max_attempts": 8})
                self._clients[service] = self._session.create_client(
                    service, region_name=self.region or None, endpoint_url=self._endpoint, config=config
                )
                self._clients[service].meta.events.register("before-call", self._stop_what_is_not_named)
            return self._clients[service]

    def _stop_what_is_not_named(self, model: Any, **_: Any) -> None:
        """Stop a call on its way out, however it was made."""
        from botocore import xform_name  # noqa: PLC0415

        allowed = self._allowed.get(model.service_model.service_name, ())
        if xform_name(model.name) not in allowed:
            raise NotAllowed(f"{model.name} is not among the calls that the readers name")


def _refused(service: str, operation: str, error: BotoCoreError | ClientError) -> Refused:
    action = f"{service}:{''.join(word.capitalize() for word in operation.split('_'))}"
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        return Refused(f"{action}: {'access denied' if code.startswith(_DENIED) else code}")
    return Refused(f"{action}: {str(error).splitlines()[0]}")

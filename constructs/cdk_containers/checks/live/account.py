"""A region of an account. It permits only the calls that the readers declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import Session

from cdk_containers.checks.templates import Unread

from .actions import action
from .refused import CREDENTIALS, NotAllowed, Refused

_GONE = ("NotFound", "NoSuchEntity", "NonExistent")
_WHO_ASKS = ("sts", "get_caller_identity")
_TOKENS = ("nextToken", "NextToken", "NextMarker")
_ATTEMPTS = 8
_FAILURES = (BotoCoreError, ResponseParserError)
"""Errors without a response from AWS. A proxy can respond with its own page, which cannot be parsed."""


class Account:
    """An account and region, with read-only calls.

    Attributes:
        region: The region.
        id: Account number; empty until `identify` was called.
        remembered: Global resources that readers found, for the next region.
        refused: Calls of `perhaps` that AWS refused, each once.
        called: Service and operation of each call, once.
    """

    def __init__(
        self,
        session: Session,
        *,
        allowed: Mapping[str, Iterable[str]],
        region: str | None = None,
        endpoint: str | None = None,
        attempts: int = _ATTEMPTS,
    ) -> None:
        self.region = region or session.get_config_variable("region") or ""
        self._session = session
        self._endpoint = endpoint
        self._attempts = attempts
        self._clients: dict[str, Any] = {}
        self._lock = Lock()
        self._allowed = {service: frozenset(names) for service, names in allowed.items()}
        self.id = ""
        self.remembered: dict[Any, Any] = {}
        self.refused: dict[str, None] = {}
        self.called: dict[tuple[str, str], None] = {}

    @property
    def name(self) -> str:
        """Account and region, for users."""
        return f"{self.id}/{self.region}" if self.id else self.region

    def identify(self) -> None:
        """Identify the caller. This needs no permission, and fails without credentials.

        Raises:
            Refused: There are no credentials, or AWS does not accept them.
        """
        self.id = self.call("sts", "get_caller_identity")["Account"]

    def in_region(self, region: str) -> Account:
        """Return the same account in another region."""
        other = Account(self._session, allowed=self._allowed, region=region, endpoint=self._endpoint)
        other.id, other.remembered = self.id, self.remembered
        return other

    def pages(self, service: str, operation: str, key: str, /, **arguments: Any) -> Iterator[Any]:
        """Call an operation for every page, and yield the items under a key.

        Raises:
            Refused: AWS refuses the call, or it does not get through.
        """
        client = self._client(service, operation)
        try:
            if client.can_paginate(operation):
                for page in client.get_paginator(operation).paginate(**arguments):
                    yield from page.get(key) or ()
                return
            following: dict[str, Any] = {}
            while True:
                answer = getattr(client, operation)(**arguments, **following)
                yield from answer.get(key) or ()
                following = {name: answer[name] for name in _TOKENS if answer.get(name)}
                if not following:
                    return
        except (ClientError, *_FAILURES) as error:
            raise _refused(service, operation, error) from None

    def call(self, service: str, operation: str, /, **arguments: Any) -> Any:
        """Call an operation once; None if the resource does not exist.

        Raises:
            Refused: AWS refuses the call, or it does not get through.
        """
        try:
            return getattr(self._client(service, operation), operation)(**arguments)
        except ClientError as error:
            if any(part in error.response["Error"]["Code"] for part in _GONE):
                return None
            raise _refused(service, operation, error) from None
        except _FAILURES as error:
            raise _refused(service, operation, error) from None

    def perhaps(self, service: str, operation: str, key: str, /, **arguments: Any) -> Any:
        """Return the value of a key in a response; an `Unread` if the call is refused, None if there is no value."""
        try:
            answer = self.call(service, operation, **arguments)
        except Refused as refused:
            self.refused[str(refused)] = None
            return Unread(str(refused))
        return None if answer is None else answer.get(key)

    def _client(self, service: str, operation: str) -> Any:
        if operation not in self._allowed.get(service, ()) and (service, operation) != _WHO_ASKS:
            raise NotAllowed(f"{service}.{operation} is not a call that its reader declares")
        with self._lock:
            if service not in self._clients:
                config = Config(retries={"mode": "adaptive", "max_attempts": self._attempts})
                self._clients[service] = self._session.create_client(
                    service, region_name=self.region or None, endpoint_url=self._endpoint, config=config
                )
                self._clients[service].meta.events.register("before-call", self._stop_what_is_not_named)
            return self._clients[service]

    def _stop_what_is_not_named(self, model: Any, **_: Any) -> None:
        """Stop any call that is not declared before it is sent."""
        from botocore import xform_name  # noqa: PLC0415

        service, operation = model.service_model.service_name, xform_name(model.name)
        if operation not in self._allowed.get(service, ()) and (service, operation) != _WHO_ASKS:
            raise NotAllowed(f"{model.name} is not a call that the readers declare")
        self.called[service, operation] = None


def _refused(service: str, operation: str, error: BotoCoreError | ClientError | ResponseParserError) -> Refused:
    named = action(service, operation)
    if not isinstance(error, ClientError):
        said = " ".join(str(error).split())
        return Refused(f"{named}: {said}", action=named, code=type(error).__name__, said=said)
    answer = error.response["Error"]
    refused = Refused("", action=named, code=answer["Code"], said=answer.get("Message", ""))
    told = CREDENTIALS.get(refused.code, "access denied" if refused.denied else refused.code)
    return Refused(f"{named}: {told}", action=named, code=refused.code, said=refused.said)

"""Access to AWS: permits and records only the calls that a command declares, and follows the clock of AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from botocore.session import Session

from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.refused import Refused

from .clock import Clock

_Read = TypeVar("_Read")
_Other = TypeVar("_Other")
_NEGLIGIBLE = timedelta(seconds=2)


class Api(Account):
    """An account and region. It permits only the calls that the command declares.

    Attributes:
        clock: The clock of this machine.
        skew: How far the clock of AWS was ahead in the last response.
        unread: What could not be read, and why. Screens show it.
    """

    def __init__(
        self,
        session: Session,
        *,
        allowed: Mapping[str, Iterable[str]],
        region: str | None = None,
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        super().__init__(session, allowed=allowed, region=region, **options)
        self.clock = clock or Clock()
        self.skew = timedelta(0)
        self.unread: dict[str, None] = {}

    def now(self) -> Any:
        """Return the time in UTC by the clock of AWS, which also dates its events."""
        return self.clock.now() + self.skew

    def in_region(self, region: str) -> Api:
        """Return the same account in another region. Its calls are recorded here too."""
        other = Api(
            self._session,
            allowed=self._allowed,
            region=region,
            clock=self.clock,
            endpoint=self._endpoint,
            attempts=self._attempts,
        )
        other.id, other.remembered = self.id, self.remembered
        other.called, other.unread = self.called, self.unread
        return other

    @property
    def partition(self) -> str:
        """The partition of the region, such as `aws` or `aws-cn`."""
        found: str = self._session.get_partition_for_region(self.region)
        return found

    def endpoint_of(self, service: str) -> str:
        """Return the URL of a service in this region."""
        url: str = self._session.create_client(service, region_name=self.region).meta.endpoint_url
        return url

    def if_allowed(self, read: Callable[[], _Read], otherwise: _Other) -> _Read | _Other:
        """Read something that a screen can leave out.

        Raises:
            Refused: The credentials have expired.
        """
        try:
            return read()
        except Refused as refused:
            if refused.credentials:
                raise
            self.unread[str(refused)] = None
            return otherwise

    def _client(self, service: str, operation: str) -> Any:
        known = service in self._clients
        client = super()._client(service, operation)
        if not known:
            client.meta.events.register("after-call", self._note_the_time)
        return client

    def _note_the_time(self, parsed: Mapping[str, Any], **_: Any) -> None:
        told = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if told:
            skew = parsedate_to_datetime(told) - self.clock.now()
            self.skew = skew if abs(skew) > _NEGLIGIBLE else timedelta(0)

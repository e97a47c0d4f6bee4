"""Who asks: the credentials, the role that they take on, and whether the account is the right one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

from .api import Api
from .clock import Clock
from .exits import DENIED, USAGE, Stop

LOOKUP = "lookup"
"""Stands for the role that CDK's bootstrap makes for reading."""
_LOOKUP_ROLE = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-lookup-role-${AWS::AccountId}-${AWS::Region}"
)
"""As CDK's bootstrap names it, where no assembly says another."""


@frozen
class Identity:
    """What a caller says of who asks.

    Attributes:
        profile: The profile of AWS's configuration. Default: what the environment says.
        region: The region, where nothing else says it. Default: that of the environment or the profile.
        role: The ARN of a role to take on, or `lookup` for the one that CDK reads accounts with. Default: none.
    """

    profile: str | None = None
    region: str | None = None
    role: str | None = None


class Access:
    """The accounts and regions that a command reads, one `Api` for each.

    Attributes:
        called: Service and operation of each call, once, whichever account it went to.
        unread: What could not be read, and why; a screen says so and goes on.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        allowed: Mapping[str, Iterable[str]],
        clock: Clock | None = None,
        session: Session | None = None,
        attempts: int | None = None,
    ) -> None:
        self._identity = identity
        self._allowed = {service: tuple(names) for service, names in allowed.items()}
        if identity.role:
            self._allowed["sts"] = (*self._allowed.get("sts", ()), "assume_role")
        self._clock = clock or Clock()
        self._options = {} if attempts is None else {"attempts": attempts}
        self._session = session
        self._first: Api | None = None
        self._apis: dict[tuple[str, str], Api] = {}
        self.called: dict[tuple[str, str], None] = {}
        self.unread: dict[str, None] = {}

    @property
    def clock(self) -> Clock:
        """The clock of this machine."""
        return self._clock

    @property
    def region(self) -> str:
        """The region, where no stack says another."""
        return self._own.region

    def api(self, account: str = "", region: str = "", lookup_role: str = "") -> Api:
        """Return the way to an account and region, made once.

        Args:
            account: The number of the account. Default: whichever the credentials are of.
            region: The region. Default: that of the caller.
            lookup_role: What the assembly says of the role that reads the account for CDK.

        Raises:
            Stop: There are no credentials, no region, or the credentials are of another account.
            Refused: The role cannot be taken on.
        """
        key = account, region
        if key not in self._apis:
            self._apis[key] = self._made(account, region, lookup_role)
        return self._apis[key]

    def _made(self, account: str, region: str, lookup_role: str) -> Api:
        own = self._own
        if self._identity.role:
            return self._assumed(account or own.id, region or own.region, lookup_role)
        if account and account != own.id:
            raise Stop(
                DENIED,
                f"the credentials are of account {own.id}, and the stack is of account {account}",
                "choose a --profile of that account, or add --role lookup to read it by the role of CDK's bootstrap",
                account=own.id,
                wanted=account,
            )
        return own if region in ("", own.region) else own.in_region(region)

    @property
    def _own(self) -> Api:
        if self._first is None:
            region = self._identity.region or os.environ.get("AWS_REGION")  # botocore reads AWS_DEFAULT_REGION only
            self._first = self._of(self._session or _session(self._identity.profile), region)
            if not self._first.region:
                raise Stop(USAGE, "no region; add --region, or set AWS_REGION or the region of the profile")
            self._first.identify()
        return self._first

    def _of(self, session: Session, region: str | None) -> Api:
        api = Api(session, allowed=self._allowed, region=region, clock=self._clock, **self._options)
        api.called, api.unread = self.called, self.unread
        return api

    def _assumed(self, account: str, region: str, lookup_role: str) -> Api:
        role = self._identity.role or ""
        if role == LOOKUP:
            role = lookup_role or _LOOKUP_ROLE
        own = self._own
        session = own._session  # noqa: SLF001
        known = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": session.get_partition_for_region(region),
        }
        arn = re.sub(r"\$\{([^}]+)\}", lambda found: known.get(found[1], found[0]), role)
        try:
            answer = own.call("sts", "assume_role", RoleArn=arn, RoleSessionName="cdk-containers") or {}
        except Refused as refused:
            if not refused.denied:
                raise
            raise Stop(
                DENIED,
                f"{arn} cannot be taken on: {refused.said or refused}",
                "it is there after `cdk bootstrap`, and may be taken on by its own account and by those that are "
                "trusted with `--trust-for-lookup`",
                action=refused.action,
            ) from None
        assumed = Session()
        given: Any = answer["Credentials"]
        assumed.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        api = self._of(assumed, region)
        api.id = account
        return api


def _session(profile: str | None) -> Session:
    try:
        session = Session(profile=profile)
        session.get_credentials()  # it reads the profile, and says when there is none of this name
    except BotoCoreError as error:
        raise Stop(USAGE, str(error)) from None
    return session

"""Credentials for the calls: the profile, the role to assume, and whether they belong to the right account."""

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
"""Word for the lookup role of the CDK bootstrap stack."""
_LOOKUP_ROLE = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-lookup-role-${AWS::AccountId}-${AWS::Region}"
)
"""Name that the bootstrap stack gives the lookup role, if no assembly sets another one."""


@frozen
class Identity:
    """Identity to use for calls, as given on the command line.

    Attributes:
        profile: Profile of the AWS configuration. Default: as set in the environment.
        region: Region for stacks that set none. Default: region of the environment or the profile.
        role: ARN of a role to assume, or `lookup` for the lookup role of CDK. Default: none.
    """

    profile: str | None = None
    region: str | None = None
    role: str | None = None


class Access:
    """The accounts and regions that a command reads, one `Api` for each.

    Attributes:
        called: Service and operation of each call, each once, in all accounts.
        unread: What could not be read, and why. Screens show it.
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
        """The region for stacks that set none."""
        return self._own.region

    def api(self, account: str = "", region: str = "", lookup_role: str = "") -> Api:
        """Return the API of an account and region. It is created once.

        Args:
            account: Account number. Default: the account of the credentials.
            region: Region. Default: the region of the caller.
            lookup_role: Lookup role of CDK, as the assembly names it.

        Raises:
            Stop: There are no credentials, there is no region, or the credentials belong to another account.
            Refused: The role cannot be assumed.
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
                f"the credentials belong to account {own.id}, but the stack is in account {account}",
                "choose a --profile of that account, or add --role lookup to read it with the lookup role of CDK",
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
                f"cannot assume {arn}: {refused.said or refused}",
                "`cdk bootstrap` creates it; its own account can assume it, and so can the accounts that you "
                "trust with `--trust-for-lookup`",
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
        session.get_credentials()  # reads the profile, and raises an error if no profile has this name
    except BotoCoreError as error:
        raise Stop(USAGE, str(error)) from None
    return session

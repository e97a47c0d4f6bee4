"""The account for `check --live`, and errors that prevent the checks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .errors import UsageError

if TYPE_CHECKING:
    from cdk_containers.checks.engine import Check, Report
    from cdk_containers.checks.live.account import Account
    from cdk_containers.checks.templates import Estate

_INSTALL = '--live needs boto3: pip install "cdk-containers[live]"'


def read_live(regions: Sequence[str], profile: str | None, checks: Sequence[Check]) -> tuple[Report, Estate]:
    """Check the deployed resources in some regions of the credentials' account.

    Raises:
        UsageError: boto3 is not installed, or there are no credentials, no region or no such profile.
    """
    try:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (only who looks at an account needs it)

        from cdk_containers.checks.live.survey import survey  # noqa: PLC0415
    except ImportError:
        raise UsageError(f"--live: {_INSTALL}") from None
    try:
        accounts = _accounts(list(dict.fromkeys(regions)), profile)
    except BotoCoreError as error:
        raise UsageError(f"--live: {error}") from None
    return survey(accounts, checks)


def _accounts(regions: Sequence[str], profile: str | None) -> list[Account]:
    from botocore.session import Session  # noqa: PLC0415

    from cdk_containers.checks.live import allowed_calls  # noqa: PLC0415
    from cdk_containers.checks.live.account import Account  # noqa: PLC0415
    from cdk_containers.checks.live.refused import Refused  # noqa: PLC0415

    session = Session(profile=profile)
    session.get_credentials()  # reads the profile, and raises an error if no profile has this name
    region = regions[0] if regions else os.environ.get("AWS_REGION")
    first = Account(session, allowed=allowed_calls(), region=region)
    if not first.region:
        raise UsageError("--live: no region is set; add --region, or set AWS_REGION or the region of the profile")
    try:
        first.identify()
    except Refused as refused:
        raise UsageError(f"--live: {refused}") from None
    return [first, *(first.in_region(region) for region in regions[1:])]

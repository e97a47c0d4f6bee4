"""Quotas: whether the quotas of the account are enough for the stacks."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.limits import Need, needs
from cdk_containers.checks.live.refused import Refused

from .found import Found, Verdict, unless_signed_out
from .place import Place

_SHARE = 0.5
"""Share of the AWS default from which the account's quota is read. No account has less than the default."""
_GLOBAL = "us-east-1"
"""Region in which Service Quotas lists the quotas of IAM."""


def verify_quotas(place: Place) -> Iterator[Found]:
    """Yield the result for each quota that the stacks use a large part of.

    Other resources in the account are not counted.
    """
    for need in needs(place.estate):
        if need.environment in place.environments and need.quota.code:
            if need.amount >= _SHARE * need.quota.value:
                yield _judged(place, need)
            elif need.unknown:
                yield _found(need, "not checked", f"at least {need.amount:g} needed; {need.unknown[0]}")


def _judged(place: Place, need: Need) -> Found:
    try:
        value = _value(place, need)
    except Refused as refused:
        return _found(need, "not checked", unless_signed_out(refused))
    if need.amount > value:
        says = f"the stacks need {need.amount:g}, but the quota of the account is {value:g}"
        return _found(need, "fails", says, f"request an increase in Service Quotas: {need.quota.code}")
    if need.unknown:
        return _found(need, "not checked", f"at least {need.amount:g} of {value:g} needed; {need.unknown[0]}")
    return _found(need, "ok", f"{need.amount:g} of {value:g}")


def _value(place: Place, need: Need) -> float:
    service, _, code = need.quota.code.partition("/")
    api = place.api.in_region(_GLOBAL) if service == "iam" and place.api.partition == "aws" else place.api
    try:
        answer = api.call("service-quotas", "get_service_quota", ServiceCode=service, QuotaCode=code) or {}
    except Refused as refused:
        if refused.code != "NoSuchResourceException":
            raise
        answer = {}  # the account has the default
    return float(answer.get("Quota", {}).get("Value", need.quota.value))


def _found(need: Need, verdict: Verdict, says: str, way: str = "") -> Found:
    name = f"{need.quota.counts} ({need.quota.id})"
    return Found(what="quota", name=name, where=need.of or need.quota.of, verdict=verdict, says=says, way=way)

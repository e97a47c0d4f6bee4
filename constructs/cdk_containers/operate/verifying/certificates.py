"""Certificates that templates refer to: whether they are issued, and how long they are valid."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from cdk_containers.checks.live.refused import Refused

from ..words import many
from .found import Found, Verdict, unless_signed_out
from .place import Place

_ARN = re.compile(r"arn:aws[\w-]*:acm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):certificate/[\w-]+")
_SOON = 14
"""ACM renews 60 days before expiry. A certificate with fewer days left does not renew automatically."""


def verify_certificates(place: Place) -> Iterator[Found]:
    """Yield the result for each certificate that a template names by its ARN."""
    users: dict[str, str] = {}
    for resource in place.resources():
        for it in _ARN.finditer(json.dumps(resource.declaration)):
            users.setdefault(it[0], resource.construct_path or resource.logical_id)
    for arn, where in users.items():
        told = _ARN.fullmatch(arn)
        region = told["region"] if told else place.api.region
        api = place.api if region == place.api.region else place.api.in_region(region)
        try:
            answer = api.call("acm", "describe_certificate", CertificateArn=arn)
        except Refused as refused:
            yield _found(arn, where, "not checked", unless_signed_out(refused))
            continue
        yield _judged(arn, where, (answer or {}).get("Certificate"), api.now())


def _judged(arn: str, where: str, told: Any, now: Any) -> Found:
    if told is None:
        return _found(arn, where, "fails", "there is no such certificate", "request it, or correct the ARN")
    name, status = told.get("DomainName", arn), told.get("Status", "")
    if status == "PENDING_VALIDATION":
        way = "add the DNS record that ACM requests; a load balancer accepts the certificate only after validation"
        return _found(name, where, "fails", "it waits for validation", way)
    if status != "ISSUED":
        return _found(name, where, "fails", f"its status is {status}", "request a new one")
    days = (told["NotAfter"] - now).days if "NotAfter" in told else None
    if days is not None and days < _SOON:
        return _found(name, where, "fails", f"it expires in {many(max(days, 0), 'day')}", "renew or import it again")
    return _found(name, where, "ok", "issued" if days is None else f"issued, valid for {many(days, 'more day')}")


def _found(name: str, where: str, verdict: Verdict, says: str, way: str = "") -> Found:
    return Found(what="certificate", name=name, where=where, verdict=verdict, says=says, way=way)

"""The data of quotas: each has a source, a date and a sense."""

from __future__ import annotations

import re
from datetime import date

import pytest

from cdk_containers.model.limits import UnknownQuotaError, quota, quotas


@pytest.mark.parametrize("id_", quotas())
def test_a_quota_says_where_it_is_from(id_: str):
    it = quota(id_)
    assert it.source.startswith("https://docs.aws.amazon.com/")
    assert date.fromisoformat(it.date) <= date(2026, 12, 31)
    assert re.fullmatch(r"[a-z0-9-]+", it.id)
    assert it.scope in {"resource", "region", "zone", "account"}
    assert it.code == "" or re.fullmatch(r"[a-z0-9]+/L-[0-9A-F]{8}", it.code)
    assert it.value > 0
    assert it.most is None or it.most > it.value


def test_codes_are_of_one_quota_each():
    codes = [it.code for it in quotas().values() if it.code]
    assert len(codes) == len(set(codes)) > 30


def test_what_cannot_be_raised_has_its_value_as_ceiling():
    assert quota("stack-resources").ceiling == 500
    assert quota("alb-rules").ceiling is None
    assert quota("roles").ceiling == 10_000


def test_an_unknown_quota_names_the_nearest():
    with pytest.raises(UnknownQuotaError, match="did you mean 'alb-rules'"):
        quota("alb-rule")

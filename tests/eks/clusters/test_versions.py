from datetime import date

import pytest
from aws_cdk import aws_eks_v2 as eks

from cdk_containers.core.kubernetes_versions import READ, VERSIONS
from cdk_containers.eks.clusters.versions import support_warning


def test_versions_are_in_order_and_their_support_ends_in_order():
    assert list(VERSIONS) == [f"1.{minor}" for minor in range(32, 32 + len(VERSIONS))]
    known = [support for support in VERSIONS.values() if support.standard is not None]
    assert len(known) >= 4
    for support in known:
        assert support.standard is not None
        assert support.extended == support.standard.replace(year=support.standard.year + 1)
        assert support.extended > READ
    assert [support.standard for support in known] == sorted(support.standard or READ for support in known)


def test_the_newest_version_is_the_newest_that_cdk_knows():
    newest = max(int(name.removeprefix("V1_")) for name in dir(eks.KubernetesVersion) if name.startswith("V1_"))
    assert list(VERSIONS)[-1] == f"1.{newest}", "compare VERSIONS with its source"


@pytest.mark.parametrize(
    ("version", "today", "standard_only", "said"),
    [
        ("1.33", date(2026, 7, 28), True, None),
        ("1.33", date(2026, 7, 29), True, "standard support of Kubernetes 1.33 ended on 2026-07-29"),
        ("1.33", date(2026, 7, 29), False, None),
        ("1.33", date(2027, 7, 29), False, "extended support of Kubernetes 1.33 ended on 2027-07-29"),
        ("1.36", date(2027, 8, 1), True, None),
    ],
)
def test_the_end_of_support_is_a_warning(version: str, today: date, *, standard_only: bool, said: str | None):
    warning = support_warning(version, standard_only=standard_only, today=today)
    assert (warning is None) == (said is None)
    assert (said or "") in (warning or "")

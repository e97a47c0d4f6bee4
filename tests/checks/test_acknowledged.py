"""What somebody has accepted in the metadata of a resource, for these checks or for another checker."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.engine import Finding, run_checks
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate

WHY = "nobody deploys from it"


def found(metadata: Any) -> Finding:
    estate = Estate()
    estate.add("t.yaml", {"Resources": {"Images": {"Type": "AWS::ECR::Repository", "Metadata": metadata}}})
    (one,) = [it for it in run_checks(estate, CHECKS).findings if it.practice == "immutable-tags"]
    return one


@pytest.mark.parametrize(
    "metadata",
    [
        {"cdk_containers": {"opt_outs": {"immutable-tags": WHY}}},
        {"checkov": {"skip": [{"id": "CKV_AWS_136", "comment": "x"}, {"id": "CKV_AWS_51", "comment": f" {WHY} "}]}},
        {
            "cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-X", "reason": "x"}]},
            "checkov": {"skip": [{"id": "CKV_AWS_51", "comment": WHY}]},
        },
    ],
)
def test_a_reason_is_honoured(metadata: Any):
    assert found(metadata).acknowledged == WHY


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"cdk_containers": {"opt_outs": {"scan-on-push": WHY, "immutable-tags": " "}}},
        {"checkov": {"skip": [{"id": "CKV_AWS_136", "comment": WHY}, {"id": "CKV_AWS_51"}, "CKV_AWS_51"]}},
        {"checkov": {"skip": "CKV_AWS_51"}},
        {"checkov": [{"id": "CKV_AWS_51", "comment": WHY}]},
        {"cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-ECS4", "reason": WHY}]}},
        "text",
    ],
)
def test_another_practice_or_no_reason_accepts_nothing(metadata: Any):
    assert (found(metadata).verdict, found(metadata).acknowledged) == ("fail", "")


def test_a_reason_for_cdk_nag_is_one_for_the_practice_that_it_asks_for():
    estate = Estate()
    metadata = {"cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-ECS4", "reason": WHY}]}}
    estate.add("t.yaml", {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster", "Metadata": metadata}}})
    accepted = {it.practice: it.acknowledged for it in run_checks(estate, CHECKS).acknowledged}
    assert accepted == {"container-insights": WHY}

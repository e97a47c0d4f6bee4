"""An estate with a finding of each verdict, and names that need care in every format."""

from __future__ import annotations

from typing import Any

from cdk_containers.checks import rules
from cdk_containers.checks.engine import CHECKS, run_checks
from cdk_containers.checks.reports import Results
from cdk_containers.checks.templates import Estate

assert rules.__all__
SCANNED = {"ImageScanningConfiguration": {"ScanOnPush": True}}
PRACTICES = {"immutable-tags", "scan-on-push"}
ODD = "<b>|`*\"'&]]>"
"""A construct path: nothing of it is markup."""


def repository(properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::ECR::Repository", "Properties": {**SCANNED, **(properties or {})}, **more}


RESOURCES = {
    "Fails": repository(Metadata={"aws:cdk:path": f"Shop/{ODD}/Resource"}),
    "Passes": repository({"ImageTagMutability": "IMMUTABLE"}),
    "Unknown": repository({"ImageTagMutability": {"Ref": "Mutability"}}),
    "Accepted": repository(Metadata={"cdk_containers": {"opt_outs": {"immutable-tags": "a <sandbox>"}}}),
}
NOT_CHECKED = ("other.yaml: line 3: <broken> & | so",)


def results(resources: dict[str, Any] | None = None, *, path: str = "a dir/shop.yaml", **options: Any) -> Results:
    estate = Estate()
    source = {
        "Resources": RESOURCES if resources is None else resources,
        "Parameters": {"Mutability": {"Type": "String"}},
    }
    estate.add(path, source, line_of=lambda id_: [*source["Resources"]].index(id_) * 10 + 2)
    checks = [check for check in CHECKS if check.practice in PRACTICES]
    return Results(run_checks(estate, checks, not_checked=NOT_CHECKED), estate, **options)

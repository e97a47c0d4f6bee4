"""What importing the library costs, counted: modules, calls into CDK's process, and constructors that are compiled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cdk_containers
from cdk_containers.core import cdk_modules

WEB_SERVICE = ("Cluster", "Network", "Repository", "WebService")
ROOT = Path(__file__).parents[1]
MODULES = 245
"""Modules of ours that it takes. Raise it only for what a web service cannot do without."""
CDK_MODULES = {
    "applicationautoscaling",
    "autoscaling",
    "cloudwatch",
    "ec2",
    "ecr_assets",
    "ecs",
    "elasticloadbalancing",
    "elasticloadbalancingv2",
    "iam",
    "logs",
    "s3_assets",
}
"""Those that these names need, and those that CDK loads for them."""
USED_AT_IMPORT = {
    "Acknowledgement",
    "CallingConnector",
    "Concern",
    "Connector",
    "Disabled",
    "FargateCapacity",
    "LaunchType",
    "PlacementStrategy",
    "PortRange",
    "RolloutTimings",
    "ServiceKind",
    "_Field",
    "_Kind",
}
"""Classes that defaults and tables are made of, and connectors, which are no frozen dataclasses."""

SCRIPT = """
import json, sys
import aws_cdk
from jsii._kernel.providers import process

sent, send = [], process._NodeProcess.send
def counting(self, request, response_type):
    sent.append(type(request).__name__)
    return send(self, request, response_type)
process._NodeProcess.send = counting

import cdk_containers
from cdk_containers.core.frozen import MadeOnUse
for name in sys.argv[1].split(","):
    getattr(cdk_containers, name)
calls = list(sent)
ours = [name for name in sys.modules if name.partition(".")[0] == "cdk_containers"]
classes = {kind for name in ours for kind in vars(sys.modules[name]).values() if isinstance(kind, type)}
values = [kind for kind in classes if "__dataclass_fields__" in vars(kind)]
print(json.dumps({
    "ours": len(ours),
    "cdk": sorted(name for name in sys.modules if name.startswith("aws_cdk.aws_") and name.count(".") == 1),
    "calls": calls,
    "calls of a stack": len([aws_cdk.Stack(), *sent]) - 1,
    "compiled": sorted(kind.__name__ for kind in values if not isinstance(vars(kind)["__init__"], MadeOnUse)),
    "not compiled": len([kind for kind in values if isinstance(vars(kind)["__init__"], MadeOnUse)]),
}))
"""


def imported(*names: str) -> dict[str, Any]:
    """Return what a new process says that imports these names."""
    command = [sys.executable, "-c", SCRIPT, ",".join(names)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(json.loads(ended.stdout))


@pytest.fixture(scope="module")
def web_service() -> dict[str, Any]:
    return imported(*WEB_SERVICE)


def test_a_web_service_takes_no_more_modules_than_it_did(web_service: dict[str, Any]):
    assert 100 < web_service["ours"] <= MODULES


def test_a_web_service_takes_no_more_modules_of_cdk_than_it_did(web_service: dict[str, Any]):
    assert {"aws_cdk.aws_ecs"} <= set(web_service["cdk"]) <= {f"aws_cdk.aws_{name}" for name in CDK_MODULES}


def test_no_constructor_is_compiled_that_nobody_has_called(web_service: dict[str, Any]):
    assert web_service["not compiled"] > 100
    assert set(web_service["compiled"]) == USED_AT_IMPORT


def test_no_name_calls_cdk_when_it_is_imported():
    found = imported(*cdk_containers.__all__)
    assert found["calls"] == []
    assert found["calls of a stack"] > 0
    assert found["ours"] > 400


def test_a_module_of_cdk_is_loaded_when_something_of_it_is_used():
    script = (
        "import sys; from cdk_containers.core.cdk_modules import sqs; name = 'aws_cdk.aws_sqs';"
        "before = name in sys.modules; used = sqs.Queue;"
        "print(before, used is sys.modules[name].Queue, vars(sqs)['Queue'] is used)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.split() == ["False", "True", "True"]


def test_every_module_of_cdk_that_is_named_is_there():
    named = {name: value for name, value in vars(cdk_modules).items() if type(value).__name__ == "_LoadedOnUse"}
    assert len(named) > 15
    assert [name for name, value in named.items() if not value.__all__] == []

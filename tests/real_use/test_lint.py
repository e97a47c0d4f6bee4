"""cfn-lint finds nothing in the templates of all these applications."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest

from tests.real_use import (
    test_django,
    test_everything_imported,
    test_gpu_worker,
    test_internal_grpc,
    test_root_on_efs,
    test_two_accounts,
)
from tests.real_use.synthesis import synthesize
from tests.stacks.test_compliance import cfn_lint

BUILDERS: list[Callable[[cdk.App], None]] = [
    test_django.build,
    lambda app: test_django.build(app, broker="sqs"),
    test_root_on_efs.build,
    test_internal_grpc.build,
    test_two_accounts.build,
    test_two_accounts.build_with_lattice,
    test_gpu_worker.build,
    test_everything_imported.build,
]


@pytest.mark.slow
def test_cfn_lint_finds_nothing() -> None:
    files: list[Path] = []
    for build in BUILDERS:
        app = cdk.App()
        build(app)
        files += synthesize(app).files.values()
    assert len(files) == 14
    assert cfn_lint(*files) == []

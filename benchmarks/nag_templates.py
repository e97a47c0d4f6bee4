"""Run cdk-nag's AwsSolutions pack on templates: each one is included into a stack, which is what cdk-nag needs."""

from __future__ import annotations

import os
import sys

os.environ["CDK_VALIDATION"] = "false"

import aws_cdk as cdk
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import AwsSolutionsChecks


def main() -> None:
    """Include the templates, and look at them."""
    app = cdk.App()
    for number, path in enumerate(sys.argv[1:]):
        CfnInclude(cdk.Stack(app, f"S{number}"), "Template", template_file=path)
    print(f"{len(AwsSolutionsChecks().validate_scope(app).violations)} findings")


if __name__ == "__main__":
    main()

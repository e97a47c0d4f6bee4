"""Who may deliver what: the roles that workflows of GitHub and pipelines of GitLab take in the reference stacks."""

from __future__ import annotations

import pytest

from tests.iam.evaluation import who_can, who_surely_can

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]

ACCOUNTS = {"staging": "111111111111", "live": "222222222222"}


def names(assembly: Assembly, found: set[str]) -> set[str]:
    """Return the names of roles without that of the environment of the assembly."""
    return {
        assembly.template(stack.removeprefix(f"{assembly.environment}-"))["Resources"][role]["Properties"][
            "RoleName"
        ].removeprefix(f"{assembly.environment}-")
        for stack, _, role in (one.partition("/") for one in found)
    }


@pytest.mark.parametrize("environment", ACCOUNTS)
@pytest.mark.parametrize("kind", ["deploy", "file-publishing", "image-publishing", "lookup"])
def test_each_environment_is_deployed_by_its_own_roles_only(assembly: Assembly, environment: str, kind: str) -> None:
    stacks = {f"{assembly.environment}-delivery-{name}" for name in ACCOUNTS}
    templates = {name: template for name, template in assembly.templates.items() if name in stacks}
    assert templates.keys() == stacks
    arn = (
        f"arn:<Partition>:iam::{ACCOUNTS[environment]}:role/cdk-hnb659fds-{kind}-role-{ACCOUNTS[environment]}-eu-west-1"
    )
    own = {f"shop-{environment}-deploy", f"billing-{environment}-deploy"}
    assert names(assembly, who_surely_can(templates, "sts:AssumeRole", arn)) == own
    assert names(assembly, who_can(templates, "sts:AssumeRole", arn)) == own


def test_the_role_that_builds_pushes_and_does_nothing_else(assembly: Assembly) -> None:
    name = f"{assembly.environment}-delivery-staging"
    template = assembly.template("delivery-staging")
    for service in ("shop", "billing"):
        repository = next(
            logical_id
            for logical_id, entry in template["Resources"].items()
            if entry["Properties"].get("RepositoryName", "").endswith(service)
        )
        arn = f"arn:<Partition>:ecr:<Region>:<AccountId>:repository/<{name}/{repository}>"
        pushing = names(assembly, who_can({name: template}, "ecr:PutImage", arn))
        assert pushing == {f"{service}-build"}
    for action in ("sts:AssumeRole", "cloudformation:UpdateStack", "ecs:UpdateService", "iam:PassRole"):
        assert not {one for one in names(assembly, who_can({name: template}, action, "*")) if one.endswith("-build")}

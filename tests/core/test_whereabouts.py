import aws_cdk as cdk
import pytest
from constructs import Construct

from cdk_containers.core.whereabouts import unique_id_of


@pytest.mark.parametrize(
    "path",
    [
        ["Shop"],
        ["Shop", "Web", "Service", "SecurityGroup"],
        ["Stage", "Shop", "web-1", "ö", "Resource"],
        ["Shop", "Default", "Group"],
        ["Shop", "WebShop", "Shop", "p", "Web"],
        ["Shop", "a/b", "b"],
        ["Shop", *(f"Part{number}OfAPath" for number in range(30))],
    ],
    ids=lambda path: "/".join(path)[:40],
)
def test_the_unique_id_is_the_one_of_cdk(path: list[str]):
    scope: Construct = cdk.App()
    for name in path:
        scope = Construct(scope, name)
    assert unique_id_of(scope) == cdk.Names.node_unique_id(scope.node)

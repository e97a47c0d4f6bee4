"""Options by their names: a misspelt one, a missing one, a value without a name."""

from __future__ import annotations

import copy
import inspect
from dataclasses import is_dataclass, replace
from typing import Any

import pytest
from constructs import Construct

import cdk_containers
from cdk_containers import (
    AlbExposure,
    Application,
    BackendService,
    Cluster,
    ConstructError,
    Container,
    Environment,
    FargateCapacity,
    Image,
    ManagedInstancesCapacity,
    Network,
    Port,
    Repository,
    TaskOptions,
    WebService,
    WorkerService,
)
from cdk_containers.core.inputs.calls import check_names
from tests.toolkit import IMAGE, backend, certificate, cluster, new_stack, resources, synth

ANY: Any = None


def problems_of(make: Any) -> tuple[str, dict[str, str]]:
    with pytest.raises(ConstructError) as caught:
        make()
    assert str(caught.value).splitlines()[0].startswith(caught.value.path)
    return caught.value.path, {p.option: f"{p.what} / {p.allowed}" for p in caught.value.problems}


def test_a_misspelt_option_is_told_by_the_class_that_was_called_with_everything_else():
    stack = new_stack()
    given: dict[str, Any] = {"imagee": "nginx", "cpu": "x", "exposure": AlbExposure(port=8080)}
    path, problems = problems_of(lambda: WebService(stack, "Web", **given))
    assert path == "Shop/Web"
    assert problems["imagee"] == "WebService does not have this option / the nearest is image"
    assert problems.keys() == {"imagee", "cpu", "image", "exposure.certificate"}
    assert not stack.node.children


def test_the_value_counts_under_the_name_that_is_meant():
    _, problems = problems_of(lambda: BackendService(new_stack(), "Orders", imagee=IMAGE))
    assert problems.keys() == {"imagee"}


def test_it_is_the_type_error_that_python_would_have_raised():
    made: Any = {"imagee": IMAGE}
    with pytest.raises(TypeError, match="BackendService does not have this option"):
        BackendService(new_stack(), "Orders", **made)


def test_where_no_name_is_near_all_are_listed():
    _, problems = problems_of(lambda: Cluster(new_stack(), "Cluster", zzz=1))
    assert "one of capacity, " in problems["zzz"]


def test_a_kind_with_a_constructor_of_its_own_and_its_import():
    stack = new_stack()
    assert problems_of(lambda: WorkerService(stack, "A", image=IMAGE, quue=3))[1].keys() == {"quue", "queue"}
    path, problems = problems_of(lambda: Network.from_attributes(stack, "B", vpcid="vpc-1"))
    assert path == "Shop/B"
    assert problems == {
        "vpcid": "Network.from_attributes does not have this option / the nearest is vpc_id",
        "availability_zones": "Network.from_attributes needs it / Sequence[str]",
        "private_subnet_ids": "Network.from_attributes needs it / Sequence[str]",
    }
    _, problems = problems_of(lambda: BackendService.from_attributes(stack, "C", cluster=cluster(stack)))
    assert problems["service_arn"] == "BackendService.from_attributes needs it / str"
    assert [child.node.id for child in stack.node.children if child.node.id in ("A", "B", "C")] == []


def test_options_that_an_application_fills_in():
    shop = Application(new_stack(), "Shop", network=ANY)
    _, problems = problems_of(lambda: shop.add(BackendService, "Orders", imgae=IMAGE))
    assert problems == {"imgae": "BackendService does not have this option / the nearest is image"}


def test_values_say_it_when_they_are_made():
    assert problems_of(lambda: AlbExposure(prot=8080)) == (
        "AlbExposure",
        {
            "prot": "AlbExposure does not have this option / the nearest is port",
            "certificate": 'HTTPS needs a certificate / a certificate; or https=Disabled(reason="…") for plain HTTP',
        },
    )
    assert problems_of(Port) == ("Port", {"number": "Port needs it / int"})
    path, problems = problems_of(lambda: Image.from_asset(directry="/none"))
    assert (path, problems["directry"]) == (
        "Image.from_asset",
        "Image.from_asset does not have this option / the nearest is directory",
    )
    assert problems_of(lambda: FargateCapacity.spot(wieght=3))[1].keys() == {"wieght"}
    assert problems_of(lambda: Environment.development(nme="dev"))[1].keys() == {"nme"}


def test_values_without_a_name():
    make: Any = Port
    assert problems_of(lambda: make(8080))[1] == {
        "arguments": "the options of Port must be passed by name / Port(app_protocol=…)",
        "number": "Port needs it / int",
    }
    web: Any = BackendService
    _, problems = problems_of(lambda: web(new_stack(), "Web", IMAGE))
    assert (
        problems["arguments"]
        == "the options of BackendService must be passed by name / BackendService(scope, id, alarms=…)"
    )


def test_what_may_be_passed_without_a_name_may_also_have_one():
    add = check_names(lambda one, other: one + other, bound=0, makes="anything")
    assert add(1, 2) == add(1, other=2) == add(one=1, other=2) == 3
    with pytest.raises(ConstructError, match="must be passed by name"):
        add(1, 2, 3)


def test_a_construct_without_a_place_or_a_required_option():
    make: Any = ManagedInstancesCapacity
    assert problems_of(lambda: make(new_stack(), "Instances"))[1] == {
        "cluster": "ManagedInstancesCapacity needs it / Cluster"
    }
    assert problems_of(lambda: make(new_stack())) == (
        "ManagedInstancesCapacity",
        {"id": "ManagedInstancesCapacity needs it / str", "cluster": "ManagedInstancesCapacity needs it / Cluster"},
    )


def test_methods_answer_for_their_options():
    stack = new_stack()
    images = Repository(stack, "Images")
    path, problems = problems_of(lambda: images.image(tga="1.4.2"))
    assert (path, problems) == (
        "Repository.image",
        {"tga": "Repository.image does not have this option / the nearest is tag"},
    )
    web, api = backend(stack, "Web"), backend(stack, "Api")
    assert problems_of(lambda: web.connect_to(api, enviroment="API"))[1].keys() == {"enviroment"}
    assert images.image("1.4.2").problems() == []


def test_what_is_right_is_made_as_before():
    exposure = AlbExposure(port=8080)
    assert replace(exposure, port=8081).port == 8081
    assert copy.deepcopy(exposure) == copy.copy(exposure) == exposure
    assert "port: 'int'" in str(inspect.signature(AlbExposure))
    assert "image" in inspect.signature(WebService.__init__).parameters


class Mine(WebService):
    """A kind of a user's own."""

    def __init__(self, scope: Construct, id: str, *, port: int, **options: Any) -> None:  # noqa: A002
        super().__init__(
            scope, id, exposure=AlbExposure(port=port, certificate=certificate(scope)), image=IMAGE, **options
        )


def test_a_subclass_of_a_user():
    stack = new_stack()
    path, problems = problems_of(lambda: Mine(stack, "Mine", port=8080, cluser=cluster(stack)))
    assert (path, problems) == ("Shop/Mine", {"cluser": "Mine does not have this option / the nearest is cluster"})
    Mine(stack, "Mine", port=8080, cluster=cluster(stack))
    assert resources(synth(stack), "AWS::ECS::Service")


@pytest.mark.parametrize("name", cdk_containers.__all__)
def test_no_public_class_lets_a_type_error_out(name: str):
    owner: Any = getattr(cdk_containers, name)
    if not inspect.isclass(owner) or not (is_dataclass(owner) or issubclass(owner, Construct)):
        return
    if is_dataclass(owner) and not hasattr(owner, "problems"):
        return
    stack = new_stack()
    place = (stack, "Made") if issubclass(owner, Construct) else ()
    path, problems = problems_of(lambda: owner(*place, no_such_option=1))
    assert path == ("Shop/Made" if place else name)
    assert problems["no_such_option"].startswith(f"{name} does not have this option")
    assert not stack.node.children


def test_a_task_with_two_mistakes_in_two_values():
    _, problems = problems_of(lambda: TaskOptions(architecture="ARM", operating_sytem="LINUX"))
    assert problems.keys() == {"operating_sytem", "architecture"}
    assert problems_of(lambda: Container(image="nginx", enviroment={"A": "b"}))[1].keys() == {
        "enviroment",
        "image",
    }

"""Workloads of a cluster that call each other."""

from __future__ import annotations

import pytest

from cdk_containers import ConstructError, KubernetesService, Port
from tests.eks.manifest_checks import check
from tests.eks.workloads.made import daemon, job, only, service, variables, worker
from tests.toolkit import IMAGE, container, equipped_cluster, new_stack, web

LISTENS = container(ports=[Port(number=8080, name="http"), Port(number=6379, name="cache")])


def test_the_caller_is_told_and_let_in():
    stack = new_stack()
    orders, caller = service(stack, "Orders", container=LISTENS), service(stack, "Web")
    assert only(orders, "NetworkPolicy")["spec"]["ingress"] == []
    caller.connect_to(orders)
    assert variables(caller)["ORDERS_URL"] == "http://orders.apps.svc.cluster.local:8080"
    [rule] = only(orders, "NetworkPolicy")["spec"]["ingress"]
    assert rule["from"][0]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    files = caller.cluster.manifests.files
    assert list(files["apps-web"]) == caller.manifests, "the folder has what the workload says"
    assert list(files["apps-orders"]) == orders.manifests
    check([*files["namespace-apps"], *orders.manifests, *caller.manifests])


def test_a_port_by_its_name_has_the_scheme_of_its_clients():
    stack = new_stack()
    orders = service(stack, "Orders", container=LISTENS)
    caller = service(stack, "Web")
    caller.connect_to(orders, port="cache")
    assert variables(caller)["ORDERS_URL"] == "redis://orders.apps.svc.cluster.local:6379"
    [rule] = only(orders, "NetworkPolicy")["spec"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [6379]


def test_workers_jobs_and_daemons_call_too_and_a_circle_is_no_matter():
    stack = new_stack()
    orders, stock = service(stack, "Orders", container=LISTENS), service(stack, "Stock", container=LISTENS)
    for caller in (worker(stack), job(stack), daemon(stack)):
        caller.connect_to(orders, scheme="tcp")
        assert variables(caller)["ORDERS_URL"].startswith("tcp://")
    orders.connect_to(stock)
    stock.connect_to(orders)
    assert len(only(orders, "NetworkPolicy")["spec"]["ingress"]) == 4


def test_an_address_may_be_given():
    stack = new_stack()
    orders, caller = service(stack, "Orders", container=LISTENS), service(stack, "Web")
    caller.connect_to(orders, variable="SHOP", url="https://orders.example.com")
    assert variables(caller)["SHOP"] == "https://orders.example.com"
    assert orders.endpoint == "http://orders.apps.svc.cluster.local:8080"


def test_what_cannot_be_called_is_refused_at_once():
    stack = new_stack()
    caller = service(stack, "Web", container=container(environment={"ORDERS_URL": "x"}))
    with pytest.raises(ConstructError) as info:
        caller.connect_to(service(stack, "Orders"))
    assert [problem.option for problem in info.value.problems] == ["other", "variable"]
    with pytest.raises(ConstructError, match="with this name"):
        caller.connect_to(service(stack, "Stock", container=LISTENS), port="grpc")
    with pytest.raises(ConstructError, match="not a workload on EKS"):
        caller.connect_to(web(stack, "Ecs"))  # type: ignore[arg-type]
    with pytest.raises(ConstructError, match="listens on no port"):
        _ = caller.endpoint


def test_a_workload_of_another_cluster_is_refused():
    stack = new_stack()
    other = KubernetesService(stack, "Orders", cluster=equipped_cluster(stack, "Other"), container=LISTENS)
    with pytest.raises(ConstructError, match="in another cluster"):
        service(stack, "Web", image=IMAGE).connect_to(other)

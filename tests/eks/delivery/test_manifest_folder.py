"""The folder beside the template, and what kubectl makes of it."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
import yaml
from aws_cdk import aws_sqs as sqs

from cdk_containers import ConstructError, EksCluster
from tests.eks.manifest_checks import kustomize, read_folder
from tests.eks.manifests.objects import objects
from tests.toolkit import eks_cluster

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/web/0123456789abcdef"


def app_in(folder: Path) -> cdk.App:
    return cdk.App(outdir=str(folder / "out"), analytics_reporting=False)


def config_map(name: str, namespace: str = "shop", **data: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": data or {"a": "b"},
    }


def namespace(name: str = "shop", **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, **({"labels": labels} if labels else {})},
    }


def outputs(app: cdk.App, stack: str) -> dict[str, Any]:
    return json.loads((Path(app.outdir) / f"{stack}.template.json").read_text()).get("Outputs", {})


def kustomization(cluster: EksCluster) -> dict[str, Any]:
    return yaml.safe_load((cluster.manifests.path / "kustomization.yaml").read_text())


# ---- files


def test_the_folder_is_beside_the_template_and_kubectl_reads_the_same_objects(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    made = list(objects().values())
    cluster.add_manifests("web", made)
    app.synth()
    folder = tmp_path / "out" / "Shop.Eks.manifests"
    assert cluster.manifests.path == folder
    assert (folder.parent / "Shop.template.json").exists()
    assert {path.name for path in folder.iterdir()} == {"web.yaml", "kustomization.yaml"}
    assert read_folder(folder) == made
    assert kustomize(folder) == made


def test_without_manifests_there_is_no_folder(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    other = eks_cluster(cdk.Stack(app, "Other"))
    other.add_manifests("web", [config_map("web")])
    app.synth()
    assert other.manifests.path.exists()
    assert not cluster.manifests.path.exists()


def test_files_come_as_they_were_added_but_for_what_others_need(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    cluster.add_manifests("zebra", [config_map("z", "default")])
    cluster.add_manifests("web", [config_map("web")])
    cluster.add_manifests("apple", [config_map("a", "default")])
    cluster.add_manifests("team", [namespace()])
    app.synth()
    assert kustomization(cluster)["resources"] == ["zebra.yaml", "apple.yaml", "team.yaml", "web.yaml"]
    assert [entry["kind"] for entry in kustomize(cluster.manifests.path)][-2:] == ["Namespace", "ConfigMap"]


def test_the_same_input_gives_the_same_bytes_and_what_is_gone_is_gone(tmp_path: Path) -> None:
    def made(*names: str) -> dict[str, bytes]:
        app = app_in(tmp_path)
        cluster = eks_cluster(cdk.Stack(app, "Shop"))
        for name in names:
            cluster.add_manifests(name, [config_map(name, endpoint=cluster.endpoint)])
        app.synth()
        return {path.name: path.read_bytes() for path in cluster.manifests.path.iterdir()}

    first, second, third = made("web", "old"), made("web", "old"), made("web")
    assert first == second
    assert set(third) == {"web.yaml", "kustomization.yaml"}


def test_an_object_may_be_changed_after_it_was_added(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    made = config_map("web")
    cluster.add_manifests("web", [made])
    made["data"]["a"] = "changed"
    app.synth()
    assert read_folder(cluster.manifests.path)[0]["data"] == {"a": "b"}


def test_two_clusters_in_a_stack_and_one_in_a_stage_have_folders_of_their_own(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    stack = cdk.Stack(app, "Shop")
    stage = cdk.Stage(cdk.Stage(app, "Europe"), "Prod")
    clusters = [eks_cluster(stack, "Blue"), eks_cluster(stack, "Green"), eks_cluster(cdk.Stack(stage, "Shop"), "Blue")]
    for cluster in clusters:
        cluster.add_manifests("web", [config_map("web", endpoint=cluster.endpoint)])
    app.synth()
    found = [str(cluster.manifests.path.relative_to(app.outdir)) for cluster in clusters]
    assert found[:2] == ["Shop.Blue.manifests", "Shop.Green.manifests"]
    assert found[2].startswith("assembly-Europe/assembly-Europe-Prod/EuropeProdShop")
    assert all((cluster.manifests.path / "web.yaml").exists() for cluster in clusters)
    assert set(outputs(app, "Shop")) == {"BlueManifestsWebEndpoint", "GreenManifestsWebEndpoint"}
    assert "--stack-name Europe-Prod-Shop" in (clusters[2].manifests.path / "kustomization.yaml").read_text()


def test_manifests_may_come_late(tmp_path: Path) -> None:
    @jsii.implements(cdk.IAspect)
    class Late:
        def visit(self, node: Any) -> None:
            if node is cluster:
                cluster.add_manifests("late", [config_map("late", endpoint=cluster.endpoint)])

    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    cdk.Aspects.of(cluster).add(Late())
    app.synth()
    assert kustomization(cluster)["resources"] == ["late.yaml"]
    assert "EksManifestsLateEndpoint" in outputs(app, "Shop")


# ---- values


def test_kubectl_puts_values_of_stacks_where_they_belong(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    stack = cdk.Stack(app, "Shop")
    cluster = eks_cluster(stack)
    port = cdk.CfnParameter(stack, "Port", type="Number")
    made = objects()
    made["TargetGroupBinding"]["spec"]["targetGroupARN"] = cdk.Token.as_string(cdk.Fn.ref("TargetGroup"))
    web = made["Deployment"]["spec"]["template"]
    web["metadata"]["annotations"] = {"shop.example.com/endpoint.url": cluster.endpoint}
    web["spec"]["containers"][0]["env"] += [
        {"name": "ACCOUNT_ID", "value": stack.account},
        {"name": "ENDPOINT", "value": cluster.endpoint},
        {"name": "QUEUE", "value": f"https://sqs.{stack.region}.amazonaws.com/orders"},
    ]
    web["spec"]["containers"][0]["ports"].append({"name": "extra", "containerPort": port.value_as_number})
    cluster.add_manifests("web", made.values())
    app.synth()

    names = set(outputs(app, "Shop"))
    values = {
        "EksManifestsWebTargetGroupARN": ARN,
        "EksManifestsWebEndpointUrl": "https://abc.eks.example.com",
        "EksManifestsWebAccountId": "012345678901",
        "EksManifestsWebQueue": "https://sqs.eu-west-1.amazonaws.com/orders",
        "EksManifestsWebContainerPort": "9090",
    }
    values = {name.replace("EndpointUrl", "ShopExampleComEndpointUrl"): value for name, value in values.items()}
    assert names == set(values)

    expected = objects()
    expected["TargetGroupBinding"]["spec"]["targetGroupARN"] = ARN
    web = expected["Deployment"]["spec"]["template"]
    web["metadata"]["annotations"] = {"shop.example.com/endpoint.url": "https://abc.eks.example.com"}
    web["spec"]["containers"][0]["env"] += [
        {"name": "ACCOUNT_ID", "value": "012345678901"},
        {"name": "ENDPOINT", "value": "https://abc.eks.example.com"},
        {"name": "QUEUE", "value": "https://sqs.eu-west-1.amazonaws.com/orders"},
    ]
    web["spec"]["containers"][0]["ports"].append({"name": "extra", "containerPort": 9090})
    assert kustomize(cluster.manifests.path, values, tmp_path / "copy") == list(expected.values())


def test_without_its_values_nothing_is_applied(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    cluster.add_manifests("web", [config_map("web", endpoint=cluster.endpoint)])
    app.synth()
    with pytest.raises(AssertionError, match=r"values\.env"):
        kustomize(cluster.manifests.path)
    with pytest.raises(AssertionError, match="EksManifestsWebEndpoint"):
        kustomize(cluster.manifests.path, {"Another": "x"}, tmp_path / "copy")


def test_the_command_in_the_file_writes_the_values(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    env = cdk.Environment(region="eu-west-1")
    cluster = eks_cluster(cdk.Stack(app, "Shop", env=env))
    queue = sqs.Queue(cdk.Stack(app, "Orders", env=env), "Queue")
    cluster.add_manifests("web", [config_map("web", endpoint=cluster.endpoint, queue=queue.queue_url)])
    app.synth()

    deployed = {
        "Shop": {"EksManifestsWebEndpoint": "https://abc", "Other": "not for manifests"},
        "Orders": {"ShopEksManifestsWebQueue": "https://queue"},
    }
    fake = tmp_path / "bin" / "aws"
    fake.parent.mkdir()
    fake.write_text(
        f"#!{sys.executable}\n"
        "import jmespath, sys\n"
        f"of = {deployed!r}\n"
        "given = dict(zip(sys.argv[3::2], sys.argv[4::2]))\n"
        "assert sys.argv[1:3] == ['cloudformation', 'describe-stacks'] and given['--region'] == 'eu-west-1', sys.argv\n"
        "outputs = [{'OutputKey': key, 'OutputValue': value} for key, value in of[given['--stack-name']].items()]\n"
        "print('\\t'.join(jmespath.search(given['--query'], {'Stacks': [{'Outputs': outputs}]})))\n"
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    folder = cluster.manifests.path
    lines = [line[1:] for line in (folder / "kustomization.yaml").read_text().splitlines() if line.startswith("#   ")]
    assert lines[-1].split() == shlex.split("kubectl apply -k .")
    path = f"{fake.parent}:{os.environ['PATH']}"
    script = "\n".join(lines[:-1])
    subprocess.run(["bash", "-ec", script], cwd=folder, check=True, env={**os.environ, "PATH": path})  # noqa: S607
    assert (folder / "values.env").read_text() == (
        "EksManifestsWebEndpoint=https://abc\nShopEksManifestsWebQueue=https://queue\n"
    )
    [web] = kustomize(folder)
    assert web["data"] == {"endpoint": "https://abc", "queue": "https://queue"}


def test_a_value_of_another_stack_ties_no_stacks_together(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    shop = cdk.Stack(app, "Shop")
    cluster = eks_cluster(shop)
    orders = cdk.Stack(app, "Orders")
    queue = sqs.Queue(orders, "Queue")
    nested = sqs.Queue(cdk.NestedStack(orders, "Nested"), "Queue")
    cdk.CfnOutput(orders, "Endpoint", value=cluster.endpoint)  # so that Orders waits for Shop
    both = f"{queue.queue_url} {cluster.endpoint}"
    cluster.add_manifests("web", [config_map("web", queue=queue.queue_url, nested=nested.queue_name, both=both)])
    app.synth()
    assert {name for name in outputs(app, "Orders") if "Manifests" in name} == {
        "ShopEksManifestsWebQueue",
        "ShopEksManifestsWebNested",
        "ShopEksManifestsWebBoth",
    }
    assert [stack.stack_name for stack in shop.dependencies] == []
    assert [stack.stack_name for stack in orders.dependencies] == ["Shop"]


def test_an_imported_cluster_has_its_folder_where_it_is_imported(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    stack = cdk.Stack(app, "Orders")
    cluster = EksCluster.from_attributes(
        stack,
        "Shared",
        cluster_name="shared",
        version="1.36",
        network=eks_cluster(cdk.Stack(app, "Shop")).network,
        security_group_id="sg-0123456789abcdef0",
    )
    queue = sqs.Queue(stack, "Queue")
    cluster.add_manifests("web", [config_map("web", queue=queue.queue_url)])
    app.synth()
    assert (tmp_path / "out/Orders.Shared.manifests/web.yaml").exists()
    assert set(outputs(app, "Orders")) == {"SharedManifestsWebQueue"}


def test_what_cdk_knows_is_written(tmp_path: Path) -> None:
    @jsii.implements(cdk.IStableStringProducer)
    class Known:
        def produce(self) -> str:
            return "known"

    app = app_in(tmp_path)
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(region="eu-west-1"))
    cluster = eks_cluster(stack)
    cluster.add_manifests("web", [config_map("web", region=stack.region, lazy=f"{cdk.Lazy.string(Known())}!")])
    app.synth()
    assert read_folder(cluster.manifests.path)[0]["data"] == {"region": "eu-west-1", "lazy": "known!"}
    assert outputs(app, "Shop") == {}
    assert "replacements" not in kustomization(cluster)


def test_a_value_has_one_output_however_often_it_is_used(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    cluster.add_manifests("web", [config_map("one", a=cluster.endpoint, b=cluster.endpoint)])
    cluster.add_manifests("two", [config_map("two", a=cluster.endpoint)])
    app.synth()
    assert set(outputs(app, "Shop")) == {"EksManifestsWebA"}
    made = kustomize(cluster.manifests.path, {"EksManifestsWebA": "x"}, tmp_path / "copy")
    assert [entry["data"] for entry in made] == [{"a": "x", "b": "x"}, {"a": "x"}]


# ---- what is wrong


def refused(cluster: EksCluster, name: Any, manifests: Any) -> str:
    with pytest.raises(ConstructError) as caught:
        cluster.add_manifests(name, manifests)
    return str(caught.value)


def test_wrong_input_is_refused_where_it_is_given() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    cluster = eks_cluster(stack)
    cluster.add_manifests("web", [config_map("web")])
    assert "Shop/Eks.add_manifests: 1 problem" in refused(cluster, "web", [config_map("other")])
    assert "the ConfigMap is already in web.yaml" in refused(cluster, "other", [config_map("web")])
    assert "not a file name" in refused(cluster, "Web.yaml", [config_map("other")])
    assert "not a file name" in refused(cluster, 5, [config_map("other")])
    assert "not a file name" in refused(cluster, "kustomization", [config_map("other")])
    assert "instead of objects" in refused(cluster, "other", config_map("other"))
    assert "instead of objects" in refused(cluster, "other", 5)
    assert "no object" in refused(cluster, "other", [])
    assert "instead of an object" in refused(cluster, "other", ["apiVersion: v1"])
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "b"}}
    assert "practice: eks-no-secret-manifests" in refused(cluster, "other", [secret])
    assert "known only at deployment" in refused(cluster, "other", [config_map(cluster.endpoint)])
    assert "several lines" in refused(cluster, "other", [config_map("other", a=f"{cluster.endpoint}\n")])
    assert "list" in refused(cluster, "other", [{**config_map("other"), "data": cdk.Fn.split(",", stack.region)}])
    found = refused(cluster, "other", [config_map("Other", a=5), config_map("x", "Y")])
    assert "3 problems" in found
    assert "manifests[1].metadata.namespace: ConfigMap Y/x: not a valid Kubernetes name" in found
    cluster.add_manifests("other", [config_map("other")])


def test_a_value_of_several_stacks_is_refused() -> None:
    app = cdk.App()
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    urls = [sqs.Queue(cdk.Stack(app, name), "Queue").queue_url for name in ("Orders", "Billing")]
    assert "several stacks, Billing and Orders" in refused(cluster, "web", [config_map("web", both=",".join(urls))])


def test_files_are_seen_together_at_synthesis(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    made = objects()
    cluster.add_manifests("namespace", [made["Namespace"]])
    made["Deployment"]["spec"]["template"]["spec"]["initContainers"][0]["securityContext"]["privileged"] = True
    made["Deployment"]["spec"]["template"]["spec"]["initContainers"][0]["securityContext"].pop(
        "allowPrivilegeEscalation"
    )
    cluster.add_manifests("web", [made["Deployment"]])
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    assert "web[0].spec.template.spec.initContainers[0].securityContext.privileged" in str(caught.value)
    assert "practice: eks-pod-security" in str(caught.value)


def test_what_is_not_among_the_manifests_is_a_warning_that_can_be_acknowledged(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    stack = cdk.Stack(app, "Shop")
    cluster = eks_cluster(stack)
    made = objects()
    cluster.add_manifests("web", [made["Service"], made["HorizontalPodAutoscaler"]])
    scaled = "cdk-containers:eks-dangling-reference:web[1].spec.scaleTargetRef.name"
    cdk.Annotations.of(cluster).acknowledge_warning(scaled, "The deployment comes from a chart")
    app.synth()
    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning("*", cdk.assertions.Match.any_value())
    texts = [str(found.entry.data) for found in warnings if "dangling" in str(found.entry.data)]
    assert [text.split(": ")[2] for text in texts] == ["it matches no pods in these manifests [ack"]

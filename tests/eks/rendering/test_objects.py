"""The objects of every kind of workload, held to the schemas, to our own rules and to Pod Security."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from cdk_containers import Disabled, EbsVolume, EfsVolume, HttpCheck, LinuxOptions, Port, PortRange, VolumeMount
from cdk_containers.eks.manifests import yaml_text
from cdk_containers.eks.rendering import (
    ClusterFacts,
    Exposure,
    JobFacts,
    Peer,
    PodFacts,
    Rendered,
    ServiceFacts,
    render_daemon,
)
from tests.eks.manifest_checks import check, checkov

from .making import (
    CLUSTER,
    NAMESPACE,
    Field,
    FileSystem,
    Parameter,
    Secret,
    container,
    containers_of,
    job,
    losses_of,
    of_kind,
    pod_spec,
    service,
    the_container,
    web_with_sidecars,
    workload,
)

EXPOSURE = Exposure(port=8080, health_check_path="/healthz", sources=["10.0.0.0/24"])
GOLDEN = Path(__file__).parent / "golden"


def web() -> Rendered:
    return service(
        web_with_sidecars(),
        exposures=[EXPOSURE],
        labels={"app.kubernetes.io/part-of": "shop"},
        callers=[Peer(name="checkout", ports=[8080])],
    )


def worker() -> Rendered:
    return service(workload(container(name="worker", command=["work"])), replicas=None)


def daemon() -> Rendered:
    return render_daemon(workload(), name="agent", namespace="shop", facts=CLUSTER, options=ServiceFacts())


def report() -> Rendered:
    return job(
        workload(container(name="report"), container(name="collector", essential=False, memory_limit_mib=128)),
        schedule="cron(0 8 ? * MON-FRI *)",
        time_zone="Europe/Berlin",
        overlap="SKIP",
        timeout_seconds=600,
        retries=2,
    )


KINDS: dict[str, Callable[[], Rendered]] = {
    "deployment": web,
    "worker": worker,
    "daemon_set": daemon,
    "cron_job": report,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_rendered_is_right(kind: str):
    check([*NAMESPACE, *KINDS[kind]().manifests], level="restricted")


@pytest.mark.parametrize("version", ["1.33", "1.37"])
def test_versions_around_those_that_are_supported(version: str):
    for kind in KINDS.values():
        for manifest in kind().manifests:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_golden_files(kind: str, pytestconfig: pytest.Config):
    path = GOLDEN / f"{kind}.yaml"
    text = yaml_text(KINDS[kind]().manifests)
    if pytestconfig.getoption("--update-snapshots"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.slow
def test_checkov_finds_nothing(tmp_path: Path):
    for kind, rendered in KINDS.items():
        (tmp_path / f"{kind}.yaml").write_text(yaml_text([*NAMESPACE, *rendered().manifests]))
    assert checkov(tmp_path) == []


def test_what_checkov_is_told_not_to_look_at():
    def skipped(rendered: Rendered) -> set[str]:
        notes = rendered.manifests[-1]["metadata"]["annotations"]
        return {text.partition("=")[0] for name, text in notes.items() if name.startswith("checkov.io/")}

    assert skipped(web()) == {"CKV_K8S_40"}
    assert skipped(worker()) == {"CKV_K8S_8", "CKV_K8S_9", "CKV_K8S_40"}
    assert skipped(report()) == {"CKV_K8S_40"}
    open_root = container(user="20000:20000", readonly_root_filesystem=Disabled("it writes to its own folder"))
    assert skipped(service(workload(open_root), exposures=[EXPOSURE])) == {"CKV_K8S_22"}


# ---- everything that a workload may have


def everything(**options: Any) -> Rendered:
    main = container(
        ports=[80, Port(number=9000, name="admin_port_of_the_app", app_protocol="grpc")],
        port_ranges=[PortRange(first=4000, last=4010)],
        secrets={"TOKEN": Secret(), "MODE": Parameter(), "PASSWORD": Field()},
        mounts=[VolumeMount(volume="files", path="/files"), VolumeMount(volume="disk", path="/disk")],
        linux=LinuxOptions(shared_memory_mib=64, add_capabilities=["NET_BIND_SERVICE"]),
        depends_on={"side_Car": "HEALTHY"},
    )
    beside = container(
        name="side_Car", essential=False, memory_limit_mib=64, health_check=HttpCheck(path="/ready", port=13133)
    )
    volumes = [
        EfsVolume(name="files", file_system=FileSystem()),
        EbsVolume(name="disk", size_gib=20, iops=4000, throughput_mib=200, snapshot_id="snap-0123456789abcdef0"),
    ]
    return service(
        workload(main, beside, volumes=volumes),
        region="eu-west-1",
        volume_handles={"files": "fs-1::fsap-1"},
        callees=[Peer(name="db", namespace="data", ports=[5432])],
        **options,
    )


@pytest.mark.parametrize("secrets", ["SECRETS_STORE", "EXTERNAL_SECRETS"])
def test_volumes_and_secrets(secrets: Any):
    rendered = everything(cluster=ClusterFacts(version="1.36", secrets=secrets), exposures=[Exposure(port=80)])
    check([*NAMESPACE, *rendered.manifests], level="restricted")
    assert "refused" not in losses_of(rendered).values()
    app = containers_of(rendered)["app"]
    names = {entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in app["env"] if "valueFrom" in entry}
    assert {name: reference["key"] for name, reference in names.items()} == {
        "TOKEN": "app.TOKEN",
        "MODE": "app.MODE",
        "PASSWORD": "app.PASSWORD",
    }
    mounted = {mount["mountPath"] for mount in app["volumeMounts"]}
    assert {"/files", "/disk", "/tmp", "/dev/shm"} <= mounted  # noqa: S108
    assert ("/mnt/secrets-store" in mounted) is (secrets == "SECRETS_STORE")
    assert of_kind(rendered, "Secret") == []


def test_secrets_need_something_that_brings_them():
    wanted = workload(container(secrets={"TOKEN": Secret()}))
    for cluster in (
        ClusterFacts(version="1.36"),
        ClusterFacts(version="1.36", secrets="SECRETS_STORE", compute="FARGATE"),
    ):
        assert losses_of(service(wanted, cluster))["containers[0].secrets"] == "refused"
    nodes = service(wanted, ClusterFacts(version="1.36", secrets="SECRETS_STORE"))
    assert losses_of(nodes)["containers[0].secrets"] == "approximated"


def test_the_secret_of_a_field_is_found_in_both_ways():
    store = everything(cluster=ClusterFacts(version="1.36", secrets="SECRETS_STORE"))
    [provider] = of_kind(store, "SecretProviderClass")
    assert '"jmesPath": [{"path": "\\"password\\"", "objectAlias": "app.PASSWORD"}]' in str(
        provider["spec"]["parameters"]["objects"]
    )
    copied = everything(cluster=ClusterFacts(version="1.36", secrets="EXTERNAL_SECRETS"))
    remote = [
        entry["remoteRef"] for manifest in of_kind(copied, "ExternalSecret") for entry in manifest["spec"]["data"]
    ]
    assert {"key": Secret.secret_arn, "property": "password", "version": "uuid/v1"} in remote
    assert {"key": "/shop/mode"} in remote


def test_fargate_and_auto_mode():
    plain = workload(container(ports=[8080]))
    for compute in ("FARGATE", "AUTO"):
        rendered = service(plain, ClusterFacts(version="1.36", compute=compute), exposures=[EXPOSURE])  # type: ignore[arg-type]
        check([*NAMESPACE, *rendered.manifests], compute=compute, level="restricted")  # type: ignore[arg-type]
        assert ("nodeSelector" in pod_spec(rendered)) is (compute == "AUTO")
    disk = workload(
        container(mounts=[VolumeMount(volume="disk", path="/disk")], gpus=1),
        volumes=[EbsVolume(name="disk", size_gib=10)],
    )
    refused = service(disk, ClusterFacts(version="1.36", compute="FARGATE"), architecture="ARM64", spot_percent=100)
    assert (
        losses_of(refused).items()
        >= {
            "volumes[0]": "refused",
            "containers[0].gpus": "refused",
            "architecture": "refused",
            "spot_percent": "refused",
        }.items()
    )
    [storage] = of_kind(service(disk, ClusterFacts(version="1.36", compute="AUTO")), "StorageClass")
    assert storage["provisioner"] == "ebs.csi.eks.amazonaws.com"
    no_nodes = render_daemon(
        plain,
        name="agent",
        namespace="shop",
        facts=ClusterFacts(version="1.36", compute="FARGATE"),
        options=ServiceFacts(),
    )
    assert losses_of(no_nodes)["cluster"] == "refused"


# ---- single decisions


def test_the_kubelet_changes_no_text():
    """The kubelet reads `$(NAME)` as a variable, and two dollars as one: what it makes of a value is what was given."""
    given = ["$(MODE)", "$$", "a$", "$$(MODE)", "$$$x", "$HOME", "plain"]
    app = the_container(workload(container(environment={"MODE": given[0]}, command=given, entry_point=given)))
    assert [_kubelet(word) for word in app["args"]] == given
    assert [_kubelet(word) for word in app["command"]] == given
    assert [_kubelet(entry["value"]) for entry in app["env"]] == ["$(MODE)"]


def _kubelet(text: str) -> str:
    """Expand as the kubelet does, with MODE=fast."""
    found, at = "", 0
    while at < len(text):
        if text.startswith("$$", at):
            found, at = found + "$", at + 2
        elif text.startswith("$(MODE)", at):
            found, at = found + "fast", at + 7
        else:
            found, at = found + text[at], at + 1
    return found


def test_a_load_balancer_sends_to_a_port_that_is_there():
    for exposure in (Exposure(port=81), Exposure(port=8080, protocol="udp"), Exposure(port=8080, container="x")):
        assert losses_of(service(workload(container(ports=[8080])), exposures=[exposure])) == {
            "exposures[0].port": "refused"
        }


def test_a_disk_of_another_kind_has_a_class_of_its_own():
    def name(**options: Any) -> str:
        mounting = container(mounts=[VolumeMount(volume="disk", path="/disk")])
        disk = EbsVolume(name="disk", size_gib=10, **options)
        [storage] = of_kind(service(workload(mounting, volumes=[disk])), "StorageClass")
        return str(storage["metadata"]["name"])

    assert name() == name()
    assert name() != name(iops=4000)


def test_ports_below_1024_need_no_root():
    def controls(number: int) -> list[dict[str, str]]:
        context = pod_spec(service(workload(container(ports=[number]))))["securityContext"]
        return list(context.get("sysctls", []))

    assert controls(8080) == []
    assert controls(80) == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]


def test_kernel_parameters_of_a_pod_are_those_of_all_its_containers():
    def both(name: str, one: str, other: str) -> Rendered:
        first = container(name="a", ports=[80], system_controls={name: one})
        return service(workload(first, container(name="b", memory_limit_mib=64, system_controls={name: other})))

    option = "containers[1].system_controls['{}']"
    start, cookies = "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies"
    assert losses_of(both(cookies, "0", "1"))[option.format(cookies)] == "refused"
    for rendered, value in ((both(cookies, "1", "1"), "0"), (both(start, "80", "80"), "80")):
        assert "refused" not in losses_of(rendered).values()
        assert {"name": start, "value": value} in pod_spec(rendered)["securityContext"]["sysctls"]


def test_a_path_that_says_ready_does_not_restart():
    app = the_container(workload(container(ports=[8080])), exposures=[EXPOSURE])
    assert app["readinessProbe"]["httpGet"]["path"] == app["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert "httpGet" not in app["livenessProbe"]
    same = container(ports=[8080], health_check=HttpCheck(path="/healthz", port=8080))
    assert "tcpSocket" in the_container(workload(same), exposures=[EXPOSURE])["livenessProbe"]
    other = container(ports=[8080], health_check=HttpCheck(path="/alive", port=8080))
    assert the_container(workload(other), exposures=[EXPOSURE])["livenessProbe"]["httpGet"]["path"] == "/alive"


def test_a_job_ends_when_its_first_container_does():
    rendered = report()
    [beside] = pod_spec(rendered)["initContainers"]
    assert beside["restartPolicy"] == "Always"
    assert [entry["name"] for entry in pod_spec(rendered)["containers"]] == ["report"]
    assert pod_spec(rendered)["activeDeadlineSeconds"] == 600
    assert "ttlSecondsAfterFinished" not in rendered.manifests[-1]["spec"]["jobTemplate"]["spec"]


def test_a_job_that_runs_once_has_a_name_for_what_it_runs():
    def name(**options: Any) -> str:
        rendered = job(workload(container(**options)))
        check([*NAMESPACE, *rendered.manifests], level="restricted")
        return str(rendered.manifests[-1]["metadata"]["name"])

    assert name() == name()
    assert name() != name(command=["other"])
    assert name(environment={"A": "${Token[TOKEN.7]}"}) == name(environment={"A": "${Token[TOKEN.8]}"})


def test_an_autoscaler_owns_the_number_of_pods():
    assert "replicas" not in worker().manifests[-1]["spec"]
    assert web().manifests[-1]["spec"]["replicas"] == 2


def test_spread_and_budget_are_switched_off_with_a_reason():
    off = Disabled("there is one node only")
    options = ServiceFacts(spread=off, disruption_budget=off)
    assert options.opt_outs == {"eks-pod-spread": off, "eks-pod-disruption-budget": off}
    assert ServiceFacts(cpu_limit=off).opt_outs == JobFacts(cpu_limit=off).opt_outs == {"eks-container-resources": off}
    without = service(workload(), spread=off, disruption_budget=off)
    assert "topologySpreadConstraints" not in pod_spec(without)
    assert of_kind(without, "PodDisruptionBudget") == []
    assert "topologySpreadConstraints" in pod_spec(service(workload()))
    assert of_kind(service(workload()), "PodDisruptionBudget") != []


def test_what_is_switched_off_is_told_with_its_practice():
    off = Disabled("the example is without it")
    one = container(user=off, init_process=off, version_consistency=off)
    assert service(workload(one), spread=off).opt_outs == (("eks-pod-spread", off), ("non-root-user", off))
    assert service(workload()).opt_outs == ()


def test_objects_share_nothing():
    rendered = web()
    rendered.manifests[0]["metadata"]["labels"]["changed"] = "yes"
    assert all("changed" not in manifest["metadata"]["labels"] for manifest in rendered.manifests[1:])


def test_a_name_that_kubernetes_refuses():
    assert losses_of(service(workload(container(name="A_b"), container(name="a-b"))))["containers[1].name"] == "refused"
    assert "containers[0].name" not in losses_of(service(workload(container(name="A_b"))))


def test_pods_of_all_kinds_have_the_options_of_pods():
    assert set(PodFacts.__dataclass_fields__) <= set(ServiceFacts.__dataclass_fields__)
    given: dict[str, Any] = {
        "service_account": "shop-web",
        "role_arn": "arn:aws:iam::111111111111:role/web",
        "region": "eu-west-1",
        "architecture": "ARM64",
        "operating_system": "WINDOWS_SERVER_2022_CORE",
        "ephemeral_storage_gib": 30,
        "labels": {"team": "shop"},
        "annotations": {"note": "x"},
        "node_selector": {"disk": "ssd"},
        "tolerations": [{"key": "team", "operator": "Exists"}],
        "spot_percent": 100,
        "cpu_limit": Disabled("it answers faster without"),
        "callers": [Peer(name="x")],
        "callees": [Peer(name="y")],
        "images": {"app": "other"},
    }
    plain = service(workload()).manifests
    for option, value in given.items():
        assert service(workload(), **{option: value}).manifests != plain, option

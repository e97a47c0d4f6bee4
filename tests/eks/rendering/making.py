"""Workloads to render, and what reads the objects that come of them."""

from __future__ import annotations

from typing import Any

from cdk_containers import Container, HealthCheck, SharedVolume, VolumeMount, Workload
from cdk_containers.eks.manifests import Manifest
from cdk_containers.eks.rendering import (
    ClusterFacts,
    JobFacts,
    Rendered,
    ServiceFacts,
    render_job,
    render_namespace,
    render_service,
)

IMAGE = f"public.ecr.aws/shop/web@sha256:{'0' * 64}"
CLUSTER = ClusterFacts(version="1.36", network_policy=True)
NAMESPACE = render_namespace("shop", facts=CLUSTER)


class FileSystem:
    file_system_id = "fs-0123456789abcdef0"


class Secret:
    secret_arn = "${Token[Shop.Secret.5]}"  # noqa: S105


class Parameter:
    parameter_name = "/shop/mode"
    parameter_arn = "${Token[Shop.Parameter.6]}"


class Field:
    """What CDK makes of a field and a version of a secret."""

    arn = "${Token[Shop.Secret.5]}:password::v1"
    from_secrets_manager = None


def container(**options: Any) -> Container:
    return Container(**{"image": IMAGE} | options)


def workload(*containers: Container, **options: Any) -> Workload:
    return Workload(**{"containers": containers or [container()], "cpu": 512, "memory_limit_mib": 1024} | options)


def service(given: Workload, cluster: ClusterFacts = CLUSTER, **options: Any) -> Rendered:
    assert given.problems() == []
    return render_service(given, name="web", namespace="shop", facts=cluster, options=ServiceFacts(**options))


def job(given: Workload, cluster: ClusterFacts = CLUSTER, **options: Any) -> Rendered:
    assert given.problems() == []
    return render_job(given, name="web", namespace="shop", facts=cluster, options=JobFacts(**options))


def of_kind(rendered: Rendered, kind: str) -> list[Manifest]:
    return [manifest for manifest in rendered.manifests if manifest["kind"] == kind]


def pod_spec(rendered: Rendered) -> Manifest:
    spec: Manifest = rendered.manifests[-1]["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: Manifest = spec["template"]["spec"]
    return found


def containers_of(rendered: Rendered) -> dict[str, Manifest]:
    pod = pod_spec(rendered)
    return {entry["name"]: entry for entry in [*pod.get("initContainers", []), *pod["containers"]]}


def the_container(given: Workload, **options: Any) -> Manifest:
    [found] = containers_of(service(given, **options)).values()
    return found


def losses_of(rendered: Rendered) -> dict[str, str]:
    return {loss.option: loss.kind for loss in rendered.losses if loss.kind != "platform"}


def web_with_sidecars() -> Workload:
    """Return a web application with a migration before it, a collector beside it, and a volume for both."""
    return workload(
        container(
            name="app",
            ports=[8080],
            environment={"MODE": "fast"},
            depends_on={"collector": "HEALTHY", "migration": "SUCCESS"},
            mounts=[VolumeMount(volume="cache", path="/var/cache")],
        ),
        container(
            name="collector",
            essential=False,
            health_check=HealthCheck(command=["/healthcheck"]),
            memory_limit_mib=128,
            mounts=[VolumeMount(volume="cache", path="/cache", read_only=True)],
        ),
        container(name="migration", essential=False, command=["migrate"], memory_limit_mib=128),
        volumes=[SharedVolume(name="cache")],
    )

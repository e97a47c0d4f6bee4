"""What the published schemas pass, and our rules do not: each variant is one mistake in an object that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cdk_containers.eks.manifests import pod_security_problems, problems
from cdk_containers.eks.rendering import ClusterFacts
from tests.eks.manifest_checks import check, schema_errors

from .objects import objects

FACTS = ClusterFacts(version="1.36")
Change = Callable[[dict[str, dict[str, Any]]], object]


def spec(made: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return made[kind]["spec"]


def pods(made: Mapping[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    return made[kind]["spec"]["template"]["spec"]


def main(made: Mapping[str, Any]) -> dict[str, Any]:
    return pods(made)["containers"][0]


def sidecar(made: Mapping[str, Any]) -> dict[str, Any]:
    return pods(made)["initContainers"][0]


def both_zero(made: Mapping[str, Any]) -> None:
    spec(made, "Deployment")["strategy"]["rollingUpdate"] = {"maxUnavailable": 0, "maxSurge": 0}


def probe_on_init(made: Mapping[str, Any]) -> None:
    del sidecar(made)["restartPolicy"]
    sidecar(made)["startupProbe"] = {"tcpSocket": {"port": 4318}}


BROKEN: dict[str, tuple[Change, str]] = {
    "an unknown field": (lambda made: spec(made, "StatefulSet").update(replica=2), "schema"),
    "replicas as text": (lambda made: spec(made, "Deployment").update(replicas="2"), "schema"),
    "a port as text": (lambda made: main(made)["ports"][0].update(containerPort="8080"), "schema"),
    "a number in the environment": (lambda made: main(made)["env"][0].update(value=5), "schema"),
    "a command as text": (lambda made: main(made).update(command="run --fast"), "schema"),
    "a path without its type": (
        lambda made: spec(made, "Ingress")["rules"][0]["http"]["paths"][0].pop("pathType"),
        "schema",
    ),
    "a selector that does not fit": (
        lambda made: spec(made, "Deployment")["selector"].update(matchLabels={"app": "x"}),
        "rules",
    ),
    "an upper-case name": (lambda made: made["Deployment"]["metadata"].update(name="Web"), "rules"),
    "an underscore in the name of a container": (lambda made: main(made).update(name="web_app"), "rules"),
    "a label that is too long": (
        lambda made: made["Deployment"]["metadata"].update(labels={"team": "x" * 64}),
        "rules",
    ),
    "port 70000": (lambda made: main(made)["ports"][0].update(containerPort=70000), "rules"),
    "the name of a port with 16 characters": (
        lambda made: sidecar(made)["ports"][0].update(name="a234567890123456"),
        "rules",
    ),
    "two ports that are the same": (
        lambda made: main(made)["ports"].append({"name": "x", "containerPort": 8080}),
        "rules",
    ),
    "two variables that are the same": (
        lambda made: main(made)["env"].append({"name": "MODE", "value": "test"}),
        "rules",
    ),
    "a quantity in another language": (lambda made: main(made)["resources"]["limits"].update(memory="512mb"), "rules"),
    "a request above the limit": (lambda made: main(made)["resources"]["requests"].update(memory="1Gi"), "rules"),
    "a hook longer than the grace period": (lambda made: pods(made).update(terminationGracePeriodSeconds=30), "rules"),
    "a rolling update that cannot move": (both_zero, "rules"),
    "a mount without a volume": (lambda made: main(made)["volumeMounts"][0].update(name="data"), "rules"),
    "two mounts at one path": (
        lambda made: main(made)["volumeMounts"].append({"name": "tmp", "mountPath": "/work"}),
        "rules",
    ),
    "a probe on an init container": (probe_on_init, "rules"),
    "a liveness probe that succeeds twice": (
        lambda made: main(made)["livenessProbe"].update(successThreshold=2),
        "rules",
    ),
    "a Deployment that never restarts": (lambda made: pods(made).update(restartPolicy="Never"), "rules"),
    "a Job that always restarts": (lambda made: pods(made, "Job").update(restartPolicy="Always"), "rules"),
    "a schedule of six fields": (lambda made: spec(made, "CronJob").update(schedule="0 3 ? * MON *"), "rules"),
    "a zone on Mars": (lambda made: spec(made, "CronJob").update(timeZone="Mars/Base"), "rules"),
    "an unknown policy of a CronJob": (lambda made: spec(made, "CronJob").update(concurrencyPolicy="Skip"), "rules"),
    "a CronJob with 53 characters": (lambda made: made["CronJob"]["metadata"].update(name="x" * 53), "rules"),
    "an autoscaler with min above max": (
        lambda made: spec(made, "HorizontalPodAutoscaler").update(minReplicas=20),
        "rules",
    ),
    "a budget with both numbers": (lambda made: spec(made, "PodDisruptionBudget").update(minAvailable=1), "rules"),
    "a deadline before the pods are ready": (
        lambda made: spec(made, "Deployment").update(minReadySeconds=900),
        "rules",
    ),
    "a Service that finds nothing": (lambda made: spec(made, "Service").update(selector={"app": "x"}), "references"),
    "an account that is not there": (lambda made: pods(made).update(serviceAccountName="orders"), "references"),
    "a sidecar as root": (
        lambda made: sidecar(made)["securityContext"].update(runAsNonRoot=False, runAsUser=0),
        "security",
    ),
    "a folder of the node": (
        lambda made: pods(made)["volumes"].append({"name": "run", "hostPath": {"path": "/var/run"}}),
        "security",
    ),
    "a secret": (
        lambda made: made.update(
            Secret={"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "shop"}}
        ),
        "rules",
    ),
    "an API version that is gone": (
        lambda made: made["PodDisruptionBudget"].update(apiVersion="policy/v1beta1"),
        "rules",
    ),
}


def test_what_is_broken_below_is_right_before() -> None:
    check(objects().values(), level="restricted")


def test_there_are_37_variants_and_the_schemas_see_six() -> None:
    assert len(BROKEN) == 37
    seen = []
    for name, (change, _) in BROKEN.items():
        made = objects()
        change(made)
        # A kind that a version does not have is no finding of a schema: there is none to ask.
        found = [error for error in schema_errors(list(made.values()), "1.36") if "unknown kind" not in error[1]]
        seen += [name] if found else []
    assert seen == [name for name, (_, by) in BROKEN.items() if by == "schema"]
    assert len(seen) == 6


@pytest.mark.parametrize("name", [name for name, (_, by) in BROKEN.items() if by != "schema"])
def test_we_find_the_rest(name: str) -> None:
    change, by = BROKEN[name]
    made = objects()
    change(made)
    with pytest.raises(AssertionError):
        check(made.values(), "1.36", level="restricted")
    found = problems(made.values(), FACTS)
    if by == "rules":
        assert len(found) == 1, [str(problem) for problem in found]
    if by == "security":
        assert {problem.practice for problem in found} == {"eks-pod-security"}
        assert pod_security_problems(made["Deployment"], "restricted")
        assert not pod_security_problems(made["Deployment"], "privileged")


def test_what_the_schemas_see_is_seen_by_us_too() -> None:
    """At synthesis there are no schemas."""
    unseen = []
    for name, (change, by) in BROKEN.items():
        made = objects()
        change(made)
        if by == "schema" and not problems(made.values(), FACTS):
            unseen.append(name)
    assert unseen == []

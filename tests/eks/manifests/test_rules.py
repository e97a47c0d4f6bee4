"""Each rule refuses one mistake, in an object that is right without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cdk_containers.eks.manifests import dangling_references, pod_security_problems, problems
from cdk_containers.eks.rendering import ClusterFacts, Compute
from tests.eks.manifest_checks import check

from .objects import container, objects

Objects = dict[str, dict[str, Any]]
Change = Callable[[Objects], object]


def put(path: str, value: Any) -> Change:
    """Return a change that sets what is at a path, such as `Deployment.spec.replicas`; a number is one in a list."""

    def change(made: Objects) -> None:
        *way, last = path.split(".")
        place: Any = made
        for part in way:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        if isinstance(place, list) and int(last) == len(place):
            place.append(value)
        elif value is GONE:
            del place[int(last) if isinstance(place, list) else last]
        else:
            place[int(last) if isinstance(place, list) else last] = value

    return change


class _Gone:
    def __repr__(self) -> str:
        return "gone"


GONE = _Gone()
POD = "Deployment.spec.template.spec"
MAIN = f"{POD}.containers.0"
SIDECAR = f"{POD}.initContainers.0"
JOB = "CronJob.spec.jobTemplate.spec"
HPA = "HorizontalPodAutoscaler.spec"

WRONG: list[tuple[str, Any, str]] = [
    # every object
    ("ConfigMap", "apiVersion: v1", "instead of an object"),
    ("ConfigMap.apiVersion", GONE, "apiVersion: ConfigMap shop/settings: it is missing"),
    ("ConfigMap.kind", 5, "instead of text"),
    ("ConfigMap.kind", "ConfigMaps", "Kubernetes has no ConfigMaps in v1"),
    ("ConfigMap.metadata", [], "instead of a map"),
    ("ConfigMap.metadata.name", "", "it is missing"),
    ("ConfigMap.metadata.name", "a" * 254, "not a valid Kubernetes name"),
    ("ConfigMap.metadata.generateName", "web-", "created again"),
    ("ConfigMap.metadata.namespace", "Shop", "not a valid Kubernetes name"),
    ("StorageClass.metadata.namespace", "shop", "a StorageClass belongs to no namespace"),
    ("ConfigMap.metadata.labels", {"a b": "c"}, "not a valid key"),
    ("ConfigMap.metadata.labels", {"team": "a b"}, "not a valid label value"),
    ("ConfigMap.metadata.labels", {"team": 5}, "instead of text"),
    ("ConfigMap.metadata.annotations", {"-/x": "y"}, "not a valid key"),
    ("ConfigMap.data.a", None, "None has no meaning here"),
    ("ConfigMap.data.a", 0.5, "a value of type float"),
    ("ConfigMap.data.a", 5, "instead of text"),
    ("ConfigMap.data.a", b"x", "a value of type bytes"),
    ("ConfigMap.data", {5: "a"}, "the name of a field"),
    ("ConfigMap.data", {"a/b": "c"}, "not a valid key"),
    ("ConfigMap.binaryData", {"mode": "bGl2ZQ=="}, "the key is also in data"),
    ("ConfigMap.data.a", "x" * 1024**2, "more than 1 MiB"),
    ("Service.metadata.name", "1web", "not a valid Kubernetes name"),
    ("Namespace.metadata.name", "a.b", "not a valid Kubernetes name"),
    ("StatefulSet.metadata.name", "x" * 53, "not a valid Kubernetes name"),
    ("Job.metadata.name", "x" * 64, "not a valid Kubernetes name"),
    ("PriorityClass.value", GONE, "it is missing"),
    ("PriorityClass.value", 2_000_000_000, "outside the range of Kubernetes"),
    # API versions
    ("CronJob.apiVersion", "batch/v1beta1", "has no CronJob in batch/v1beta1 since 1.25"),
    ("Deployment.apiVersion", "apps/v2", "has no Deployment in apps/v2"),
    ("StorageClass.apiVersion", "storage.k8s.io/v1alpha1", "is not stable"),
    # pods
    (f"{POD}.containers", [], "no container"),
    (f"{POD}.containers", "web", "instead of a list"),
    (f"{POD}.containers.1", "web", "instead of a map"),
    (f"{POD}.containers.1", container("web"), "another container already has this name"),
    (f"{POD}.volumes.1", {"name": "tmp", "emptyDir": {}}, "another volume already has this name"),
    (f"{POD}.volumes.1", {"name": "Data", "emptyDir": {}}, "not a valid Kubernetes name"),
    (f"{POD}.volumes.0.configMap", {"name": "settings"}, "in one volume"),
    (f"{POD}.volumes.0.emptyDir.sizeLimit", "64MB", "not a quantity"),
    (f"{POD}.volumes.0.emptyDir.medium", "memory", "unknown value"),
    (f"{POD}.volumes.1", {"name": "data", "persistentVolumeClaim": {}}, "it is missing"),
    (f"{POD}.volumes.1", {"name": "data", "csi": {}}, "it is missing"),
    (f"{POD}.terminationGracePeriodSeconds", -1, "outside the range of Kubernetes"),
    (f"{POD}.activeDeadlineSeconds", 60, "run without end"),
    (f"{POD}.serviceAccountName", "web_app", "not a valid Kubernetes name"),
    (f"{POD}.dnsPolicy", "Cluster", "unknown value"),
    (f"{POD}.tolerations", [{"operator": "Exists", "key": "a", "value": "b"}], "a value with Exists"),
    (f"{POD}.tolerations", [{"effect": "NoSchedule"}], "no key"),
    (f"{POD}.tolerations", [{"key": "a", "effect": "Never"}], "unknown value"),
    (f"{POD}.tolerations", [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 5}], "seconds with NoSchedule"),
    (f"{POD}.topologySpreadConstraints", [{"maxSkew": 1, "topologyKey": "zone"}], "it is missing"),
    (
        f"{POD}.topologySpreadConstraints",
        [{"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
        "outside the range",
    ),
    (
        f"{POD}.topologySpreadConstraints",
        [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}] * 2,
        "another constraint",
    ),
    (
        f"{POD}.affinity",
        {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 101}]}},
        "outside the range",
    ),
    # containers
    (f"{MAIN}.image", GONE, "it is missing"),
    (f"{MAIN}.imagePullPolicy", "Sometimes", "unknown value"),
    (f"{MAIN}.args", [5], "instead of text"),
    (f"{MAIN}.ports.0.protocol", "HTTP", "unknown value"),
    (f"{MAIN}.ports.1", {"name": "admin"}, "it is missing"),
    (f"{MAIN}.ports.1", {"name": "otlp", "containerPort": 9000}, "another port of the pod already has this name"),
    (f"{MAIN}.env.1", {"name": "9LIVES", "value": "x"}, "not a variable name"),
    (f"{MAIN}.env.1", {"name": "A", "value": "b", "valueFrom": {"fieldRef": {}}}, "both a value and a source"),
    (f"{MAIN}.volumeMounts.0.mountPath", "work", "not an absolute path"),
    (f"{MAIN}.volumeMounts.0.subPath", "../x", "a path that leaves the volume"),
    (f"{MAIN}.resources.requests.cpu", "-1", "not a quantity"),
    (f"{MAIN}.resources.limits.memory", "512m", "less than 1 MiB"),
    (f"{MAIN}.resources.limits.nvidia~com/gpu", "1500m", "a fraction of a device"),
    (f"{MAIN}.resources.requests.nvidia~com/gpu", 1, "not the same as the limit"),
    (f"{MAIN}.readinessProbe.tcpSocket", {"port": 8080}, "together"),
    (f"{MAIN}.readinessProbe.httpGet.port", "web", "no port with this name"),
    (f"{MAIN}.readinessProbe.httpGet.port", 0, "outside the range"),
    (f"{MAIN}.readinessProbe.httpGet.port", GONE, "it is missing"),
    (f"{MAIN}.readinessProbe.httpGet.path", "health", "not a URL path"),
    (f"{MAIN}.readinessProbe.periodSeconds", 0, "outside the range"),
    (f"{MAIN}.livenessProbe", {"exec": {}}, "no command"),
    (f"{MAIN}.lifecycle.preStop.exec", {"command": ["sleep", "5"]}, "together"),
    (f"{SIDECAR}.restartPolicy", "Sometimes", "unknown value"),
    (f"{MAIN}.restartPolicyRules", [{"action": "Restart"}], "rules without a policy"),
    (f"{MAIN}.securityContext.runAsUser", -5, "outside the range"),
    # workloads
    ("Deployment.spec.selector", {}, "no label to select pods"),
    ("Deployment.spec.selector.matchExpressions", [{"key": "a", "operator": "In"}], "In without values"),
    ("Deployment.spec.replicas", -1, "outside the range"),
    ("Deployment.spec.strategy.type", "Recreate", "with Recreate"),
    ("Deployment.spec.strategy.type", "Rolling", "unknown value"),
    ("Deployment.spec.strategy.rollingUpdate.maxSurge", "a lot", "neither a number nor a percentage"),
    ("Deployment.spec.strategy.rollingUpdate.maxUnavailable", "150%", "more than all pods"),
    ("DaemonSet.spec.updateStrategy.rollingUpdate", {"maxSurge": 1, "maxUnavailable": 1}, "only one of"),
    ("DaemonSet.spec.updateStrategy.rollingUpdate", {"maxUnavailable": 0}, "no pod may stop"),
    ("StatefulSet.spec.podManagementPolicy", "parallel", "unknown value"),
    ("StatefulSet.spec.volumeClaimTemplates.0.spec.accessModes", [], "none"),
    ("Job.spec.template.spec.restartPolicy", GONE, "the default is Always"),
    ("Job.spec.backoffLimit", -1, "outside the range"),
    ("Job.spec.completionMode", "Indexed", "requires a number of runs"),
    ("CronJob.spec.schedule", "cron(0 8 * * ? *)", "an EventBridge schedule"),
    ("CronJob.spec.schedule", "TZ=Europe/Berlin 0 8 * * *", "a time zone in the schedule"),
    ("CronJob.spec.schedule", "0 24 * * *", "not within 0-23"),
    ("CronJob.spec.schedule", "*/0 * * * *", "not within 0-59"),
    ("CronJob.spec.schedule", "0 0 * * 5-1", "not within 0-6"),
    ("CronJob.spec.startingDeadlineSeconds", 5, "outside the range"),
    (f"{JOB}.ttlSecondsAfterFinished", 60, "manages the history"),
    (f"{JOB}.template.spec.restartPolicy", "OnFailure", "restart in place"),
    (f"{JOB}.podReplacementPolicy", "TerminatingOrFailed", "not together with podFailurePolicy"),
    (f"{JOB}.podFailurePolicy.rules.0.action", "Stop", "unknown value"),
    # what keeps a number of pods
    (f"{HPA}.maxReplicas", GONE, "it is missing"),
    (f"{HPA}.minReplicas", 0, "outside the range"),
    (f"{HPA}.scaleTargetRef.name", "", "it is missing"),
    (f"{HPA}.metrics.0.type", "Resource", "requires it"),
    (f"{HPA}.metrics.0.containerResource.target.averageValue", "1", "together"),
    (f"{HPA}.behavior.scaleDown.stabilizationWindowSeconds", 3601, "outside the range"),
    (f"{HPA}.behavior.scaleDown.policies.0.periodSeconds", 1801, "outside the range"),
    ("PodDisruptionBudget.spec.maxUnavailable", GONE, "none of"),
    ("PodDisruptionBudget.spec.maxUnavailable", 0, "no pod may ever be evicted"),
    ("PodDisruptionBudget.spec.selector", {}, "all pods of the namespace"),
    ("PodDisruptionBudget.spec.unhealthyPodEvictionPolicy", "Always", "unknown value"),
    # network
    ("Service.spec.ports", [], "no port"),
    ("Service.spec.ports.1", {"port": 81}, "has no name"),
    ("Service.spec.ports.1", {"name": "http", "port": 81}, "another port already has this name"),
    ("Service.spec.ports.1", {"name": "other", "port": 80}, "another port is equal"),
    ("Service.spec.ports.0.targetPort", 0, "outside the range"),
    ("Service.spec.ports.0.nodePort", 80, "outside the range"),
    ("Service.spec.type", "ExternalName", "it is missing"),
    ("Service.spec.trafficDistribution", "PreferHome", "unknown value"),
    ("Service.spec.loadBalancerSourceRanges", ["10.0.0.1/16"], "not a CIDR block"),
    ("Ingress.metadata.annotations", {"kubernetes.io/ingress.class": "alb"}, "refuses this annotation"),
    ("Ingress.spec.rules", [], "neither a rule nor a default"),
    ("Ingress.spec.rules.0.http.paths", [], "no path"),
    ("Ingress.spec.rules.0.http.paths.0.path", "orders", "not a URL path"),
    ("Ingress.spec.rules.0.http.paths.0.backend.service.port", {}, "none of"),
    ("NetworkPolicy.spec.podSelector", GONE, "it is missing"),
    ("NetworkPolicy.spec.policyTypes", ["ingress"], "unknown value"),
    ("NetworkPolicy.spec.ingress.0.from.0", {}, "a peer without a selector or block"),
    ("NetworkPolicy.spec.ingress.0.from.0.podSelector", {}, "combined with a selector"),
    ("NetworkPolicy.spec.ingress.0.from.0.ipBlock.cidr", "10.0.0.1/16", "not a CIDR block"),
    ("NetworkPolicy.spec.ingress.0.from.0.ipBlock.except", ["10.1.0.0/24"], "outside the block"),
    ("NetworkPolicy.spec.ingress.0.ports.0.endPort", 80, "not the end of a range"),
    # storage
    ("StorageClass.provisioner", GONE, "it is missing"),
    ("StorageClass.parameters.encrypted", True, "instead of text"),
    ("StorageClass.volumeBindingMode", "Later", "unknown value"),
    ("PersistentVolume.spec.capacity", {}, "it is missing"),
    ("PersistentVolume.spec.csi.volumeHandle", "", "it is missing"),
    ("PersistentVolume.spec.claimRef", {"name": "files"}, "it is missing"),
    ("PersistentVolumeClaim.spec.accessModes", ["RWX"], "unknown value"),
    ("PersistentVolumeClaim.spec.accessModes", ["ReadWriteOncePod", "ReadOnlyMany"], "alone"),
    ("PersistentVolumeClaim.spec.resources.requests.storage", "1 GB", "not a size"),
]


def facts(version: str = "1.36", compute: Compute = "NODES") -> ClusterFacts:
    return ClusterFacts(version=version, compute=compute)


def changed(path: str, value: Any) -> Objects:
    made = objects()
    put(path, value)(made)
    for entry in _maps(made):
        for key in [key for key in entry if isinstance(key, str) and "~" in key]:
            entry[key.replace("~", ".")] = entry.pop(key)
    return made


def _maps(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(found for entry in value.values() for found in _maps(entry))]
    return [found for entry in value for found in _maps(entry)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("path", "value", "said"), WRONG, ids=[f"{path}={str(value)[:30]}" for path, value, _ in WRONG]
)
def test_a_mistake_is_refused(path: str, value: Any, said: str) -> None:
    assert problems(objects().values(), facts()) == []
    found = [str(problem) for problem in problems(changed(path, value).values(), facts())]
    assert [text for text in found if said in text] != [], found


@pytest.mark.parametrize("version", ["1.30", "1.33", "1.34", "1.35", "1.36", "1.37"])
def test_what_is_right_is_taken_on_every_version(version: str) -> None:
    assert problems(objects().values(), facts(version)) == []


NEWER: list[tuple[str, Any, str, str]] = [
    (f"{POD}.hostUsers", False, "1.32", "1.33"),
    (f"{MAIN}.restartPolicy", "Never", "1.34", "1.35"),
    ("Service.spec.trafficDistribution", "PreferSameZone", "1.33", "1.34"),
    (f"{JOB}.podFailurePolicy.rules.0.onPodConditions.0.status", GONE, "1.34", "1.35"),
]


@pytest.mark.parametrize(("path", "value", "before", "since"), NEWER, ids=[entry[0] for entry in NEWER])
def test_a_version_that_ignores_a_field_is_told_of_it(path: str, value: Any, before: str, since: str) -> None:
    made = changed(path, value)
    assert len(problems(made.values(), facts(before))) == 1
    assert problems(made.values(), facts(since)) == []


ON_FARGATE: list[tuple[str, Any]] = [
    (f"{MAIN}.ports.0.hostPort", 8080),
    (f"{POD}.hostNetwork", True),
    (f"{POD}.volumes.1", {"name": "run", "hostPath": {"path": "/run"}}),
    (f"{POD}.volumes.1", {"name": "disk", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}}),
    (f"{POD}.volumes.1", {"name": "secrets", "csi": {"driver": "secrets-store.csi.k8s.io"}}),
    (f"{MAIN}.resources.limits.nvidia~com/gpu", 1),
    (f"{MAIN}.resources", {"requests": {"cpu": "17"}}),
    (f"{MAIN}.securityContext", {"privileged": True}),
    ("PersistentVolume.spec.csi.driver", "ebs.csi.aws.com"),
]


@pytest.mark.parametrize(("path", "value"), ON_FARGATE, ids=[str(entry) for entry in ON_FARGATE])
def test_fargate_has_not_everything(path: str, value: Any) -> None:
    made = changed(path, value)
    for kind in ("DaemonSet", "StatefulSet", "StorageClass", "Namespace"):
        del made[kind]
    assert problems(made.values(), facts()) == []
    found = problems(made.values(), facts(compute="FARGATE"))
    assert [problem.practice for problem in found] == ["eks-fargate-limits"]


def test_fargate_has_no_daemons_and_makes_no_volumes() -> None:
    found = problems(objects().values(), facts(compute="FARGATE"))
    assert [problem.what.split()[0] for problem in found] == ["StorageClass", "DaemonSet", "StatefulSet"]


REFUSED: dict[str, tuple[str, Any]] = {
    "host network": (f"{POD}.hostNetwork", True),
    "host path": (f"{POD}.volumes.1", {"name": "run", "hostPath": {"path": "/run"}}),
    "host port": (f"{SIDECAR}.ports.0.hostPort", 80),
    "privileged sidecar": (f"{SIDECAR}.securityContext.privileged", True),
    "added capability": (f"{MAIN}.securityContext.capabilities.add", ["SYS_TIME"]),
    "sysctl": (f"{POD}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
    "unconfined": (f"{POD}.securityContext.seccompProfile.type", "Unconfined"),
    "probe of another host": (f"{MAIN}.livenessProbe.tcpSocket.host", "169.254.169.254"),
    "mask of proc": (f"{MAIN}.securityContext.procMount", "Unmasked"),
}
REFUSED_RESTRICTED: dict[str, tuple[str, Any]] = {
    "root": (f"{POD}.securityContext.runAsUser", 0),
    "root in a sidecar": (f"{SIDECAR}.securityContext.runAsUser", 0),
    "may be root": (f"{POD}.securityContext.runAsNonRoot", GONE),
    "escalation": (f"{SIDECAR}.securityContext.allowPrivilegeEscalation", GONE),
    "kept capabilities": (f"{SIDECAR}.securityContext.capabilities", {"drop": ["NET_RAW"]}),
    "no seccomp": (f"{POD}.securityContext.seccompProfile", GONE),
    "volume of NFS": (f"{POD}.volumes.1", {"name": "n", "nfs": {"server": "a", "path": "/"}}),
    "added CHOWN": (f"{MAIN}.securityContext.capabilities.add", ["CHOWN"]),
}


@pytest.mark.parametrize("name", [*REFUSED, *REFUSED_RESTRICTED])
def test_a_namespace_refuses_pods_that_ask_for_too_much(name: str) -> None:
    path, value = (REFUSED | REFUSED_RESTRICTED)[name]
    assert pod_security_problems(objects()["Deployment"], "restricted") == []
    made = changed(path, value)
    assert len(pod_security_problems(made["Deployment"], "restricted")) >= 1
    assert (len(pod_security_problems(made["Deployment"], "baseline")) >= 1) == (name in REFUSED)
    assert pod_security_problems(made["Deployment"], "privileged") == []
    namespace = made["Namespace"]["metadata"]["labels"]
    namespace["pod-security.kubernetes.io/enforce"] = "privileged"
    there = problems(made.values(), facts())
    namespace["pod-security.kubernetes.io/enforce"] = "restricted"
    assert len(problems(made.values(), facts())) > len(there)


def test_net_bind_service_is_all_that_restricted_pods_may_add() -> None:
    made = changed(f"{MAIN}.securityContext.capabilities.add", ["NET_BIND_SERVICE"])
    assert pod_security_problems(made["Deployment"], "restricted") == []


def test_an_object_is_there_once_and_after_its_namespace() -> None:
    made = objects()
    [twice] = problems([*made.values(), made["ConfigMap"]], facts())
    assert twice.what == "ConfigMap shop/settings: manifests[2] is the same object"
    found = problems([made["ConfigMap"], made["Namespace"]], facts())
    assert [problem.what for problem in found] == ["ConfigMap shop/settings: the object comes before its namespace"]


def test_a_value_that_is_known_at_deployment_is_not_judged() -> None:
    later = "${Token[TOKEN.1]}"
    for path in (f"{MAIN}.image", f"{MAIN}.env.0.value", "ConfigMap.data.a", f"{MAIN}.resources.limits.memory"):
        assert problems(changed(path, later).values(), facts()) == []
    number = -1.8881545897087626e289
    assert problems(changed(f"{MAIN}.ports.0.containerPort", number).values(), facts()) == []
    for path in ("ConfigMap.metadata.name", "ConfigMap.metadata.namespace", "ConfigMap.kind"):
        assert problems(changed(path, later).values(), facts()) != []


DANGLING: list[tuple[str, Any, str]] = [
    ("Service.spec.selector", {"app": "x"}, "matches no pods"),
    ("Service.spec.ports.0.targetPort", "web", "no container has a port named web"),
    ("PodDisruptionBudget.spec.selector.matchLabels", {"app": "x"}, "matches no pods"),
    ("NetworkPolicy.spec.podSelector.matchLabels", {"app": "x"}, "matches no pods"),
    (f"{HPA}.scaleTargetRef.name", "orders", "no Deployment orders"),
    ("Deployment.spec.replicas", 2, "each deployment would reset"),
    ("TargetGroupBinding.spec.serviceRef.name", "orders", "no Service orders"),
    ("Ingress.spec.rules.0.http.paths.0.backend.service.name", "orders", "no Service orders"),
    (f"{POD}.volumes.1", {"name": "f", "persistentVolumeClaim": {"claimName": "x"}}, "no PersistentVolumeClaim x"),
    (f"{POD}.volumes.1", {"name": "f", "configMap": {"name": "x"}}, "no ConfigMap x"),
    (
        f"{POD}.volumes.1",
        {"name": "f", "csi": {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "x"}}},
        "no SecretProviderClass x",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), DANGLING, ids=[entry[0] + entry[2] for entry in DANGLING])
def test_what_is_named_and_not_there_is_found(path: str, value: Any, said: str) -> None:
    assert dangling_references(objects().values()) == []
    made = changed(path, value)
    assert problems(made.values(), facts()) == []
    found = dangling_references(made.values())
    assert [problem for problem in found if said in problem.what] != [], found


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [[]], {"a": None}])
def test_nothing_that_is_odd_ends_in_a_traceback(odd: Any) -> None:
    for kind in objects():
        for path in (kind, f"{kind}.metadata", f"{kind}.spec", f"{kind}.spec.template", f"{kind}.spec.template.spec"):
            problems(changed(path, odd).values(), facts(compute="FARGATE"))
    for path in (f"{MAIN}.ports", f"{MAIN}.env", f"{MAIN}.resources", f"{MAIN}.readinessProbe", f"{POD}.volumes"):
        problems(changed(path, odd).values(), facts(compute="FARGATE"))


def test_the_harness_itself_can_fail() -> None:
    check(objects().values())
    with pytest.raises(AssertionError, match="unknown kind Gadget"):
        check([{"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "a"}}])
    with pytest.raises(AssertionError, match="order of keys"):
        check([{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}}])
    with pytest.raises(AssertionError, match="no manifests"):
        check([])

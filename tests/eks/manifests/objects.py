"""Objects that are right, to be broken in tests."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

LABELS = {"app.kubernetes.io/name": "web"}


def pod(**changes: Any) -> dict[str, Any]:
    return {
        "serviceAccountName": "web",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 75,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "initContainers": [
            container("telemetry", restartPolicy="Always", ports=[{"name": "otlp", "containerPort": 4318}])
        ],
        "containers": [
            container(
                "web",
                lifecycle={"preStop": {"sleep": {"seconds": 40}}},
                readinessProbe={"httpGet": {"path": "/health", "port": "http"}},
                livenessProbe={"tcpSocket": {"port": "http"}},
                volumeMounts=[{"name": "tmp", "mountPath": "/work"}],
                ports=[{"name": "http", "containerPort": 8080}],
            )
        ],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
    } | changes


def container(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "image": f"public.ecr.aws/shop/{name}@sha256:{'0' * 64}",
        "imagePullPolicy": "Always",
        "env": [{"name": "MODE", "value": "live"}],
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    } | more


def _object(api_version: str, kind: str, name: str, spec: Any = None, **more: Any) -> dict[str, Any]:
    made = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}}
    return made | ({} if spec is None else {"spec": spec}) | more


def objects() -> dict[str, dict[str, Any]]:
    """Return an object of each kind that we write, by kind, in the order in which they are applied."""
    template = {"metadata": {"labels": dict(LABELS)}, "spec": pod()}
    selector = {"matchLabels": dict(LABELS)}
    job_pod = pod(restartPolicy="Never")
    job_pod["containers"][0] = {key: value for key, value in job_pod["containers"][0].items() if "Probe" not in key}
    made = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
        },
        _object("v1", "ServiceAccount", "web", automountServiceAccountToken=False),
        _object("v1", "ConfigMap", "settings", data={"mode": "live"}),
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "fast"},
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true"},
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "files"},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany"],
                "persistentVolumeReclaimPolicy": "Retain",
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123456789abcdef0"},
                "claimRef": {"name": "files", "namespace": "shop"},
            },
        },
        _object(
            "v1",
            "PersistentVolumeClaim",
            "files",
            {"accessModes": ["ReadWriteMany"], "storageClassName": "", "resources": {"requests": {"storage": "1Gi"}}},
        ),
        _object(
            "v1",
            "Service",
            "web",
            {"selector": dict(LABELS), "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        ),
        _object(
            "elbv2.k8s.aws/v1beta1",
            "TargetGroupBinding",
            "web",
            {
                "targetGroupARN": f"arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/web/{'0' * 16}",
                "targetType": "ip",
                "serviceRef": {"name": "web", "port": "http"},
            },
        ),
        _object(
            "apps/v1",
            "Deployment",
            "web",
            {
                "selector": deepcopy(selector),
                "progressDeadlineSeconds": 900,
                "minReadySeconds": 15,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "100%"}},
                "template": deepcopy(template),
            },
        ),
        _object("apps/v1", "DaemonSet", "agent", {"selector": deepcopy(selector), "template": deepcopy(template)}),
        _object(
            "apps/v1",
            "StatefulSet",
            "store",
            {
                "selector": deepcopy(selector),
                "serviceName": "web",
                "template": deepcopy(template),
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "data"},
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
                    }
                ],
            },
        ),
        _object("batch/v1", "Job", "migrate", {"backoffLimit": 2, "template": {"spec": deepcopy(job_pod)}}),
        _object(
            "batch/v1",
            "CronJob",
            "nightly",
            {
                "schedule": "0 3 * * MON-FRI",
                "timeZone": "Europe/Berlin",
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 600,
                "jobTemplate": {
                    "spec": {
                        "backoffLimit": 2,
                        "podReplacementPolicy": "Failed",
                        "podFailurePolicy": {
                            "rules": [
                                {
                                    "action": "Ignore",
                                    "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
                                }
                            ]
                        },
                        "template": {"spec": deepcopy(job_pod)},
                    }
                },
            },
        ),
        _object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "web",
            {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 10,
                "metrics": [
                    {
                        "type": "ContainerResource",
                        "containerResource": {
                            "name": "cpu",
                            "container": "web",
                            "target": {"type": "Utilization", "averageUtilization": 60},
                        },
                    }
                ],
                "behavior": {
                    "scaleDown": {
                        "stabilizationWindowSeconds": 300,
                        "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}],
                    }
                },
            },
        ),
        _object("policy/v1", "PodDisruptionBudget", "web", {"maxUnavailable": 1, "selector": deepcopy(selector)}),
        _object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "web",
            {
                "podSelector": deepcopy(selector),
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"]}}],
                        "ports": [{"protocol": "TCP", "port": 8080}],
                    }
                ],
            },
        ),
        _object(
            "networking.k8s.io/v1",
            "Ingress",
            "web",
            {
                "ingressClassName": "alb",
                "rules": [
                    {
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                                }
                            ]
                        }
                    }
                ],
            },
        ),
        {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "shop"}, "value": 1000},
    ]
    return {entry["kind"]: entry for entry in made}

"""Secrets of containers: objects that refer to a secret, but never contain it.

With External Secrets, an operator copies it into a Kubernetes `Secret`. With the Secrets Store CSI driver, the pod
mounts it, and the driver copies values for environment variables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import Container

from ..manifests import Manifest
from .cluster_facts import ClusterFacts
from .losses import Losses

SECRETS_VOLUME = "secrets-store"

_SECRET_ARN = re.compile(r"(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]*\$\{Token\[[^\]]+\]\})(?::(.*))?")
_KEY = re.compile(r"[A-Za-z0-9._-]+")

_SERVICES = {"secretsmanager": "SecretsManager", "ssmparameter": "ParameterStore"}


@frozen
class SecretSource:
    """Location of a secret.

    Attributes:
        service: Its service, as the CSI driver names it.
        key: ARN of the secret, or name of the parameter.
        field: Field of a JSON secret; empty for the whole secret.
        version: Its version; empty for the newest.
    """

    service: Literal["secretsmanager", "ssmparameter"]
    key: str
    field: str = ""
    version: str = ""

    @classmethod
    def of(cls, value: Any) -> SecretSource:
        """Read a secret: an `ISecret`, an `IParameter`, or an `aws_ecs.Secret`."""
        if hasattr(value, "secret_arn"):
            return cls(service="secretsmanager", key=value.secret_arn)
        if hasattr(value, "parameter_name"):
            return cls(service="ssmparameter", key=value.parameter_name)
        arn: str = value.arn
        found = _SECRET_ARN.fullmatch(arn)
        if found is None:
            return cls(service="ssmparameter", key=arn)
        field, _, version = [*(found[2] or "").split(":"), "", "", ""][:3]
        return cls(service="secretsmanager", key=found[1], field=field, version=version)


@frozen
class Secrets:
    """How the containers of a pod get their secrets.

    Attributes:
        manifests: The objects that refer to the secrets.
        volumes: Volumes of the pod for them.
        names: Names of the `Secret` objects that containers read, which no manifest contains, by key.
    """

    manifests: Sequence[Manifest] = ()
    volumes: Sequence[Mapping[str, Any]] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    def environment(self, container: Container) -> list[Manifest]:
        """Return the secret variables of a container."""
        return [
            {"name": variable, "valueFrom": {"secretKeyRef": {"name": self.names[key], "key": key}}}
            for variable in container.secrets
            if (key := _key(container, variable)) in self.names
        ]

    def mounts(self, container: Container) -> list[Manifest]:
        """Return the mounts that a container needs to get them."""
        if not self.volumes or not container.secrets:
            return []
        return [{"name": SECRETS_VOLUME, "mountPath": "/mnt/secrets-store", "readOnly": True}]


def secrets_of(
    containers: Sequence[Container],
    *,
    metadata: Manifest,
    cluster: ClusterFacts,
    region: str | None,
    irsa: bool,
    losses: Losses,
) -> Secrets:
    """Return how the containers of a pod get their secrets."""
    reason = _why_not(cluster)
    sources: dict[str, SecretSource] = {}
    for index, container in enumerate(containers):
        if container.secrets and reason is not None:
            losses.refuse(
                f"containers[{index}].secrets", reason[0], instead=reason[1], practice="eks-no-secret-manifests"
            )
        elif container.secrets:
            losses.approximate(
                f"containers[{index}].secrets",
                "the driver reads them with the pod's role, so the application may also read them"
                if cluster.secrets == "SECRETS_STORE"
                else "an operator reads them with its own role and keeps a copy in a Secret of the namespace",
                instead="a role that may read only these secrets; encryption of the cluster's Secrets",
            )
            for variable, value in container.secrets.items():
                sources[_key(container, variable)] = SecretSource.of(value)
            if bad := [name for name in container.secrets if not _KEY.fullmatch(name)]:
                losses.refuse(
                    f"containers[{index}].secrets",
                    f"{bad[0]!r} cannot be a key of a Secret",
                    instead="letters, digits, dots, hyphens and underscores",
                )
    if not sources:
        return Secrets()
    metadata = {**metadata, "name": f"{metadata['name']}-secrets"}
    if cluster.secrets == "EXTERNAL_SECRETS":
        if region is None:
            losses.refuse(
                "region", "External Secrets needs the region of the secrets", instead="the region of the stack"
            )
        return _external_secrets(sources, metadata, region or "")
    name = str(metadata["name"])
    return Secrets(
        manifests=[_provider_class(sources, metadata, region, irsa=irsa)],
        volumes=[
            {
                "name": SECRETS_VOLUME,
                "csi": {
                    "driver": "secrets-store.csi.k8s.io",
                    "readOnly": True,
                    "volumeAttributes": {"secretProviderClass": name},
                },
            }
        ],
        names=dict[str, str].fromkeys(sources, name),
    )


def _why_not(cluster: ClusterFacts) -> tuple[str, str] | None:
    if cluster.secrets is None:
        return (
            "nothing in the cluster delivers secrets to containers, and anyone with the files could read a manifest",
            "the add-on of the Secrets Store CSI driver, or External Secrets",
        )
    if cluster.secrets == "SECRETS_STORE" and cluster.compute == "FARGATE":
        return (
            "the Secrets Store CSI driver runs on nodes, and Fargate has none",
            "External Secrets, or pods on nodes",
        )
    return None


def _key(container: Container, variable: str) -> str:
    return f"{container.name}.{variable}"


def _external_secrets(sources: Mapping[str, SecretSource], metadata: Manifest, region: str) -> Secrets:
    """Return the objects of External Secrets: a store and a list for Secrets Manager, and one of each for SSM."""
    manifests: list[Manifest] = []
    names: dict[str, str] = {}
    for service in dict.fromkeys(source.service for source in sources.values()):
        own = {**metadata, "name": f"{metadata['name']}-{service}"}
        data: list[Manifest] = []
        for key, source in sources.items():
            if source.service == service:
                names[key] = own["name"]
                remote = {"key": source.key}
                if source.field:
                    remote["property"] = source.field
                if source.version:
                    remote["version"] = f"uuid/{source.version}"
                data.append({"secretKey": key, "remoteRef": remote})
        manifests += [
            {
                "apiVersion": "external-secrets.io/v1",
                "kind": "SecretStore",
                "metadata": own,
                "spec": {"provider": {"aws": {"service": _SERVICES[service], "region": region}}},
            },
            {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": own,
                "spec": {
                    "refreshInterval": "1h",
                    "secretStoreRef": {"name": own["name"], "kind": "SecretStore"},
                    "target": {"name": own["name"], "creationPolicy": "Owner"},
                    "data": data,
                },
            },
        ]
    return Secrets(manifests=manifests, names=names)


def _provider_class(
    sources: Mapping[str, SecretSource], metadata: Manifest, region: str | None, *, irsa: bool
) -> Manifest:
    """Return the object of the CSI driver; its list of secrets is text, as JSON."""
    objects: list[Manifest] = []
    fields: dict[SecretSource, list[Manifest]] = {}
    for key, source in sources.items():
        entry = {"objectName": source.key, "objectType": source.service}
        if source.version:
            entry["objectVersion"] = source.version
        if not source.field:
            objects.append({**entry, "objectAlias": key})
            continue
        whole = replace(source, field="")
        if whole not in fields:
            fields[whole] = []
            objects.append({**entry, "objectAlias": f"secret-{len(objects)}", "jmesPath": fields[whole]})
        fields[whole].append({"path": json.dumps(source.field), "objectAlias": key})
    return {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": metadata,
        "spec": {
            "provider": "aws",
            "parameters": {
                **({} if region is None else {"region": region}),
                "usePodIdentity": "false" if irsa else "true",
                "objects": json.dumps(objects, ensure_ascii=False),
            },
            "secretObjects": [
                {
                    "secretName": metadata["name"],
                    "type": "Opaque",
                    "data": [{"objectName": key, "key": key} for key in sources],
                }
            ],
        },
    }

"""Objects of the Secrets Store driver and External Secrets."""

from __future__ import annotations

from ..schema import Anything, Fields, ListOf, MapOf, Text

_CLASS = Fields(
    {
        "provider": Text(allowed=("aws",)),
        "parameters": Fields(
            {
                "objects": Text(),
                "region": Text(),
                "failoverRegion": Text(),
                "pathTranslation": Text(),
                "usePodIdentity": Text(allowed=("true", "false")),
                "preferredAddressType": Text(allowed=("IPv4", "IPv6", "auto", "ipv4", "ipv6")),
            },
            ("objects",),
        ),
        "secretObjects": ListOf(
            Fields(
                {
                    "secretName": Text(),
                    "type": Text(),
                    "labels": MapOf(Text()),
                    "annotations": MapOf(Text()),
                    "data": ListOf(Fields({"objectName": Text(), "key": Text()}, ("objectName", "key")), 1),
                },
                ("secretName", "type", "data"),
            )
        ),
    },
    required=("provider", "parameters"),
)
_REMOTE = Fields(
    {
        "key": Text(),
        "property": Text(),
        "version": Text(),
        "metadataPolicy": Text(allowed=("None", "Fetch")),
        "conversionStrategy": Text(allowed=("Default", "Unicode")),
        "decodingStrategy": Text(allowed=("Auto", "Base64", "Base64URL", "None")),
    },
    ("key",),
)
_STORE = Fields({"name": Text(), "kind": Text(allowed=("SecretStore", "ClusterSecretStore"))}, ("name",))
_EXTERNAL = Fields(
    {
        "refreshInterval": Text(pattern=r"(\d+(h|m|s))+", example="1h"),
        "refreshPolicy": Text(allowed=("CreatedOnce", "Periodic", "OnChange")),
        "secretStoreRef": _STORE,
        "target": Fields(
            {
                "name": Text(),
                "creationPolicy": Text(allowed=("Owner", "Orphan", "Merge", "None")),
                "deletionPolicy": Text(allowed=("Delete", "Merge", "Retain")),
                "template": Anything(),
                "immutable": Anything(),
            }
        ),
        "data": ListOf(Fields({"secretKey": Text(), "remoteRef": _REMOTE}, ("secretKey", "remoteRef")), 1),
        "dataFrom": ListOf(Anything(), 1),
    }
)
_SECRET_STORE = Fields(
    {
        "controller": Text(),
        "provider": Fields(
            {
                "aws": Fields(
                    {
                        "service": Text(allowed=("SecretsManager", "ParameterStore")),
                        "region": Text(),
                        "role": Text(),
                        "auth": Anything(),
                        "externalID": Text(),
                        "sessionTags": Anything(),
                        "additionalRoles": ListOf(Text()),
                        "prefix": Text(),
                    },
                    ("service", "region"),
                )
            },
            ("aws",),
        ),
        "refreshInterval": Anything(),
        "retrySettings": Anything(),
        "conditions": Anything(),
    },
    required=("provider",),
)

SCHEMAS = {
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): _CLASS,
    ("external-secrets.io/v1", "ExternalSecret"): _EXTERNAL,
    ("external-secrets.io/v1", "SecretStore"): _SECRET_STORE,
    ("external-secrets.io/v1", "ClusterSecretStore"): _SECRET_STORE,
}

"""Objects of NetApp Trident, for FSx for NetApp ONTAP."""

from __future__ import annotations

from ..schema import Anything, Fields, ListOf, MapOf, Number, Text

_BACKEND = Fields(
    {
        "version": Number(low=1, high=1),
        "backendName": Text(),
        "storageDriverName": Text(allowed=("ontap-nas", "ontap-nas-economy", "ontap-nas-flexgroup", "ontap-san")),
        "managementLIF": Text(),
        "dataLIF": Text(),
        "svm": Text(),
        "aws": Fields(
            {"fsxFilesystemID": Text(pattern=r"fs-[0-9a-f]+", example="fs-0123456789abcdef0")}, ("fsxFilesystemID",)
        ),
        "credentials": Fields(
            {"name": Text(), "type": Text(allowed=("awsarn", "secret")), "apiVersion": Text()}, ("name",)
        ),
        "defaults": MapOf(Text()),
        "labels": MapOf(Text()),
        "storage": ListOf(Anything()),
        "autoExportPolicy": Anything(),
        "autoExportCIDRs": ListOf(Text()),
        "storagePrefix": Text(),
        "limitVolumeSize": Text(),
        "nfsMountOptions": Text(),
        "igroupName": Text(),
        "region": Text(),
        "deletionPolicy": Text(allowed=("delete", "retain")),
    },
    required=("version", "storageDriverName"),
)

SCHEMAS = {("trident.netapp.io/v1", "TridentBackendConfig"): _BACKEND}

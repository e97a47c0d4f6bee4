"""FSx: file systems, and the storage virtual machines of ONTAP."""

from typing import Any

from ..recipe import Properties, Recipe


def file_system(api: Any, identity: str) -> Properties:
    (found,) = api.describe_file_systems(FileSystemIds=[identity])["FileSystems"]
    mount = found.get("LustreConfiguration", {}).get("MountName")
    return {"DNSName": found["DNSName"], "LustreMountName": mount, "ResourceARN": found["ResourceARN"]}


RECIPES = {
    "AWS::FSx::FileSystem": Recipe(
        service="fsx",
        create="create_file_system",
        identity=lambda _, response: response["FileSystem"]["FileSystemId"],
        attributes=file_system,
        update=("update_file_system", "FileSystemId"),
        delete=lambda api, identity: api.delete_file_system(FileSystemId=identity),
    ),
    "AWS::FSx::StorageVirtualMachine": Recipe(
        service="fsx",
        create="create_storage_virtual_machine",
        identity=lambda _, response: response["StorageVirtualMachine"]["StorageVirtualMachineId"],
        update=("update_storage_virtual_machine", "StorageVirtualMachineId"),
        delete=lambda api, identity: api.delete_storage_virtual_machine(StorageVirtualMachineId=identity),
    ),
}

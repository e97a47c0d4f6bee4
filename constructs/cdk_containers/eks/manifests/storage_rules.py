"""Checks of volumes, claims, storage classes and ConfigMaps."""

from __future__ import annotations

import re

from cdk_containers.core.inputs import is_token

from .part import Part
from .quantities import ALLOWED, quantity

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_MEBIBYTE = 1024**2


def check_storage_class(manifest: Part) -> None:
    """Find problems with a StorageClass."""
    manifest.text("provisioner", required=True)
    manifest.choice("reclaimPolicy", ("Delete", "Retain"))
    manifest.choice("volumeBindingMode", ("Immediate", "WaitForFirstConsumer"))
    parameters = manifest.part("parameters")
    for name, value in parameters.value.items():
        if not isinstance(value, str) and not is_token(value):
            parameters.wrong(name, f"a value of type {type(value).__name__} instead of text", f'"{value}"')


def check_volume(manifest: Part) -> None:
    """Find problems with a PersistentVolume."""
    spec = manifest.part("spec")
    _check_modes(spec)
    _check_size(spec.part("capacity"), "storage")
    spec.choice("persistentVolumeReclaimPolicy", ("Delete", "Retain", "Recycle"))
    if "csi" in spec:
        spec.part("csi").text("driver", required=True)
        spec.part("csi").text("volumeHandle", required=True)
    claim = spec.part("claimRef")
    if claim:
        for field in ("name", "namespace"):
            claim.text(field, required=True)


def check_claim(manifest: Part) -> None:
    """Find problems with a PersistentVolumeClaim, or its template."""
    spec = manifest.part("spec")
    _check_modes(spec)
    _check_size(spec.part("resources").part("requests"), "storage")
    spec.choice("volumeMode", ("Block", "Filesystem"))


def check_config_map(manifest: Part) -> None:
    """Find problems with a ConfigMap."""
    size = 0
    data, binary = manifest.part("data"), manifest.part("binaryData")
    for part in (data, binary):
        for key, value in part.value.items():
            if not _KEY.fullmatch(str(key)):
                part.wrong(str(key), "not a valid key", "up to 253 letters, digits, hyphens, dots and underscores")
            if not isinstance(value, str):
                part.wrong(str(key), f"a value of type {type(value).__name__} instead of text", "text")
            else:
                size += len(value.encode())
    for key in data.value.keys() & binary.value.keys():
        binary.wrong(str(key), "the key is also in data", "one of the two", given=key)
    if size > _MEBIBYTE:
        manifest.wrong("data", "more than 1 MiB", "up to 1 MiB", given=f"{size} bytes")


def _check_modes(spec: Part) -> None:
    modes = [mode for _, mode in spec.entries("accessModes")]
    if not modes:
        spec.wrong("accessModes", "none", ", ".join(_MODES))
    for index, mode in enumerate(modes):
        if not is_token(mode) and mode not in _MODES:
            spec.wrong(f"accessModes[{index}]", "unknown value", ", ".join(_MODES), given=mode)
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        spec.wrong("accessModes", "ReadWriteOncePod combined with another mode", "alone")


def _check_size(part: Part, field: str) -> None:
    value = part.get(field)
    if is_token(value):
        return
    size = quantity(value)
    if size is None or size <= 0:
        part.wrong(field, "not a size" if value is not None else "it is missing", ALLOWED)

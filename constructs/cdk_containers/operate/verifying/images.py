"""Images: whether they exist in ECR, and for the architecture of the task."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.request import urlopen

from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.rules.containers import EXPRESS_SERVICE, known_containers_of
from cdk_containers.checks.templates import CannotTell, Malformed, Map, Partial, Resource, Value, texts_of
from cdk_containers.core.frozen import frozen

from .found import Found, Verdict, unless_signed_out
from .place import Place

Fetch = Callable[[str], bytes]

_TASK = "AWS::ECS::TaskDefinition"
_MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"
_OF_ECR = re.compile(
    r"(?P<registry>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[a-z0-9][a-z0-9._/-]*)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?"
)
_ASSETS = re.compile(r"cdk-[a-z0-9]+-container-assets-")
_TAIL = re.compile(r"(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?")
_PULLED = "ECR pulls it through"
_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_TYPES = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
]


@frozen
class Image:
    """An image in ECR.

    Attributes:
        registry: Account of the registry.
        region: The region.
        repository: The repository.
        tag: Tag, if there is no digest.
        digest: Digest; empty if the image is named by a tag.
    """

    registry: str
    region: str
    repository: str
    tag: str = "latest"
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag}"


def fetch(url: str) -> bytes:
    """Download from a presigned URL of ECR."""
    with urlopen(url, timeout=10) as answer:  # noqa: S310  (ECR makes it)
        read: bytes = answer.read()
        return read


class ImageVerifier:
    """Looks up images, each once."""

    def __init__(self, place: Place, get: Fetch) -> None:
        self._place = place
        self._fetch = get
        self._known: dict[Image, str | frozenset[str]] = {}

    def found(self) -> Iterator[Found]:
        """Yield the result for each image of each container."""
        for task in self._place.resources(_TASK, EXPRESS_SERVICE):
            for value in _images(task):
                yield self._look(value, task, _architecture(task))
        for manifest in self._place.resources(_MANIFEST):
            images = {it[0]: None for text in texts_of(manifest.value("Manifest")) for it in _OF_ECR.finditer(text)}
            for name in images:
                yield self._look(name, manifest, "")

    def _look(self, value: Value, user: Resource, architecture: str) -> Found:
        where = user.construct_path or user.logical_id
        try:
            image, name = self._image(value)
        except CannotTell as why:
            return _found("an image", where, "not checked", str(why))
        if image is None:
            return _found(name, where, "not checked", "it is not in ECR")
        if _ASSETS.match(image.repository):
            return _found("an asset", where, "ok", "`cdk deploy` builds and pushes it")
        try:
            there = self._known[image] if image in self._known else self._known.setdefault(image, self._read(image))
        except Refused as refused:
            return _found(str(image), where, "not checked", unless_signed_out(refused))
        return _judged(image, where, there, architecture)

    def _image(self, value: Value) -> tuple[Image | None, str]:
        """Return the image that a value names; None if it is not in ECR."""
        if isinstance(value, str):
            told = _OF_ECR.fullmatch(value)
            return (_image_of(told.groupdict()) if told else None), value
        repository = self._place.estate.find(value, "AWS::ECR::Repository")
        tail = _TAIL.fullmatch(value.tail) if isinstance(value, Partial) else None
        if repository is None or tail is None:
            raise CannotTell("only the deployment sets the image")
        name = self._place.physical(repository)
        if not name:
            raise CannotTell(f"its repository {repository.logical_id} is not deployed yet, so it has no image")
        api = self._place.api
        return _image_of({"registry": api.id, "region": api.region, "repository": name, **tail.groupdict()}), name

    def _read(self, image: Image) -> str | frozenset[str]:
        """Return the architectures of an image, or why it does not exist."""
        own = self._place.api
        api = own if image.region == own.region else own.in_region(image.region)
        named = {"registryId": image.registry, "repositoryName": image.repository}
        id_ = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
        answer = api.call("ecr", "batch_get_image", **named, imageIds=[id_], acceptedMediaTypes=_TYPES)
        if answer is None:
            rules = api.if_allowed(lambda: api.call("ecr", "describe_pull_through_cache_rules"), None) or {}
            for rule in rules.get("pullThroughCacheRules", ()):
                if image.repository.startswith(f"{rule['ecrRepositoryPrefix']}/"):
                    return f"{_PULLED} from {rule.get('upstreamRegistryUrl', 'elsewhere')} when it is needed"
            return f"there is no repository {image.repository} in {image.registry}/{image.region}"
        for it in answer.get("images", ()):
            return frozenset(self._architectures(api, named, json.loads(it["imageManifest"])))
        return "the repository has no such image"

    def _architectures(self, api: Any, named: Mapping[str, str], manifest: Mapping[str, Any]) -> Iterator[str]:
        for it in manifest.get("manifests", ()):
            architecture = it.get("platform", {}).get("architecture", "unknown")
            if architecture != "unknown":  # an attestation
                yield architecture
        if "config" in manifest:
            layer = manifest["config"]["digest"]
            answer = api.call("ecr", "get_download_url_for_layer", **named, layerDigest=layer) or {}
            try:
                told = json.loads(self._fetch(answer["downloadUrl"])) if answer else {}
            except (OSError, ValueError):
                return  # it exists, for an unknown architecture
            if isinstance(told.get("architecture"), str):
                yield told["architecture"]


def _judged(image: Image, where: str, there: str | frozenset[str], architecture: str) -> Found:
    if isinstance(there, str):
        if there.startswith(_PULLED):
            return _found(str(image), where, "not checked", there)
        return _found(str(image), where, "fails", there, "push it, or correct its name")
    listed = ", ".join(sorted(there))
    if architecture and there and architecture not in there:
        says = f"it is built for {listed}, but the task uses {architecture}: containers fail with an exec format error"
        way = f"build it for {architecture} too, or change the architecture of the task"
        return _found(str(image), where, "fails", says, way)
    return _found(str(image), where, "ok", listed or "it exists; its architecture could not be read")


def _image_of(told: Mapping[str, str | None]) -> Image:
    return Image(**{key: value for key, value in told.items() if value})


def _images(task: Resource) -> Iterator[Value]:
    try:
        if task.type == EXPRESS_SERVICE:
            yield task.value("PrimaryContainer", "Image")
        else:
            yield from (it.source.value("Image") for it in known_containers_of(task))
    except (CannotTell, Malformed):
        return


def _architecture(task: Resource | Map) -> str:
    try:
        told = task.text("RuntimePlatform", "CpuArchitecture", default="X86_64")
    except (CannotTell, Malformed):
        return ""
    return _ARCHITECTURES.get(told.upper(), "")


def _found(name: str, where: str, verdict: Verdict, says: str, way: str = "") -> Found:
    return Found(what="image", name=name, where=where, verdict=verdict, says=says, way=way)

"""Input of a workload on EKS, and its problems by option."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import EfsVolume, Workload, WorkloadInput
from cdk_containers.network import efs_problems

from ..clusters import EksCluster
from ..manifests import kubernetes_name_problems
from ..nodes import runs_on_fargate
from ..rendering import ClusterFacts, Loss, PodFacts, Rendered, refusals
from ..rendering.metadata import MANAGED_BY
from ..rendering.placement import NAME_LABEL
from .fit import fit_problems
from .images import image_source_problems, known_images
from .pod_options import PodOptions

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_OF_POD = re.compile(rf"^({'|'.join(PodOptions.__dataclass_fields__)})\b")


class Render(Protocol):
    """A function that renders a workload as Kubernetes objects."""

    def __call__(  # noqa: D102  (of a protocol)
        self, workload: Workload, *, name: str, namespace: str, facts: ClusterFacts, options: Any
    ) -> Rendered: ...


def name_from(id_: str) -> str:
    """Return the default name of the objects of a workload: `order-api` for `OrderApi`."""
    return "-".join(_WORD.findall(id_)).lower() or "app"


@frozen(slots=False)
class PodInput(WorkloadInput):
    """The options that every workload on EKS has.

    Attributes:
        cluster: The cluster.
        namespace: Its namespace.
        name: Name of its objects.
        name_option: The option that contains the name.
        pod: Options that most workloads do not change.
        render: Renders its objects.
        options: Known facts, except those that need CDK.
        words: The caller's names of options that the rendering names differently.
    """

    cluster: EksCluster
    namespace: str
    name: str
    name_option: str
    pod: PodOptions
    render: Render
    options: Callable[[PodInput], PodFacts]
    words: Sequence[tuple[str, str]] = ()

    def problems(self) -> list[Problem]:
        """Find what keeps the pods from running, including options without a counterpart."""
        found = Problems()
        found.extend(kubernetes_name_problems("namespace", self.namespace, form="label"))
        found.extend(kubernetes_name_problems(self.name_option, self.name, form="label"))
        found.extend(self.pod.problems(), under="pod")
        if wrong := self.own_container_problems():
            return [*found, *wrong]
        of_workload = Problems()
        of_workload.extend(self.workload.problems())
        for index, container in enumerate(self.workload.containers):
            if not of_workload.has(f"containers[{index}].image"):
                of_workload.extend(image_source_problems([container]))
        found.extend(self.in_the_words_of_the_caller(of_workload))
        if any(isinstance(volume, EfsVolume) for volume in self.volumes) and not found.has("volumes"):
            found.extend(efs_problems(self.volumes, self.cluster.vpc))
        if not found:
            rendered = self.rendered(**self._unasked())
            found.extend(
                replace(problem, option=self.option_of_the_caller(problem.option))
                for problem in refusals(rendered.losses)
            )
            if not found and not self.on_fargate:
                size = "cpu" if self.cpu is not None else "container"
                found.extend(fit_problems(rendered.manifests[-1], self.pod, self.cluster.nodes, option=size))
        return list(found)

    def _unasked(self) -> dict[str, Any]:
        """Return placeholders for facts that need CDK, to check the rest."""
        return {
            "images": known_images(self.workload.containers),
            "volume_handles": {volume.name: "fs-0::fsap-0" for volume in self.volumes if isinstance(volume, EfsVolume)},
        }

    def rendered(self, **known: Any) -> Rendered:
        """Return the objects, from what is `known` about the workload in addition to its options."""
        return self.render(
            self.workload,
            name=self.name,
            namespace=self.namespace,
            facts=self.facts,
            options=replace(self.options(self), **known),
        )

    @property
    def on_fargate(self) -> bool:
        """Whether the pods run on Fargate, according to the profiles created so far."""
        return runs_on_fargate(self.cluster, self.namespace, {NAME_LABEL: self.name, **MANAGED_BY})

    @property
    def facts(self) -> ClusterFacts:
        """What the pods need to know about the cluster."""
        facts = self.cluster.facts
        return replace(facts, compute="FARGATE") if self.on_fargate else facts

    def losses(self, rendered: Rendered) -> list[Loss]:
        """Return the differences from ECS, by the caller's option names."""
        return [
            replace(loss, option=self.option_of_the_caller(loss.option))
            for loss in rendered.losses
            if loss.kind != "refused"
        ]

    def option_of_the_caller(self, option: str) -> str:
        """Return the caller's name of an option of the workload or of its rendering."""
        option = super().option_of_the_caller(option)
        for ours, theirs in (("name", self.name_option), *self.words):
            option = re.sub(rf"^{ours}\b", theirs, option)
        return _OF_POD.sub(r"pod.\1", option)

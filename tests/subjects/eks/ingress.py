"""Subjects of `ingress`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_containers import LoadBalancerController
from tests.eks.reading import show_manifests
from tests.toolkit import eks_cluster

from ..making import role
from ..subject import Subject


def _controller(stack: cdk.Stack, given: dict[str, Any]) -> LoadBalancerController:
    made = LoadBalancerController(stack, "Controller", **given)
    show_manifests(made.cluster)
    return made


SUBJECTS: list[Subject] = [
    Subject(LoadBalancerController, _controller, lambda stack: {"cluster": eks_cluster(stack)}),
]

CHANGES: dict[str, dict[str, Any]] = {
    "LoadBalancerController": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "ingress_class_name": "web",
        "internet_facing": False,
        "default_ingress_class": True,
        "replicas": 3,
        "image_repository": "111111111111.dkr.ecr.eu-west-1.amazonaws.com/controller",
        "role": role,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}

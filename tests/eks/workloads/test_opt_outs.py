"""A default of pods or of their containers that is switched off: the reason is in the template."""

from __future__ import annotations

from cdk_containers import Container, Disabled, PodOptions
from tests.toolkit import IMAGE, REASON, new_stack, opt_outs, synth

from .made import service


def test_the_reasons_are_in_the_template():
    stack = new_stack()
    off = Disabled(REASON)
    service(
        stack,
        container=Container(image=IMAGE, readonly_root_filesystem=off),
        pod=PodOptions(spread=off, disruption_budget=off, cpu_limit=off),
    )
    service(stack, "Other")
    assert opt_outs(synth(stack))["AWS::IAM::Role"] == dict.fromkeys(
        ["eks-pod-spread", "eks-pod-disruption-budget", "eks-container-resources", "read-only-root-filesystem"], REASON
    )

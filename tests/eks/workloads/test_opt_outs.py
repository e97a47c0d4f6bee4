"""A default of pods or of their containers that is switched off: the reason is in the template."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

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


def test_a_role_that_exists_has_them_beside_it():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/web")
    service(stack, pod=PodOptions(role=role, spread=Disabled(REASON)))
    assert opt_outs(synth(stack))["AWS::EKS::PodIdentityAssociation"] == {"eks-pod-spread": REASON}

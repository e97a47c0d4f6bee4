"""Practices for the environments of an application."""

from .model import Practice, Severity

_WELL_ARCHITECTED = "https://docs.aws.amazon.com/wellarchitected/latest"
_ASSEMBLY = (
    "Which account a template is for stands in the assembly, and not in it: `cdk-containers environments collisions` "
    "looks there."
)

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="one-account-per-environment",
        title="Give each environment its own account",
        why=(
            "Whoever may deploy to one environment of an account can reach the other, and both share limits, names and "
            "the bill. Settings that an account has once, such as the scanning of its registry, belong to neither."
        ),
        source=f"{_WELL_ARCHITECTED}/security-pillar/sec_securely_operate_multi_accounts.html",
        severity=Severity.MEDIUM,
        option="Environment.account",
        check="none",
        not_in_templates=_ASSEMBLY,
    ),
    Practice(
        id="least-privilege-deployment",
        title="Let CloudFormation do what the stacks need, and no more",
        why=(
            "The CDK bootstraps with AdministratorAccess unless you say otherwise, so whoever may deploy is an "
            "administrator of the account. A policy computed from the stacks allows what they are made of."
        ),
        source="https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html",
        severity=Severity.HIGH,
        option="Environment.account",
        check="none",
        not_in_templates=(
            "The bootstrap stack has the role, and not the app: `cdk-containers environments bootstrap` prints the "
            "command."
        ),
    ),
)

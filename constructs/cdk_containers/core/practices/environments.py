"""Practices for the environments of an application."""

from .model import Practice, Severity

_WELL_ARCHITECTED = "https://docs.aws.amazon.com/wellarchitected/latest"
_ASSEMBLY = (
    "The account is in the cloud assembly, not in the template: run `cdk-containers environments collisions` to check "
    "it."
)

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="one-account-per-environment",
        title="Give each environment its own account",
        why=(
            "Anyone who can deploy to one environment of an account can reach the others. They also share quotas, "
            "names and the bill. Settings that an account has only once, such as registry scanning, belong to no "
            "environment."
        ),
        source=f"{_WELL_ARCHITECTED}/security-pillar/sec_securely_operate_multi_accounts.html",
        severity=Severity.MEDIUM,
        option="Environment.account",
        check="none",
        not_in_templates=_ASSEMBLY,
    ),
    Practice(
        id="least-privilege-deployment",
        title="Give CloudFormation only the permissions that the stacks need",
        why=(
            "By default, CDK bootstraps with AdministratorAccess, so anyone who can deploy is an administrator of the "
            "account. A policy computed from the stacks allows only the resources that they contain."
        ),
        source="https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html",
        severity=Severity.HIGH,
        option="Environment.account",
        check="none",
        not_in_templates=(
            "The role is in the bootstrap stack, not in the app: `cdk-containers environments bootstrap` prints the "
            "command."
        ),
    ),
)

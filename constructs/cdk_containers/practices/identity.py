"""Practices for the roles and secrets of containers."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="task-role-per-service",
        title="Give every service a task role of its own",
        why=(
            "With a shared role each service may do what any of them needs, so one broken service opens the data of "
            "all. CloudTrail cannot tell them apart either."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
        severity=Severity.HIGH,
        option="TaskOptions.task_role",
    ),
    Practice(
        id="task-role-trust",
        title="Let only tasks of this account take the task role",
        why=(
            "A role that trusts the ECS tasks service without conditions can be handed to the service on behalf of "
            "somebody else: the confused deputy. AWS recommends aws:SourceAccount and aws:SourceArn in the trust "
            "policy, with a wildcard for the cluster."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.task_role",
        checkers={"checkov": ("CKV_AWS_60", "CKV_AWS_61")},
    ),
    Practice(
        id="least-privilege-execution-role",
        title="Limit the execution role to the images, secrets and log groups of the task",
        why=(
            "The AWS managed policy for it reads every repository and writes every log stream of the account. The "
            "role is also what reads the secrets, so a wide one hands the secrets of all services to whoever can "
            "register a task definition."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.execution_role",
        checkers={
            "security-hub": ("IAM.21",),
            "cdk-nag": ("AwsSolutions-IAM4", "AwsSolutions-IAM5"),
            "checkov": ("CKV_AWS_107", "CKV_AWS_108", "CKV_AWS_109", "CKV_AWS_110", "CKV_AWS_111"),
        },
    ),
    Practice(
        id="no-secrets-in-environment",
        title="Take secrets from Secrets Manager or Parameter Store",
        why=(
            "A value in `environment` stands in clear text in the template, in the task definition and in the "
            "console, for everybody who may read those, and in every old revision."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
        severity=Severity.CRITICAL,
        option="Container.secrets",
        checkers={
            "security-hub": ("ECS.8",),
            "control-tower": ("CT.ECS.PR.12",),
            "cdk-nag": ("AwsSolutions-ECS2",),
        },
    ),
    Practice(
        id="no-access-keys",
        title="Use the task role, never access keys",
        why=(
            "An access key does not expire, works from anywhere and gets copied along with configuration. The "
            "credentials of a task role change by themselves and belong to one task."
        ),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        severity=Severity.CRITICAL,
        option="Container.environment",
        checkers={"security-hub": ("ECS.8",), "control-tower": ("CT.ECS.PR.12",)},
    ),
)

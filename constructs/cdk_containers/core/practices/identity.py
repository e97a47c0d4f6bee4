"""Practices for roles and secrets, for people's access, and for the record of what was done."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="task-role-per-service",
        title="Give every service its own task role",
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
        id="task-role-least-privilege",
        title="Let the task role do what the application does, and nothing more",
        why=(
            "Whoever gets into the container has the rights of the task role. With s3:* on everything that is the "
            "data of every other application, and with iam:PassRole it is the whole account."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
        severity=Severity.HIGH,
        option="TaskOptions.task_role",
        checkers={
            "security-hub": ("IAM.1", "IAM.21"),
            "control-tower": ("CT.IAM.PR.2", "CT.IAM.PR.3"),
            "guard": ("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"),
            "cdk-nag": ("AwsSolutions-IAM4", "AwsSolutions-IAM5"),
            "checkov": ("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_107", "CKV_AWS_108", "CKV_AWS_109", "CKV_AWS_111"),
        },
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
            "prowler": ("ecs_task_definitions_no_environment_secrets",),
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
    Practice(
        id="audit-trail",
        title="Record the calls to AWS of all regions in a trail",
        why=(
            "Without a trail the calls of the last 90 days are all that can be looked at, region by region. An "
            "attacker works in the region that nobody watches."
        ),
        source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
        severity=Severity.HIGH,
        option="AuditTrail.multi_region",
        checkers={
            "security-hub": ("CloudTrail.1", "CloudTrail.3"),
            "checkov": ("CKV_AWS_67",),
            "prowler": ("cloudtrail_multi_region_enabled",),
        },
    ),
    Practice(
        id="audit-log-integrity",
        title="Sign the log files of the trail",
        why=(
            "Whoever covers up what they did changes or deletes log files. With the signed digests that CloudTrail "
            "writes every hour it can be proven that none was touched."
        ),
        source=("https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html"),
        severity=Severity.MEDIUM,
        option="AuditTrail",
        checkers={
            "security-hub": ("CloudTrail.4",),
            "control-tower": ("CT.CLOUDTRAIL.PR.2",),
            "checkov": ("CKV_AWS_36",),
            "prowler": ("cloudtrail_log_file_validation_enabled",),
        },
    ),
    Practice(
        id="audit-log-encryption",
        title="Encrypt the trail with your own KMS key",
        why=(
            "The log files name everything that the account has and everybody who works in it. With your own key "
            "who reads the bucket still reads nothing without permission to decrypt, and each reading is recorded."
        ),
        source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
        severity=Severity.MEDIUM,
        option="AuditTrail.encryption_key",
        checkers={
            "security-hub": ("CloudTrail.2",),
            "control-tower": ("CT.CLOUDTRAIL.PR.1",),
            "checkov": ("CKV_AWS_35",),
            "prowler": ("cloudtrail_kms_encryption_enabled",),
        },
    ),
    Practice(
        id="audit-trail-search",
        title="Send the trail to CloudWatch Logs, where a task's calls are found by its id",
        why=(
            "Log files in S3 have to be loaded into something before anybody can ask them a question. The session of "
            "a task role carries the id of the task, so what one task called, and was denied, is one query."
        ),
        source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
        severity=Severity.MEDIUM,
        option="AuditTrail.logs",
        checkers={
            "security-hub": ("CloudTrail.5",),
            "control-tower": ("CT.CLOUDTRAIL.PR.3",),
            "prowler": ("cloudtrail_cloudwatch_logging_enabled",),
        },
    ),
    Practice(
        id="cluster-access-by-arn",
        title="Give people access to the clusters that they work on, by ARN and tag",
        why=(
            "With ecs:* on everything a command meant for the test cluster stops tasks in production. Many actions "
            "take no ARN of a cluster, and a policy that only names one allows nothing or too much: the condition "
            "ecs:cluster limits them."
        ),
        source=(
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"
        ),
        severity=Severity.HIGH,
        option="ClusterAccess",
    ),
    Practice(
        id="execute-command-by-permission",
        title="Let nobody open a shell in a container who has no permission to",
        why=(
            "ECS Exec runs as root and with all rights of the task role, past review and deployment. Who may operate a "
            "service does not need it for that."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        severity=Severity.HIGH,
        option="ClusterAccess.operate(execute_command=)",
    ),
    Practice(
        id="oidc-trust",
        title="Admit one repository, and one branch or environment of it, to the roles of a pipeline",
        why=(
            "Everybody can have GitHub or GitLab sign a token. A trust policy that does not name the repository lets "
            "strangers deploy; one that takes every subject of the repository lets everybody deploy to production who "
            "can open a pull request. No access keys are needed, so none can leak."
        ),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        severity=Severity.CRITICAL,
        option="GitHubDelivery.repository, GitLabDelivery.project",
    ),
)

"""Practices for roles and secrets, for people's access, and for the record of what was done."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="task-role-per-service",
        title="Give every service its own task role",
        why=(
            "With a shared role, each service has the permissions of all of them. One compromised service exposes the "
            "data of every service, and CloudTrail cannot tell them apart."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
        severity=Severity.HIGH,
        option="TaskOptions.task_role",
    ),
    Practice(
        id="task-role-trust",
        title="Let only tasks of this account assume the task role",
        why=(
            "If a role trusts the ECS tasks service without conditions, another account can use ECS to assume it (the "
            "confused deputy problem). AWS recommends conditions on aws:SourceAccount and aws:SourceArn in the trust "
            "policy, with a wildcard for the cluster."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.task_role",
        checkers={"checkov": ("CKV_AWS_60", "CKV_AWS_61")},
    ),
    Practice(
        id="task-role-least-privilege",
        title="Grant the task role only the permissions that the application needs",
        why=(
            "An attacker in the container has the permissions of the task role. With s3:* on all resources, that is "
            "the data of every other application. With iam:PassRole, it is the whole account."
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
            "The AWS managed policy for this role can pull from every repository and write to every log stream of the "
            "account. The role also reads the secrets. A broad role exposes the secrets of all services to anyone who "
            "can register a task definition."
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
        title="Read secrets from Secrets Manager or Parameter Store",
        why=(
            "A value in `environment` is plain text in the template, in the console and in every revision of the task "
            "definition. Anyone with read access to one of them can read it."
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
        title="Use the task role instead of access keys",
        why=(
            "An access key does not expire, works from anywhere and gets copied along with configuration. AWS rotates "
            "the credentials of a task role automatically, and they belong to one task."
        ),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        severity=Severity.CRITICAL,
        option="Container.environment",
        checkers={"security-hub": ("ECS.8",), "control-tower": ("CT.ECS.PR.12",)},
    ),
    Practice(
        id="audit-trail",
        title="Record the AWS API calls of all regions in a trail",
        why=(
            "Without a trail, you can look up only the calls of the last 90 days, one region at a time. Attackers use "
            "regions that you do not watch."
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
        title="Enable log file validation for the trail",
        why=(
            "Attackers change or delete log files to cover their tracks. With the signed digests that CloudTrail "
            "writes every hour, you can prove that no file was changed."
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
            "The log files list the resources and users of the account. With your own key, reading a file requires "
            "permission to decrypt as well as access to the bucket, and CloudTrail records each use of the key."
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
        title="Send the trail to CloudWatch Logs, so that you can find the calls of a task by its id",
        why=(
            "Log files in S3 must be loaded into another tool before you can query them. The session name of a task "
            "role contains the task id, so one query shows what a task called and which calls were denied."
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
        title="Give users access by ARN and tag to the clusters that they work on",
        why=(
            "With ecs:* on all resources, a command meant for the test cluster can stop tasks in production. Many "
            "actions do not support cluster ARNs, so a policy that only names an ARN allows nothing or too much. The "
            "ecs:cluster condition limits them."
        ),
        source=(
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"
        ),
        severity=Severity.HIGH,
        option="ClusterAccess",
    ),
    Practice(
        id="execute-command-by-permission",
        title="Allow ECS Exec only to users who have an explicit permission for it",
        why=(
            "ECS Exec runs as root with all permissions of the task role, and bypasses review and deployment. Users "
            "who operate a service do not need it for that."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        severity=Severity.HIGH,
        option="ClusterAccess.operate(execute_command=)",
    ),
    Practice(
        id="oidc-trust",
        title="Let a pipeline role trust one repository, and one branch or environment of it",
        why=(
            "OIDC needs no access keys that can leak, but anyone can obtain a token signed by GitHub or GitLab. If the "
            "trust policy does not name the repository, strangers can deploy. If it accepts every subject of the "
            "repository, anyone who can open a pull request can deploy to production."
        ),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        severity=Severity.CRITICAL,
        option="GitHubDelivery.repository, GitLabDelivery.project",
    ),
)

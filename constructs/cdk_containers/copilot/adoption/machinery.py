"""Copilot's own resources in its stacks: functions, their callers, and their roles."""

from __future__ import annotations

_OF_ANY_WORKLOAD = {
    "EnvControllerAction": "Custom::EnvControllerFunction",
    "EnvControllerFunction": "AWS::Lambda::Function",
    "EnvControllerRole": "AWS::IAM::Role",
}
_OF_SCALING = {
    "DynamicDesiredCountAction": "Custom::DynamicDesiredCountFunction",
    "DynamicDesiredCountFunction": "AWS::Lambda::Function",
    "DynamicDesiredCountFunctionRole": "AWS::IAM::Role",
    "AutoScalingRole": "AWS::IAM::Role",
}
_OF_RULES = {
    "HTTPRulePriorityAction": "Custom::RulePriorityFunction",
    "RulePriorityFunction": "AWS::Lambda::Function",
    "RulePriorityFunctionRole": "AWS::IAM::Role",
}
_OF_BACKLOGS = {
    "BacklogPerTaskCalculatorFunction": "AWS::Lambda::Function",
    "BacklogPerTaskCalculatorLogGroup": "AWS::Logs::LogGroup",
    "BacklogPerTaskCalculatorRole": "AWS::IAM::Role",
    "BacklogPerTaskScheduledRule": "AWS::Events::Rule",
    "PermissionToInvokeBacklogPerTaskCalculatorLambda": "AWS::Lambda::Permission",
}
_OF_SITES = {
    "CopyAssetsStateMachine": "AWS::StepFunctions::StateMachine",
    "CopyAssetsStateMachineRole": "AWS::IAM::Role",
    "EnvManagerS3Access": "AWS::IAM::Policy",
    "TriggerStateMachineAction": "Custom::TriggerStateMachine",
    "TriggerStateMachineFunction": "AWS::Lambda::Function",
    "TriggerStateMachineFunctionRole": "AWS::IAM::Role",
}
_OF_DOMAINS = {
    "CertificateValidationFunction": "AWS::Lambda::Function",
    "CustomDomainAction": "Custom::CustomDomainFunction",
    "CustomDomainFunction": "AWS::Lambda::Function",
    "CustomResourceRole": "AWS::IAM::Role",
    "DNSDelegationFunction": "AWS::Lambda::Function",
    "DelegateDNSAction": "Custom::DNSDelegationFunction",
    "HTTPSCert": "Custom::CertificateValidationFunction",
}
_OF_ACCESS_LOGS = {
    "BucketCleanerFunction": "AWS::Lambda::Function",
    "ELBAccessLogsBucketCleanerAction": "Custom::BucketCleanerFunction",
    "ELBAccessLogsBucketCleanerRole": "AWS::IAM::Role",
}
OF_ENVIRONMENTS = {**_OF_DOMAINS, **_OF_ACCESS_LOGS}

ROLES_OF_COPILOT = ("CloudformationExecutionRole", "EnvironmentManagerRole")
"""Roles with which Copilot itself deploys. Its templates keep them when they leave the stack."""

OWN = {**_OF_ANY_WORKLOAD, **_OF_SCALING, **_OF_RULES, **_OF_BACKLOGS, **_OF_SITES, **OF_ENVIRONMENTS}


def of_workload(kind: str, kept: set[str]) -> dict[str, str]:
    """Return Copilot's own resources in a stack, by logical id, derived from its other resources.

    Args:
        kind: The type of the workload.
        kept: Logical ids of its other resources.
    """
    found: dict[str, str] = {}
    if kind not in ("Static Site", "Request-Driven Web Service"):
        found |= _OF_ANY_WORKLOAD
    if "AutoScalingTarget" in kept:
        found |= _OF_SCALING | (_OF_BACKLOGS if kind == "Worker Service" else {})
    if any(name.startswith("HTTPListenerRule") for name in kept):
        found |= _OF_RULES
    return found | (_OF_SITES if kind == "Static Site" else {})


WHEN_IT_GOES = {
    "Custom::AppRunnerCustomDomainFunction": "removes the domain from the service",
    "Custom::BucketCleanerFunction": "empties the bucket of the load balancer's access logs",
    "Custom::CertificateReplicatorFunction": "deletes the copy of the certificate",
    "Custom::CertificateValidationFunction": "deletes the certificate of listeners, and its records",
    "Custom::CustomDomainFunction": "deletes the records of the names in public DNS",
    "Custom::DNSDelegationFunction": "deletes the delegation to the environment's zone from the application's zone",
    "Custom::EnvControllerFunction": "removes the workload from the environment, and the load balancer with the last",
    "Custom::NLBCertValidatorFunction": "deletes the certificate of the load balancer, and its records",
    "Custom::NLBCustomDomainFunction": "deletes the records of the Network Load Balancer's names",
}
"""What Copilot's functions do when CloudFormation deletes their custom resources."""


def is_own(logical_id: str, kind: str) -> bool:
    """Tell whether a resource belongs to Copilot itself, so that you do not need it."""
    return logical_id in OWN or kind.startswith(("Custom::", "AWS::Lambda::")) or "RulePriority" in logical_id

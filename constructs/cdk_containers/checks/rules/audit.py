"""Checks of trails, the record of what was done in an account."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import Resource

from .settings import is_set

TRAIL = "AWS::CloudTrail::Trail"


@check("audit-trail", TRAIL, fix="Set IsMultiRegionTrail and IsLogging to true.")
def records_all_regions(trail: Resource) -> Outcome:
    """The trail records the calls of every region."""
    if not trail.flag("IsLogging"):
        return fault("logging is off")
    if not trail.flag("IsMultiRegionTrail"):
        return fault("it records only one region")
    return ok("it records all regions")


@check("audit-log-integrity", TRAIL, fix="Set EnableLogFileValidation to true.")
def signs_its_files(trail: Resource) -> Outcome:
    """A changed log file can be detected."""
    if trail.flag("EnableLogFileValidation"):
        return ok("CloudTrail signs its log files")
    return fault("its log files can be changed without being noticed")


@check("audit-log-encryption", TRAIL, fix="Set KMSKeyId.")
def encrypts_its_files(trail: Resource) -> Outcome:
    """Readers of the bucket also need a key."""
    return ok("it has a KMS key") if is_set(trail, "KMSKeyId") else fault("it has no KMS key")


@check("audit-trail-search", TRAIL, fix="Set CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn.")
def writes_to_a_log_group(trail: Resource) -> Outcome:
    """Calls can be found by a query."""
    if is_set(trail, "CloudWatchLogsLogGroupArn"):
        return ok("its events go to a log group")
    return fault("its events go only to S3")

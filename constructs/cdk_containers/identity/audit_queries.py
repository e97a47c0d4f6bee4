"""Saved CloudWatch Logs Insights queries for the audit trail.

ECS calls AWS for a task with the task's role, in a session named after the task, so the last part of `userIdentity.arn`
is the task id. All other fields are documented for every CloudTrail event, or are parameters of the ECS API.

See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

_TASK = r"parse userIdentity.arn /:assumed-role\/(?<role>[^\/]+)\/(?<task>[0-9a-f]{32})$/"


@frozen
class SavedQuery:
    """A query that the console shows under the trail's name."""

    id: str
    title: str
    text: str


QUERIES = (
    SavedQuery(
        id="TaskCalls",
        title="Calls of tasks",
        text=f"""\
# One task: add  | filter task = "its id"
fields @timestamp, eventSource, eventName, errorCode, awsRegion, sourceIPAddress
| filter userIdentity.type = "AssumedRole"
| {_TASK}
| filter ispresent(task)
| display @timestamp, task, role, eventSource, eventName, errorCode, awsRegion, sourceIPAddress
| sort @timestamp desc
| limit 1000""",
    ),
    SavedQuery(
        id="DeniedTaskCalls",
        title="Calls that task roles were denied",
        text=f"""\
filter userIdentity.type = "AssumedRole" and errorCode like /AccessDenied|UnauthorizedOperation/
| {_TASK}
| filter ispresent(task)
| stats count(*) as calls, count_distinct(task) as tasks, latest(errorMessage) as message \
by role, eventSource, eventName
| sort calls desc
| limit 1000""",
    ),
    SavedQuery(
        id="ExecSessions",
        title="ECS Exec sessions",
        text="""\
fields @timestamp, userIdentity.arn, sourceIPAddress, errorCode
| filter eventSource = "ecs.amazonaws.com" and eventName = "ExecuteCommand"
| display @timestamp, userIdentity.arn, requestParameters.cluster, requestParameters.task, \
requestParameters.container, requestParameters.command, sourceIPAddress, errorCode
| sort @timestamp desc
| limit 1000""",
    ),
    SavedQuery(
        id="Changes",
        title="Changes to ECS",
        text="""\
fields @timestamp, userIdentity.arn, eventName, errorCode
| filter eventSource = "ecs.amazonaws.com" and eventName not like /^(Describe|List|Get|Discover|Poll|Submit)/
| display @timestamp, userIdentity.arn, userIdentity.invokedBy, eventName, requestParameters.cluster, \
requestParameters.service, errorCode
| sort @timestamp desc
| limit 1000""",
    ),
)

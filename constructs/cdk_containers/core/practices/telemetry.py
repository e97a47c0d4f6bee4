"""Practices for logs and traces that sidecars carry."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="log-router-output",
        title="Say for each container where its log router sends the logs",
        why=(
            "FireLens turns the options of a container's log driver into an output of Fluent Bit. An option that is "
            "missing or misspelt stops the router, and with it the task."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
        severity=Severity.MEDIUM,
        option="FireLens.output, FireLens.outputs",
    ),
    Practice(
        id="log-router-rights",
        title="Let a log router write to its destination and nowhere else",
        why=(
            "The router acts as the task role, and so does the application. A right to write to every log group or "
            "every stream is a way to forge the logs of other services."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        severity=Severity.MEDIUM,
        option="FireLens.output",
    ),
    Practice(
        id="log-router-essential",
        title="Stop a task whose log router has stopped",
        why=(
            "Otherwise the application goes on and nobody sees what it does: its lines are lost, and no alarm says so."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
        severity=Severity.MEDIUM,
        option="FireLens.essential",
    ),
    Practice(
        id="log-router-config-file",
        title="Put further configuration of the log router into its image, on Fargate",
        why="Tasks on Fargate read a configuration file from the image only; ECS refuses one from S3.",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef-customconfig.html",
        severity=Severity.LOW,
        option="FireLens.config_file",
    ),
    Practice(
        id="sidecar-health-check",
        title="Start containers after the log router and the collector respond",
        why=(
            "What an application writes or sends before they listen is lost, and that is what explains a failed start. "
            "The check also replaces a task whose router hangs."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
        severity=Severity.MEDIUM,
        option="FireLens.health_check, OpenTelemetry.health_check",
    ),
    Practice(
        id="sidecar-memory",
        title="Keep memory for the log router and the collector",
        why=(
            "Both hold data in memory while its destination is slow. Without memory of their own they are killed when "
            "the application grows, which is when logs and traces are needed."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
        severity=Severity.MEDIUM,
        option="FireLens.memory_reservation_mib, OpenTelemetry.memory_reservation_mib",
    ),
    Practice(
        id="sidecar-platform",
        title="Run log routers and collectors where containers reach them",
        why=(
            "FireLens does not run on Windows. With bridge networking a container finds no collector at its "
            "own localhost, and traces would be lost without an error."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html",
        severity=Severity.HIGH,
        option="TaskOptions.log_router, TaskOptions.telemetry",
    ),
    Practice(
        id="trace-collection",
        title="Trace requests with OpenTelemetry",
        why=(
            "A trace shows which of several services made a request slow. The X-Ray SDKs and the X-Ray daemon are in "
            "maintenance since February 2026; AWS recommends OpenTelemetry."
        ),
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-daemon-timeline.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.telemetry",
    ),
    Practice(
        id="trace-sampling",
        title="Trace a share of the requests",
        why="SDKs trace every request unless told otherwise, and X-Ray is paid by the trace.",
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html",
        severity=Severity.LOW,
        option="OpenTelemetry.sampling",
    ),
    Practice(
        id="trace-propagation",
        title="Pass traces on in headers that the SDKs know",
        why=(
            "Every SDK has the W3C headers. Others come in packages, and an SDK that is told to use one that is not "
            "installed ends the application before it starts."
        ),
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader",
        severity=Severity.MEDIUM,
        option="OpenTelemetry.propagators",
    ),
    Practice(
        id="metrics-log-retention",
        title="Own the log group that metrics arrive in",
        why=(
            "The collector writes metrics as log lines. A log group that it makes itself keeps them, and their cost, "
            "forever, and the right to make log groups would go to the application too."
        ),
        source=(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html"
        ),
        severity=Severity.LOW,
        option="OpenTelemetry.metrics_logs",
    ),
)

"""Practices for logs and traces that sidecars carry."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="log-router-output",
        title="Set the log router output of each container",
        why=(
            "FireLens turns the log driver options of a container into a Fluent Bit output. A missing or misspelled "
            "option stops the router, and then the task."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
        severity=Severity.MEDIUM,
        option="FireLens.output, FireLens.outputs",
    ),
    Practice(
        id="log-router-rights",
        title="Let a log router write only to its destination",
        why=(
            "The log router and the application share the task role. With permission to write to every log group or "
            "stream, either can forge the logs of other services."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
        severity=Severity.MEDIUM,
        option="FireLens.output",
    ),
    Practice(
        id="log-router-essential",
        title="Stop a task when its log router stops",
        why="Otherwise the application keeps running without logs, and no alarm reports the lost lines.",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
        severity=Severity.MEDIUM,
        option="FireLens.essential",
    ),
    Practice(
        id="log-router-config-file",
        title="On Fargate, put extra configuration of the log router into its image",
        why="On Fargate, tasks can read a configuration file only from the image. ECS refuses a file from S3.",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef-customconfig.html",
        severity=Severity.LOW,
        option="FireLens.config_file",
    ),
    Practice(
        id="sidecar-health-check",
        title="Start containers after the log router and the collector are healthy",
        why=(
            "Otherwise the first lines and traces of an application are lost, and those explain a failed start. The "
            "health check also lets ECS replace a task whose router hangs."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
        severity=Severity.MEDIUM,
        option="FireLens.health_check, OpenTelemetry.health_check",
    ),
    Practice(
        id="sidecar-memory",
        title="Reserve memory for the log router and the collector",
        why=(
            "Both buffer data in memory while their destination is slow. Without reserved memory, the kernel kills "
            "them when the application grows, which is when you need logs and traces."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
        severity=Severity.MEDIUM,
        option="FireLens.memory_reservation_mib, OpenTelemetry.memory_reservation_mib",
    ),
    Practice(
        id="sidecar-platform",
        title="Run log routers and collectors on platforms where containers can reach them",
        why=(
            "FireLens does not run on Windows. With bridge networking, a container cannot reach a collector at "
            "localhost, and its traces are lost without an error."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html",
        severity=Severity.HIGH,
        option="TaskOptions.log_router, TaskOptions.telemetry",
    ),
    Practice(
        id="trace-collection",
        title="Trace requests with OpenTelemetry",
        why=(
            "A trace shows which of several services made a request slow. The X-Ray SDKs and the X-Ray daemon have "
            "been in maintenance mode since February 2026, and AWS recommends OpenTelemetry."
        ),
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-daemon-timeline.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.telemetry",
    ),
    Practice(
        id="trace-sampling",
        title="Trace a share of the requests",
        why="By default SDKs trace every request, and X-Ray charges for each trace.",
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html",
        severity=Severity.LOW,
        option="OpenTelemetry.sampling",
    ),
    Practice(
        id="trace-propagation",
        title="Propagate traces in headers that the SDKs support",
        why=(
            "Every SDK supports the W3C headers. Other formats need extra packages, and if such a package is missing, "
            "the SDK stops the application before it starts."
        ),
        source="https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader",
        severity=Severity.MEDIUM,
        option="OpenTelemetry.propagators",
    ),
    Practice(
        id="metrics-log-retention",
        title="Create the log group for metrics yourself",
        why=(
            "The collector writes metrics as log lines. If it creates the log group, the log lines and their cost stay "
            "forever. The application would also need permission to create log groups."
        ),
        source=(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html"
        ),
        severity=Severity.LOW,
        option="OpenTelemetry.metrics_logs",
    ),
)

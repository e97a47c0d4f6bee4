"""Practices for how new versions take over."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="deployment-circuit-breaker",
        title="Let the circuit breaker roll back a failed deployment",
        why=(
            "Without it, ECS keeps restarting the broken version, and CloudFormation waits for hours before it gives "
            "up. With the circuit breaker, the service is back on the last working version within minutes."
        ),
        source=f"{_GUIDE}/deployment-circuit-breaker.html",
        severity=Severity.HIGH,
        option="Rolling.circuit_breaker",
    ),
    Practice(
        id="deployment-alarms",
        title="Roll a deployment back when its alarms fire",
        why=(
            "The circuit breaker detects only tasks that do not become healthy. Only alarms detect a version that "
            "starts well and then returns errors."
        ),
        source=f"{_GUIDE}/deployment-alarm-failure.html",
        severity=Severity.MEDIUM,
        option="Rolling.alarm_rollback, BlueGreen.alarm_rollback, Linear.alarm_rollback, Canary.alarm_rollback, "
        "CodeDeployBlueGreen.alarm_rollback",
    ),
    Practice(
        id="full-capacity-during-deployment",
        title="Keep all tasks running during a deployment",
        why=(
            "With a minimum healthy percentage below 100, ECS stops tasks before their replacements are healthy. The "
            "remaining tasks carry the whole load: at 50, the CDK default, only half of them are left."
        ),
        source=f"{_GUIDE}/deployment-type-ecs.html",
        severity=Severity.HIGH,
        option="Rolling.min_healthy_percent",
    ),
    Practice(
        id="early-success",
        title="Consider a deployment successful when enough of it has completed",
        why=(
            "Without early success, a pipeline waits until the last old task has drained and the last new task has "
            "found scarce capacity. Neither can still fail the deployment. The new version must have at least the "
            "tasks that a deployment keeps running."
        ),
        source=f"{_GUIDE}/early-success-criteria.html",
        severity=Severity.LOW,
        option="Rolling.early_success",
    ),
    Practice(
        id="bake-time",
        title="Keep the old version running until alarms have had time to fire",
        why=(
            "While the old version runs, a rollback only shifts the traffic back and takes seconds. Without a bake "
            "time, ECS stops the old version before an alarm can fire. CloudFormation times out after 36 hours and "
            "refuses a bake time of more than 33."
        ),
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-ecs-service-linearconfiguration.html",
        severity=Severity.MEDIUM,
        option="BlueGreen.bake_time, Linear.bake_time, Canary.bake_time",
    ),
    Practice(
        id="traffic-shift",
        title="Send a small share of the traffic to a new version first",
        why=(
            "Health checks show that a version responds, not that its responses are correct. With a tenth of the "
            "traffic, a faulty version affects a tenth of the users. ECS accepts shares in steps of 0.1 percent."
        ),
        source=f"{_GUIDE}/canary-deployment.html",
        severity=Severity.LOW,
        option="Canary.canary_percent, Linear.step_percent",
    ),
    Practice(
        id="deployment-hooks",
        title="Run tests as deployment hooks, and create the service after their permissions",
        why=(
            "ECS rolls back if it may not invoke a hook function or gets an invalid response. The first deployment "
            "invokes the function as soon as the service exists, so the role's policy must exist before the service."
        ),
        source=f"{_GUIDE}/deployment-lifecycle-hooks.html",
        severity=Severity.MEDIUM,
        option="DeploymentHook, DeploymentPause",
    ),
    Practice(
        id="migration-order",
        title="Run migrations before the new version starts, and let no migration wait for a service",
        why=(
            "A new version that starts before the schema exists fails. If a migration waits for a version that waits "
            "for the migration, neither starts, and CloudFormation waits for hours."
        ),
        source=f"{_GUIDE}/deployment-lifecycle-hooks.html",
        severity=Severity.MEDIUM,
        option="DeploymentHook.job",
        check="none",
        not_in_templates="A template does not show which task is a migration, or which service it belongs to.",
    ),
    Practice(
        id="test-traffic",
        title="Send test traffic to a new version through a listener that users cannot reach",
        why=(
            "A hook can test only what it can call before users do. A test listener that is open to the internet "
            "exposes unfinished versions."
        ),
        source=f"{_GUIDE}/alb-resources-for-blue-green.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.test_port, AlbExposure.test_rule, NlbExposure.test_port",
    ),
    Practice(
        id="traffic-source",
        title="Use an Application or Network Load Balancer to shift traffic",
        why=(
            "ECS accepts blue/green deployments for a service without a load balancer, but then shifts no traffic. A "
            "Classic Load Balancer has no target groups, and scaling by requests watches only one of the two target "
            "groups."
        ),
        source=f"{_GUIDE}/blue-green-deployment-implementation.html",
        severity=Severity.HIGH,
        option="BlueGreen, Linear, Canary, CodeDeployBlueGreen",
    ),
    Practice(
        id="code-deploy",
        title="Use CodeDeploy only in pipelines that already depend on it",
        why=(
            "With the CodeDeploy controller, CloudFormation cannot deploy a new version. The circuit breaker and "
            "Service Connect are not available, and a service can have only one load balancer. AWS recommends the "
            "built-in deployments of ECS."
        ),
        source=f"{_GUIDE}/deployment-type-bluegreen.html",
        severity=Severity.HIGH,
        option="CodeDeployBlueGreen",
    ),
    Practice(
        id="quick-rollouts",
        title="Keep the waiting times of deployments as short as the application allows",
        why=(
            "The AWS defaults wait minutes for health checks that have already passed and for connections that are "
            "already closed. Teams postpone slow deployments, so changes pile up and a faulty version stays longer."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
        severity=Severity.LOW,
        option="TargetHealthCheck.interval",
    ),
)

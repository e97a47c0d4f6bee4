"""Practices for how new versions take over."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="deployment-circuit-breaker",
        title="Let the circuit breaker roll back a failed deployment",
        why=(
            "ECS otherwise starts the broken version again and again, and CloudFormation waits for hours before it "
            "gives up. With the circuit breaker the service is back on the last good version in minutes."
        ),
        source=f"{_GUIDE}/deployment-circuit-breaker.html",
        severity=Severity.HIGH,
        option="Rolling.circuit_breaker",
    ),
    Practice(
        id="deployment-alarms",
        title="Roll a deployment back when its alarms fire",
        why=(
            "The circuit breaker sees only tasks that do not become healthy. A version that starts well and then "
            "answers with errors is found by alarms alone."
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
            "With a minimum healthy percentage under 100, ECS stops tasks before their successors are healthy, and "
            "the rest carry the whole load: half of them at 50, which is the default of CDK."
        ),
        source=f"{_GUIDE}/deployment-type-ecs.html",
        severity=Severity.HIGH,
        option="Rolling.min_healthy_percent",
    ),
    Practice(
        id="early-success",
        title="Call a deployment successful when enough of it is",
        why=(
            "A deployment that waits until the last old task has drained, or until scarce capacity has come for the "
            "last new one, keeps a pipeline waiting for nothing that could still go wrong. The new version has to have "
            "at least the tasks that a deployment keeps running."
        ),
        source=f"{_GUIDE}/early-success-criteria.html",
        severity=Severity.LOW,
        option="Rolling.early_success",
    ),
    Practice(
        id="bake-time",
        title="Keep the old version for as long as an alarm takes to go off",
        why=(
            "While the old version runs, a rollback moves a weight and is done in seconds. Without a bake time it is "
            "gone before an alarm has seen anything. CloudFormation gives up after 36 hours, and refuses more than "
            "33."
        ),
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-ecs-service-linearconfiguration.html",
        severity=Severity.MEDIUM,
        option="BlueGreen.bake_time, Linear.bake_time, Canary.bake_time",
    ),
    Practice(
        id="traffic-shift",
        title="Let a share of the traffic try a new version first",
        why=(
            "Health checks see that a version answers, not that it answers right. A tenth of the traffic finds out "
            "for a tenth of the users. ECS counts in tenths of a percent."
        ),
        source=f"{_GUIDE}/canary-deployment.html",
        severity=Severity.LOW,
        option="Canary.canary_percent, Linear.step_percent",
    ),
    Practice(
        id="deployment-hooks",
        title="Ask tests whether a deployment goes on, and let the service wait for the right to ask",
        why=(
            "ECS rolls back when it may not call a function, or gets no answer that it knows. The first deployment "
            "calls as soon as the service is there, so the policy of the role has to be there before."
        ),
        source=f"{_GUIDE}/deployment-lifecycle-hooks.html",
        severity=Severity.MEDIUM,
        option="DeploymentHook, DeploymentPause",
    ),
    Practice(
        id="migration-order",
        title="Run a migration to its end before the new version takes over, and have it wait for no version",
        why=(
            "A new version that starts before the schema is there fails; a migration that waits for a version which "
            "waits for it never starts, and CloudFormation waits for hours."
        ),
        source=f"{_GUIDE}/deployment-lifecycle-hooks.html",
        severity=Severity.MEDIUM,
        option="DeploymentHook.job",
        check="none",
        not_in_templates="A template does not tell which task is a migration, and for which service.",
    ),
    Practice(
        id="test-traffic",
        title="Bring test traffic to a new version by a listener that users do not reach",
        why=(
            "A hook can only test what it can call before the users do. A test listener that is open to everybody "
            "shows unfinished versions to everybody."
        ),
        source=f"{_GUIDE}/alb-resources-for-blue-green.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.test_port, AlbExposure.test_rule, NlbExposure.test_port",
    ),
    Practice(
        id="traffic-source",
        title="Shift traffic where ECS can: at an Application or Network Load Balancer",
        why=(
            "ECS accepts blue/green for a service that nothing routes to, and then shifts nothing. A Classic Load "
            "Balancer has no target groups, and scaling by requests watches one of two."
        ),
        source=f"{_GUIDE}/blue-green-deployment-implementation.html",
        severity=Severity.HIGH,
        option="BlueGreen, Linear, Canary, CodeDeployBlueGreen",
    ),
    Practice(
        id="code-deploy",
        title="Keep CodeDeploy for pipelines that have it, and within what it can do",
        why=(
            "With the controller of CodeDeploy, CloudFormation can deploy no new version, the circuit breaker and "
            "Service Connect do not exist, and one load balancer is all there may be. AWS recommends the deployments "
            "of ECS."
        ),
        source=f"{_GUIDE}/deployment-type-bluegreen.html",
        severity=Severity.HIGH,
        option="CodeDeployBlueGreen",
    ),
    Practice(
        id="quick-rollouts",
        title="Wait no longer in a deployment than the application needs",
        why=(
            "The defaults of AWS wait minutes for health checks that passed long ago, and for connections that are "
            "closed. Slow deployments are put off and get large, and a bad version stays longer."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
        severity=Severity.LOW,
        option="TargetHealthCheck.interval",
    ),
)

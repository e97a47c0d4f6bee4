"""Values known only at deployment pass wherever a number, a text or a length of time is taken, and reach the template.

Where CDK has to know the value when it synthesizes, our own error says so.
"""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import is_dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import ConstructError
from cdk_containers.core.inputs import DurationLike
from tests.subjects import SUBJECTS, Subject
from tests.toolkit import new_stack, synth_with_objects

KNOWN_AT_SYNTHESIS = {
    "PortRange.first": "CDK takes the range as one text",
    "PortRange.last": "CDK takes the range as one text",
    "Tmpfs.uid": "it is part of a text",
    "Tmpfs.gid": "it is part of a text",
    "Image.from_asset.build_ssh": "the image is built before",
    "Image.from_asset.network": "the image is built before",
    "Network.cidr": "CDK splits it into subnets",
    "Network.max_azs": "CDK makes that many subnets",
    "KubectlProvider.kubectl_version": "it says which layer is uploaded",
    "EksCluster.version": "it decides what objects and images are right",
    "EksCluster.service_cidr": "it is compared with the network",
    "EksCluster.cluster_name": "it is the name of a folder, and part of that of a log group",
    "KarpenterPool.consolidate_after": "it is written as text into a manifest",
    "KarpenterPool.disrupted_percent": "it is written as text into a manifest",
    "KarpenterPool.image_version": "it is part of a text in a manifest",
    "KarpenterPool.max_node_lifetime": "it is written as text into a manifest",
    "KarpenterPool.max_vcpus": "it is written as text into a manifest",
    "KarpenterPool.name": "names in manifests are no tokens",
    "ManagedNodeGroup.version": "it is compared with the cluster's",
    "SelfManagedNodes.version": "it is part of the name of a parameter",
    "AddOn.name": "it decides what the add-on waits for",
    "AddOn.configuration": "it is read as JSON; values in it may be tokens",
    "AddOnOptions.configuration": "it is read as JSON; values in it may be tokens",
    "KubernetesService.cpu": "it is computed with",
    "KubernetesService.memory_limit_mib": "it is computed with",
    "KubernetesService.namespace": "a name in a manifest",
    "KubernetesService.service_name": "a name in a manifest",
    "KubernetesWorker.cpu": "it is computed with",
    "KubernetesWorker.memory_limit_mib": "it is computed with",
    "KubernetesWorker.namespace": "a name in a manifest",
    "KubernetesWorker.service_name": "a name in a manifest",
    "KubernetesDaemon.cpu": "it is computed with",
    "KubernetesDaemon.memory_limit_mib": "it is computed with",
    "KubernetesDaemon.namespace": "a name in a manifest",
    "KubernetesDaemon.service_name": "a name in a manifest",
    "KubernetesJob.cpu": "it is computed with",
    "KubernetesJob.memory_limit_mib": "it is computed with",
    "KubernetesJob.namespace": "a name in a manifest",
    "KubernetesJob.job_name": "a name in a manifest",
    "KubernetesService.desired_count": "a manifest holds the number, and tokens in it are text",
    "KubernetesWorker.desired_count": "a manifest holds the number, and tokens in it are text",
    "KubernetesService.health_check_grace_period": "a manifest holds the number, and tokens in it are text",
    "KubernetesJob.timeout": "a manifest holds the number, and tokens in it are text",
    "KubernetesJob.retries": "a manifest holds the number, and tokens in it are text",
    "KubernetesJob.start_within": "a manifest holds the number, and tokens in it are text",
    "PodOptions.ephemeral_storage_gib": "a manifest holds the number, and tokens in it are text",
    "PodOptions.spot_percent": "a manifest holds the number, and tokens in it are text",
    "KubernetesJob.schedule": "it is written in the way of Kubernetes",
    "KubernetesJob.time_zone": "it is looked up",
    "Repository.keep_images": "CDK writes the rules as one text",
    "Repository.untagged_days": "CDK writes the rules as one text",
    "HealthCheck.interval": "CDK compares it with the timeout",
    "HealthCheck.timeout": "CDK compares it with the interval",
    "RestartPolicy.attempt_period": "CDK compares it with its bounds",
    "TargetHealthCheck.interval": "CDK compares it with the timeout",
    "TargetHealthCheck.timeout": "CDK compares it with the interval",
    "ContainerLogs.max_buffer_mib": "CDK converts it to bytes",
    "Container.name": "CDK makes it part of the construct's path",
    "SharedVolume.name": "it is compared with the mounts",
    "EfsVolume.name": "it is part of the path of the access point",
    "VolumeMount.volume": "it is compared with the volumes",
    "LogDriver.name": "it is compared with what Fargate has",
    "AlbExposure.container": "it is compared with the containers",
    "AlbExposure.port": "it is compared with the ports: see test_bad_input, where both are the same token",
    "PullThroughCache.upstream": "one of a few",
    "Container.gpus": "only EC2 has any, and the test runs on Fargate",
    "LinuxOptions.swappiness": "it has no effect without max_swap_mib",
    "HostVolume.name": "it is compared with the mounts",
    "DockerVolume.name": "it is compared with the mounts",
    "EbsVolume.name": "it is compared with the mounts",
    "EbsVolume.size_gib": "CDK compares it with the bounds of the type",
    "Port.host_port": "CDK compares it with the container's port",
    "AlbExposure.name": "it is part of the id of the route",
    "NlbExposure.name": "it is part of the id of the route",
    "LatticeExposure.name": "it is part of the id of the route",
    "ClassicExposure.name": "it is part of the id of the route",
    "NlbExposure.container": "it is compared with the containers",
    "NlbExposure.port": "it is compared with the ports",
    "AlbExposure.test_port": "the listener is named after it",
    "Approval.reason": "people read it before the deployment",
    "Approval.timeout": "it is compared with its bounds",
    "Environment.account": "stacks of other environments are compared with it",
    "Environment.region": "stacks of other environments are compared with it",
    "HostedDomain.name": "it is in the ids of certificates and records",
    "HostedDomain.zone_id": "it is looked at before an app is made for it",
    "HostedDomain.zone_name": "it is compared with the name",
    "NewNetwork.cidr": "CDK splits it into subnets",
    "NewNetwork.max_azs": "CDK makes that many subnets",
    "Domain.name": "it is in the ids of certificates and records",
    "Environment.subdomain": "it is in the ids of certificates and records",
    "Stickiness.duration": "CDK compares it with its bounds",
    "SubnetMasks.public": "CDK splits the network by it",
    "SubnetMasks.private": "CDK splits the network by it",
    "SubnetMasks.isolated": "CDK splits the network by it",
    "NlbExposure.test_port": "a rolling deployment has none: see test_shifted_routes",
    "BlueGreen.bake_time": "the minutes are added up: CloudFormation refuses more than 33 hours",
    "Linear.bake_time": "the minutes are added up",
    "Linear.step_bake_time": "the minutes are added up",
    "Canary.bake_time": "the minutes are added up",
    "Canary.canary_bake_time": "the minutes are added up",
    "DeploymentPause.timeout": "CDK cannot convert it to minutes",
    "DeploymentHook.timeout": "it is compared with its bounds",
    "ManagedDaemon.bake_time": "the minutes are added up",
    "Container.neuron_devices": "the paths of the devices are written out",
    "CodeDeployBlueGreen.approval_wait": "CDK cannot convert it to minutes",
    "CodeDeployBlueGreen.termination_wait": "CDK cannot convert it to minutes",
    "ClassicExposure.container": "it is compared with the containers",
    "ClassicExposure.port": "it is compared with the ports",
    "LatticeExposure.container": "it is compared with the containers",
    "LatticeExposure.port": "it is compared with the ports",
    "ServedPort.name": "it is compared with the ports",
    "CloudMap.container": "it is compared with the containers",
    "CloudMap.port": "it is compared with the ports",
    "BackendService.health_check_grace_period": "the test has no exposure that it could be for; see WebService",
    "DaemonService.health_check_grace_period": "a daemon has no exposure that it could be for",
    "DaemonService.desired_count": "a daemon has no count",
    "ExternalService.health_check_grace_period": "no load balancer reaches external instances",
    "ExternalDaemonService.health_check_grace_period": "no load balancer reaches external instances",
    "ExternalDaemonService.desired_count": "a daemon has no count",
    "EventJob.for_each": "it is written as an expression of JSONata",
    "EventJob.max_concurrency": "the test has no for_each that it could be for; see test_a_map_takes_a_token",
    "JobAlarms.within": "CDK compares it with the periods of CloudWatch",
    "ScheduledJob.flexible_window": "EventBridge Scheduler counts in minutes",
    "Image.from_asset.directory": "CDK reads it",
    "Image.from_asset.file": "CDK reads it",
    "Image.from_asset.target": "the image is built before deployment",
    "FireLens.buffer_mib": "it is multiplied into bytes",
    "WorkloadIdentity.namespace": "it is a name in a manifest",
    "WorkloadIdentity.service_account": "it is a name in a manifest",
    "KubernetesRole.name": "it is a name in a manifest",
    "KubernetesRole.namespace": "it is a name in a manifest",
    "LoadBalancerController.ingress_class_name": "it is a name in a manifest",
    "EbsStorage.storage_class_name": "it is a name in a manifest",
    "EbsStorage.iops": "it is written into a manifest as a text",
    "EbsStorage.throughput_mib": "it is written into a manifest as a text",
    "EfsStorage.storage_class_name": "it is a name in a manifest",
    "LustreStorage.storage_capacity_gib": "it is part of a text in a manifest",
    "LustreStorage.from_attributes.storage_capacity_gib": "it is part of a text in a manifest",
    "OntapStorage.storage_class_name": "it is a name in a manifest",
    "OntapStorage.from_attributes.storage_class_name": "it is a name in a manifest",
    "Source.connection_arn": "it is part of texts that are compared or run before the deployment",
    "Source.repository": "it is part of texts that are compared or run before the deployment",
    "Source.branch": "it is part of texts that are compared or run before the deployment",
    "ImageBuild.name": "it is part of texts that are compared or run before the deployment",
    "ImageBuild.directory": "it is part of texts that are compared or run before the deployment",
    "ImageBuild.dockerfile": "it is part of texts that are compared or run before the deployment",
    "ImageBuild.target": "it is part of texts that are compared or run before the deployment",
    "ScanGate.critical": "it is part of texts that are compared or run before the deployment",
    "ScanGate.high": "it is part of texts that are compared or run before the deployment",
    "ScanGate.medium": "it is part of texts that are compared or run before the deployment",
    "ScanGate.low": "it is part of texts that are compared or run before the deployment",
    "ScanGate.exceptions_file": "it is part of texts that are compared or run before the deployment",
    "Synthesis.directory": "it is part of texts that are compared or run before the deployment",
    "Synthesis.cli_version": "it is part of texts that are compared or run before the deployment",
    "Synthesis.assets_version": "it is part of texts that are compared or run before the deployment",
    "Wave.name": "it is part of texts that are compared or run before the deployment",
    "DeploymentWindow.hours": "it is part of texts that are compared or run before the deployment",
    "DeploymentWindow.days": "it is part of texts that are compared or run before the deployment",
    "DeploymentWindow.time_zone": "it is part of texts that are compared or run before the deployment",
    "ReleasedImage.repository_arn": "it is part of texts that are compared or run before the deployment",
    "ReleasedImage.digest": "it is part of texts that are compared or run before the deployment",
    "GitHubDelivery.branch": "it is part of texts that AWS compares",
    "GitHubDelivery.workflow_file": "it is part of texts that AWS compares",
    "GitHubDelivery.role_prefix": "workflows name the roles",
    "GitHubDelivery.max_session": "workflows ask for as many seconds",
    "GitHubRepository.name": "it is part of texts that AWS compares",
    "GitHubRepository.id": "it is part of texts that AWS compares",
    "GitHubRepository.owner_id": "it is part of texts that AWS compares",
    "GitLabDelivery.role_prefix": "pipelines name the roles",
    "GitLabDelivery.max_session": "pipelines ask for as many seconds",
    "GitLabProject.path": "it is part of texts that AWS compares",
    "GitLabProject.url": "condition keys begin with it",
    "GitLabRef.name": "it is part of texts that AWS compares",
}
"""Options that cannot be tokens, and why."""


def hints_of(subject: Subject) -> dict[str, Any]:
    owner = subject.of
    if inspect.isclass(owner) and not is_dataclass(owner):
        owner = owner.__init__
    # What a module imports for the type checker only.
    return typing.get_type_hints(owner, localns={"aws_secretsmanager": secretsmanager, "ecr_assets": ecr_assets})


def makers(hint: Any) -> list[str]:
    """List the kinds of tokens that a hint takes."""
    parts = set(typing.get_args(hint)) if typing.get_origin(hint) in (typing.Union, types.UnionType) else {hint}
    if set(typing.get_args(DurationLike)) <= parts:
        return ["duration"]
    return [kind for kind, type_ in (("number", int), ("text", str)) if type_ in parts]


def token(stack: cdk.Stack, kind: str) -> Any:
    if kind == "text":
        return cdk.CfnParameter(stack, "Given").value_as_string
    number = cdk.CfnParameter(stack, "Given", type="Number").value_as_number
    return cdk.Duration.seconds(number) if kind == "duration" else number


def options() -> list[Any]:
    return [
        pytest.param(subject, option, kind, id=f"{subject.name}-{option}-{kind}")
        for subject in SUBJECTS
        for option in subject.options
        for kind in makers(hints_of(subject)[option])
    ]


@pytest.mark.parametrize(("subject", "option", "kind"), options())
def test_a_token_passes_or_is_refused_by_our_own_error(subject: Subject, option: str, kind: str):
    stack = new_stack()
    given = {option: token(stack, kind)}
    if f"{subject.name}.{option}" == "RepositoryImage.digest":
        given["tag"] = None
    if f"{subject.name}.{option}" in KNOWN_AT_SYNTHESIS:
        with pytest.raises(ConstructError):
            subject.build(stack, **given)
        return
    subject.build(stack, **given)
    template = synth_with_objects(stack)
    assert "'Ref': 'Given'" in "".join(str(template.get(part, {})) for part in ("Resources", "Outputs", "Objects"))
    assert "e+289" not in str(template), "the number of the token itself is in the template"

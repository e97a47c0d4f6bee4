"""Calls of AWS's API that moto lacks or has too narrow, and that a stack's life needs: mostly those that remove things.

They do to moto's state what the call does to AWS's, and refuse what AWS refuses because something else is still there.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.applicationautoscaling import models as scaling
from moto.applicationautoscaling import responses as scaling_responses
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecr.responses import ECRResponse
from moto.efs.models import AccessPoint
from moto.events.models import EventTemplateParser, Rule
from moto.fsx.models import FSxBackend
from moto.fsx.responses import FSxResponse
from moto.servicediscovery.models import ServiceDiscoveryBackend
from moto.sns.models import sns_backends
from moto.ssm.models import Parameter, ParameterDict
from moto.vpclattice.responses import VPCLatticeResponse

# What moto has, before `install` replaces it.
make_policy = scaling.FakeApplicationAutoscalingPolicy.__init__
describe_policy = scaling_responses._build_policy
get_parameter = scaling_responses.ApplicationAutoScalingResponse._get_param
make_private_namespace = ServiceDiscoveryBackend.create_private_dns_namespace
make_file_system = FSxBackend.create_file_system
remove_file_system = FSxBackend.delete_file_system
send_elsewhere = Rule.send_to_targets
look_up = ParameterDict._check_loading_status
remove_namespace = ServiceDiscoveryBackend.delete_namespace


def get_signing_configuration(_: ECRResponse) -> str:
    """A registry without a signing configuration signs nothing."""
    raise JsonRESTError("SigningConfigurationNotFoundException", "The registry has no signing configuration")


def install() -> None:
    ECRResponse.get_signing_configuration = get_signing_configuration
    for call in (delete_application, delete_deployment_group, update_deployment_group):
        setattr(CodeDeployResponse, call.__name__, call)
    for call in (create_storage_virtual_machine, delete_storage_virtual_machine, describe_storage_virtual_machines):
        setattr(FSxResponse, call.__name__, call)
    AccessPoint.physical_resource_id = property(lambda self: self.access_point_id)  # what Ref gives
    NetworkInterface.private_dns_name = ""  # that of a task, in a VPC whose names moto knows nothing of
    FSxBackend.create_file_system = create_file_system
    FSxBackend.delete_file_system = delete_file_system
    for kind, things in LATTICE.items():
        setattr(VPCLatticeResponse, f"delete_{kind}", forget(things))
    scaling.FakeApplicationAutoscalingPolicy.__init__ = make_scaling_policy
    scaling_responses.ApplicationAutoScalingResponse._get_param = get_scaling_parameter
    scaling_responses._build_policy = describe_scaling_policy
    ServiceDiscoveryBackend.create_private_dns_namespace = create_private_dns_namespace
    ServiceDiscoveryBackend.delete_namespace = delete_namespace
    Rule.send_to_targets = send_to_targets
    ParameterDict._check_loading_status = look_up_image


# ---- CodeDeploy


def delete_application(self: Any) -> EmptyResult:
    """Remove the application with its deployment groups."""
    name = self._get_param("applicationName")
    self.codedeploy_backend.deployment_groups.pop(name, None)
    self.codedeploy_backend.applications.pop(name, None)
    return EmptyResult()


def delete_deployment_group(self: Any) -> ActionResult:
    groups = self.codedeploy_backend.deployment_groups[self._get_param("applicationName")]
    groups.pop(self._get_param("deploymentGroupName"), None)
    return ActionResult({"hooksNotCleanedUp": []})


def update_deployment_group(self: Any) -> ActionResult:
    application, name = self._get_param("applicationName"), self._get_param("currentDeploymentGroupName")
    group = self.codedeploy_backend.get_deployment_group(application, name)
    for member, value in self._get_params().items():
        attribute = camelcase_to_underscores(member)
        if hasattr(group, attribute):
            setattr(group, attribute, value)
    return ActionResult({"hooksNotCleanedUp": []})


# ---- FSx


def create_file_system(self: Any, **given: Any) -> Any:
    """Name what clients mount of Lustre."""
    made = make_file_system(self, **given)
    if made.lustre_configuration is not None:
        made.lustre_configuration = {"MountName": "fsxmount", **made.lustre_configuration}
    return made


def virtual_machines(backend: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = vars(backend).setdefault("storage_virtual_machines", {})
    return found


def create_storage_virtual_machine(self: Any) -> str:
    """Make it on a file system of ONTAP, with a password of a length that ONTAP takes."""
    given = json.loads(self.body)
    file_system = self.fsx_backend.file_systems[given["FileSystemId"]]
    if file_system.file_system_type != "ONTAP" or not 8 <= len(given.pop("SvmAdminPassword", "8 letters")) <= 50:
        raise JsonRESTError("BadRequest", f"no storage virtual machine on {file_system.file_system_id}")
    identity = f"svm-{len(virtual_machines(self.fsx_backend)):017}"
    made = {**given, "StorageVirtualMachineId": identity, "Lifecycle": "CREATED"}
    virtual_machines(self.fsx_backend)[identity] = made
    return json.dumps({"StorageVirtualMachine": made})


def describe_storage_virtual_machines(self: Any) -> str:
    return json.dumps({"StorageVirtualMachines": list(virtual_machines(self.fsx_backend).values())})


def delete_storage_virtual_machine(self: Any) -> str:
    identity = json.loads(self.body)["StorageVirtualMachineId"]
    del virtual_machines(self.fsx_backend)[identity]
    return json.dumps({"StorageVirtualMachineId": identity, "Lifecycle": "DELETING"})


def delete_file_system(self: Any, file_system_id: str, *given: Any, **options: Any) -> Any:
    users = [it["Name"] for it in virtual_machines(self).values() if it["FileSystemId"] == file_system_id]
    if users:
        raise JsonRESTError("BadRequest", f"{file_system_id} has storage virtual machines: {users}")
    return remove_file_system(self, file_system_id, *given, **options)


# ---- VPC Lattice

# The parts of moto's state, by what the calls that remove from them are named after.
LATTICE = {
    "listener": "listeners",
    "rule": "rules",
    "service": "services",
    "service_network": "service_networks",
    "service_network_service_association": "service_network_service_associations",
    "service_network_vpc_association": "service_network_vpc_associations",
    "target_group": "target_groups",
}


def forget(things: str) -> Callable[[Any], str]:
    def delete(self: Any) -> str:
        identity = unquote(self.path).rstrip("/").rsplit("/", 1)[-1]
        users = [it.id for it in associations(self.backend) if identity in vars(it).values() and it.id != identity]
        if users:
            raise JsonRESTError("ConflictException", f"{identity} has associations: {users}")
        del getattr(self.backend, things)[identity]
        return "{}"

    return delete


def associations(backend: Any) -> list[Any]:
    return [*backend.service_network_service_associations.values(), *backend.service_network_vpc_associations.values()]


# ---- Application Auto Scaling: moto refuses predictive policies, which it would only have to keep

PREDICTIVE = "PredictiveScalingPolicyConfiguration"


def get_scaling_parameter(self: Any, name: str, otherwise: Any = None) -> Any:
    value = get_parameter(self, name, otherwise)
    return get_parameter(self, PREDICTIVE) if value is None and name.startswith("StepScaling") else value


def make_scaling_policy(self: Any, *, policy_type: str, policy_body: Any, **given: Any) -> None:
    predictive = policy_type == "PredictiveScaling"
    make_policy(self, policy_type="StepScaling" if predictive else policy_type, policy_body=policy_body, **given)
    self.policy_type = policy_type


def describe_scaling_policy(policy: Any) -> dict[str, Any]:
    kept = {PREDICTIVE: policy._policy_body} if policy.policy_type == "PredictiveScaling" else {}
    return {**describe_policy(policy), **kept}


# ---- Cloud Map


def create_private_dns_namespace(self: Any, *, name: str, vpc: str, **given: Any) -> str:
    """Let a VPC have several namespaces, as long as their names differ."""
    return make_private_namespace(self, name=name, vpc=f"{vpc}/{name}", **given)


def delete_namespace(self: Any, namespace_id: str) -> str:
    if left := [it.name for it in self.services.values() if it.namespace_id == namespace_id]:
        raise JsonRESTError("ResourceInUse", f"namespace {namespace_id} still has services: {left}")
    return remove_namespace(self, namespace_id)


# ---- Systems Manager: moto has AWS's parameters with images for ECS, and none for EKS

IMAGE = re.compile(r"/aws/service/bottlerocket/aws-k8s-1\.\d\d/(x86_64|arm64)/latest/image_id")


def look_up_image(self: Any, key: str) -> None:
    look_up(self, key)
    if key and IMAGE.fullmatch(key):
        names = ("description", "allowed_pattern", "keyid", "version")
        image = {**dict.fromkeys(names), "parameter_type": "String", "last_modified_date": 0, "data_type": "text"}
        value = f"ami-{sum(key.encode()):017x}"
        self.setdefault(key, [Parameter(account_id=self.account_id, name=key, value=value, **image)])


# ---- EventBridge


def send_to_targets(self: Any, original_event: Any, *how: Any) -> None:
    """Send to topics as well; what starts tasks or executions has nothing here that it could start."""
    if not self.event_pattern.matches_event(original_event):
        return
    targets = self.targets
    for target in targets:
        service = target["Arn"].split(":")[2]
        if service == "sns":
            transformer = target.get("InputTransformer", {})
            template, paths = transformer.get("InputTemplate"), transformer.get("InputPathsMap", {})
            text = EventTemplateParser.parse(input_template=template, input_paths_map=paths, event=original_event)
            sns_backends[self.account_id][self.region_name].publish(json.dumps(text), arn=target["Arn"])
        elif service not in ("ecs", "states"):
            self.targets = [target]
            send_elsewhere(self, original_event, *how)
    self.targets = targets

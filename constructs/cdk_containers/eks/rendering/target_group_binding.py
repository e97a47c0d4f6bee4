"""TargetGroupBindings, with which a controller registers pods as targets of a load balancer."""

from __future__ import annotations

from ..manifests import Manifest

_CONTROLLER = "elbv2.k8s.aws/v1beta1"
_AUTO_MODE = "eks.amazonaws.com/v1"


def target_group_binding(
    *, name: str, namespace: str, service: str, port: int, target_group_arn: str, auto_mode: bool
) -> Manifest:
    """Return the binding of a service's port to a target group.

    It has no networking field: CloudFormation opens the security group of the pods, and the controller of Auto Mode
    does not support the field.

    Args:
        name: Its name.
        namespace: Namespace of the service.
        service: Name of the Kubernetes Service.
        port: Port of that Service.
        target_group_arn: The target group, with target type ip.
        auto_mode: Whether the controller is built into EKS Auto Mode.

    See https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
    """
    return {
        "apiVersion": _AUTO_MODE if auto_mode else _CONTROLLER,
        "kind": "TargetGroupBinding",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "serviceRef": {"name": service, "port": port},
            "targetGroupARN": target_group_arn,
            "targetType": "ip",
        },
    }

"""What has a controller register the pods of a service as targets of a load balancer that exists."""

from __future__ import annotations

from ..manifests import Manifest

_CONTROLLER = "elbv2.k8s.aws/v1beta1"
_AUTO_MODE = "eks.amazonaws.com/v1"


def target_group_binding(
    *, name: str, namespace: str, service: str, port: int, target_group_arn: str, auto_mode: bool
) -> Manifest:
    """Return the binding of a service's port to a target group.

    It says nothing of networking: the security group of the pods is opened by CloudFormation, which knows the load
    balancer, and the controller of Auto Mode takes no such field.

    Args:
        name: Its name.
        namespace: Namespace of the service.
        service: Name of the service, in the sense of Kubernetes.
        port: Port of that service.
        target_group_arn: The target group, whose targets are addresses.
        auto_mode: Whether the controller is the one that EKS Auto Mode has built in.

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

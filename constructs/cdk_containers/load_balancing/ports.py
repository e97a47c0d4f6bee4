"""Ports of instances and of target groups."""

EPHEMERAL_PORTS = (32768, 65535)
"""Range in which Docker finds a free port for a container with bridge networking.

See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

GROUP_PORTS = {"HTTP": 80, "HTTPS": 443}
"""Port of a target group by the protocol of its targets.

ECS registers each task with the task's own port, so this port is never used. It is not the container's port, because a
new port would replace the group with an empty one to which listeners already send requests.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

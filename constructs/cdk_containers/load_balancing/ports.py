"""Ports of instances and of target groups."""

EPHEMERAL_PORTS = (32768, 65535)
"""Where Docker finds a free port for a container with bridge networking.

See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

GROUP_PORTS = {"HTTP": 80, "HTTPS": 443}
"""Port of a target group by the protocol of its targets.

ECS registers each task with the task's own port, so this one is used by nobody. It is not the container's, because a
group with another port is another group: empty, while listeners send requests to it already.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

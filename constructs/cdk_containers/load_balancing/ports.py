"""Ports of instances."""

EPHEMERAL_PORTS = (32768, 65535)
"""Where Docker finds a free port for a container with bridge networking.

See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""

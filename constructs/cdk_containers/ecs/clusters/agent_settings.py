"""Settings of the ECS agent at the start of an instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AGENT_CONFIGURATION = "/etc/ecs/ecs.config"


def agent_settings(cluster_name: str, *, gpu: bool, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the agent on Amazon Linux.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
    """
    settings = {
        "ECS_CLUSTER": cluster_name,
        # Tasks get credentials from their own endpoint and must not use those of the instance.
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_ENABLE_TASK_IAM_ROLE": "true",
        "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST": "true",
        # Harmless on On-Demand instances, so that a group may mix both.
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
    }
    if gpu:
        settings["ECS_ENABLE_GPU_SUPPORT"] = "true"
    if attributes:
        entries = ",".join(f'"{name}":"{value}"' for name, value in sorted(attributes.items()))
        settings["ECS_INSTANCE_ATTRIBUTES"] = f"{{{entries}}}"
    return settings


def amazon_linux_commands(settings: Mapping[str, str], commands: Sequence[str]) -> list[str]:
    """Return the shell commands of the user data: the agent's settings first, then the caller's own."""
    lines = "\n".join(f"{name}={value}" for name, value in settings.items())
    return [f"cat <<'EOF' >> {AGENT_CONFIGURATION}\n{lines}\nEOF", *commands]


def bottlerocket_settings(cluster_name: str, *, attributes: Mapping[str, str]) -> str:
    """Return the user data of Bottlerocket, which accepts settings but no commands.

    See https://bottlerocket.dev/en/os/latest/api/settings/ecs/
    """
    lines = [
        "[settings.ecs]",
        f'cluster = "{cluster_name}"',
        "awsvpc-block-imds = true",
        "enable-spot-instance-draining = true",
    ]
    if attributes:
        lines += ["[settings.ecs.instance-attributes]"]
        lines += [f'"{name}" = "{value}"' for name, value in sorted(attributes.items())]
    return "\n".join(lines)

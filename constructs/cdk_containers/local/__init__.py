"""ECS tasks on a developer's machine: the containers of a task definition, run by podman, docker or finch."""

"""Runs ECS tasks on your machine: the containers of a task definition, with podman, Docker or Finch."""

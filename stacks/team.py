"""What the stack of every team over the shared platform begins with."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers import Alarms, EfsVolume, JobAlarms, VolumeMount

from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings
from .shared_platform_stack import SharedPlatformStack

PORT = 8080
FILES = [VolumeMount(volume="files", path="/files")]


class TeamStack(cdk.Stack):
    """A stack that holds what the services of a team need, and the platform nothing of theirs."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        platform: SharedPlatformStack,
        registry: RegistryStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self.settings = settings
        self.platform = platform
        self.registry = registry
        self.backend = application_image(settings, registry.backend, "backend")
        self.files = [EfsVolume(name="files", file_system=platform.files)]
        self.desired_count = settings.desired_count or 2
        self.alarms = Alarms(topic=platform.alarm_topic)
        self.job_alarms = JobAlarms(topic=platform.alarm_topic)
        self.add_services()

    def add_services(self) -> None:
        """Add what the team runs."""
        raise NotImplementedError

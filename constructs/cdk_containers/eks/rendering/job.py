"""Workloads that run to completion: once, or on a schedule."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.hashes import HASH_LENGTH

from ..manifests import Manifest
from .checker_notes import merged
from .deployment import template_of
from .facts import JobFacts
from .losses import Losses
from .names import short_hash
from .pod import Pod
from .schedules import five_fields

_DAY_SECONDS = 86400


def cron_job_of(pod: Pod, *, metadata: Manifest, schedule: str, options: JobFacts, losses: Losses) -> Manifest:
    """Return the CronJob."""
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {**metadata, **merged({}, pod.notes)},
        "spec": {
            "schedule": five_fields(schedule, losses=losses),
            "timeZone": options.time_zone or "Etc/UTC",
            "concurrencyPolicy": "Forbid" if options.overlap == "SKIP" else "Allow",
            "suspend": not options.enabled,
            # Below ten seconds the controller may miss every run.
            "startingDeadlineSeconds": max(options.start_within_seconds, 10),
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "metadata": {"labels": metadata["labels"]},
                "spec": _job_spec(pod, metadata=metadata, options=options),
            },
        },
    }


def job_of(pod: Pod, *, metadata: Manifest, options: JobFacts) -> Manifest:
    """Return the Job. A Job is immutable, so its name changes with its content."""
    spec = {"ttlSecondsAfterFinished": _DAY_SECONDS, **_job_spec(pod, metadata=metadata, options=options)}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            **metadata,
            "name": f"{metadata['name'][: 62 - HASH_LENGTH]}-{short_hash(spec)}",
            **merged({}, pod.notes),
        },
        "spec": spec,
    }


def _job_spec(pod: Pod, *, metadata: Manifest, options: JobFacts) -> dict[str, Any]:
    """Return the spec that a Job and the template of a CronJob share.

    A pod lost with its node restarts and does not count as a failure, and Karpenter does not evict it to save nodes.
    The pod has the time limit, so it applies to one attempt; the limit of a Job would cover all attempts.
    """
    annotations = {"karpenter.sh/do-not-disrupt": "true", **options.annotations}
    template = template_of(pod, metadata=metadata, annotations=annotations)
    timeout = {} if options.timeout_seconds is None else {"activeDeadlineSeconds": options.timeout_seconds}
    template["spec"] = {"restartPolicy": "Never", **timeout, **pod.spec}
    return {
        "backoffLimit": options.retries,
        "podReplacementPolicy": "Failed",
        "podFailurePolicy": {
            "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
        },
        "template": template,
    }

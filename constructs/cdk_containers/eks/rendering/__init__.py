"""Workloads as Kubernetes objects, and options without a counterpart. Nothing here needs AWS CDK."""

from .autoscaler import (
    LONGEST_SCALE_IN_SECONDS,
    LONGEST_SCALE_OUT_SECONDS,
    horizontal_pod_autoscaler,
    scaling_behavior,
)
from .cluster_facts import ClusterFacts, Compute
from .facts import Exposure, JobFacts, Peer, PodFacts, PodSecurity, ServiceFacts
from .fit import fit_problems
from .losses import refusals
from .namespace import render_namespace
from .node_facts import CapacityType, NodeFacts, Taint, label_problems, pod_fit_problems
from .render import render_daemon, render_job, render_service
from .rendered import Loss, Rendered
from .scaled_object import Trigger, clock_trigger, metric_trigger, queue_triggers, scaled_object, usage_trigger
from .schedules import five_fields
from .target_group_binding import target_group_binding

__all__ = [
    "LONGEST_SCALE_IN_SECONDS",
    "LONGEST_SCALE_OUT_SECONDS",
    "CapacityType",
    "ClusterFacts",
    "Compute",
    "Exposure",
    "JobFacts",
    "Loss",
    "NodeFacts",
    "Peer",
    "PodFacts",
    "PodSecurity",
    "Rendered",
    "ServiceFacts",
    "Taint",
    "Trigger",
    "clock_trigger",
    "fit_problems",
    "five_fields",
    "horizontal_pod_autoscaler",
    "label_problems",
    "metric_trigger",
    "pod_fit_problems",
    "queue_triggers",
    "refusals",
    "render_daemon",
    "render_job",
    "render_namespace",
    "render_service",
    "scaled_object",
    "scaling_behavior",
    "target_group_binding",
    "usage_trigger",
]

"""A workload as Kubernetes objects, and what of it has no counterpart there. Nothing here needs AWS CDK."""

from .cluster_facts import ClusterFacts, Compute
from .facts import Exposure, JobFacts, Peer, PodFacts, PodSecurity, ServiceFacts
from .losses import refusals
from .namespace import render_namespace
from .render import render_daemon, render_job, render_service
from .rendered import Loss, Rendered

__all__ = [
    "ClusterFacts",
    "Compute",
    "Exposure",
    "JobFacts",
    "Loss",
    "Peer",
    "PodFacts",
    "PodSecurity",
    "Rendered",
    "ServiceFacts",
    "refusals",
    "render_daemon",
    "render_job",
    "render_namespace",
    "render_service",
]

"""Screens of jobs and EKS clusters."""

from __future__ import annotations

from .exits import DONE, FAILED
from .states import JobState, KubernetesState, TaskState
from .tell_services import ending
from .told import Line, Told
from .words import clock_time, command, iso, many


def tell_job(state: JobState) -> Told:
    """Return the screen of a job."""
    last = state.stopped[0] if state.stopped else None
    failed = last is not None and run_failed(last)
    word, code = ("RUNNING", DONE) if state.running else ("LAST_RUN_FAILED", FAILED) if failed else ("WAITING", DONE)
    revision = state.target.id.rpartition(":")[2]
    off = "" if state.enabled is not False else ", switched off"
    failures = [it for it in state.stopped if run_failed(it)]
    lines = (
        Line("starts", f"{state.starts}{off}", {"starts": state.starts, "enabled": state.enabled}),
        Line("cluster", state.cluster.rpartition("/")[2] or "not found", {"cluster": state.cluster}),
        Line("running", many(len(state.running), "task"), {"tasks": [it.id for it in state.running]}),
        Line(
            "last run",
            _last_run(state),
            {"task": last.id if last else None, "stopped": iso(last.stopped) if last else None, "failed": failed},
        ),
        Line(
            "stopped",
            f"{many(len(failures), 'run')} failed in the last hour, `{command('why', state.target.name)}`"
            if failures
            else "no run failed in the last hour",
            {"failed": [it.id for it in failures]},
        ),
    )
    title = f"{word.replace('_', ' ')}  rev {revision}"
    return Told(target=state.target, at=state.at, state=word, title=title, code=code, lines=lines)


def _last_run(state: JobState) -> str:
    if not state.stopped:
        return "none in the last hour"
    last = state.stopped[0]
    at = f"{clock_time(last.stopped, state.at)}: " if last.stopped else ""
    return f"{at}{ending(last) if run_failed(last) else 'ended well'} ({last.id})"


def run_failed(task: TaskState) -> bool:
    """Tell whether a run ended with an exit code other than 0."""
    codes = [it.exit_code for it in task.containers]
    return task.stop_code == "TaskFailedToStart" or any(code not in (None, 0, 143) for code in codes)


def tell_kubernetes(state: KubernetesState) -> Told:
    """Return the screen of an EKS cluster."""
    bad_nodes = [it for it in state.nodes if it[1] != "ACTIVE" or it[3]]
    bad_add_ons = [it for it in state.add_ons if it[2] != "ACTIVE" or it[3]]
    fine = state.status == "ACTIVE" and not (state.issues or bad_nodes or bad_add_ons)
    word = "STEADY" if fine else state.status if state.status != "ACTIVE" else "ISSUES"
    moving = state.status in ("CREATING", "UPDATING")
    lines = (
        Line("control", f"{state.status}, support {state.support or '?'}", {"status": state.status}),
        Line(
            "nodes",
            _listed([_nodes(*it) for it in state.nodes])
            or ("EKS provides them (Auto Mode)" if state.auto else "no managed group"),
            {"groups": [dict(zip(("name", "status", "wanted", "issues"), it, strict=True)) for it in state.nodes]},
        ),
        Line(
            "add-ons",
            _listed([f"{name} {status}{_because(issue)}" for name, _, status, issue in bad_add_ons])
            or f"{len(state.add_ons)} active",
            {"add_ons": [dict(zip(("name", "version", "status", "issues"), it, strict=True)) for it in state.add_ons]},
        ),
        Line("issues", _listed(state.issues) or "none", {"issues": list(state.issues)}),
        Line("inside", f"`aws eks update-kubeconfig --name {state.target.id}`, then `kubectl get pods -A`"),
    )
    return Told(
        target=state.target,
        at=state.at,
        state=word,
        title=f"{word}  Kubernetes {state.version}",
        code=DONE if fine or moving else FAILED,
        lines=lines,
    )


def _nodes(name: str, status: str, wanted: int, issue: str) -> str:
    return f"{name} {status} ({many(wanted, 'node')}){_because(issue)}"


def _listed(texts: list[str] | tuple[str, ...]) -> str:
    return "; ".join(texts)


def _because(issue: str) -> str:
    return f": {issue}" if issue else ""

"""The scan gate: it lets images pass whose findings are within the thresholds, and writes the release.

CodeBuild runs it with the Python that it has (3.9 or newer) and the AWS CLI; it imports nothing of this library. What
is not known for sure stops the pipeline: a scan that failed, one that never ends, an exception without an owner.
"""

from __future__ import annotations

import calendar
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
DONE = ("COMPLETE", "ACTIVE")
WAITING = ("PENDING", "IN_PROGRESS", "")
LONGEST_EXCEPTION_DAYS = 180
_DAY = 86400
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(date: object) -> int | None:
    """Number the day of a date such as 2027-01-31; None where it is none."""
    if not isinstance(date, str) or not _DATE.fullmatch(date):
        return None
    try:
        return calendar.timegm(time.strptime(date, "%Y-%m-%d")) // _DAY
    except ValueError:
        return None


def exception_problems(entries: Any, today: str) -> list[str]:
    """Say what is wrong with the exceptions of a file."""
    if not isinstance(entries, list):
        return ["the exceptions are not a list"]
    wrong: list[str] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            wrong.append(f"exception {index} is not an object")
            continue
        name = entry.get("id") or f"exception {index}"
        missing = [key for key in ("id", "owner", "reason", "expires") if not str(entry.get(key) or "").strip()]
        if missing:
            wrong.append(f"{name} has no {', '.join(missing)}")
            continue
        expires = day(entry["expires"])
        if expires is None:
            wrong.append(f"{name} expires on {entry['expires']!r}, which is no date such as 2027-01-31")
        elif expires - (day(today) or 0) > LONGEST_EXCEPTION_DAYS:
            wrong.append(f"{name} is excepted for more than {LONGEST_EXCEPTION_DAYS} days")
    return wrong


def read_findings(scan: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (id, severity) of each finding, of basic and of enhanced scanning; no finding counts twice."""
    found = scan.get("imageScanFindings") or {}
    basic = [(one.get("name"), one.get("severity")) for one in found.get("findings") or []]
    enhanced = [
        ((one.get("packageVulnerabilityDetails") or {}).get("vulnerabilityId") or one.get("title"), one.get("severity"))
        for one in found.get("enhancedFindings") or []
    ]
    return sorted({(str(id_), str(severity)) for id_, severity in basic + enhanced})


def judge(
    findings: dict[str, list[tuple[str, str]]],
    thresholds: dict[str, int],
    exceptions: list[dict[str, Any]],
    today: str,
) -> tuple[list[str], dict[str, int], list[str]]:
    """Return what is over the thresholds, what is left of each severity, and notes for whoever reads the log."""
    valid = [one for one in exceptions if one["expires"] >= today]
    notes = [
        f"{one['id']} was excepted until {one['expires']} by {one['owner']}, and counts again"
        for one in exceptions
        if one["expires"] < today
    ]
    over: list[str] = []
    counts = dict.fromkeys(SEVERITIES, 0)
    for image, listed in sorted(findings.items()):
        excepted = {one["id"] for one in valid if image in (one.get("images") or [image])}
        ids: dict[str, list[str]] = {severity: [] for severity in (*SEVERITIES, "INFORMATIONAL")}
        for id_, severity in listed:
            if id_ in excepted:
                notes.append(f"{image}: {severity} {id_} is excepted")
            else:
                # What has no severity yet counts as high: nobody knows that it is less.
                ids.get(severity, ids["HIGH"]).append(id_)
        for severity in SEVERITIES:
            number = len(ids[severity])
            counts[severity] += number
            if severity in thresholds and number > thresholds[severity]:
                most = thresholds[severity]
                over.append(f"{image}: {number} {severity}, and {most} may be: {', '.join(ids[severity][:20])}")
    return over, counts, notes


def wait_for_scan(image: dict[str, str], attempts: int, pause: float) -> tuple[dict[str, Any] | None, str]:
    """Return the finished scan of an image, or None and why there is none."""
    region, repository = image["repository_arn"].split(":")[3], image["repository_arn"].split(":repository/")[1]
    command = ["aws", "ecr", "describe-image-scan-findings", "--region", region, "--repository-name", repository]
    command += ["--image-id", f"imageDigest={image['digest']}", "--output", "json"]
    status = "missing"
    for attempt in range(attempts):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (no shell)
        if ran.returncode == 0:
            scan = json.loads(ran.stdout)
            state = scan.get("imageScanStatus") or {}
            status = state.get("status") or ""
            if status in DONE:
                return scan, ""
            if status not in WAITING:
                return None, f"the scan ended as {status}: {state.get('description') or 'no reason given'}"
        elif "ScanNotFoundException" not in ran.stderr:
            return None, ran.stderr.strip() or "the AWS CLI failed without a word"
        if attempt + 1 < attempts:
            time.sleep(pause)
    return None, f"no scan was finished after {attempts} attempts: it is {status or 'pending'}"


def read_images(settings: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Read what the builds wrote, each into a directory of its own."""
    images: dict[str, dict[str, str]] = {}
    for directory in settings["directories"]:
        images.update(json.loads((Path(directory) / "image.json").read_text(encoding="utf-8")))
    if sorted(images) != sorted(settings["images"]):
        stop([f"the builds made {sorted(images)}, and the pipeline has {sorted(settings['images'])}"])
    return images


def read_exceptions(name: str, today: str) -> list[dict[str, Any]]:
    """Read the file of exceptions, which need not be there."""
    path = Path(name)
    if not path.exists():
        return []
    try:
        exceptions = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        stop([f"{path} is no JSON: {error}"])
    if wrong := exception_problems(exceptions, today):
        stop([f"{path}: {one}" for one in wrong])
    return list(exceptions)


def stop(problems: list[str]) -> None:
    """Stop the pipeline."""
    tell(problems)
    sys.exit(1)


def tell(lines: list[str]) -> None:
    """Write to the log."""
    for line in lines:
        sys.stderr.write(f"scan gate: {line}\n")


def main() -> None:
    """Judge the images of this run, and write the release where they pass."""
    settings = json.loads(os.environ["SCAN_GATE"])
    today = time.strftime("%Y-%m-%d", time.gmtime())
    images = read_images(settings)
    exceptions = read_exceptions(settings["exceptions"], today)
    findings: dict[str, list[tuple[str, str]]] = {}
    unknown: list[str] = []
    for name in sorted(set(images) - set(settings["unscanned"])):
        scan, why = wait_for_scan(images[name], settings["attempts"], settings["pause"])
        if scan is None:
            unknown.append(f"{name}: {why}")
        else:
            findings[name] = read_findings(scan)
    over, counts, notes = judge(findings, settings["thresholds"], exceptions, today)
    tell(notes)
    if unknown or over:
        stop(unknown + over)

    commit = os.environ["CODEBUILD_RESOLVED_SOURCE_VERSION"]
    Path("release").mkdir(exist_ok=True)
    text = json.dumps({"commit": commit, "images": images}, indent=2, sort_keys=True) + "\n"
    Path("release/release.json").write_text(text, encoding="utf-8")
    left = ", ".join(f"{count} {severity.lower()}" for severity, count in counts.items()) if findings else "none read"
    unscanned = f"; not scanned: {', '.join(sorted(settings['unscanned']))}" if settings["unscanned"] else ""
    variables = {
        "COMMIT": commit[:12],
        "DIGESTS": ", ".join(f"{name} {images[name]['digest'][:19]}" for name in sorted(images)),
        "FINDINGS": left + unscanned,
    }
    exports = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    Path(".delivery").mkdir(exist_ok=True)
    Path(".delivery/variables.sh").write_text("".join(exports), encoding="utf-8")


if __name__ == "__main__":
    main()

#!/bin/sh
# One step of the installation as one line: what it does and how long it took. What it printed is shown only if it failed.
# Usage: step.sh TEXT COMMAND [ARGUMENT ...]
set -u
text=$1
shift
output=$(mktemp)
trap 'rm -f "$output"' EXIT
started=$(date +%s)
printf '%s ... ' "$text"
if "$@" >"$output" 2>&1; then
    printf '%s s\n' "$(($(date +%s) - started))"
else
    status=$?
    printf 'failed after %s s\n' "$(($(date +%s) - started))"
    cat "$output"
    exit "$status"
fi

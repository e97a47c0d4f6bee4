set -euo pipefail
: > changes.txt
while IFS= read -r assembly; do
  if ! cdk diff --app "$assembly" --method template --no-color --ci '**' >> changes.txt; then
    cat changes.txt
    exit 1
  fi
done <<< "$ASSEMBLIES"
cat changes.txt
count() { grep -c -E "$1" changes.txt || true; }
CHANGES="$(count '^\[\+\]') to add, $(count '^\[~\]') to change, $(count '^\[-\]') to remove"
replaced="$(count 'requires replacement|will be replaced')"
[ "$replaced" = 0 ] || CHANGES="$CHANGES, $replaced replaced"
NOTES=""
while IFS= read -r command; do
  [ -z "$command" ] || NOTES="$NOTES $(bash -c "$command")"
done <<< "${NOTE_COMMANDS:-}"
NOTES="$(printf '%s' "$NOTES" | tr '\n' ' ' | cut -c 2-300)"
{
  printf 'export CHANGES=%q\n' "$CHANGES"
  printf 'export NOTES=%q\n' "${NOTES:-none}"
  printf 'export LOG=%q\n' "$CODEBUILD_BUILD_URL"
} > .delivery/variables.sh

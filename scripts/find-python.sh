#!/bin/sh
# Prints the first Python that can make the virtual environment: 3.11 or newer, with venv and ensurepip.
# PYTHON=/path/to/python decides for itself.
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    new_enough=$python
    "$python" -c 'import ensurepip, venv' 2>/dev/null || continue
    echo "$python"
    exit 0
done

if [ -n "$new_enough" ]; then
    echo "error: $new_enough cannot make virtual environments (its venv or ensurepip module is missing)." >&2
    echo "       On Debian and Ubuntu: apt install python3-venv. Or name another one: make PYTHON=/path/to/python3" >&2
else
    echo "error: Python 3.11 or newer is needed; looked for ${PYTHON:-python3, python3.14 ... python3.11, python}." >&2
    echo "       Name yours with: make PYTHON=/path/to/python3" >&2
fi
exit 1

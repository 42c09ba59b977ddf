#!/bin/sh
# Print the Python that fedsol's environment is made with: the newest that it supports, or $PYTHON.
set -eu

fits() {
    # Running it, not only finding it: version managers put stand-ins on PATH that run nothing.
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
        >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if fits "$PYTHON"; then
        echo "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON ($("$PYTHON" -V 2>&1 | head -n 1)) does not do:" \
        "fedsol needs Python 3.11, 3.12 or 3.13, with its venv and pip modules." >&2
    exit 1
fi
for candidate in python3.13 python3.12 python3.11 python3 python; do
    if fits "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done
echo "fedsol needs Python 3.11, 3.12 or 3.13, with its venv and pip modules; on PATH there is" \
    "$(python3 -V 2>&1 | head -n 1). Install one, or name one: make PYTHON=/path/to/python3.12" >&2
exit 1

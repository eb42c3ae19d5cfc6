#!/usr/bin/env bash
# autograde.sh SUBMISSION RESULT: runs the public checks on the folder SUBMISSION and writes RESULT (result.json).
# Exit 0 unless the machine is at fault. CLASSROOM, ASSIGNMENT and the rest come from the runner.
set -euo pipefail
submission="$(realpath "$1")"
result="$(realpath "$2")"
cd "$(dirname "$0")"
python="${AUTOGRADER_PYTHON:-}"
if [ -z "$python" ]; then
  python3 -m venv .venv
  PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu .venv/bin/pip install --quiet -c constraints.txt -e .
  python=.venv/bin/python
fi
export PYTHONPATH="$PWD" OMP_NUM_THREADS=1
exec "$python" -m autograder.systems.classroom50.runner "$(cat LESSON)" "$submission" "$result"

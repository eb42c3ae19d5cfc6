#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: a Python of its own, and what the engine needs.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu  # no CUDA: gigabytes less
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
apt-get update -qq
apt-get install -qq -y python3 python3-venv python3-pip
if python3 -c "$new_enough"; then
  python3 -m venv /opt/autograder
else  # Ubuntu 22.04 has 3.10
  python3 -m pip install --quiet uv
  python3 -m uv venv --seed --python 3.12 /opt/autograder
fi
# -e: the engine stays here, in /autograder/source
/opt/autograder/bin/pip install --quiet -c constraints.txt -e .

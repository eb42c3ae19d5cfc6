#!/usr/bin/env bash
# Grades the class in an array of jobs, and puts the results together when all have ended.
#   ./submit.sh              all shards
#   ./submit.sh --array=3,7  only these, once more: what they have finished is kept
set -euo pipefail
cd "$$(dirname "$$0")"
mkdir -p logs shards
if [ ! -e grading-seed ]; then
  (umask 077; python -c 'import secrets; print(secrets.token_hex(16))' > grading-seed)
fi
job=$$(sbatch --parsable "$$@" grade.sbatch)
# afterany: a shard that failed is named by merge, and the others are there.
sbatch --dependency="afterany:$${job%%;*}" merge.sbatch

#!/bin/sh
# A sweep in eight shards as a Slurm array, and a job that merges them when all are done:
#   array=$(sbatch --parsable --array=0-7 slurm-array.sh)
#   sbatch --dependency=afterok:$array slurm-array.sh merge
# The folder that it is submitted from takes the parts; all nodes must see it. A shard that died is
# named by the merge, with the command that does it; or submit it again (`--array=3`), or all of them:
# each goes on from where it was.
#SBATCH --job-name=drdrill-sweep
#SBATCH --cpus-per-task=4
#SBATCH --time=01:00:00
set -eu

shards=8 # as many as --array counts; a part of the array that is submitted again has as many

if [ "${1:-}" = merge ]; then
  exec drdrill merge part-* --report json=sweep.json
fi
exec drdrill sweep node-failure-corrected --replications 100000 \
  --threads "${SLURM_CPUS_PER_TASK:-4}" \
  --shard "$SLURM_ARRAY_TASK_ID/$shards" -o "part-$SLURM_ARRAY_TASK_ID"

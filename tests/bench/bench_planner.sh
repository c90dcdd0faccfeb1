#!/usr/bin/env bash
# bench_planner.sh BUILD: bench-planner on the reference problems, beside
# toulbar2 where it is installed, as a table with ratios.
#
# Problems come from $CONVENED_BENCH_DATA (a folder with instances/*.ins and
# EXPECTED.tsv), else from ../shared/bench/planner, else a small set is made.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=${1:?usage: bench_planner.sh BUILD}
data=${CONVENED_BENCH_DATA:-$here/../../../shared/bench/planner}
[ -d "$data/instances" ] || data=
exec /usr/bin/python3 "$here/planner_table.py" "$build/bench-planner" ${data:+"$data"}

#!/usr/bin/env bash
# bench_planner.sh BUILD: bench-planner on the reference problems, beside
# toulbar2 where it is installed, as a table with ratios.
#
# Problems come from $CONVENED_BENCH_DATA (a folder with instances/*.ins and
# EXPECTED.tsv), else from ../shared/bench/planner, else a small set is made.
# Then what the planner is to reach beside what it reached: planning again after
# one change and the largest problems among it. Then ten sectors of eight bodies
# whose ministers are the same people, from rules files to dates, as the daemon
# plans them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=${1:?usage: bench_planner.sh BUILD}
data=${CONVENED_BENCH_DATA:-$here/../../../shared/bench/planner}
[ -d "$data/instances" ] || data=
/usr/bin/python3 "$here/planner_table.py" "$build/bench-planner" ${data:+"$data"}

config=$here/../../config
echo
/usr/bin/python3 "$here/planner_targets.py" "$build" "$config" ${data:+"$data"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
read -ra files <<<"$(/usr/bin/python3 "$here/planner_sectors.py" "$config/rules/asean-digital.rules" "$folder")"
echo
printf '%-36s %8s %6s %6s %6s %7s %7s %7s %7s\n' "" editions cost bound gap proved read expand solve
for last in 2027 2036; do
  "$build/bench-planner-sectors" "$config/holidays" 2027 $last 60 "${files[@]}" |
    awk -v name="ten sectors of eight bodies x $((last - 2026))" '{
      printf "%-36s %8d %6d %6d %5.2f%% %7s %7.3f %7.3f %7.3f\n", name, $1, $2, $3,
             100 * ($2 - $3) / ($2 > 0 ? $2 : 1), $4, $5, $6, $7 }'
done

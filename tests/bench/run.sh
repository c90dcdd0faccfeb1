#!/usr/bin/env bash
# The benchmarks: run.sh BUILD [ROOM]. A room's is bench_ROOM.sh or bench_ROOM.py
# here, or the program BUILD/bench-ROOM made of bench_ROOM.c; each prints ratios.
set -euo pipefail
build=$(readlink -f "${1:?usage: run.sh BUILD [ROOM]}")
wanted=${2:-}
here=$(dirname "$(readlink -f "$0")")

run() {
  local room=$1
  if [ -f "$here/bench_$room.sh" ]; then bash "$here/bench_$room.sh" "$build"
  elif [ -f "$here/bench_$room.py" ]; then python3 "$here/bench_$room.py" "$build"
  elif [ -x "$build/bench-$room" ]; then "$build/bench-$room"
  else echo "bench: $build/bench-$room is not built" >&2; return 69; fi
}

status=0 found=0
for room in $(cd "$here" && ls bench_* | sed 's/^bench_\([a-z]*\).*/\1/' | sort -u); do
  [ -z "$wanted" ] || [ "$room" = "$wanted" ] || continue
  found=1
  echo "== $room"
  run "$room" || status=$?
done
[ $found = 1 ] || { echo "bench: no benchmark $wanted" >&2; exit 64; }
exit $status

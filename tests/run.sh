#!/usr/bin/env bash
# Runs the tests of a build folder through ctest and closes with one line that
# counts test cases (not programs): "N passed, N failed, N skipped". Nothing of
# them is left in /tmp, nor any process that they started.
set -uo pipefail
folder=$1
shift
filter=()
[ $# -gt 0 ] && filter=(-R "$1")
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export LC_ALL=C.UTF-8
# Reference data that is no part of the product; its tests are skipped without.
for pair in CONVENED_MUSTACHE_SPEC=mustache-spec CONVENED_BENCH_DATA=bench/planner; do
  [ -d "../shared/${pair#*=}" ] && export "${pair%%=*}=$PWD/../shared/${pair#*=}"
done
# Short: sockets lie in there. Others than its owner may pass through it.
work=$(mktemp -d /tmp/cvt.XXXXXX) || exit 73
chmod 711 "$work"
export TMPDIR=$work
tidy() {
  local of
  for of in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$of/environ" | grep -qsx "TMPDIR=$work"; then
      echo "tests/run.sh: was left running: $(tr '\0' ' ' 2>/dev/null <"$of/cmdline")" >&2
      kill -KILL "${of#/proc/}" 2>/dev/null
    fi
  done 2>/dev/null
  rm -rf "$work"
}
trap tidy EXIT
log=$folder/tests.log
rm -rf "$folder/results"
mkdir -p "$folder/results"
export CONVENED_RESULTS=$PWD/$folder/results
ctest --test-dir "$folder" --output-on-failure --no-tests=error -j2 "${filter[@]}" \
  --output-log "$PWD/$log" -V >"$folder/console.log" 2>&1
status=$?
tidy
trap - EXIT
python3 tests/count.py "$folder/console.log" "$status"

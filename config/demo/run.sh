#!/usr/bin/env bash
# The main job: starts the daemon on this configuration, and where nothing is
# planned yet plans this cycle and the next two, imports the sample contacts,
# releases, and shows the year. A second run keeps what is there.
#   run.sh BUILD-FOLDER CONFIG-FOLDER
set -euo pipefail
build=$1
config=$2
run=$(cd "$config/../.." && pwd)/run
export CONVENED_SOCKET=$run/control
ctl=("$build/convenectl")
mkdir -p "$run"

"$build/convened" -c "$config/convened.conf" &
daemon=$!
stop() { kill -TERM "$daemon" 2>/dev/null || true; }
trap stop INT TERM
trap 'stop; wait "$daemon" 2>/dev/null || true' EXIT

for _ in $(seq 200); do
  "${ctl[@]}" status >/dev/null 2>&1 && break
  kill -0 "$daemon" 2>/dev/null || { wait "$daemon"; exit $?; }
  sleep 0.05
done

year=$(date -u +%Y)
if [ -z "$("${ctl[@]}" --json editions)" ]; then
  echo "Planning $year to $((year + 2)) ..."
  "${ctl[@]}" plan "$year..$((year + 2))" --because "first run of the demonstration" >/dev/null
  "${ctl[@]}" import contacts "$config/contacts.csv" >/dev/null
  "${ctl[@]}" -y release --note "First calendar" >/dev/null
fi

echo
"${ctl[@]}" editions "$year..$((year + 1))"
cat <<TEXT

The daemon runs; Ctrl-C stops it. What it keeps lies in run/.

  pages            http://127.0.0.1:8080/         (subscribe: /subscribe)
  another terminal ./dev ctl status
                   ./dev ctl why MINISTERIAL-$((year + 1))
                   ./dev ctl agenda MINISTERIAL-$((year + 1))
                   ./dev ctl confirm MINISTERIAL-$((year + 1)) && ./dev ctl release --send
                   ./dev ctl help
  mails            run/mail/*.eml

TEXT
# A signal interrupts wait; the daemon is waited for to the end.
while kill -0 "$daemon" 2>/dev/null; do wait "$daemon" || true; done

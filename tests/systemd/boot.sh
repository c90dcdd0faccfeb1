#!/bin/bash
# boot.sh DIRECTORY CGROUP: systemd as PID 1 of namespaces and a control group
# of its own. Its root is this machine's, seen through an overlay in memory:
# whatever happens in there is gone with it. DIRECTORY is an empty one to mount
# that on. In there is no network but loopback, no clock to set, no module to
# load, and /proc/sys and /sys are read-only.
set -euo pipefail
mkdir -p "$2"
echo $$ >"$2/cgroup.procs"
exec unshare --fork --kill-child --pid --mount --uts --ipc --cgroup --net --propagation private \
  setpriv --bounding-set -sys_time,-sys_module,-sys_rawio,-sys_boot,-syslog,-wake_alarm \
  bash -euo pipefail -c '
mount -t tmpfs -o mode=755 tmpfs "$0"
mkdir "$0"/{upper,work,root}
mount -t overlay -o lowerdir=/,upperdir="$0/upper",workdir="$0/work" overlay "$0/root"
cd "$0/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
done
mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "dev/${n#*:}"; done
mount -t tmpfs tmpfs tmp # systemd-tmpfiles empties it
mount -t tmpfs -o mode=755 tmpfs run
mkdir run/before
# Nothing that this machine runs: the base, and what is asked for.
rm -rf etc/systemd/system etc/systemd/journald.conf* var/log/journal
mkdir -p etc/systemd/system
: >etc/fstab
cat >etc/systemd/system/default.target <<UNIT
[Unit]
Requires=sysinit.target
Wants=dbus.socket systemd-tmpfiles-setup.service
After=sysinit.target dbus.socket systemd-tmpfiles-setup.service
AllowIsolate=yes
UNIT
hostname convened-test
ip link set lo up
pivot_root . run/before
umount -l /run/before
mount --make-rshared / # credentials get there by propagation
exec env -i container=convened-test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin /lib/systemd/systemd
' "$1"

#!/usr/bin/env bash
# Several hosts on one machine: namespaces with a name, an address, /dev/shm and TMPDIR of their
# own, joined by a bridge, so that MPI between them crosses a real TCP stack.
#   hosts.sh <hosts> <seconds> <command>...   makes hosts jk1, jk2, ..., runs <command> beside them
# and within that command:
#   hosts.sh exec <host> <command>...         runs a command on a host
#   hosts.sh mpirun <ranks> <command>...      mpirun.sh over all of them, by Open MPI
# Needs root, iproute2 and util-linux; ends with 77, and says why, where that cannot be.
# All of it lives in namespaces of this one call, processes too. So any number of calls may run at
# once, and the kernel removes everything, however the call ends.
set -euo pipefail
self=$(readlink -f "${BASH_SOURCE[0]}")
most=16 unlimited=0
in_namespaces=(unshare --mount --uts --net --pid --kill-child --mount-proc)

usage() {
  sed -n 2,7p "$self" >&2
  exit 2
}
skip() {
  echo "hosts.sh: cannot be done here: $*" >&2
  exit 77
}

check_this_machine() {
  local tool reason
  for tool in ip unshare nsenter setpriv; do
    command -v "$tool" > /dev/null || skip "$tool is missing; install iproute2 and util-linux"
  done
  [ "$(id -u)" -eq 0 ] || skip "only root can make them"
  reason=$("${in_namespaces[@]}" sh -c 'mount -t tmpfs none /tmp &&
    ip link add name probe0 type bridge &&
    ip link add name probe1 type veth peer name probe2' 2>&1) || skip "the kernel refuses: $reason"
}

# As process 1 of namespaces of its own: with it ends all that it has started.
make_hosts_and_run() {  # <hosts> <command>...
  local hosts=$1 i j pid names ours
  shift
  ours=$(readlink /proc/self/ns/net)
  trap 'exit 143' TERM INT  # which process 1 would not heed
  ip link set lo up
  ip link add name switch type bridge
  ip link set switch up
  JACKDAW_TEST_HOSTS='' names="127.0.0.1 localhost"
  for ((i = 1; i <= hosts; ++i)); do names+=$'\n'"10.79.0.$i jk$i"; done
  for ((i = 1; i <= hosts; ++i)); do
    unshare --mount --uts --net sleep infinity &
    pid=$!
    while [ "$(readlink "/proc/$pid/ns/net")" = "$ours" ]; do sleep 0.01; done
    JACKDAW_TEST_HOSTS+="jk$i=$pid "
    on_host "jk$i" hostname "jk$i"
    on_host "jk$i" mount -t tmpfs -o size=2g shm /dev/shm
    on_host "jk$i" mkdir -m 1777 /dev/shm/tmp
    on_host "jk$i" tee /dev/shm/tmp/hosts <<< "$names" > /dev/null
    on_host "jk$i" mount --bind /dev/shm/tmp/hosts /etc/hosts
    ip link add name "port$i" type veth peer name eth0 netns "$pid"
    ip link set "port$i" master switch up
    on_host "jk$i" ip link set lo up
    on_host "jk$i" ip link set eth0 address "02:00:00:00:00:$(printf %02x "$i")"
    on_host "jk$i" ip address add "10.79.0.$i/24" dev eth0
    on_host "jk$i" ip link set eth0 up
    for ((j = 1; j <= hosts; ++j)); do  # neighbours known from the start: nobody waits for ARP
      [ "$i" -eq "$j" ] || on_host "jk$i" ip neighbour replace "10.79.0.$j" dev eth0 nud permanent \
        lladdr "02:00:00:00:00:$(printf %02x "$j")"
    done
  done
  export JACKDAW_TEST_HOSTS
  "$@"
}

on_host() {  # <host> <command>...
  local host=$1 entry
  shift
  for entry in $JACKDAW_TEST_HOSTS; do
    [ "${entry%=*}" != "$host" ] || break
  done
  [ "${entry%=*}" = "$host" ] || { echo "hosts.sh: no host $host in $JACKDAW_TEST_HOSTS" >&2; exit 2; }
  TMPDIR=/dev/shm/tmp nsenter --target "${entry#*=}" --net --uts --mount --wd="$PWD" "$@"
}

mpirun_on_hosts() {  # <ranks> <command>...
  local list ranks=$1 launcher=${JACKDAW_TEST_MPIEXEC:-mpirun}
  shift
  "$launcher" --version | grep -qE 'OpenRTE|Open MPI' || skip "$launcher is not that of Open MPI"
  list=$(sed -E 's/=[0-9]+ /,/g' <<< "$JACKDAW_TEST_HOSTS")
  on_host jk1 bash "$(dirname "$self")/mpirun.sh" "$ranks" "$unlimited" --host "${list%,}" \
    --map-by node --mca plm rsh --mca plm_rsh_agent "bash $self agent" \
    --mca oob_tcp_if_include eth0 --mca btl_tcp_if_include eth0 "$@"
}

case "${1:-}" in
  exec)
    shift
    on_host "$@"
    ;;
  mpirun)
    shift
    mpirun_on_hosts "$@"
    ;;
  agent)  # the remote shell of mpirun: [-option]... <host> <command>...
    shift
    while [[ "${1:-}" == -* ]]; do shift; done
    host=$1
    shift
    on_host "$host" sh -c "$*"
    ;;
  inside)
    shift
    make_hosts_and_run "$@"
    ;;
  *)
    [[ $# -ge 3 && $1 =~ ^[0-9]+$ && $1 -ge 1 && $1 -le $most ]] || usage
    check_this_machine
    hosts=$1 seconds=$2
    shift 2
    # Whoever kills the outermost process kills the next, and so process 1 of the namespaces.
    exec timeout --kill-after=5 "$seconds" setpriv --pdeathsig KILL "${in_namespaces[@]}" \
      bash "$self" inside "$hosts" "$@"
    ;;
esac

#!/usr/bin/env bash
# A real Slurm on the hosts of hosts.sh, two below each switch:
#   slurm.sh <hosts> <seconds> <command>...   starts it, and runs <command> on the first host, with
#                                             SLURM_CONF set
# Each host has two CPUs, as far as Slurm is concerned. Needs what hosts.sh needs, slurm-wlm and munge;
# ends with 77, and says why, where that cannot be. Daemons live in the namespaces of this one call, and
# end with them, however it ends.
set -euo pipefail
self=$(readlink -f "${BASH_SOURCE[0]}")
here=$(dirname "$self")
hosts_sh=$here/hosts.sh

skip() {
  echo "slurm.sh: cannot be done here: $*" >&2
  exit 77
}

write_settings() {  # <directory> <hosts>
  local directory=$1 hosts=$2 i
  cat > "$directory/slurm.conf" << EOF
ClusterName=test
SlurmctldHost=jk1
AuthType=auth/munge
AuthInfo=socket=$directory/munge/socket,cred_expire=5
SlurmUser=root
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool.%n
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd.%n.pid
SlurmctldLogFile=$directory/slurmctld.log
SlurmdLogFile=$directory/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=pmix
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
TopologyPlugin=topology/tree
KillWait=5
SchedulerParameters=sched_interval=2,bf_interval=2
PartitionName=all Nodes=jk[1-$hosts] Default=YES MaxTime=60 State=UP
EOF
  # What PMIx keeps is one host's own, and /tmp is shared between them.
  printf 'PMIxCliTmpDirBase=/dev/shm\nPMIxDirectConn=true\n' > "$directory/mpi.conf"
  for ((i = 1; i <= hosts; ++i)); do
    echo "NodeName=jk$i CPUs=2 Sockets=1 CoresPerSocket=2 ThreadsPerCore=1 State=UNKNOWN"
  done >> "$directory/slurm.conf"
  for ((i = 1; i <= hosts; i += 2)); do
    echo "SwitchName=leaf$((i / 2)) Nodes=jk[$i-$((i < hosts ? i + 1 : i))]"
  done > "$directory/topology.conf"
  echo "SwitchName=top Switches=leaf[0-$(((hosts - 1) / 2))]" >> "$directory/topology.conf"
}

# Within the namespaces.
start_and_run() {  # <directory> <hosts> <command>...
  local directory=$1 hosts=$2 i
  shift 2
  mkdir "$directory"/{state,munge}
  dd if=/dev/urandom of="$directory/munge/key" bs=1024 count=1 status=none
  chown -R munge:munge "$directory/munge"
  chmod 711 "$directory" "$directory/munge"
  chmod 400 "$directory/munge/key"
  runuser -u munge -- munged --socket="$directory/munge/socket" --key-file="$directory/munge/key" \
    --log-file="$directory/munge/log" --pid-file="$directory/munge/pid" \
    --seed-file="$directory/munge/seed" --force > "$directory/munged.out" 2>&1 ||
    skip "munged does not start: $(tail -n 1 "$directory/munged.out")"
  write_settings "$directory" "$hosts"
  export SLURM_CONF=$directory/slurm.conf
  bash "$hosts_sh" exec jk1 slurmctld -f "$SLURM_CONF"
  for ((i = 1; i <= hosts; ++i)); do
    mkdir "$directory/spool.jk$i"
    bash "$hosts_sh" exec "jk$i" slurmd -f "$SLURM_CONF"
  done
  for ((i = 0; i < 100; ++i)); do
    if [ "$(bash "$hosts_sh" exec jk1 sinfo -h -o %D -t idle 2> /dev/null | tr -d ' \n')" = "$hosts" ]; then
      bash "$hosts_sh" exec jk1 "$@"
      return
    fi
    sleep 0.2
  done
  echo "slurm.sh: the nodes do not come up:" >&2
  tail -n 5 "$directory"/*.log >&2
  exit 1
}

if [ "${1:-}" = inside ]; then
  shift
  start_and_run "$@"
  exit
fi
[[ $# -ge 3 && $1 =~ ^[0-9]+$ && $2 =~ ^[0-9]+$ ]] || { sed -n 2,7p "$self" >&2; exit 2; }
PATH=$PATH:/usr/sbin:/sbin
for tool in slurmctld slurmd sbatch munged runuser setpriv; do
  command -v "$tool" > /dev/null || skip "$tool is missing; install slurm-wlm, munge and util-linux"
done
id -u munge > /dev/null 2>&1 || skip "there is no user munge; install munge"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
hosts=$1 seconds=$2
shift 2
# Whoever kills this script kills that, and so all that it has started. In the background, since bash
# heeds no signal while it waits for a command in the foreground.
setpriv --pdeathsig KILL bash "$hosts_sh" "$hosts" "$seconds" \
  bash "$self" inside "$directory" "$hosts" "$@" &
job=$!
trap 'kill "$job"; wait "$job"; exit 143' TERM INT
status=0
wait "$job" || status=$?
exit "$status"

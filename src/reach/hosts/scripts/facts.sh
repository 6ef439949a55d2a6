# What a host is: `key value` lines. The arguments are names of programs; those that are there are told.
if ! [ -r /proc/meminfo ]; then
  echo 'there is no /proc: only Linux is known' >&2
  exit 69
fi

init_name() {
  if [ -d /run/systemd/system ]; then
    echo systemd
  elif [ -d /run/openrc ]; then
    echo openrc
  else
    case $(readlink /proc/1/exe 2>/dev/null) in */busybox) echo busybox ;; *) echo other ;; esac
  fi
}

echo "distribution $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"')"
echo "kernel $(uname -r)"
echo "architecture $(uname -m)"
echo "init $(init_name)"
echo "uid $(id -u)"
# Only sudo says who asked for it.
echo "login ${SUDO_USER-}"
echo "cores $(grep -c '^processor' /proc/cpuinfo)"
grep -e '^MemTotal:' -e '^MemAvailable:' /proc/meminfo | tr -d ':'
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "boot $(cat /proc/sys/kernel/random/boot_id)"
echo "machine $(cat /etc/machine-id 2>/dev/null)"
echo "peer ${AFTERSHOCK_PEER-}"
for tool; do
  if command -v "$tool" >/dev/null; then echo "tool $tool"; fi
done
exit 0

#!/bin/sh
# customize.sh TREE PUBLIC_KEY: what makes Debian's files a machine of the lab.
set -eu

tree=$1 public_key=$2
here=$(cd "$(dirname "$0")" && pwd)
within() { chroot "$tree" "$@"; }

echo machine > "$tree/etc/hostname"
cat > "$tree/etc/hosts" <<'HOSTS'
127.0.0.1 localhost machine
::1 localhost ip6-localhost
10.77.0.1 vm1
fd77::1 vm1
10.77.0.2 vm2
fd77::2 vm2
HOSTS
: > "$tree/etc/resolv.conf"
# Where it is missing, each login says so in the journal.
: > "$tree/etc/default/locale"
cat > "$tree/etc/systemd/network/10-ssh.network" <<'NETWORK'
[Match]
Name=eth0
[Network]
Address=10.0.2.15/24
LinkLocalAddressing=no
IPv6AcceptRA=no
NETWORK
within systemctl -q enable systemd-networkd
# A timer that wakes up by itself would cost the machine that runs the machines, and disturb what is measured.
within systemctl -q mask systemd-networkd-wait-online.service getty@tty1.service serial-getty@ttyS0.service \
  getty-static.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer logrotate.timer man-db.timer systemd-tmpfiles-clean.timer

within useradd --create-home --shell /bin/bash ops
echo 'ops ALL=(ALL) NOPASSWD:ALL' > "$tree/etc/sudoers.d/ops"
chmod 440 "$tree/etc/sudoers.d/ops"
for home in /root /home/ops; do
  mkdir -p "$tree$home/.ssh"
  cp "$public_key" "$tree$home/.ssh/authorized_keys"
  chmod 700 "$tree$home/.ssh"
  chmod 600 "$tree$home/.ssh/authorized_keys"
done
within chown -R ops:ops /home/ops/.ssh
# Else root's own manager starts with each first login: two seconds of an emulated processor.
mkdir -p "$tree/var/lib/systemd/linger"
: > "$tree/var/lib/systemd/linger/root"

rm -f "$tree"/etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -C machine -f "$tree/etc/ssh/ssh_host_ed25519_key"
cat > "$tree/etc/ssh/sshd_config.d/lab.conf" <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
MaxSessions 64
MaxStartups 64
SSHD
# The message of the day costs each login a tenth of a second here.
sed -i '/pam_motd.so/d; /pam_mail.so/d' "$tree/etc/pam.d/sshd"

# These would be loaded for what the emulated processor says it has, and nothing here uses them.
echo 'blacklist kvm_amd
blacklist kvm_intel
blacklist aesni_intel
blacklist ghash_clmulni_intel' > "$tree/etc/modprobe.d/lab.conf"

install -m 755 "$here/lab-id.sh" "$tree/usr/local/sbin/lab-id"
rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/*

#!/bin/sh
# lab-id NAME MAC IPV4 IPV6 MACHINE_ID: makes a machine that woke up from the common snapshot the one that is meant.
set -eu

name=$1 mac=$2 ipv4=$3 ipv6=$4 machine_id=$5

echo "$name" > /etc/hostname
hostname "$name"
cat > /etc/systemd/network/20-wire.network <<NETWORK
[Match]
Name=eth1
[Link]
MACAddress=$mac
[Network]
LinkLocalAddressing=no
IPv6AcceptRA=no
[Address]
Address=$ipv4/24
[Address]
Address=$ipv6/64
DuplicateAddressDetection=none
NETWORK
# Without a restart the journal goes on under the old id, and is not found under the new one.
echo "$machine_id" > /etc/machine-id
systemctl restart systemd-journald
networkctl reload
tries=0
until ip -4 -o address show dev eth1 | grep -q "$ipv4"; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "eth1 has not got $ipv4" >&2; exit 1; }
  sleep 0.1
done

#!/bin/sh
# build.sh OUT SUITE SOURCES PUBLIC_KEY: a Debian machine for QEMU, as root. OUT gets base.raw, vmlinuz, initrd.gz and
# host_key.pub; SOURCES is a file of apt's. Each line on standard output is a step; what programs say goes to standard error.
set -eu

out=$1 suite=$2 sources=$3 public_key=$4
here=$(cd "$(dirname "$0")" && pwd)
tree=$out/tree
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

trap 'rm -rf "$tree" "$out/initrd"' EXIT
trap 'exit 143' TERM INT HUP

echo "installing Debian $suite from its packages"
# The configuration file of apt and dpkg that asks for each write to be on the disk would cost half a minute.
mmdebstrap --mode=root --variant=minbase \
  --include="$(paste -sd, "$here/packages.txt")" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
  --aptopt='Acquire::Retries "3"' \
  --customize-hook="sh '$here/kernel.sh' \"\$1\" '$out'" \
  "$suite" "$tree" "$sources" >&2

echo 'giving it its network, users and keys'
sh "$here/customize.sh" "$tree" "$public_key" >&2
cp "$tree/etc/ssh/ssh_host_ed25519_key.pub" "$out/host_key.pub"

echo 'writing its disk'
sh "$here/initrd.sh" "$tree" "$out" >&2
rm -f "$out/base.raw"
truncate -s 1536M "$out/base.raw"
mkfs.ext4 -q -F -L root -d "$tree" "$out/base.raw" >&2

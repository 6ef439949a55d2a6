#!/bin/sh
# kernel.sh TREE OUT, called by mmdebstrap while its apt works: unpacks Debian's kernel for virtual machines into TREE and
# puts vmlinuz into OUT. It is not installed: that would bring the tools that make initial file systems.
set -eu

tree=$1 out=$2
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

meta=linux-image-cloud-$(dpkg --print-architecture)
package=$(apt-cache depends --important "$meta" | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$package" ] || { echo "E: these sources have no $meta" >&2; exit 1; }
download=$(mktemp -d "$out/kernel.XXXXXX")
(cd "$download" && apt-get -q -o APT::Sandbox::User=root download "$package")
dpkg-deb -x "$download"/*.deb "$download/tree"

version=$(cd "$download/tree/lib/modules" && ls)
mv "$download/tree/boot/vmlinuz-$version" "$out/vmlinuz"
mkdir -p "$tree/usr/lib/modules"
mv "$download/tree/lib/modules/$version" "$tree/usr/lib/modules/"
rm -rf "$download"
# Drivers of hardware that QEMU does not give a machine.
modules=$tree/usr/lib/modules/$version/kernel
rm -rf "$modules/sound" "$modules/drivers/gpu" "$modules/drivers/media" "$modules/drivers/infiniband" \
  "$modules/drivers/net/ethernet" "$modules/drivers/net/wireless" "$modules/drivers/scsi" "$modules/drivers/usb"
depmod -b "$tree/usr" "$version" 2>/dev/null || depmod -b "$tree" "$version"

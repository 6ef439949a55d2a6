#!/bin/sh
# initrd.sh TREE OUT: the smallest initial file system that finds TREE's disk. Debian's kernel has ext4 built in, and
# virtio as modules.
set -eu

tree=$1 out=$2
version=$(cd "$tree/usr/lib/modules" && ls)
initrd=$out/initrd
rm -rf "$initrd"
mkdir -p "$initrd/bin" "$initrd/modules" "$initrd/proc" "$initrd/dev" "$initrd/root"
cp "$tree/bin/busybox" "$initrd/bin/busybox"

# The order is the one they need each other in; an alphabetical one fails with "Unknown symbol".
for module in virtio_pci virtio_blk virtio_net virtio_rng; do
  modprobe -d "$tree" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$initrd/paths"
while read -r path; do
  name=$(basename "$path")
  case $name in
    *.ko) cp "$path" "$initrd/modules/" ;;
    *.ko.xz) name=${name%.xz} && xz -dc "$path" > "$initrd/modules/$name" ;;
    *.ko.zst) name=${name%.zst} && zstd -qdc "$path" > "$initrd/modules/$name" ;;
  esac
  echo "$name" >> "$initrd/modules/order"
done < "$initrd/paths"
rm "$initrd/paths"

cat > "$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
while read -r module; do /bin/busybox insmod "/modules/$module"; done < /modules/order
until [ -b /dev/vda ]; do /bin/busybox usleep 50000; done
/bin/busybox mount -t ext4 -o rw,noatime /dev/vda /root
exec /bin/busybox switch_root /root /sbin/init
INIT
chmod 755 "$initrd/init"
(cd "$initrd" && find . | cpio --quiet -o -H newc | gzip -9) > "$out/initrd.gz"

# What a folder lies on: its file system's blocks, its device and that of our records, memory, mounts; the path itself last.
cd -P -- "$1" 2>/dev/null || {
  echo missing
  exit 0
}
near=/
while IFS= read -r place; do
  if [ -d "$place" ]; then near=$place; elif [ -w "${place%/*}" ]; then near=${place%/*}; else continue; fi
  break
done <<EOT
$(places)
EOT
writable=no
if [ -w . ]; then writable=yes; fi
while read -r key available _; do
  if [ "$key" = MemAvailable: ]; then break; fi
done </proc/meminfo
echo "$(stat -f -c '%S %b %f %a' .) $(stat -c %d .) $(stat -c %d "$near") $writable $available"
cat /proc/self/mountinfo
echo path
pwd -P

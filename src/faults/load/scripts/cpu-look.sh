# The cores that are online, one number a line.
while read -r core _; do
  case $core in cpu[0-9]*) echo "${core#cpu}" ;; esac
done </proc/stat

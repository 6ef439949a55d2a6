# Memory of the host in KiB: all of it, and what is available.
total=0 available=0
while read -r key value _; do
  case $key in
    MemTotal:) total=$value ;;
    MemAvailable:) available=$value ;;
  esac
done </proc/meminfo
echo "$total $available"

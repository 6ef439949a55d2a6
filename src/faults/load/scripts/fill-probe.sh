# The file, and how full its file system is.
path=$1 kind=$2 value=$3 mount=$4
file=$path/.aftershock-$tag.fill
if [ "$mode" = recovered ]; then
  if [ -e "$file" ] || [ -L "$file" ]; then
    echo 'no the file is still there'
  elif ! mounted "$mount"; then
    echo 'unsure its file system is not mounted'
  elif space "$path"; then
    told_gone "; the file is gone, and $((free / 1024)) MiB are free"
  else
    told_gone '; the file is gone'
  fi
  exit 0
fi
if ! space "$path" || ! blocks=$(stat -c '%b %B' -- "$file" 2>/dev/null); then
  echo 'no there is no file of ours'
  exit 0
fi
ours=$((${blocks% *} * ${blocks#* } / 1024))
all=$((used + free))
full=$((all > 0 ? 10000 * used / all : 10000))
answer=no
case $kind in
  percent) if [ "$full" -ge "$((value - 100))" ]; then answer=yes; fi ;;
  reserve) if [ "$free" -le "$((value + total / 200 + 4096))" ]; then answer=yes; fi ;;
  *) if [ "$ours" -ge "$((value * 99 / 100))" ]; then answer=yes; fi ;;
esac
if [ "$ours" -eq 0 ]; then answer=no; fi
echo "$answer $((full / 100))% of the file system are used and $((free / 1024)) MiB free; our file has $((ours / 1024)) MiB"

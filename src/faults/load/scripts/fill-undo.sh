# Ends the worker and removes the file; needs no space. What lies on a file system that is not mounted yet is waited for.
path=$1 mount=$2
undo_workers
ended=$?
rm -f -- "$path/.aftershock-$tag.fill" || exit 1
mounted "$mount" || {
  echo "$mount is not mounted" >&2
  exit 1
}
exit "$ended"

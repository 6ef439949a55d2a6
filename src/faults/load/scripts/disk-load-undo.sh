# Ends the workers, and their files with them; one that was made and not yet nameless is removed.
path=$1
undo_workers
ended=$?
set +f
rm -f -- "$path/.aftershock-$tag.load."* || exit 1
exit "$ended"

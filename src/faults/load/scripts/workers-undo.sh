# Ends the workers; nothing else is left behind.
undo_workers || exit 1

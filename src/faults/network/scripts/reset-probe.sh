# Which of the connections that the filter $1 meant are still there.
if [ "$mode" = recovered ]; then
  echo 'yes new connections are made as ever'
  exit 0
fi
if [ ! -s "$record/sockets" ]; then
  echo 'unsure the note of the connections is lost'
  exit 0
fi
all=$(wc -l <"$record/sockets")
left=$(still_there "$1")
if [ "$left" = 0 ]; then
  echo "yes all $all connections that matched are gone"
elif [ "$left" -ge "$all" ]; then
  echo "no all $all connections that matched are still there"
else
  echo "unsure $left of $all connections that matched are still there"
fi

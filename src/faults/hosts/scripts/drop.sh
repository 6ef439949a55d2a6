# Takes an injection's record away.
find_record "$1"
if [ -n "$record" ]; then rm -rf -- "$record" || exit 74; fi
exit 0

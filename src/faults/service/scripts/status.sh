# What the command under status says now.
status_of "$1"
echo "$runs exit code $code${said:+: $said}"

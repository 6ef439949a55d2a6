# What was reset is made anew by those who want it.
exit 0

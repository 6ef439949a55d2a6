# The wall clock: seconds since 1970 and nanoseconds, where `date` knows them.
date '+%s %N'

# What a selection means now, by what `look` shows; the same as `select` in src/reach/hosts/select.ts.

# matching BY WANTED ROOT: "pid start mine|other" of each; those below or in the session of the process ROOT are mine.
matching() {
  AFTERSHOCK_BY=$1 AFTERSHOCK_WANTED=$2 AFTERSHOCK_ROOT=$3
  export AFTERSHOCK_BY AFTERSHOCK_WANTED AFTERSHOCK_ROOT
  case $1 in
    port) look port 0 ;;
    pid_file) look process 0 "$2" ;;
    *) look process 0 ;;
  esac | awk '
    BEGIN {
      by = ENVIRON["AFTERSHOCK_BY"]; wanted = ENVIRON["AFTERSHOCK_WANTED"]; root = ENVIRON["AFTERSHOCK_ROOT"]
      gsub(/\n/, " ", wanted)
      if (by == "port") port = sprintf("%04X", wanted)
    }
    /^@(self|units|uptime|pid|stat|exe|command|tcp|fd|end)$/ { section = $0; next }
    section == "@self" && self == "" { self = $1 }
    section == "@pid" { numbered = $1 }
    section == "@stat" && match($0, /\) [A-Za-z] [-0-9 ]+$/) {
      pid = substr($0, 7) + 0
      name = substr($0, 1, RSTART - 1)
      split(substr($0, RSTART + 2), field, " ")
      if (field[1] == "Z" || field[1] == "X") next
      sub(/^[^:]*:/, "", name)
      sub(/^[0-9]+ \(/, "", name)
      comm[pid] = name; parent[pid] = field[2]; session[pid] = field[4]; start[pid] = field[20]
    }
    section == "@exe" && match($0, / \/proc\/[0-9]+\/exe -> /) {
      pid = substr($0, RSTART + 7) + 0
      path = substr($0, RSTART + RLENGTH)
      sub(/ \(deleted\)$/, "", path)
      sub(/^.*\//, "", path)
      program[pid] = path
    }
    section == "@command" && match($0, /^\/proc\/[0-9]+\/cmdline:/) {
      pid = substr($0, 7) + 0
      text = substr($0, RLENGTH + 1)
      command[pid] = (pid in command) ? command[pid] " " text : text
    }
    section == "@tcp" && $4 == "0A" { n = split($2, part, ":"); if (part[n] == port) socket[$10] = 1 }
    section == "@fd" && /^\/proc\/[0-9]+\/fd:$/ { owner = substr($0, 7) + 0 }
    section == "@fd" && match($0, / -> socket:\[[0-9]+\]$/) {
      if (substr($0, RSTART + 12, RLENGTH - 13) in socket) listens[owner] = 1
    }
    function means(pid) {
      if (by == "command") return index(command[pid], wanted) > 0
      if (by == "port") return pid in listens
      if (by == "pid_file") return pid == numbered
      if (program[pid] == wanted || comm[pid] == wanted) return 1
      return length(wanted) > 15 && !(pid in program) && comm[pid] == substr(wanted, 1, 15)
    }
    function whose(pid, up, steps) {
      if (root == "" || root == 0) return "other"
      if (session[pid] == root) return "mine"
      for (up = pid; (up in parent) && steps < 1000; up = parent[up]) {
        if (up == root) return "mine"
        steps++
      }
      return "other"
    }
    END {
      ours[session[self]] = 1
      for (pid in start) if (command[pid] ~ /^([^ ]*\/)?(busybox )?sh \/.*\/watchdog \//) ours[session[pid]] = 1
      for (pid in start) {
        if (session[pid] in ours || index(command[pid], "# aftershock: a script on a host")) continue
        if ((pid == 2 || parent[pid] == 2) && !(pid in program) && command[pid] == "") continue
        if (means(pid)) print pid, start[pid], whose(pid)
      }
    }'
}

# Those of them that were not there before: BEFORE is "pid/start pid/start".
newcomers() {
  known_before=$4
  matching "$1" "$2" "$3" | while read -r one since belongs; do
    case " $known_before " in *" $one/$since "*) ;; *) echo "$one $since $belongs" ;; esac
  done
}

# Something that we started in its place, known by its environment also where the record is gone, as "pid".
marked() {
  set +f
  grep -lsF "AFTERSHOCK_STARTED=$tag" /proc/[0-9]*/environ | cut -d/ -f3 | head -n 1
  set -f
}

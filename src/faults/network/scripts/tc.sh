# What we hang on interfaces. Arguments come in threes: the interface, and lines for `tc -batch` on what leaves and what comes in.

# Sets `h`, by which our handles are told from those of other injections.
h=${tag%"${tag#??}"}

# gone DEVICE: whether it is there no more. Read without a program: one that cannot be run would look like an end.
gone() {
  while read -r present _; do
    case $present in "$1:"*) return 1 ;; esac
  done </proc/self/net/dev || return 1
  return 0
}

# Sets `shown`, what hangs on a device: nothing where it is gone; fails where that cannot be seen.
show() {
  shown=$(tc qdisc show dev "$1" 2>/dev/null) && return 0
  shown=
  gone "$1"
}

# The ifb of the interface number $1.
ifb() {
  echo "af5-$tag-$1"
}

# ours_at_root DEVICE: 0 yes, 1 no, 2 not seen.
ours_at_root() {
  show "$1" || return 2
  case $shown in
    *"qdisc prio af$h: root"*) return 0 ;;
  esac
  return 1
}

# ours_at_ingress DEVICE NUMBER: what comes in goes over our ifb, or was about to. Somebody else's filters are never
# ours. 0 yes, 1 no, 2 not seen.
ours_at_ingress() {
  show "$1" || return 2
  case $shown in
    *'qdisc ingress ffff: '*) ;;
    *) return 1 ;;
  esac
  found=$(tc filter show dev "$1" parent ffff: 2>/dev/null) || return 2
  case $found in *"$(ifb "$2")"*) return 0 ;; esac
  if gone "$(ifb "$2")"; then return 1; fi
  # Half made: our ifb is there, and no filter but ours.
  while read -r first line; do
    case $first/$line in
      filter/*' pref 4500'[0-3]' '*) ;;
      filter/*) return 1 ;;
    esac
  done <<EOT
$found
EOT
  return 0
}

# Takes away what is ours at a device, number $2; 1 where some of it stays.
take_off() {
  if ours_at_root "$1"; then tc qdisc del dev "$1" root handle "af$h:" 2>/dev/null; fi
  ours_at_root "$1"
  [ $? = 1 ] || return 1
  if ours_at_ingress "$1" "$2"; then tc qdisc del dev "$1" ingress 2>/dev/null; fi
  ours_at_ingress "$1" "$2"
  [ $? = 1 ] || return 1
  if ! gone "$(ifb "$2")"; then
    ip link del dev "$(ifb "$2")" 2>/dev/null
    gone "$(ifb "$2")" || return 1
  fi
  return 0
}

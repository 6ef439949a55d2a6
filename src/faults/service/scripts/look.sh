# A unit as systemd knows it, as KEY=VALUE: what it is, what stops with it, what would start it again.
unit=$1
if ! [ -d /run/systemd/system ] || ! command -v systemctl >/dev/null; then
  echo Systemd=no
  exit 0
fi
nl='
'
# What requires a unit stops with it.
stops='RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo'
own='Id,LoadState,ActiveState,SubState,UnitFileState,MainPID,InvocationID,NRestarts,Type,Restart,RestartUSec'
own="$own,Transient,RefuseManualStop,RefuseManualStart"
# Of a name that cannot be one, systemctl says so itself.
shown=$(systemctl show --property="$own,TriggeredBy,$stops" -- "$unit") || exit 67
# The value of KEY in $shown.
value() {
  case $nl$shown in *"$nl$1="*) ;; *) return ;; esac
  value_text=$nl$shown
  value_text=${value_text#*"$nl$1="}
  echo "${value_text%%"$nl"*}"
}
is_active() { case $(systemctl show --value -p ActiveState -- "$1" 2>/dev/null) in active*) ;; *) return 1 ;; esac; }
printf '%s\n' "$shown"
id=$(value Id)
pid=$(value MainPID)
if [ "${pid:-0}" != 0 ] && found=$(stat_of "$pid"); then echo "MainStart=${found#* }"; fi
if grep -qF "/$id" /proc/self/cgroup 2>/dev/null; then echo Inside=yes; fi
for one in $(value TriggeredBy); do
  if is_active "$one"; then echo "Trigger=$one"; fi
done
# And what requires that.
seen=" $id " todo=$id
while [ -n "$todo" ]; do
  one=${todo%% *}
  todo=${todo#"$one"}
  todo=${todo# }
  [ "$one" = "$id" ] || shown=$(systemctl show --property="$stops" -- "$one" 2>/dev/null)
  for other in $(for key in RequiredBy RequisiteOf BoundBy ConsistsOf PropagatesStopTo; do value "$key"; done); do
    case $seen in *" $other "*) continue ;; esac
    seen="$seen$other "
    if is_active "$other"; then
      echo "With=$other"
      todo="$todo${todo:+ }$other"
    fi
  done
done
exit 0

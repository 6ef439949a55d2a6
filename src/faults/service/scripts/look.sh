# A unit as systemd knows it, as KEY=VALUE: what it is, what stops with it, what would start it again.
unit=$1
if ! [ -d /run/systemd/system ] || ! command -v systemctl >/dev/null; then
  echo Systemd=no
  exit 0
fi
# Of a name that cannot be one, systemctl says so itself.
systemctl show -p Id -p LoadState -p ActiveState -p SubState -p UnitFileState -p MainPID -p InvocationID -p NRestarts \
  -p Type -p Restart -p RestartUSec -p Transient -p RefuseManualStop -p RefuseManualStart -- "$unit" || exit 67
value() { systemctl show --value -p "$1" -- "$2" 2>/dev/null | tr '\n' ' '; }
id=$(value Id "$unit")
id=${id% }
pid=$(value MainPID "$id")
pid=${pid% }
if [ "${pid:-0}" != 0 ] && found=$(stat_of "$pid"); then echo "MainStart=${found#* }"; fi
if grep -qF "/$id" /proc/self/cgroup 2>/dev/null; then echo Inside=yes; fi
for one in $(value TriggeredBy "$id"); do
  case $(value ActiveState "$one") in active*) echo "Trigger=$one" ;; esac
done
# What requires it stops with it, and what requires that.
seen=" $id " todo=$id
while [ -n "$todo" ]; do
  one=${todo%% *}
  todo=${todo#"$one"}
  todo=${todo# }
  for property in RequiredBy RequisiteOf BoundBy ConsistsOf PropagatesStopTo; do
    for other in $(value "$property" "$one"); do
      case $seen in *" $other "*) continue ;; esac
      seen="$seen$other "
      case $(value ActiveState "$other") in
        active*)
          echo "With=$other"
          todo="$todo${todo:+ }$other"
          ;;
      esac
    done
  done
done
exit 0

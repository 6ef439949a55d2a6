# What the preflight of a fault asks of a host: who we are there, its init, and which of the named programs are missing.
echo "uid $uid"
echo "boot $boot"
echo "machine $(cat /etc/machine-id 2>/dev/null || echo unknown)"
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then echo 'init systemd'; else echo 'init other'; fi
echo "peer ${AFTERSHOCK_PEER-}"
for tool; do
  command -v "$tool" >/dev/null || echo "missing $tool"
done
exit 0

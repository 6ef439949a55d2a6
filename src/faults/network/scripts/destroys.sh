# Whether the kernel can end connections: yes, no, or nothing where it does not say.
said=$(zcat /proc/config.gz 2>/dev/null | grep 'CONFIG_INET_DIAG_DESTROY[ =]')
if [ -z "$said" ]; then said=$(grep 'CONFIG_INET_DIAG_DESTROY[ =]' "/boot/config-$(uname -r)" 2>/dev/null); fi
case $said in
  *=y) echo yes ;;
  *'is not set') echo no ;;
esac
exit 0

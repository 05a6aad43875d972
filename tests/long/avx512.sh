#!/usr/bin/env bash
# The AVX-512 kernels against the plain ones, on any machine: Debian's kernel, with octet_kernels_test as its only
# program, is booted on a Skylake-X that bochs emulates. Some five minutes. Says what is missing and ends with 77.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$root/build/release/octet_kernels_test
skip() {
  echo "SKIPPED: $*"
  exit 77
}
[ -x "$program" ] || skip "build/release/octet_kernels_test is not built"
for need in /usr/bin/bochs:bochs /usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so:bochs-term \
  /usr/share/bochs/BIOS-bochs-latest:bochsbios /usr/share/bochs/VGABIOS-lgpl-latest:vgabios /usr/bin/genisoimage:genisoimage \
  /usr/lib/ISOLINUX/isolinux.bin:isolinux /usr/lib/syslinux/modules/bios/ldlinux.c32:syslinux-common \
  /bin/busybox:busybox-static; do
  [ -e "${need%:*}" ] || skip "needs Debian's bochs bochs-term bochsbios vgabios genisoimage isolinux syslinux-common" \
    "busybox-static; ${need#*:} is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The kernel is fetched, not installed: this machine goes on with its own.
image=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | grep -o 'linux-image-[0-9][^ ]*' | head -n 1) ||
  skip "apt knows no linux-image-cloud-amd64"
apt-get download "$image" >apt.log 2>&1 || skip "apt-get cannot fetch $image"
dpkg-deb -x "$image"*.deb kernel

# In memory: the test, its libraries, and a start that runs it and prints to the serial line.
mkdir -p start/bin start/lib64 start/lib/x86_64-linux-gnu start/proc start/dev disk/isolinux
cp /bin/busybox start/bin/
cp "$program" start/test
for library in $(ldd "$program" | grep -o '/lib/[^ ]*'); do cp -L "$library" start/lib/x86_64-linux-gnu/; done
cp -L /lib64/ld-linux-x86-64.so.2 start/lib64/
cat >start/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1
/test --gtest_color=no
echo "the test ended with $?"
/bin/busybox sleep 5  # the serial line is slow
/bin/busybox poweroff -f
INIT
chmod +x start/init
(cd start && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >disk/initrd.gz
cp kernel/boot/vmlinuz-* disk/vmlinuz
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 disk/isolinux/
# bochs 2.7 and Linux disagree on the size of the compacted form in which AVX-512's registers are saved.
cat >disk/isolinux/isolinux.cfg <<'BOOT'
DEFAULT test
PROMPT 0
LABEL test
  KERNEL /vmlinuz
  APPEND initrd=/initrd.gz console=ttyS0 panic=-1 noxsaves clearcpuid=xsavec mitigations=off nokaslr lpj=10000000 tsc=reliable quiet
BOOT
genisoimage -quiet -R -o disk.iso -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table disk
cat >machine <<MACHINE
display_library: term
cpu: model=corei7_skylake_x, ips=50000000
megs: 512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=$work/disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/serial
log: $work/bochs.log
clock: sync=none
MACHINE
echo continue >commands  # Debian's bochs has its debugger on
TERM=xterm timeout 1800 script -qec "bochs -q -f machine -rc commands" screen >/dev/null 2>&1 </dev/null || true
grep -aE '^\[ |^\[=|the test ended' serial || true
grep -aq 'the test ended with 0' serial || { tail -n 20 serial bochs.log; exit 1; }
[ "$(grep -ac 'OK \].*/avx512' serial)" -gt 5 ] || { echo "the AVX-512 cases did not run"; exit 1; }
echo "all held"

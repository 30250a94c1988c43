#!/bin/bash
# SPDX-License-Identifier: MIT
# A disk that answers errors: EIO from read and fsync, the rest of the system goes on.
. "$(dirname "$0")/common.inc"

make_image fs 8M
head -c 1000000 /dev/urandom >"$T/data"
debugfs -w -R "write $T/data file" "$T/fs" >/dev/null 2>&1
first=$(inside fs 'blocks /file' | tr ' ' '\n' | sed -n 40p)
bs=$(dumpe2fs -h "$T/fs" 2>/dev/null | sed -n 's/^Block size: *//p')
cat >"$T/blkdebug" <<END
[inject-error]
event = "none"
sector = "$((first * bs / 512))"
errno = "5"
once = "off"
immediately = "off"
END
device="-drive if=none,id=bad,format=raw,file=blkdebug:$T/blkdebug:$T/fs,cache=writeback,werror=report,rerror=report -device virtio-blk-pci,drive=bad,disable-legacy=on"

run() {
	local script=$1
	shift
	"$top/tools/run" ${BUILD:+--build "$BUILD"} --timeout 120 --qemu "$device" "$@" -- /bin/sh -c "$script"
}
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
head -c 4096 /mnt/file >/dev/null || { echo "the good part cannot be read"; exit 1; }
cat /mnt/file 2>/tmp/err >/dev/null && { echo "no error"; exit 1; }
grep -q "Input/output error" /tmp/err || { cat /tmp/err; exit 1; }
echo fine >/mnt/other && cat /mnt/other >/dev/null && umount /mnt && echo finished'
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
dd if=/dev/zero of=/mnt/file bs=4096 count=244 conv=notrunc,fsync 2>/tmp/err && { echo "no error from fsync"; exit 1; }
grep -q "Input/output error" /tmp/err || { cat /tmp/err; exit 1; }
umount /mnt; echo finished'
# Through a mapping: SIGBUS, whether it is read or written. And of two who have the file open, each is told once of an error.
cat >"$T/touch.c" <<END
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int fd = open("/mnt/file", O_RDWR), other = open("/mnt/file", O_RDONLY);
	volatile char *p = mmap(0, 999424, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	static char zeros[999424];

	if (argc > 1)
		return pwrite(fd, zeros, sizeof(zeros), 0) != sizeof(zeros) || !fsync(fd) || fsync(fd) || !fsync(other) || fsync(other);
	for (int i = 0; i < 999424; i += 4096)
		p[i] += 1;
	return 0;
}
END
musl-gcc -static -O1 -o "$T/touch" "$T/touch.c" || fail "musl-gcc"
expect 'status 135' run '
mount -t ext2 /dev/vdb /mnt || exit 1
/bin/touch-file; echo status $?' --add "$T/touch:/bin/touch-file"
expect 'status 0' run '
mount -t ext2 /dev/vdb /mnt || exit 1
/bin/touch-file write; echo status $?' --add "$T/touch:/bin/touch-file"
# An error that was told is not told again to who opens the file later.
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
dd if=/dev/zero of=/mnt/file bs=4096 count=244 conv=notrunc,fsync 2>/dev/null && { echo "no error from fsync"; exit 1; }
dd if=/dev/zero of=/mnt/file bs=1024 count=1 conv=notrunc,fsync 2>/tmp/err || { cat /tmp/err; exit 1; }
umount /mnt; echo finished'
# A disk that writes, but cannot make durable.
cat >"$T/blkdebug" <<END
[inject-error]
event = "flush_to_disk"
errno = "5"
once = "off"
immediately = "off"
END
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
dd if=/dev/zero of=/mnt/new bs=4096 count=3 conv=fsync 2>/tmp/err && { echo "no error from flush"; exit 1; }
grep -q "Input/output error" /tmp/err || { cat /tmp/err; exit 1; }
umount /mnt; echo finished'
# A disk that answers nothing but errors after a few writes: the rest goes on.
{
	for state in 1 2 3 4; do
		printf '[set-state]\nevent = "pwritev"\nstate = "%d"\nnew_state = "%d"\n' $state $((state + 1))
	done
	printf '[inject-error]\nevent = "pwritev"\nstate = "5"\nerrno = "5"\nonce = "off"\nimmediately = "off"\n'
} >"$T/blkdebug"
expect finished run '
mount -t ext2 /dev/vdb /mnt || exit 1
mkdir /mnt/d; cp /bin/busybox /mnt/d/b; sync; ls -lR /mnt >/dev/null; echo 3 >/proc/sys/vm/drop_caches
cat /mnt/d/b /mnt/file >/dev/null 2>&1; mv /mnt/file /mnt/d/g; rm -r /mnt/d 2>/dev/null; touch /mnt/x
dd if=/dev/zero of=/mnt/y bs=4096 count=3 conv=fsync 2>/dev/null && exit 1
umount /mnt; echo finished'

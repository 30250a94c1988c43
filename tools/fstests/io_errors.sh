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
# What such a fault looks like: SIGBUS, BUS_ADRERR, the exact address; a system call gets EFAULT, and counts what lay before.
cat >"$T/bus.c" <<END
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
static sigjmp_buf back;
static siginfo_t seen;
static long long trap, err;
static void handler(int signo, siginfo_t *info, void *context)
{
	seen = *info;
	trap = ((ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO];
	err = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR];
	siglongjmp(back, signo);
}
static int touch(volatile char *p, int write)
{
	if (sigsetjmp(back, 1))
		return 1;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}
/* The first page of the mapping that cannot be read. */
static volatile char *find(volatile char *p)
{
	for (int i = 0; i < 244; i++)
		if (touch(p + i * 4096, 0))
			return p + i * 4096;
	return 0;
}
int main(void)
{
	int fd = open("/mnt/file", O_RDWR), other = open("/tmp/out", O_RDWR | O_CREAT, 0600), n;
	int kinds[] = { MAP_SHARED, MAP_PRIVATE };
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, 0);
	for (int i = 0; i < 2; i++) {
		volatile char *p = mmap(0, 999424, PROT_READ | PROT_WRITE, kinds[i], fd, 0), *bad = find(p);

		if (!bad || touch(p, 1))
			return 2;
		for (int write = 0; write < 2; write++)
			if (!touch(bad + 77, write) || seen.si_signo != SIGBUS || seen.si_code != BUS_ADRERR ||
				seen.si_addr != (void *)(bad + 77) || trap != 14 || err != (write ? 6 : 4))
				return 3;
		if (write(other, (void *)bad, 10) != -1 || errno != EFAULT)
			return 4;
		n = write(other, (void *)(bad - 100), 200);
		if (n != 100 || read(other, (void *)bad, 10) > 0)
			return 5;
		if (pread(other, (void *)bad, 10, 0) != -1 || errno != EFAULT)
			return 6;
		if (pread(fd, (void *)p, 4096, bad - p) != -1 || errno != EIO)
			return 7;
		/* A page put there by hand mends it. */
		if (mmap((void *)bad, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != bad)
			return 8;
		if (touch(bad, 1))
			return 9;
		munmap((void *)p, 999424);
	}
	return 0;
}
END
musl-gcc -static -O1 -Wall -Werror -o "$T/bus" "$T/bus.c" || fail "musl-gcc"
expect 'status 0' run '
mount -t ext2 /dev/vdb /mnt || exit 1
/bin/bus; echo status $?' --add "$T/bus:/bin/bus"
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

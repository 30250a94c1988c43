// SPDX-License-Identifier: MIT
/*
 * mmap_sigbus_past_eof.c: Whole pages behind the end of the file bring SIGBUS with BUS_ADRERR and
 * the address, for reads and writes, shared and private; the kernel's copies get EFAULT.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE + 1), pipes[2];
	int rw = PROT_READ | PROT_WRITE;

	CHECK_OK(pipe(pipes));
	for (int i = 0; i < 2; i++) {
		char *p = CHECK_OK(mmap(NULL, 4 * PAGE, rw, i ? MAP_PRIVATE : MAP_SHARED, fd, 0));

		CHECK_CAN(TOUCH_READ, p + 2 * PAGE - 1);
		CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGBUS, BUS_ADRERR);
		CHECK_FAULT(TOUCH_WRITE, p + 2 * PAGE + 5, SIGBUS, BUS_ADRERR);
		CHECK_FAULT(TOUCH_READ, p + 4 * PAGE - 1, SIGBUS, BUS_ADRERR);
		CHECK_ERR(write(pipes[1], p + 2 * PAGE, 1), EFAULT);
	}
}

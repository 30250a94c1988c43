// SPDX-License-Identifier: MIT
/*
 * mmap_noexec.c: A file of a filesystem that is mounted noexec is not mapped for executing (EPERM), and
 * a mapping of it cannot be made executable (EACCES), private or shared.
 */
#include "residence.h"

TEST_IN_DIR()
{
	static const int types[] = { MAP_PRIVATE, MAP_SHARED };
	char *p;
	int fd;

	need_root("to mount");
	CHECK_OK(mkdir("m", 0755));
	if (mount("none", "m", "tmpfs", MS_NOEXEC, NULL) < 0 && !on_vellum())
		skip("mount: %s", strerror(errno));
	fd = make_file("m/a", PAGE);
	for (size_t i = 0; i < NR_ITEMS(types); i++) {
		EXPECT_ERR(mmap(NULL, PAGE, PROT_EXEC, types[i], fd, 0), EPERM);
		EXPECT_ERR(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, types[i], fd, 0), EPERM);
		p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, types[i], fd, 0));
		EXPECT_ERR(mprotect(p, PAGE, PROT_READ | PROT_EXEC), EACCES);
		EXPECT_ERR(mprotect(p, PAGE, PROT_EXEC), EACCES);
		EXPECT_EQ(smaps_flag(p, "me"), false);
		CHECK_OK(munmap(p, PAGE));
	}
	CHECK_OK(close(fd));
	CHECK_OK(umount("m"));
}

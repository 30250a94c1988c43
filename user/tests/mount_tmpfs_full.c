// SPDX-License-Identifier: MIT
/*
 * mount_tmpfs_full.c: A tmpfs with no space left keeps nothing of the writes that it refuses, be
 * they into the holes of a file.
 */
#include "test.h"

#define NR_PAGES 16

static long blocks_used(void)
{
	struct statfs fs;

	CHECK_OK(statfs("m", &fs));
	return fs.f_blocks - fs.f_bfree;
}

static long shmem_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[200];
	long kb = -1;

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "Shmem: %ld", &kb);
	fclose(f);
	CHECK(kb >= 0);
	return kb;
}

TEST()
{
	char dir[] = "/tmp/tmpfs_full.XXXXXX";
	int fd, written = 0;
	long before;

	need_root("mount");
	CHECK(mkdtemp(dir) != NULL);
	CHECK_OK(chdir(dir));
	CHECK_OK(mkdir("m", 0700));
	if (mount("none", "m", "tmpfs", 0, "size=64k") < 0)
		skip("cannot mount: %s", strerror(errno));
	before = shmem_kb();
	fd = CHECK_OK(open("m/a", O_RDWR | O_CREAT, 0600));
	CHECK_OK(ftruncate(fd, 1 << 30));
	for (int i = 0; i < 2000; i++)
		if (pwrite(fd, "x", 1, i * PAGE) == 1)
			written++;
		else
			CHECK_EQ(errno, ENOSPC);
	CHECK(written > 0 && written <= NR_PAGES);
	CHECK_EQ(blocks_used() <= NR_PAGES, 1);
	CHECK(shmem_kb() - before < 1000);
	CHECK_OK(close(fd));
	CHECK_OK(umount("m"));
	CHECK_OK(rmdir("m"));
	CHECK_OK(rmdir(dir));
}

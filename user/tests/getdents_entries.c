// SPDX-License-Identifier: MIT
/*
 * getdents_entries.c: getdents64: ".", ".." and all entries once, with inode and type; a small
 * buffer goes on where it stopped; too small is EINVAL; the errors.
 */
#include "test.h"

struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

static int type_of(int dir, size_t size, const char *wanted)
{
	char buffer[512] __attribute__((aligned(8)));
	long got;
	int type = -1;

	CHECK_EQ(lseek(dir, 0, SEEK_SET), 0);
	while ((got = CHECK_OK(syscall(SYS_getdents64, dir, buffer, size))) > 0)
		for (long at = 0; at < got;) {
			struct entry *entry = (void *)(buffer + at);

			CHECK_EQ(entry->reclen % 8, 0);
			CHECK(entry->reclen >= 19 + strlen(entry->name) + 1);
			if (strcmp(entry->name, wanted) == 0) {
				CHECK_EQ(type, -1);
				type = entry->type;
				if (strcmp(wanted, "..") != 0)
					CHECK_EQ(entry->ino, stat_of(wanted).st_ino);
			}
			at += entry->reclen;
		}
	return type;
}

TEST_IN_DIR()
{
	char buffer[64];
	int dir = CHECK_OK(open(".", O_RDONLY | O_DIRECTORY)), fd;

	fd = make_file("file", 0);
	CHECK_OK(mkdir("directory", 0755));
	CHECK_OK(symlink("file", "link"));
	CHECK_OK(mkfifo("fifo_with_a_rather_long_name", 0600));
	for (size_t size = 64; size <= 512; size *= 2) {
		CHECK_EQ(type_of(dir, size, "file"), DT_REG);
		CHECK_EQ(type_of(dir, size, "directory"), DT_DIR);
		CHECK_EQ(type_of(dir, size, "link"), DT_LNK);
		CHECK_EQ(type_of(dir, size, "fifo_with_a_rather_long_name"), DT_FIFO);
		CHECK_EQ(type_of(dir, size, "."), DT_DIR);
		CHECK_EQ(type_of(dir, size, ".."), DT_DIR);
		CHECK_EQ(type_of(dir, size, "none"), -1);
	}
	CHECK_EQ(lseek(dir, 0, SEEK_SET), 0);
	EXPECT_ERR(syscall(SYS_getdents64, dir, buffer, 8), EINVAL);
	EXPECT_ERR(syscall(SYS_getdents64, fd, buffer, 64), ENOTDIR);
	EXPECT_ERR(syscall(SYS_getdents64, 99, buffer, 64), EBADF);
	EXPECT_ERR(read(dir, buffer, 10), EISDIR);
}

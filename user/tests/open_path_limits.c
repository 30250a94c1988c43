// SPDX-License-Identifier: MIT
/*
 * open_path_limits.c: Long names: 255 bytes work, 256 are ENAMETOOLONG; paths of 4096 bytes and
 * more are ENAMETOOLONG; "//", "/./" and "/../" above the root mean what they should.
 */
#include "test.h"

TEST_IN_DIR()
{
	char name[300], path[5000];
	int fd;

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	fd = CHECK_OK(open(name, O_WRONLY | O_CREAT | O_EXCL, 0600));
	CHECK_OK(close(fd));
	CHECK(exists(name));
	CHECK_OK(unlink(name));
	name[255] = 'n';
	name[256] = '\0';
	EXPECT_ERR(open(name, O_WRONLY | O_CREAT, 0600), ENAMETOOLONG);
	EXPECT_ERR(open(name, O_RDONLY), ENAMETOOLONG);
	EXPECT_ERR(mkdir(name, 0700), ENAMETOOLONG);

	put_file("a", "hello");
	path[0] = '\0';
	for (int i = 0; i < 2047; i++)
		strcat(path, "./");
	strcat(path, "a"); /* 4095 bytes */
	CHECK_OK(open(path, O_RDONLY));
	memmove(path + 2, path, strlen(path) + 1);
	memcpy(path, "./", 2);
	EXPECT_ERR(open(path, O_RDONLY), ENAMETOOLONG);
	CHECK_OK(open(".///.//a", O_RDONLY));
	CHECK_OK(open("/../..//../tmp", O_RDONLY));
}

// SPDX-License-Identifier: MIT
/*
 * stress_files.c: random writes, reads, truncates and mappings of a few files by several processes,
 * each compared with a model in memory.
 *
 *	stress_files [-s SEED] [-n STEPS] [-p PROCESSES] [-d DIRECTORY]
 *
 * Each process has a directory with NR_FILES files of its own and a copy of what each must hold. A
 * step is a write or read by system call or through a shared mapping, a truncate in either
 * direction, an fsync, a rename, a removal, a link or a sync. Everything is removed in the end. The
 * seed is printed first: the same seed repeats a failure. Defaults: seed 1, 2000 steps, 2
 * processes, /tmp.
 */
#include "stress.h"

#define NR_FILES 4
#define MAX_SIZE (24 * PAGE)

struct file_model {
	int fd; /* -1: the file does not exist */
	char name[20];
	size_t size;
	char *shared; /* a mapping of MAX_SIZE bytes of the file */
	unsigned char bytes[MAX_SIZE];
};

static struct file_model files[NR_FILES];
static unsigned long random_state;
static int next_name;

static unsigned pick(unsigned below)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return (random_state >> 33) % below;
}

static void create(struct file_model *f)
{
	sprintf(f->name, "file%d", next_name++);
	f->fd = CHECK_OK(open(f->name, O_RDWR | O_CREAT | O_EXCL, 0600));
	f->size = 0;
	f->shared = CHECK_OK(mmap(NULL, MAX_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0));
}

static void destroy(struct file_model *f)
{
	CHECK_OK(unlink(f->name));
	CHECK_OK(munmap(f->shared, MAX_SIZE));
	CHECK_OK(close(f->fd));
	f->fd = -1;
}

static void set_size(struct file_model *f, size_t size)
{
	if (size > f->size)
		memset(f->bytes + f->size, 0, size - f->size);
	f->size = size;
}

static void write_some(struct file_model *f)
{
	static unsigned char block[5 * PAGE];
	size_t at = pick(MAX_SIZE), len = 1 + pick(pick(2) ? 200 : sizeof(block));
	ssize_t written;

	if (at + len > MAX_SIZE)
		len = MAX_SIZE - at;
	memset(block, pick(256), len);
	written = pwrite(f->fd, block, len, at);
	if (written < 0 && errno == ENOSPC)
		return;
	CHECK_EQ(written, len);
	if (at + len > f->size)
		set_size(f, at + len);
	memcpy(f->bytes + at, block, len);
}

static void store_some(struct file_model *f)
{
	size_t at, len;

	if (f->size == 0)
		return;
	at = pick(f->size);
	len = 1 + pick(300);
	if (at + len > f->size)
		len = f->size - at;
	memset(f->shared + at, pick(256), len);
	memcpy(f->bytes + at, f->shared + at, len);
}

static void check(struct file_model *f)
{
	static unsigned char block[MAX_SIZE];
	size_t at = pick(MAX_SIZE), len = 1 + pick(MAX_SIZE), expected;

	expected = at >= f->size ? 0 : f->size - at < len ? f->size - at : len;
	if (expected > sizeof(block))
		expected = sizeof(block);
	if (len > sizeof(block))
		len = sizeof(block);
	CHECK_EQ(pread(f->fd, block, len, at), expected);
	CHECK_MEM(block, f->bytes + at, expected);
	CHECK_MEM(f->shared, f->bytes, f->size);
	CHECK_EQ(stat_of(f->name).st_size, f->size);
}

static void truncate_some(struct file_model *f)
{
	size_t size = pick(MAX_SIZE);

	CHECK_OK(ftruncate(f->fd, size));
	set_size(f, size);
}

static void rename_some(struct file_model *f)
{
	char name[20];

	sprintf(name, "file%d", next_name++);
	if (pick(3) == 0) {
		CHECK_OK(link(f->name, name));
		CHECK_OK(unlink(f->name));
	} else {
		CHECK_OK(rename(f->name, name));
	}
	strcpy(f->name, name);
}

static void run(unsigned long seed, long nr_steps)
{
	random_state = seed;
	for (int i = 0; i < NR_FILES; i++)
		create(&files[i]);
	for (long step = 0; step < nr_steps; step++) {
		struct file_model *f = &files[pick(NR_FILES)];
		unsigned what = pick(100);

		if (what < 30)
			write_some(f);
		else if (what < 45)
			store_some(f);
		else if (what < 75)
			check(f);
		else if (what < 87)
			truncate_some(f);
		else if (what < 92)
			rename_some(f);
		else if (what < 95)
			CHECK_OK(fsync(f->fd));
		else if (what < 96)
			CHECK_OK(msync(f->shared, MAX_SIZE, MS_SYNC));
		else {
			destroy(f);
			create(f);
		}
	}
	for (int i = 0; i < NR_FILES; i++) {
		check(&files[i]);
		destroy(&files[i]);
	}
}

/* In a directory of its own. */
static void run_apart(unsigned long seed, long nr_steps)
{
	char own[40];

	sprintf(own, "stress-%d", getpid());
	CHECK_OK(mkdir(own, 0700));
	CHECK_OK(chdir(own));
	run(seed, nr_steps);
	CHECK_OK(chdir(".."));
	CHECK_OK(rmdir(own));
}

int main(int argc, char **argv)
{
	struct stress s = { .seed = 1, .steps = 2000, .processes = 2, .dir = "/tmp" };

	return stress_main("stress_files", s, argc, argv, run_apart);
}

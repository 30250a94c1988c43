// SPDX-License-Identifier: MIT
/*
 * exec_damaged_elf.c: Damaged ELF files: ENOEXEC (or EINVAL and the like) to the caller, or the
 * death of the new program by a signal; never anything worse. Every field of the headers is set to
 * odd values, and the file is cut short.
 */
#include "test.h"

#include <elf.h>

static unsigned char original[PAGE];

/* Runs the file; what came of it must be an errno or a signal, or a harmless run. */
static void run(const char *what, size_t at)
{
	pid_t pid = fork_child();
	int status;

	if (pid == 0) {
		char *argv[] = { "x", "--helper", NULL }, *envp[] = { NULL };

		alarm(5);
		if (dup2(open("/dev/null", O_WRONLY), STDERR_FILENO) < 0)
			_exit(78);
		execve("damaged", argv, envp);
		_exit(errno == ENOEXEC || errno == EINVAL || errno == ENOMEM || errno == EIO ||
					errno == EFAULT || errno == ELIBBAD || errno == ENOENT
				? 0
				: 78);
	}
	status = wait_child(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 78)
		EXPECT_FAILED("%s at %zu: an unexpected errno", what, at);
}

static void spoil(size_t at, size_t len, uint64_t value, const char *what)
{
	int fd = CHECK_OK(open("damaged", O_WRONLY));

	CHECK_EQ(pwrite(fd, &value, len, at), len);
	CHECK_OK(close(fd));
	run(what, at);
	fd = CHECK_OK(open("damaged", O_WRONLY));
	CHECK_EQ(pwrite(fd, original, PAGE, 0), PAGE);
	CHECK_OK(close(fd));
}

TEST_IN_DIR()
{
	static char block[65536];
	int in = CHECK_OK(open(test_self(), O_RDONLY)), out;
	Elf64_Ehdr *header = (void *)original;
	ssize_t got;

	out = CHECK_OK(open("damaged", O_RDWR | O_CREAT, 0755));
	while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0)
		CHECK_EQ(write(out, block, got), got);
	CHECK_EQ(pread(out, original, PAGE, 0), PAGE);
	CHECK_OK(close(out));

	spoil(0, 4, 0, "magic");
	spoil(EI_CLASS, 1, ELFCLASS32, "class");
	spoil(EI_DATA, 1, ELFDATA2MSB, "byte order");
	spoil(offsetof(Elf64_Ehdr, e_type), 2, ET_REL, "type");
	spoil(offsetof(Elf64_Ehdr, e_type), 2, ET_DYN, "type");
	spoil(offsetof(Elf64_Ehdr, e_machine), 2, EM_AARCH64, "machine");
	spoil(offsetof(Elf64_Ehdr, e_entry), 8, 0xffff800000000000, "entry");
	spoil(offsetof(Elf64_Ehdr, e_entry), 8, 0x1234567812345678, "entry");
	spoil(offsetof(Elf64_Ehdr, e_phoff), 8, -1, "phoff");
	spoil(offsetof(Elf64_Ehdr, e_phoff), 8, 1UL << 40, "phoff");
	spoil(offsetof(Elf64_Ehdr, e_phentsize), 2, 1, "phentsize");
	spoil(offsetof(Elf64_Ehdr, e_phnum), 2, 0, "phnum");
	spoil(offsetof(Elf64_Ehdr, e_phnum), 2, 0xffff, "phnum");
	for (int i = 0; i < header->e_phnum && i < 5; i++) {
		static const size_t fields[] = { offsetof(Elf64_Phdr, p_offset),
			offsetof(Elf64_Phdr, p_vaddr), offsetof(Elf64_Phdr, p_filesz),
			offsetof(Elf64_Phdr, p_memsz), offsetof(Elf64_Phdr, p_align) };
		static const uint64_t values[] = { 1, -1, 0xffff800000000000, 1UL << 62 };

		for (size_t f = 0; f < NR_ITEMS(fields); f++)
			for (size_t v = 0; v < NR_ITEMS(values); v++)
				spoil(header->e_phoff + i * sizeof(Elf64_Phdr) + fields[f], 8,
					values[v], "program header");
	}
	for (size_t size = 0; size < 5000; size += size < 70 ? 16 : 1500) {
		CHECK_OK(truncate("damaged", size));
		run("cut", size);
		if (size < sizeof(Elf64_Ehdr) && size >= 2)
			CHECK_ERR(execve("damaged", (char *[]){ "x", NULL }, (char *[]){ NULL }),
				ENOEXEC);
		out = CHECK_OK(open("damaged", O_WRONLY));
		CHECK_EQ(pwrite(out, original, PAGE, 0), PAGE);
		CHECK_OK(close(out));
	}
}

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

TEST_HELPER(helper)

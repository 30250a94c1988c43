// SPDX-License-Identifier: MIT
/*
 * exec_script.c: "#!" scripts: the interpreter gets its one optional argument, the script's path
 * and the arguments; spaces are trimmed; scripts of scripts work, endless ones are ELOOP; a missing
 * interpreter is ENOENT.
 */
#include "test.h"

static void script(const char *name, const char *first_line)
{
	put_file(name, first_line);
	CHECK_OK(chmod(name, 0755));
}

/* Prints its arguments. */
static int helper(int argc, char **argv)
{
	char text[PATH_MAX * 3] = "";

	for (int i = 0; i < argc; i++)
		sprintf(text + strlen(text), "[%s]", argv[i]);
	return write(1, text, strlen(text)) < 0;
}

TEST_HELPER(helper)

static void expect_run(const char *name, const char *wanted)
{
	char back[PATH_MAX * 4];
	int fds[2];
	ssize_t got;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(dup2(fds[1], 1));
		execl(name, "zero", "one", "two words", NULL);
		_exit(errno);
	}
	CHECK_OK(close(fds[1]));
	CHECK_EXITS(pid, 0);
	got = CHECK_OK(read(fds[0], back, sizeof(back) - 1));
	back[got] = '\0';
	CHECK_STR(back, wanted);
	CHECK_OK(close(fds[0]));
}

TEST_IN_DIR()
{
	char line[PATH_MAX + 100];
	char *argv[] = { "x", NULL }, *envp[] = { NULL };

	/* The interpreter is this test: with the argument --helper it prints what follows. */
	snprintf(line, sizeof(line), "#!%s --helper\n", test_self());
	script("s1", line);
	expect_run("./s1", "[./s1][one][two words]");
	snprintf(line, sizeof(line), "#! \t%s   --helper \t \nrest", test_self());
	script("s2", line);
	expect_run("./s2", "[./s2][one][two words]");
	script("s3", "#!./s1 more\n");
	expect_run("./s3", "[./s1][more][./s3][one][two words]");
	/* No newline at the end of the file. */
	snprintf(line, sizeof(line), "#!%s --helper", test_self());
	script("s4", line);
	expect_run("./s4", "[./s4][one][two words]");

	script("missing", "#!/no/such/interpreter\n");
	EXPECT_ERR(execve("./missing", argv, envp), ENOENT);
	script("nothing", "#!\n");
	EXPECT_ERR(execve("./nothing", argv, envp), ENOEXEC);
	script("self", "#!./self\n");
	EXPECT_ERR(execve("./self", argv, envp), ELOOP);
	put_file("noexec", "x");
	script("badinterp", "#!./noexec\n");
	EXPECT_ERR(execve("./badinterp", argv, envp), EACCES);
}

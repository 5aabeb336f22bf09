/* Written by boxlab: the system calls of one session, in their order.
 *   cc -o box FILE && ./box [CMD [ARG]...]
 * CMD, or a shell, runs where the session's next line would have run. As the same user. */
#define _GNU_SOURCE
#pragma GCC diagnostic ignored "-Wunused-function"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/capability.h>
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

/* Each call or nothing: what fails ends the program. */
#define MUST(call) must((long)(call), #call)

static long must(long answer, const char *call)
{
	if (answer != -1)
		return answer;
	fprintf(stderr, "%s: %s\n", call, strerror(errno));
	exit(1);
}

/* In one write(2): the kernel takes a value, or a map, as a whole or not at all. */
static int put(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -1;
	ssize_t written = write(file, text, strlen(text));
	close(file);
	return written < 0 ? -1 : 0;
}

static int create(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	return file < 0 ? -1 : close(file);
}

static int enter(int kind, const char *path)
{
	int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return file < 0 || setns(file, kind) ? -1 : close(file);
}

static int run_on(int count, const int cpus[])
{
	cpu_set_t set;
	CPU_ZERO(&set);
	for (int at = 0; at < count; at++)
		CPU_SET(cpus[at], &set);
	return sched_setaffinity(0, sizeof set, &set);
}

/* struct mount_attr of linux/mount.h, which glibc's sys/mount.h has only since 2.36. */
struct attributes { uint64_t set, clear, propagation, userns; };

static int set_flags(int dir, const char *path, unsigned flags, uint64_t set, uint64_t clear)
{
	struct attributes attributes = { set, clear, 0, 0 };
	return syscall(SYS_mount_setattr, dir, path, flags, &attributes, sizeof attributes);
}

/* A copy of the mount that hangs nowhere, its flags, and then its place: at no moment it has other flags there. */
static int bind_with(const char *source, const char *target, unsigned recursive, uint64_t set, uint64_t clear)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, source, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC | recursive);
	if (tree < 0 || set_flags(tree, "", AT_EMPTY_PATH | recursive, set, clear))
		return -1;
	return syscall(SYS_move_mount, tree, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */) ? -1 : close(tree);
}

/* A new filesystem in single steps: NAME, VALUE (or NULL) of each option. */
static int mount_new(const char *type, const char *target, uint64_t attributes, const char *const options[])
{
	int context = syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
	if (context < 0 || syscall(SYS_fsconfig, context, 1 /* FSCONFIG_SET_STRING */, "source", type, 0))
		return -1;
	for (; options[0]; options += 2)
		if (syscall(SYS_fsconfig, context, options[1] ? 1 : 0 /* FSCONFIG_SET_FLAG */, options[0], options[1], 0))
			return -1;
	if (syscall(SYS_fsconfig, context, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		return -1;
	int tree = syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, attributes);
	if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */))
		return -1;
	close(context);
	return close(tree);
}

static int status_of(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The directory of the cgroup in which the next child is to be born, if any. */
static int birthplace = -1;

static pid_t clone_into(uint64_t flags)
{
	struct clone_args arguments = { .flags = flags, .exit_signal = SIGCHLD };
	if (birthplace >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = birthplace;
	}
	pid_t pid = MUST(syscall(SYS_clone3, &arguments, sizeof arguments));
	if (birthplace >= 0)
		close(birthplace);
	birthplace = -1;
	return pid;
}

/* 1 in the child. The parent waits, and then goes on with 0. */
static int child(uint64_t flags)
{
	pid_t pid = clone_into(flags);
	if (pid == 0)
		return 1;
	status_of(pid);
	return 0;
}

/* The child goes on; its parent waits and ends as it ends. */
static void become_child(uint64_t flags)
{
	pid_t pid = clone_into(flags);
	if (pid != 0)
		_exit(status_of(pid));
}

static void run(uint64_t flags, int background, char *const words[])
{
	pid_t pid = clone_into(flags);
	if (pid == 0) {
		execvp(words[0], words);
		_exit(127);
	}
	if (!background)
		status_of(pid);
}

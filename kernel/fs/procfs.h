/* SPDX-License-Identifier: MIT */
/*
 * procfs, the machinery: directories made of tables of entries, whose text is generated when a file
 * is opened for reading. What the files say is in proc/procfs_*.c; this file knows nothing of
 * processes.
 *
 * A directory is a table (static entries) and perhaps a function that finds more (one directory a
 * process, one link a descriptor). Every inode carries an object, a counted pointer that the
 * table's functions get.
 */
#pragma once

#include "fs/vfs.h"

/* Text that grows. Once memory ran out it stays short and says so (-ENOMEM from the read). */
struct proc_text {
	char *buf;
	size_t len, size;
	bool failed;
};
void proc_printf(struct proc_text *t, const char *fmt, ...) __printf(2, 3);
void proc_put(struct proc_text *t, const void *bytes, size_t len);
/* Text with \n, \t, space and backslash as octal escapes, as mount tables want it. */
void proc_put_escaped(struct proc_text *t, const char *s, const char *escaped);

struct proc_object; /* whatever the tables' functions make of it */

/* A read or write of a file that is not text. */
struct proc_io {
	void *object;
	struct iobuf *buf;
	loff_t *pos;     /* the callee moves it on */
	bool privileged; /* it was opened with CAP_SYS_ADMIN */
};

struct proc_entry {
	const char *name;
	umode_t mode; /* type and permissions */
	/* files: 0 or -errno. Its text is made whole, so a reader who takes it in pieces sees one
	 * state. */
	int (*show)(struct proc_text *t, void *object);
	/* Files that may be long, instead of show: appends some records, beginning at *cursor (0:
	 * the first), and moves it behind them. False: there are no more. */
	bool (*step)(struct proc_text *t, void *object, u64 *cursor);
	/* Files that are not text, instead of show and write: bytes read or -errno; bytes written. */
	ssize_t (*read)(struct proc_io *io);
	ssize_t (*store)(struct proc_io *io);
	bool has_end;   /* they can be sought from it, which is 0 as that of text */
	bool addresses; /* their positions are addresses; without, negative ones are an error */
	/* An open file says what it says, maybe nothing, also when its object has gone (proc_dir.alive):
	 * no ESRCH. */
	bool outlives;
	/* May it be opened? 0 or -errno. NULL: as its permissions say. *opened is the object, or becomes
	 * what show, step, read and write get instead of it, until close puts it. */
	int (*open)(void *object, void **opened);
	void (*close)(void *opened);
	/* text is terminated; len or -errno */
	ssize_t (*write)(void *object, const char *text, size_t len);
	/* links: the text, or straight to a path (NULL: the text leads there) */
	ssize_t (*readlink)(void *object, char *buf, size_t size);
	int (*follow)(void *object, struct path *out);
	/* directories */
	const struct proc_dir *dir;
};

/* A child that a directory finds by name or lists: made by its functions. */
struct proc_child {
	char name[24];
	struct proc_entry entry; /* copied into the inode */
	void *object;            /* with a reference, which the inode takes over */
	ino_t ino;               /* 0: any */
	uid_t uid;
	gid_t gid;
};

struct proc_dir {
	const struct proc_entry *entries;
	u32 nr_entries;
	/* The child called name: 0, -ENOENT. NULL: static entries only. */
	int (*lookup)(void *object, const char *name, u32 len, struct proc_child *child);
	/* The first child at or behind cursor: sets name, entry.mode, ino and the cursor of the
	 * next; false: no more. No reference. */
	bool (*next)(void *object, u64 *cursor, struct proc_child *child);
	/* Counts references of the object of this directory and of its static entries. NULL: not
	 * counted. */
	void (*get)(void *object);
	void (*put)(void *object);
	/* Who owns the object's file with this mode. NULL: root. */
	void (*owner)(void *object, umode_t mode, uid_t *uid, gid_t *gid);
	/* Those of its objects' names that somebody uses are looked up again for each other one: what they
	 * mean, and who may ask, changes. */
	bool transient;
	/* Has the current thread all rights to the directory, whatever its mode says? NULL: no. */
	bool (*permits)(void *object);
	/* Is it still there (the process not reaped)? NULL: always. Must not sleep. */
	bool (*alive)(void *object);
};

/* The object of an open directory made of this table, without a reference of its own. NULL: the file is
 * something else. */
void *procfs_dir_object(const struct file *f, const struct proc_dir *dir);

/* The root's table and the children of it; set before the first mount. */
void procfs_set_root(const struct proc_dir *root);
void procfs_init(void);

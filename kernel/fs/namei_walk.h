/* SPDX-License-Identifier: MIT */
/* The walk itself, shared by namei.c (look-up, open) and namei_change.c (create, unlink, rename
 * ...). Nobody else includes it. */
#pragma once

#include "fs/vfs.h"

#define WALK_MAX_LINKS 40

enum walk_last_type {
	WALK_NAME,
	WALK_DOT,
	WALK_DOTDOT,
	WALK_ROOT
};

struct walk {
	const struct cred *cred;
	struct path path; /* where it is; borrowed while `locked`, else the same as held */
	struct path held; /* with references; mount NULL: none */
	struct path root; /* what "/" is; with references if root_held */
	bool locked;      /* dcache_lock is held */
	bool root_held;
	bool must_dir; /* a slash behind the last name */
	bool slash_behind;
	const char *s;    /* what is still to be walked */
	char *text;       /* the buffer that s points into; NULL: the caller's string */
	const char *last; /* the last component: into text or the caller's string */
	u32 last_len, last_hash;
	enum walk_last_type last_type;
	u32 nr_links, depth;
	struct {
		char *text;
		const char *rest; /* not empty */
	} saved[WALK_MAX_LINKS];
};

#define WALK_LINK 1 /* a link's text is to be walked next */

/* All: 0 or -errno; walk_end() is due in any case. */
int walk_start(struct walk *w, const struct cred *cred, int dirfd, const char *name, u32 flags);
/* Walks all but the last name: path is the directory that it is in, search permission checked. =>
 * locked, before and after */
int walk_to_last(struct walk *w);
/* Resolves the last name. => locked, before and after success */
int walk_last(struct walk *w, bool follow);
/* One name (w->last), WALK_LINK if it was a link and its text is next. => locked; after an error
 * perhaps not */
int walk_step(struct walk *w, bool follow);
/* From locked to held. */
void walk_pause(struct walk *w);
void walk_end(struct walk *w);
/* start + to_last + pause; ended on error. */
int walk_parent(struct walk *w, int dirfd, const char *name);

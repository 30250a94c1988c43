/* SPDX-License-Identifier: MIT */
/*
 * The lock order, the only copy of it: a lock may be taken only while every lock held has a lower
 * rank. Read by people, and compiled into the checker (DEBUG=1). Below RANK_SPIN are the sleeping
 * locks, so "may I sleep?" is "is my highest rank below RANK_SPIN?". Equal ranks never nest, except
 * where spin_lock_nested/mutex_lock_nested says that an order by address or by tree is kept.
 */
#pragma once

enum lock_rank {
	RANK_NONE = 0,
	RANK_FILE_POS = 3,  /* shared offset of an open file: read, write, lseek, getdents */
	RANK_PROC_TEXT = 4, /* open file of /proc: the text that was made for it */
	RANK_MOUNT = 5,     /* mount table, rename: the tree's shape */
	RANK_TTY_WRITE = 7, /* terminal: one write(2) at a time */
	RANK_TTY = 8,       /* terminal: settings, line discipline, session */
	RANK_INODE = 10,    /* inode: size, block map, writes; directories: their entries */
	RANK_PIPE = 12,     /* pipe: its buffer */
	RANK_SOCKET = 13,   /* socket: one reader at a time */
	RANK_MM = 20,   /* the VMA set of an address space; user memory may fault (might_fault) */
	RANK_PAGE = 30, /* page lock: identity; contents during I/O */
	RANK_FS = 40,   /* filesystem allocation: bitmaps, group descriptors */
	/* page lock of a block device's page: metadata that a filesystem reads under its own
	 * lock */
	RANK_DISK_PAGE = 42,
	RANK_RMAP = 45, /* the VMAs of a mapping */
	RANK_SPIN = 50,
	RANK_PROCESS = 50,   /* process table, family tree, state, signals */
	RANK_TTYS = 51,      /* the list of terminals */
	RANK_FILES = 52,     /* file descriptor table */
	RANK_FUTEX = 53,     /* one bucket of the futex table: who sleeps on a word */
	RANK_DCACHE = 54,    /* dentry hash, parent/child links, inode hash */
	RANK_SOCKETS = 55,   /* all sockets: names, peers, queues */
	RANK_PAGETABLE = 60, /* page-table entries of one address space */
	RANK_TTY_QUEUE = 63, /* terminal: input and output queues (irqsave) */
	RANK_DEVICE = 65,    /* device queue (irqsave) */
	RANK_MAPPING = 70,   /* a mapping's index -> page tree and tags */
	RANK_LRU = 75,       /* LRU lists, dirty list */
	RANK_SLAB = 80,
	RANK_BUDDY = 85,
	RANK_WORKQ = 87,    /* work queue: its list (irqsave) */
	RANK_WAITQ = 88,    /* wait queues (irqsave) */
	RANK_TIMER = 89,    /* timers of one CPU (irqsave) */
	RANK_RUNQUEUE = 90, /* run queue of one CPU (irqsave) */
	RANK_CONSOLE = 99,  /* the log (irqsave) */
};

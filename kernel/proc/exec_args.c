// SPDX-License-Identifier: MIT
/*
 * exec_args.c: collects argv and envp. All lengths come from the user, and each is checked before
 * it is used: one string, all strings, and their pointers.
 */
#include "proc/exec_args.h"

#include <linux/resource.h>
#include "arch/user.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "sched/sched.h"

struct exec_args *exec_args_create(u64 stack_limit)
{
	struct exec_args *a = kzalloc(sizeof(*a));

	if (!a)
		return NULL;
	/* A quarter of the stack, at most three quarters of the usual 8 MiB, at least 128 KiB
	 * (execve(2)). */
	a->limit = max(min(stack_limit / 4, (u64)_STK_LIM / 4 * 3), EXEC_STRING_MAX);
	return a;
}

void exec_args_free(struct exec_args *a)
{
	for (u64 i = 0; i < DIV_ROUND_UP(a->len, PAGE_SIZE); i++)
		page_put(virt_to_page(a->pages[i]));
	kfree(a);
}

/* Where the next byte goes, and how much fits there. NULL: no memory. */
static u8 *next_room(struct exec_args *a, u64 *room)
{
	u64 page = a->len / PAGE_SIZE, offset = page_offset_in(a->len);

	if (!offset) {
		struct page *p = page_alloc(PAGE_USER);

		if (!p)
			return NULL;
		a->pages[page] = page_address(p);
	}
	*room = PAGE_SIZE - offset;
	return a->pages[page] + offset;
}

/* Gives back a page that next_room() took and nothing was put into. */
static void drop_empty_room(struct exec_args *a)
{
	if (!page_offset_in(a->len))
		page_put(virt_to_page(a->pages[a->len / PAGE_SIZE]));
}

static bool fits(const struct exec_args *a, u64 more)
{
	u64 pointers = ((u64)a->argc + a->envc + 1) * sizeof(u64);

	return a->len + more + pointers <= a->limit;
}

int exec_args_add(struct exec_args *a, const char *s)
{
	u64 left = strlen(s) + 1, room;
	u8 *to;

	if (left > EXEC_STRING_MAX || !fits(a, left))
		return -E2BIG;
	while (left) {
		to = next_room(a, &room);
		if (!to)
			return -ENOMEM;
		room = min(room, left);
		memcpy(to, s, room);
		a->len += room;
		s += room;
		left -= room;
	}
	return 0;
}

/* Copies a piece that ends with the page, here or there, or with the string. Returns the bytes, 0:
 * fault. */
static u64 copy_piece(u8 *to, vaddr_t from, u64 room, bool *end)
{
	u64 want = min(room, PAGE_SIZE - page_offset_in(from));
	u64 got = want - user_copy_in(to, from, want);
	u8 *zero = memchr(to, 0, got);

	*end = zero != NULL;
	return zero ? (u64)(zero - to) + 1 : got;
}

int exec_args_add_user(struct exec_args *a, vaddr_t s)
{
	u64 total = 0, room, got;
	bool end = false;
	u8 *to;

	while (!end) {
		to = next_room(a, &room);
		if (!to)
			return -ENOMEM;
		got = copy_piece(to, s, room, &end);
		total += got;
		if (!got || total > EXEC_STRING_MAX || !fits(a, got)) {
			drop_empty_room(a);
			return got ? -E2BIG : -EFAULT;
		}
		a->len += got;
		s += got;
	}
	return 0;
}

int exec_args_add_user_array(struct exec_args *a, vaddr_t array, u32 skip, u32 *count)
{
	vaddr_t s;
	int err;

	for (u64 i = 0; array; i++) {
		if (copy_from_user(&s, array + i * sizeof(s), sizeof(s)) != 0)
			return -EFAULT;
		if (!s)
			break;
		if (i < skip)
			continue;
		err = exec_args_add_user(a, s);
		if (err)
			return err;
		(*count)++;
		if (thread_is_killed())
			return -EINTR;
		cond_resched();
	}
	return 0;
}

int exec_args_add_array(struct exec_args *a, const char *const *array, u32 skip, u32 *count)
{
	int err;

	for (u32 i = 0; array[i]; i++) {
		if (i < skip)
			continue;
		err = exec_args_add(a, array[i]);
		if (err)
			return err;
		(*count)++;
	}
	return 0;
}

u64 exec_args_strlen(const struct exec_args *a, u64 at)
{
	u64 start = at;

	while (at < a->len) {
		u64 room = min(PAGE_SIZE - page_offset_in(at), a->len - at);
		const u8 *from = a->pages[at / PAGE_SIZE] + page_offset_in(at);
		const u8 *zero = memchr(from, 0, room);

		if (zero)
			return at + (u64)(zero - from) - start;
		at += room;
	}
	return at - start;
}

// SPDX-License-Identifier: MIT
/* Credentials: see cred.h. Who may change which of them is sys_cred.c's and exec.c's. */
#include "sched/cred.h"

#include "mm/slab.h"

struct cred kernel_cred = {
	.refs = { 1 },
	.permitted = CRED_ALL_CAPS,
	.effective = CRED_ALL_CAPS,
	.bounding = CRED_ALL_CAPS,
};

const struct cred *cred_get(const struct cred *c)
{
	atomic_inc(&((struct cred *)c)->refs);
	return c;
}

void cred_put(const struct cred *c)
{
	struct cred *mine = (struct cred *)c;

	if (!atomic_dec_and_test(&mine->refs))
		return;
	groups_put(mine->groups);
	kfree(mine);
}

struct cred *cred_copy(const struct cred *old)
{
	struct cred *c = kmalloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *old;
	atomic_set(&c->refs, 1);
	if (c->groups)
		atomic_inc(&c->groups->refs);
	return c;
}

/* ---------------------------------------------------------------- groups */

struct group_list *groups_create(u32 nr)
{
	struct group_list *g = kmalloc(sizeof(*g) + nr * sizeof(g->gids[0]));

	if (!g)
		return NULL;
	atomic_set(&g->refs, 1);
	g->nr = nr;
	return g;
}

void groups_put(struct group_list *groups)
{
	if (groups && atomic_dec_and_test(&groups->refs))
		kfree(groups);
}

static void swap_gids(gid_t *a, gid_t *b)
{
	gid_t kept = *a;

	*a = *b;
	*b = kept;
}

/* The heap [0, nr) is one but for its element `at`, which sinks to its place. */
static void sift_down(gid_t *gids, u32 at, u32 nr)
{
	u32 child;

	while ((child = 2 * at + 1) < nr) {
		if (child + 1 < nr && gids[child + 1] > gids[child])
			child++;
		if (gids[at] >= gids[child])
			return;
		swap_gids(&gids[at], &gids[child]);
		at = child;
	}
}

/* Heapsort: the user chooses the order that they come in, and must not choose its cost. */
void groups_sort(struct group_list *groups)
{
	gid_t *gids = groups->gids;

	for (u32 at = groups->nr / 2; at > 0; at--)
		sift_down(gids, at - 1, groups->nr);
	for (u32 nr = groups->nr; nr > 1; nr--) {
		swap_gids(&gids[0], &gids[nr - 1]);
		sift_down(gids, 0, nr - 1);
	}
}

static bool is_in_list(const struct group_list *groups, gid_t gid)
{
	u32 low = 0, high = groups->nr;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (groups->gids[middle] == gid)
			return true;
		if (groups->gids[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool cred_in_group(const struct cred *c, gid_t gid)
{
	return c->fsgid == gid || (c->groups && is_in_list(c->groups, gid));
}

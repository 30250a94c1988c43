/* SPDX-License-Identifier: MIT */
/*
 * FPU state. The kernel itself uses none, so the registers always hold the state of the user thread
 * that runs, or ran last, on this CPU; they are saved and loaded at each switch of threads, never
 * lazily (SDM vol. 1, chapter 13).
 *
 * An area is in XSAVE's standard format: 512 bytes as FXSAVE's, a header of 64 bytes, then AVX and
 * further state. Without XSAVE it is the first 512 bytes only.
 */
#include <asm/sigcontext.h>
#include "arch/x86_64/fpu.h"
#include "arch/boot.h"
#include "arch/x86_64/cpufeat.h"
#include "lib/string.h"
#include "mm/slab.h"

#define FCW_INITIAL        0x37f /* all exceptions masked, 64-bit precision */
#define MXCSR_INITIAL      0x1f80
#define MXCSR_MASK_DEFAULT 0xffbf /* where the CPU's own mask reads as 0 */

static struct slab_cache *cache;
static u32 mxcsr_mask;

void fpu_init(void)
{
	struct _fpstate *fx;

	cache = slab_cache_create("fpu", cpu_features.xsave_size, 64);
	fx = fpu_alloc();
	if (!fx)
		return; /* no memory at boot: nothing will run anyway */
	__asm__ volatile("fxsave64 %0" : "=m"(*(u8(*)[512])fx));
	mxcsr_mask = fx->mxcsr_mask ? fx->mxcsr_mask : MXCSR_MASK_DEFAULT;
	fpu_free(fx);
}

void *fpu_alloc(void)
{
	return slab_alloc(cache, PAGE_ZEROED);
}

void fpu_free(void *area)
{
	slab_free(cache, area);
}

void fpu_save(void *area)
{
	u8(*mem)[4096] = area;

	if (cpu_features.xsave)
		__asm__ volatile("xsave64 %0"
				 : "+m"(*mem)
				 : "a"((u32)cpu_features.xsave_mask), "d"(0));
	else
		__asm__ volatile("fxsave64 %0" : "+m"(*mem));
}

void fpu_load(const void *area)
{
	const u8(*mem)[4096] = area;

	if (cpu_features.xsave)
		__asm__ volatile(
			"xrstor64 %0" ::"m"(*mem), "a"((u32)cpu_features.xsave_mask), "d"(0));
	else
		__asm__ volatile("fxrstor64 %0" ::"m"(*mem));
}

void fpu_set_initial(void *area)
{
	struct _fpstate *fx = area;

	/* A header of zeros says that all components are in their initial state. */
	memset(area, 0, cpu_features.xsave_size);
	fx->cwd = FCW_INITIAL;
	fx->mxcsr = MXCSR_INITIAL;
}

void fpu_complete_fxsave(void *area)
{
	struct _xstate *xs = area;

	if (cpu_features.xsave)
		xs->xstate_hdr = (struct _header){ .xfeatures = XFEATURES_FXSAVE };
}

bool fpu_is_loadable(const void *area)
{
	const struct _xstate *xs = area;

	if (xs->fpstate.mxcsr & ~mxcsr_mask)
		return false;
	if (!cpu_features.xsave)
		return true;
	return !(xs->xstate_hdr.xfeatures & ~cpu_features.xsave_mask) &&
	       !xs->xstate_hdr.reserved1[0] && !xs->xstate_hdr.reserved1[1];
}

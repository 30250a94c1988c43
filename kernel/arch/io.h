/* SPDX-License-Identifier: MIT */
/* I/O ports, and memory-mapped registers, which the compiler must neither merge nor reorder. */
#pragma once

#include "lib/types.h"

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 mmio_read8(const volatile void *reg)
{
	return *(const volatile u8 *)reg;
}

static inline u16 mmio_read16(const volatile void *reg)
{
	return *(const volatile u16 *)reg;
}

static inline u32 mmio_read32(const volatile void *reg)
{
	return *(const volatile u32 *)reg;
}

static inline void mmio_write8(volatile void *reg, u8 v)
{
	*(volatile u8 *)reg = v;
}

static inline void mmio_write16(volatile void *reg, u16 v)
{
	*(volatile u16 *)reg = v;
}

static inline void mmio_write32(volatile void *reg, u32 v)
{
	*(volatile u32 *)reg = v;
}

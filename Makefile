# SPDX-License-Identifier: MIT
#
# Vellum's one Makefile. All products go under $(O), which is build/ unless you say O=elsewhere.
#
#	make            kernel and root image          make run    ... and a shell inside Vellum
#	make run ROOT=debian    ... in a root of Debian's own packages (downloaded, see tools/debian/packages.txt)
#	make test       everything that is tested      make test-host   the guest tests on this machine's Linux
#	make iso        one bootable file (BIOS, UEFI) make debug  QEMU and gdb, with symbols and helper commands
#	make difftest   the same random calls on Vellum and on Linux, compared (OPS=N SEED=N; docs/difftest.md)
#	make doctor     what is missing here           make lint   format, cppcheck, shellcheck
#	make bench      what operations cost as address spaces grow
#	make clean      removes $(O)
#
# Variables: CC=gcc|clang, CROSS_COMPILE=prefix-, DEBUG=1 (lock ranks and invariants checked; goes to
# build/debug), O=folder, V=1 (show the commands).

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash
# Debian keeps mke2fs and debugfs where an ordinary user's PATH does not look.
export PATH := $(PATH):/usr/sbin:/sbin

ifdef DEBUG
O ?= build/debug
else
O ?= build
endif
ifneq ($(words $(O)),1)
$(error O=$(O): make cannot build in a folder whose name has blanks)
endif
Q := $(if $(V),,@)

# ---- Compilers -------------------------------------------------------------------------------------------------------

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CROSS_COMPILE),undefined)
CROSS_COMPILE := $(firstword $(foreach p,x86_64-elf- x86_64-linux-gnu-,$(if $(shell command -v $(p)gcc && command -v $(p)ld),$(p))))
endif
ifneq ($(findstring clang,$(CC)),)
KCC := $(CC) --target=x86_64-linux-gnu
else
KCC := $(CROSS_COMPILE)$(CC)
endif
KLD := $(CROSS_COMPILE)ld
NM := $(CROSS_COMPILE)nm
STRIP := $(CROSS_COMPILE)strip
NASM := nasm
HOSTCC := gcc
MUSLCC := musl-gcc

# ---- Flags -----------------------------------------------------------------------------------------------------------

KINCLUDES := -nostdinc -isystem $(shell $(KCC) -print-file-name=include 2>/dev/null) -isystem $(O)/uapi -Ikernel
KCFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-stack-protector -fcf-protection=none -fno-strict-aliasing -fno-common \
	-Wall -Wextra -Werror $(if $(DEBUG),-DCONFIG_DEBUG) $(KINCLUDES)
KASFLAGS := -f elf64 -Werror $(if $(DEBUG),-DCONFIG_DEBUG)
KLDFLAGS := -nostdlib -static -z max-page-size=4096 -z noexecstack --build-id=none -T linker.ld
# The program headers are the linker script's own affair.
KLDFLAGS += $(if $(findstring no-warn-rwx,$(shell $(KLD) --help 2>/dev/null)),--no-warn-rwx-segments)
# [vdso], a shared library that the kernel carries as data.
VDSO_CFLAGS := -std=gnu11 -O2 -ffreestanding -fPIC -fvisibility=hidden -mgeneral-regs-only -fno-stack-protector \
	-fcf-protection=none -fasynchronous-unwind-tables -Wall -Wextra -Werror $(KINCLUDES)
VDSO_LDFLAGS := -shared -soname linux-vdso.so.1 --hash-style=both --eh-frame-hdr --build-id=none -s -z max-page-size=4096 \
	-z noexecstack
UCFLAGS := -std=gnu11 -O2 -g -static -Wall -Wextra -Werror -Iuser -Iuser/tests -idirafter $(O)/uapi
HOSTCFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-strict-aliasing -Ikernel -Itools/hosttests -idirafter $(O)/uapi

# ---- Sources ---------------------------------------------------------------------------------------------------------

KSOURCES := $(sort $(wildcard kernel/*.c kernel/*/*.c kernel/arch/x86_64/*.c))
ASOURCES := $(sort $(wildcard boot/*.asm kernel/arch/x86_64/*.asm))
KOBJECTS := $(KSOURCES:%.c=$(O)/%.o) $(ASOURCES:%.asm=$(O)/%.asm.o)

USOURCES := $(sort $(wildcard user/*.c user/demos/*.c user/bench/*.c user/tests/*.c))
UASOURCES := $(sort $(wildcard user/*.asm user/demos/*.asm))
PROGRAMS := $(USOURCES:%.c=$(O)/%) $(UASOURCES:%.asm=$(O)/%)
GUESTTESTS := $(patsubst %.c,$(O)/%,$(sort $(wildcard user/tests/*.c)))
HOSTTESTS := $(patsubst tools/hosttests/%.c,$(O)/hosttests/%,$(sort $(wildcard tools/hosttests/*_test.c)))

KERNEL := $(O)/vellum.elf
ROOT_IMG := $(O)/root.img
DEBIAN_IMG := $(O)/debian.img

# What `make run` boots into.
ROOT ?= busybox

# ---- What people ask for ---------------------------------------------------------------------------------------------

.PHONY: difftest difftest-programs all kernel root debian run run-busybox run-debian test test-host hosttests iso debug doctor lint layers uapi clean FORCE
all: kernel root $(O)/boot.iso
kernel: layers $(KERNEL)
root: $(ROOT_IMG)
debian: $(DEBIAN_IMG)
iso: $(O)/vellum.iso
	@echo "$(O)/vellum.iso: boots by BIOS or UEFI, from a CD, a USB stick or QEMU"
uapi: $(O)/uapi
hosttests: $(HOSTTESTS)

# On a fresh machine the compiler comes with the doctor, so make starts again behind it.
JOBS := -j$(shell nproc 2>/dev/null || echo 2)
run: run-$(ROOT)
run-busybox:
	@tools/doctor --install
	@$(MAKE) --no-print-directory $(JOBS) all O=$(O)
	@tools/run --build $(O)
run-debian:
	@tools/doctor --install
	@$(MAKE) --no-print-directory $(JOBS) all debian O=$(O)
	@tools/run --build $(O) --rootfs $(DEBIAN_IMG) --mem 1G
run-%:
	@echo "ROOT=$*: there are ROOT=busybox (the usual one) and ROOT=debian"; exit 1

test:
	@tools/doctor --install
	@$(MAKE) --no-print-directory $(JOBS) all iso hosttests difftest-programs $(O)/pty O=$(O)
	@$(MAKE) --no-print-directory $(JOBS) kernel DEBUG=1 O=$(O)/debug
	@$(MAKE) --no-print-directory debian O=$(O) || rm -f $(DEBIAN_IMG)
	@tools/test --build $(O) $(TESTS)

test-host: $(GUESTTESTS)
	@tools/test-host $(GUESTTESTS)

# Virtual time: one instruction is one nanosecond, and two runs print the same.
bench: all
	@tools/run --build $(O) --icount --timeout 300 -- vmcost

OPS := 100000
SEED := 1
difftest:
	@tools/doctor --install
	@$(MAKE) --no-print-directory $(JOBS) kernel difftest-programs O=$(O)
	@tools/difftest --build $(O) --ops $(OPS) --seed $(SEED)

difftest-programs: $(O)/difftest/guest $(O)/difftest/driver

debug: all
	@tools/debug --build $(O)

doctor:
	@tools/doctor

lint:
	@tools/lint

layers:
	@tools/check-layers

clean:
	rm -rf $(O)

# ---- The kernel ------------------------------------------------------------------------------------------------------

# Linux's user-space headers (system call numbers, errno, struct stat, ...) and nothing else of the host's.
UAPI_ROOTS := /usr/x86_64-linux-gnu/include /usr/include
$(O)/uapi:
	@mkdir -p $@.new
	@for root in $(UAPI_ROOTS); do \
		[ -d $$root/linux ] || continue; \
		ln -sfn $$root/linux $@.new/linux; \
		ln -sfn $$root/asm-generic $@.new/asm-generic; \
		for asm in $$root/x86_64-linux-gnu/asm $$root/asm; do \
			if [ -d $$asm ]; then ln -sfn $$asm $@.new/asm; break; fi; \
		done; \
		break; \
	done
	@[ -e $@.new/asm ] || { echo "no Linux headers for x86-64: apt-get install linux-libc-dev"; exit 1; }
	@rm -rf $@ && mv $@.new $@

# Everything is built anew when the compiler or its flags change.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(KCC) $(KCFLAGS) $(KASFLAGS) $(KLDFLAGS) $(VDSO_CFLAGS) $(VDSO_LDFLAGS) $(UCFLAGS)' | cmp -s - $@ || \
		echo '$(KCC) $(KCFLAGS) $(KASFLAGS) $(KLDFLAGS) $(VDSO_CFLAGS) $(VDSO_LDFLAGS) $(UCFLAGS)' > $@

# Linked, or put into the image, anew when a source file has gone: nothing else would notice.
$(O)/kernel.list $(O)/programs.list: FORCE
	@mkdir -p $(@D)
	@echo '$(sort $(if $(filter %kernel.list,$@),$(KOBJECTS),$(PROGRAMS)))' | cmp -s - $@ || \
		echo '$(sort $(if $(filter %kernel.list,$@),$(KOBJECTS),$(PROGRAMS)))' > $@

$(O)/%.o: %.c $(O)/flags | $(O)/uapi
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(KCC) $(KCFLAGS) -MMD -MP -c $< -o $@

# What an assembly file includes is asked for by a run of its own: nasm 2.16 leaves it out where it also assembles.
nasm_depends = $(NASM) $(1) -I$(<D)/ -M -MP -MT $@ $< > $@.d

# Position independent, without debugging information: a page for all of it.
VDSO := $(O)/kernel/arch/x86_64/vdso/vdso.so
$(VDSO): kernel/arch/x86_64/vdso/vdso.c kernel/arch/x86_64/vdso/vdso.lds $(O)/flags | $(O)/uapi
	@mkdir -p $(@D)
	@echo "  VDSO    $@"
	$(Q)$(KCC) $(VDSO_CFLAGS) -MMD -MP -MT $@ -MF $@.d -c $< -o $@.o
	$(Q)$(KLD) $(VDSO_LDFLAGS) -T $(<D)/vdso.lds -o $@ $@.o
$(O)/kernel/arch/x86_64/vdso_pages.asm.o: $(VDSO)

# No line numbers for boot/: nasm's do not stand sections of several address sizes.
$(O)/%.asm.o: %.asm $(O)/flags
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	$(Q)$(call nasm_depends,$(KASFLAGS) -Iboot/ -I$(O)/)
	$(Q)$(NASM) $(KASFLAGS) $(if $(filter kernel/%,$<),-g -F dwarf) -I$(<D)/ -Iboot/ -I$(O)/ $< -o $@

# A panic prints names, so the image carries its own symbol table: link once with an empty table, list the
# functions, link again. The table is the last section, so nothing else moves; that is checked.
link = $(KLD) $(KLDFLAGS) -o $(1) $(KOBJECTS) $(2)
symbols = $(NM) -n $(1) | tools/mksyms > $(2)
$(KERNEL): $(KOBJECTS) $(O)/kernel.list linker.ld tools/mksyms
	@echo "  LINK    $@"
	$(Q)tools/mksyms < /dev/null > $(O)/ksyms0.c
	$(Q)$(KCC) $(KCFLAGS) -c $(O)/ksyms0.c -o $(O)/ksyms0.o
	$(Q)$(call link,$(O)/vellum.pass1,$(O)/ksyms0.o)
	$(Q)$(call symbols,$(O)/vellum.pass1,$(O)/ksyms1.c)
	$(Q)$(KCC) $(KCFLAGS) -c $(O)/ksyms1.c -o $(O)/ksyms1.o
	$(Q)$(call link,$@,$(O)/ksyms1.o)
	$(Q)$(call symbols,$@,$(O)/ksyms2.c)
	$(Q)cmp -s $(O)/ksyms1.c $(O)/ksyms2.c || { rm -f $@; echo "$@: the symbol table moved the code"; exit 1; }

# ---- User programs ---------------------------------------------------------------------------------------------------

# Static, so that one file is all that a program needs; guest tests are run on the host's Linux as well.
$(O)/user/%: user/%.c $(O)/flags | $(O)/uapi
	@mkdir -p $(@D)
	@echo "  MUSL    $<"
	$(Q)$(MUSLCC) $(UCFLAGS) -MMD -MP -MF $@.d $< -o $@

# No C library at all: _start, and the kernel.
$(O)/user/%: user/%.asm $(O)/flags
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	$(Q)$(call nasm_depends,-f elf64)
	$(Q)$(NASM) -f elf64 -g -F dwarf -I$(<D)/ $< -o $@.o
	$(Q)$(KLD) -static -nostdlib -z noexecstack --build-id=none -o $@ $@.o

# ---- Images ----------------------------------------------------------------------------------------------------------

ROOT_FILES := $(shell find tools/rootfs -type f)
$(O)/busybox:
	@mkdir -p $(@D)
	@tools/get-busybox $@

$(ROOT_IMG): $(PROGRAMS) $(O)/programs.list $(O)/busybox $(ROOT_FILES) tools/mkroot tools/mkext2
	@echo "  EXT2    $@"
	$(Q)STRIP=$(STRIP) tools/mkroot $@ $(O)/busybox $(PROGRAMS)

# Debian's packages are downloaded and unpacked once, and again when the list changes. The image besides holds what
# tools/test runs there, in /tests: scripts, and dynamically linked programs.
DEBIAN_TESTS := $(sort $(wildcard tools/debian/tests/*.sh tools/debian/tests/*.py)) tools/rootfs/tests/run-all
$(O)/debian/tree: tools/debian/packages.txt tools/get-debian
	@tools/mkdebian tree $@ $(O)/debian/archives $<
	@touch $@

$(DEBIAN_IMG): $(O)/debian/tree $(O)/user/init $(DEBIAN_TESTS) tools/mkdebian tools/mkext2
	@echo "  EXT2    $@"
	$(Q)tools/mkdebian image $@ $< $(O)/user/init $(DEBIAN_TESTS)

# boot.iso: GRUB and the kernel, for `tools/run --boot grub`; the root is a disk. vellum.iso: with the root as a
# boot module (RAM disk), one file that boots alone.
$(O)/boot.iso: $(KERNEL) boot/grub.cfg tools/mkiso
	@echo "  ISO     $@"
	$(Q)STRIP=$(STRIP) tools/mkiso --kernel $(KERNEL) --args 'panic=exit' $@

$(O)/vellum.iso: $(KERNEL) $(ROOT_IMG) boot/grub.cfg tools/mkiso
	@echo "  ISO     $@"
	$(Q)STRIP=$(STRIP) tools/mkiso --kernel $(KERNEL) --module $(ROOT_IMG) --args 'root=ram0' $@

# ---- Host programs ---------------------------------------------------------------------------------------------------

# The kernel's pure parts under ASan and UBSan: each test includes the kernel files that it is about.
$(O)/hosttests/%: tools/hosttests/%.c $(O)/flags | $(O)/uapi
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	$(Q)$(HOSTCC) $(HOSTCFLAGS) -MMD -MP -MF $@.d $< -o $@

# The two halves of the differential test: what runs streams of operations in a guest, and what compares.
$(O)/difftest/guest: $(wildcard user/difftest/*.[ch]) $(O)/flags | $(O)/uapi
	@mkdir -p $(@D)
	@echo "  MUSL    user/difftest"
	$(Q)$(MUSLCC) $(UCFLAGS) $(filter %.c,$^) -o $@

$(O)/difftest/driver: tools/difftest.c tools/difftest-program.c tools/difftest-program.h \
		user/difftest/ops.c user/difftest/ops.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  tools/difftest.c"
	$(Q)$(HOSTCC) -std=gnu11 -O2 -Wall -Wextra -Werror -Iuser/difftest $(filter %.c,$^) -o $@

# Drives a program on a pseudo-terminal, for the interactive tests.
$(O)/pty: tools/pty.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	$(Q)$(HOSTCC) -std=gnu11 -O2 -Wall -Wextra -Werror $< -o $@

-include $(KOBJECTS:.o=.d) $(KOBJECTS:.o=.o.d) $(VDSO).d $(PROGRAMS:=.d) $(HOSTTESTS:=.d)

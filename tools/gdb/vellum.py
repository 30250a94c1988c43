# SPDX-License-Identifier: MIT
"""
Commands for gdb on a running Vellum (make debug, or: gdb -x tools/gdb/vellum.py build/vellum.elf).

    threads         what runs on each CPU; all processes with their threads
    vmas [PID]      the VMAs of the current process, or of this one
    pagewalk ADDR   the page-table entries that translate ADDR, level by level
    console         what is new on the console (make debug only)
    type TEXT       types TEXT and Return there (make debug only)

All of it reads the kernel's own structures by their debug information: a field that is renamed in the headers is to be
renamed here.
"""

import os
import re

import gdb

DIRECT_MAP_BASE = 0xFFFF888000000000
PTE_ADDR = 0x000FFFFFFFFFF000
PTE_BITS = [(0, "P"), (1, "W"), (2, "U"), (3, "PWT"), (4, "PCD"), (5, "A"), (6, "D"), (7, "PS"), (8, "G"), (63, "NX")]
VMA_BITS = [(0x10, "mayread"), (0x20, "maywrite"), (0x40, "mayexec"), (0x100, "growsdown"), (0x200, "stack"),
            (0x800, "locked"), (0x1000, "noreserve"), (0x2000, "random"), (0x4000, "sequential"), (0x8000, "dontfork"),
            (0x10000, "wipeonfork"), (0x20000, "dontdump"), (0x40000, "device")]
STATES = ["new", "runnable", "sleeping", "blocked", "stopped", "dead"]


def value(expression):
    return gdb.parse_and_eval(expression)


def number(v):
    return int(v.cast(gdb.lookup_type("unsigned long")))


def container(pointer, type_name, member):
    """The structure of this type whose member this is."""
    type_ = gdb.lookup_type(type_name)
    field = type_
    offset = 0
    for name in member.split("."):
        f = next(f for f in field.fields() if f.name == name)
        offset += f.bitpos // 8
        field = f.type
    return (pointer.cast(gdb.lookup_type("char").pointer()) - offset).cast(type_.pointer())


def list_entries(head, type_name, member):
    """The entries of a struct list, whose head this is."""
    node = head["next"]
    while node != head.address:
        yield container(node, type_name, member)
        node = node["next"]


def tree_entries(node, type_name, member):
    """The entries of a struct rb_tree below this node, in order."""
    if number(node) == 0:
        return
    yield from tree_entries(node["left"], type_name, member)
    yield container(node, type_name, member)
    yield from tree_entries(node["right"], type_name, member)


def read_u64(address):
    return int.from_bytes(bytes(gdb.selected_inferior().read_memory(address, 8)), "little")


def cpus():
    """(number of the CPU, its current thread): gdb's threads are the machine's CPUs."""
    variable = number(value("&current_thread_ptr"))
    deltas = value("percpu_deltas")
    for cpu in range(len(gdb.selected_inferior().threads())):
        address = read_u64((variable + number(deltas[cpu])) & (2**64 - 1))
        if address:
            yield cpu, gdb.Value(address).cast(gdb.lookup_type("struct thread").pointer())


def current_thread():
    selected = gdb.selected_thread()
    cpu = selected.num - 1 if selected else 0
    return dict(cpus()).get(cpu)


def processes(process=None):
    """init and all its descendants; zombies too."""
    if process is None:
        process = value("init_process")
        if number(process) == 0:
            return
    yield process
    for of in ("children", "zombies"):
        for child in list_entries(process[of], "struct process", "sibling"):
            yield from processes(child)


def symbol(address):
    return gdb.execute("info symbol %#x" % address, to_string=True).split(" in section")[0].strip()


def describe(thread):
    state = int(thread["state"])
    return "%6d  %-16s %-9s cpu %d" % (int(thread["tid"]), thread["name"].string(),
                                        STATES[state] if state < len(STATES) else state, int(thread["cpu"]))


class Threads(gdb.Command):
    """threads: what runs on each CPU, and all processes with their threads."""

    def __init__(self):
        super().__init__("threads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        del argument, from_tty
        for cpu, thread in cpus():
            print("CPU %d runs  %s" % (cpu, describe(thread)))
        for process in processes():
            parent = process["parent"]
            print("process %d, parent %d%s" % (int(process["pid"]), int(parent["pid"]) if number(parent) else 0,
                                               ", zombie" if int(process["state"]) else ""))
            for thread in list_entries(process["threads"], "struct thread", "all_link"):
                print("   " + describe(thread))


class Vmas(gdb.Command):
    """vmas [PID]: the VMAs of the current process, or of process PID."""

    def __init__(self):
        super().__init__("vmas", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        del from_tty
        if argument:
            pid = int(gdb.parse_and_eval(argument))
            found = [p for p in processes() if int(p["pid"]) == pid]
            if not found:
                raise gdb.GdbError("there is no process %d" % pid)
            mm = found[0]["mm"]
        else:
            thread = current_thread()
            mm = thread["mm"] if thread is not None else None
        if mm is None or number(mm) == 0:
            raise gdb.GdbError("it has no address space (a kernel thread, or a zombie)")
        print("%d VMAs, page tables at physical %#x" % (int(mm["vmas"]["count"]), number(mm["mmu"]["root"])))
        for vma in tree_entries(mm["vmas"]["tree"]["root"], "struct vma", "node"):
            flags = int(vma["flags"])
            rights = "".join(c if flags & bit else "-" for bit, c in ((1, "r"), (2, "w"), (4, "x")))
            backing = symbol(number(vma["ops"])) if number(vma["ops"]) else "?"
            if number(vma["mapping"]):
                backing += ", page %d of mapping %#x" % (int(vma["pgoff"]), number(vma["mapping"]))
            more = " ".join(name for bit, name in VMA_BITS if flags & bit and not name.startswith("may"))
            print("%#014x-%#014x %s%s %6d pages  %s %s" % (
                number(vma["start"]), number(vma["end"]), rights, "s" if flags & 8 else "p",
                (number(vma["end"]) - number(vma["start"])) >> 12, backing, more))


class PageWalk(gdb.Command):
    """pagewalk ADDR: the page-table entries that translate ADDR on the selected CPU, level by level."""

    LEVELS = [("PML4", 39), ("PDPT", 30), ("PD", 21), ("PT", 12)]

    def __init__(self):
        super().__init__("pagewalk", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        del from_tty
        if not argument:
            raise gdb.GdbError("pagewalk ADDR")
        address = number(gdb.parse_and_eval(argument)) & (2**64 - 1)
        if address >> 47 not in (0, 0x1FFFF):
            raise gdb.GdbError("%#x is not canonical: its bits 63 to 47 differ" % address)
        table = number(value("$cr3")) & PTE_ADDR
        print("address %#018x, CR3 %#x" % (address, table))
        for name, shift in self.LEVELS:
            index = address >> shift & 511
            entry = read_u64(DIRECT_MAP_BASE + table + index * 8)
            bits = " ".join(b for bit, b in PTE_BITS if entry >> bit & 1)
            print("%-4s[%3d] = %#018x  %s" % (name, index, entry, bits or "(empty)"))
            if not entry & 1:
                print("not mapped")
                return
            table = entry & PTE_ADDR
            if shift == 12 or (shift < 39 and entry & 0x80):
                size = 1 << shift
                print("physical %#x (a page of %d KiB)" % ((table & ~(size - 1)) | (address & (size - 1)), size >> 10))
                return


class Console(gdb.Command):
    """console: what was written on the console since the last time (make debug)."""

    def __init__(self):
        super().__init__("console", gdb.COMMAND_STATUS)
        self.seen = 0

    def invoke(self, argument, from_tty):
        del argument, from_tty
        path = os.environ.get("VELLUM_CONSOLE")
        if not path:
            raise gdb.GdbError("the console is on tools/run's terminal")
        with open(path, "rb") as f:
            f.seek(self.seen)
            text = f.read()
        self.seen += len(text)
        # Without escape sequences: a terminal would answer some of them, and gdb would read the answer as a command.
        print(re.sub(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])|\r", "", text.decode(errors="replace")))


class Type(gdb.Command):
    """type TEXT: types TEXT and Return on the console (make debug); `continue` lets the kernel read it."""

    def __init__(self):
        super().__init__("type", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        del from_tty
        path = os.environ.get("VELLUM_INPUT")
        if not path:
            raise gdb.GdbError("the console is on tools/run's terminal")
        with open(path, "w", encoding="utf-8") as f:
            f.write(argument + "\r")


gdb.execute("set pagination off")
gdb.execute("set architecture i386:x86-64")
Threads()
Vmas()
PageWalk()
Console()
Type()
print("Vellum's commands: threads, vmas [PID], pagewalk ADDR, console, type TEXT (help COMMAND)")

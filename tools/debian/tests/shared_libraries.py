#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Dynamic linking: what the kernel tells the loader, libraries that are mapped lazily and shared by all processes, a
loader that is started by hand, musl's loader, and programs whose loader is missing or damaged."""
import errno, mmap, os, re, shutil, struct, subprocess, sys, tempfile

PAGE = mmap.PAGESIZE
LOADER = "/lib64/ld-linux-x86-64.so.2"
MUSL = "/lib/ld-musl-x86_64.so.1"
os.chdir(tempfile.mkdtemp())


def maps(pid):
    """(start, end, permissions, offset, path) of all mappings."""
    for line in open("/proc/%s/maps" % pid):
        m = re.match(r"(\w+)-(\w+) (....) (\w+) \S+ \d+ *(.*)", line)
        yield int(m[1], 16), int(m[2], 16), m[3], int(m[4], 16), m[5]


def frames(pid, path, perms):
    """Page of the file -> frame, for those of its pages that the process has mapped."""
    found = {}
    with open("/proc/%s/pagemap" % pid, "rb") as f:
        for start, end, p, offset, name in maps(pid):
            if name.endswith(path) and p == perms:
                f.seek(start // PAGE * 8)
                for i in range((end - start) // PAGE):
                    entry = struct.unpack("Q", f.read(8))[0]
                    if entry >> 63:
                        found[offset // PAGE + i] = entry & (1 << 55) - 1
    return found


print("-- the auxiliary vector")
auxv = dict(struct.iter_unpack("QQ", open("/proc/self/auxv", "rb").read()))
at = {}
for start, end, perms, offset, name in maps("self"):
    at.setdefault(os.path.basename(name), start)
print("AT_BASE is the loader's place:", auxv[7] == at["ld-linux-x86-64.so.2"])
program = os.path.basename(os.path.realpath("/proc/self/exe"))
size = os.stat("/proc/self/exe").st_size
header = open("/proc/self/exe", "rb").read(64)
entry, phoff = struct.unpack_from("QQ", header, 24)
phentsize, phnum = struct.unpack_from("HH", header, 54)
bias = at[program] if struct.unpack_from("H", header, 16)[0] == 3 else 0
print("AT_PHDR, AT_PHENT, AT_PHNUM, AT_ENTRY are the program's:",
      auxv[3] == (bias or at[program]) + phoff, auxv[4] == phentsize, auxv[5] == phnum, auxv[9] == bias + entry)
print("AT_PAGESZ", auxv[6], "AT_CLKTCK", auxv[17], "AT_FLAGS", auxv[8], "AT_SECURE", auxv[23])
print("ids:", [auxv[i] for i in (11, 12, 13, 14)] == [os.getuid(), os.geteuid(), os.getgid(), os.getegid()])
print("AT_RANDOM, AT_EXECFN, AT_PLATFORM:", all(auxv[i] for i in (25, 31, 15)))
print("AT_HWCAP, AT_HWCAP2, AT_MINSIGSTKSZ:", auxv[16] != 0, 26 in auxv, auxv[51] >= 1000)

print("-- lazily mapped, and shared")
cat = [subprocess.Popen(["cat"], stdin=-1, stdout=-1) for _ in range(3)]
for c in cat:
    c.stdin.write(b"x")
    c.stdin.flush()
    c.stdout.read(1)
one, two = (frames(c.pid, "/libc.so.6", "r-xp") for c in cat[:2])
both = one.keys() & two.keys()
print("each has some of the C library's code:", 10 < len(one), "but not all:", len(one) < 340)
print("both have these pages, in the same frames:", len(both) > 10 and all(one[i] == two[i] for i in both))
python = frames("self", "/libc.so.6", "r-xp")
both = one.keys() & python.keys()
print("so has another program:", len(both) > 10 and all(one[i] == python[i] for i in both))
one, two = (frames(c.pid, "/libc.so.6", "rw-p") for c in cat[:2])
print("what they have written is their own:", len(one) > 0 and not set(one.values()) & set(two.values()))
text = open("/proc/%d/smaps" % cat[0].pid).read()
for part in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", text):
    if " r-xp " in part and "libc.so.6" in part:
        value = {m[1]: int(m[2]) for m in re.finditer(r"^(\w+): +(\d+) kB", part, re.M)}
print("smaps says so:", value["Shared_Clean"] > value["Rss"] // 2, value["Private_Dirty"] == 0, value["Pss"] < value["Rss"])
for c in cat:
    c.stdin.close()
    c.wait()

print("-- loaders started by hand")


def run(*args, **more):
    p = subprocess.run(args, stdout=-1, stderr=subprocess.STDOUT, text=True, **more)
    return p.returncode, p.stdout.strip()


print(run(LOADER, "/bin/echo", "by", "hand"))
print(run(LOADER, "--argv0", "other", "/bin/sh", "-c", "echo $0"))
print(run("ldd", "/bin/cat")[1].count("=>") > 0, run(LOADER, "--list", "/bin/cat")[0])
print(run(MUSL)[1].splitlines()[0], run(LOADER, "/missing")[0])
print(run("/bin/echo", "bound at once", env={"LD_BIND_NOW": "1"}), run("/bin/true", env={"LD_LIBRARY_PATH": "/missing"}))
print("places differ:", len({run("sh", "-c", "grep -m1 libc.so /proc/self/maps | cut -d - -f 1")[1] for _ in range(5)}) > 1)
print("or not:", len({run("setarch", "-R", "sh", "-c", "grep -m1 libc.so /proc/self/maps | cut -d - -f 1")[1] for _ in range(3)}))

print("-- loaders that are missing or damaged")


def with_loader(path):
    """/bin/true, with another PT_INTERP of at most the same length."""
    data = bytearray(open("/bin/true", "rb").read())
    i = data.index(LOADER.encode())
    data[i:i + len(LOADER)] = path.encode().ljust(len(LOADER), b"\0")
    with open("program", "wb") as f:
        f.write(data)
    os.chmod("program", 0o755)


def result(path):
    with_loader(path)
    try:
        subprocess.run(["./program"], check=True)
        return "ran"
    except OSError as e:
        return errno.errorcode[e.errno]
    except subprocess.CalledProcessError as e:
        return "status %d" % e.returncode


shutil.copy(LOADER, "/tmp/ld")
print("a copy:", result("/tmp/ld"))
print("missing:", result("/tmp/none"), "a folder:", result("/tmp"), "behind a file:", result("/tmp/ld/x"))
os.chmod("/tmp/ld", 0o644)
print("not executable:", result("/tmp/ld"))
os.chmod("/tmp/ld", 0o755)
good = open(LOADER, "rb").read()
for what, data in (("empty", b""), ("text", b"hello, this is no program\n" * 10), ("cut short", good[:50]),
                   ("another machine's", good[:18] + b"\xb7\0" + good[20:]), ("no program headers", good[:56] + b"\0\0" + good[58:]),
                   ("a script", b"#!/bin/sh\necho no\n")):
    with open("/tmp/ld", "wb") as f:
        f.write(data)
    print(what + ":", result("/tmp/ld"))
os.unlink("/tmp/ld")

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Python's mmap module: files shared and private, anonymous memory, resizing, flushing, advice, what is refused."""
import errno, mmap, os, sys, tempfile

os.chdir(tempfile.mkdtemp())
PAGE = mmap.PAGESIZE
print("page", PAGE, "granularity", mmap.ALLOCATIONGRANULARITY)


def refused(what, call):
    try:
        call()
        print(what, "worked")
    except OSError as e:
        print(what, type(e).__name__, errno.errorcode[e.errno])
    except Exception as e:
        print(what, type(e).__name__, e)


def contents():
    with open("file", "rb") as f:
        return f.read()


with open("file", "wb") as f:
    f.write(b"".join(bytes([65 + i]) * PAGE for i in range(8)))

print("-- shared")
fd = os.open("file", os.O_RDWR)
m = mmap.mmap(fd, 0)
print(len(m), m.size(), m[0:3], m[PAGE:PAGE + 1], m[-1:], m.find(b"C"), m.rfind(b"B"), m.find(b"zz"))
m[10:15] = b"hello"
print(contents()[8:17])  # seen by read(2) at once
os.pwrite(fd, b"world", 100)
print(m[98:107])  # and the reverse
m.seek(200)
m.write(b"by position")
m.write_byte(33)
print(m.tell(), m[198:214])
m[30] = 10
m.seek(0)
print(m.readline(), m.read(5), m.read_byte())
m.move(PAGE, 10, 5)
print(m[PAGE:PAGE + 6])
m.flush()
m.flush(PAGE, PAGE)
refused("flush at an odd offset", lambda: m.flush(1, 10))
print(m[::PAGE], m[5 * PAGE:4 * PAGE:-1000])
del_me = memoryview(m)
refused("close with a view", m.close)
del_me.release()

print("-- resizing")
m.resize(12 * PAGE)
print(len(m), m.size(), os.fstat(fd).st_size, m[11 * PAGE:11 * PAGE + 3], m[10:15])
m[11 * PAGE:11 * PAGE + 4] = b"tail"
m.resize(2 * PAGE)
print(len(m), os.fstat(fd).st_size, m[10:15])
m.close()
refused("use after close", lambda: m[0])

print("-- private")
m = mmap.mmap(fd, 0, access=mmap.ACCESS_COPY)
m[0:7] = b"PRIVATE"
print(m[0:8], contents()[0:8])
refused("resize of a copy", lambda: m.resize(PAGE))
m.close()
m = mmap.mmap(fd, PAGE, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE, offset=PAGE)
m[0:3] = b"off"
print(m[0:6], contents()[PAGE:PAGE + 6])
m.close()

print("-- read only")
m = mmap.mmap(fd, 0, access=mmap.ACCESS_READ)


def assign():
    m[0] = 1


refused("write", assign)
refused("resize", lambda: m.resize(PAGE))
m.close()
ro = os.open("file", os.O_RDONLY)
refused("a shared writable mapping of a file that is open for reading", lambda: mmap.mmap(ro, 0))
m = mmap.mmap(ro, 0, prot=mmap.PROT_READ)
print(m[10:15])
m.close()
refused("an odd offset", lambda: mmap.mmap(fd, 10, offset=5))
refused("longer than the file", lambda: mmap.mmap(fd, 100 * PAGE))
os.close(os.open("empty", os.O_CREAT))
e = os.open("empty", os.O_RDWR)
refused("an empty file", lambda: mmap.mmap(e, 0))
refused("a directory", lambda: mmap.mmap(os.open(".", os.O_RDONLY), PAGE, prot=mmap.PROT_READ))
refused("no descriptor", lambda: mmap.mmap(999, PAGE))

print("-- anonymous")
m = mmap.mmap(-1, 64 * PAGE)
print(m[0:4], m.find(b"\1"))
m[:] = b"x" * len(m)
if os.fork() == 0:
    m[0:5] = b"child"
    os._exit(0)
os.wait()
print(m[0:6])
m.resize(256 * PAGE)
print(len(m), m[0:5], m[63 * PAGE:63 * PAGE + 1])
for name in "NORMAL RANDOM SEQUENTIAL WILLNEED DONTFORK DOFORK MERGEABLE UNMERGEABLE".split():
    m.madvise(getattr(mmap, "MADV_" + name))
p = mmap.mmap(-1, 16 * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
p[:] = b"y" * len(p)
p.madvise(mmap.MADV_DONTNEED, PAGE, 2 * PAGE)
print([p[i * PAGE] for i in range(5)])
refused("advice at an odd offset", lambda: p.madvise(mmap.MADV_DONTNEED, 1, PAGE))
refused("unknown advice", lambda: p.madvise(12345))
p.close()
if os.fork() == 0:
    m[10:13] = b"and"
    os._exit(0)
os.wait()
print(m[10:13])
m.close()

print("-- many and large")
maps = [mmap.mmap(fd, PAGE, offset=0) for _ in range(500)]
maps[0][0:4] = b"seen"
print(all(x[0:4] == b"seen" for x in maps))
for x in maps:
    x.close()
with open("big", "wb") as f:
    f.truncate(1 << 32)
big = mmap.mmap(os.open("big", os.O_RDWR), 0)
big[(3 << 30):(3 << 30) + 3] = b"3GB"
print(len(big), big[(3 << 30) - 1:(3 << 30) + 4], os.stat("big").st_blocks < 1000)
big.close()
os.unlink("big")
import re
m = mmap.mmap(fd, 0)
print([x.start() for x in re.finditer(b"hello|seen", m)], hash(bytes(m)) == hash(contents()))
sys.stdout.flush()

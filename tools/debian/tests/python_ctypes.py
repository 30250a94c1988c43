#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Python's ctypes: the C library's functions, callbacks (code that is made at run time), and the mmap family by hand,
with machine code of our own."""
import ctypes, ctypes.util, errno, mmap, os, signal, struct, sys, tempfile

libc = ctypes.CDLL("libc.so.6", use_errno=True)
libm = ctypes.CDLL("libm.so.6")
PAGE = mmap.PAGESIZE
P = ctypes.c_void_p
libc.mmap.restype = libc.mremap.restype = P
libc.mmap.argtypes = [P, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mprotect.argtypes = [P, ctypes.c_size_t, ctypes.c_int]
libc.munmap.argtypes = [P, ctypes.c_size_t]
libc.mincore.argtypes = [P, ctypes.c_size_t, P]
libc.madvise.argtypes = [P, ctypes.c_size_t, ctypes.c_int]
R, W, X = mmap.PROT_READ, mmap.PROT_WRITE, mmap.PROT_EXEC
ANON = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
FAILED = P(-1).value


def error():
    return errno.errorcode[ctypes.get_errno()]


print("-- calls")
libm.pow.restype = libm.cos.restype = ctypes.c_double
libm.pow.argtypes = [ctypes.c_double] * 2
print(libm.pow(2, 10), libc.abs(-5), libc.strlen(b"twelve bytes"), libc.getpid() == os.getpid())
buf = ctypes.create_string_buffer(100)
libc.snprintf(buf, 100, b"%s %d %.2f", b"formatted", 42, ctypes.c_double(3.14159))
print(buf.value)
print(libc.open(b"/missing", 0), error(), libc.close(999), error())


class Tm(ctypes.Structure):
    _fields_ = [(n, ctypes.c_int) for n in "sec min hour mday mon year wday yday isdst".split()] + [("pad", ctypes.c_byte * 28)]


tm = Tm()
libc.gmtime_r(ctypes.byref(ctypes.c_long(86400 * 365)), ctypes.byref(tm))
print(tm.year, tm.mon, tm.mday, tm.yday)

print("-- callbacks")
Compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
numbers = (ctypes.c_int * 200)(*[(i * 7919) % 211 for i in range(200)])
calls = 0


def compare(a, b):
    global calls
    calls += 1
    return a[0] - b[0]


libc.qsort(numbers, 200, 4, Compare(compare))
print(list(numbers) == sorted(numbers), calls > 200)
callbacks = [ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x, i=i: x + i) for i in range(1000)]
print(sum(c(1) for c in callbacks))

print("-- code of our own")
code = bytes.fromhex("8d043f c3")  # lea eax, [rdi + rdi]; ret
Double = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
a = libc.mmap(None, PAGE, R | W | X, ANON, -1, 0)
ctypes.memmove(a, code, len(code))
print("rwx", Double(a)(21))
print(libc.mprotect(a, PAGE, R | X), Double(a)(4))
print(libc.mprotect(a, PAGE, R | W))
ctypes.memmove(a, bytes.fromhex("8d4701c3"), 4)  # lea eax, [rdi + 1]; ret
libc.mprotect(a, PAGE, R | X)
print("changed", Double(a)(41))
libc.munmap(a, PAGE)
fd = os.memfd_create("code")
os.write(fd, code)
x = libc.mmap(None, PAGE, R | X, mmap.MAP_SHARED, fd, 0)
print("memfd", Double(x)(100))
w = libc.mmap(None, PAGE, R | W, mmap.MAP_SHARED, fd, 0)
ctypes.memmove(w, bytes.fromhex("8d4702c3"), 4)
print("through the other mapping", Double(x)(100))

print("-- faults")


def killed(f):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        f()
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "survived"


a = libc.mmap(None, 4 * PAGE, R | W, ANON, -1, 0)
ctypes.memset(a, 1, 4 * PAGE)
print("write", killed(lambda: ctypes.memset(a, 2, PAGE)))
libc.mprotect(a, PAGE, R)
print("read only", killed(lambda: ctypes.memset(a, 2, 1)), killed(lambda: ctypes.string_at(a, 1)))
print("not code", killed(lambda: Double(a)(1)))
libc.munmap(a + PAGE, PAGE)
print("unmapped", killed(lambda: ctypes.string_at(a + PAGE, 1)), killed(lambda: ctypes.string_at(a + 2 * PAGE, 1)))
print("null", killed(lambda: ctypes.memset(8, 0, 1)))
t = tempfile.TemporaryFile()
t.truncate(PAGE)
b = libc.mmap(None, 2 * PAGE, R, mmap.MAP_SHARED, t.fileno(), 0)
print("behind the end", killed(lambda: ctypes.string_at(b, 1)), killed(lambda: ctypes.string_at(b + PAGE, 1)))

print("-- the others")
vec = ctypes.create_string_buffer(4)
a = libc.mmap(None, 4 * PAGE, R | W, ANON, -1, 0)
ctypes.memset(a + PAGE, 1, 1)
print(libc.mincore(a, 4 * PAGE, vec), list(vec.raw))
print(libc.madvise(a + PAGE, PAGE, mmap.MADV_DONTNEED), ctypes.string_at(a + PAGE, 1))
ctypes.memset(a, 7, 4 * PAGE)
libc.mremap.argtypes = [P, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]
a = libc.mremap(a, 4 * PAGE, 100 * PAGE, 1)
print(ctypes.string_at(a + 4 * PAGE - 1, 2), libc.munmap(a, 100 * PAGE))
print(libc.mmap(None, 0, R, ANON, -1, 0) == FAILED, error(), libc.munmap(1, PAGE), error())
print(libc.mprotect(a, PAGE, R), error(), libc.madvise(a, PAGE, 12345), error())
for _ in range(200):
    ctypes.CDLL("libsqlite3.so.0").sqlite3_libversion_number()
handle = ctypes.CDLL("libz.so.1")
handle.crc32.restype = ctypes.c_uint32
print(hex(handle.crc32(0, b"shared library", 14)))

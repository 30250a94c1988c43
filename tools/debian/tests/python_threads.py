#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Python's threading and what stands on it: locks, conditions, semaphores, queues, local storage, time limits, pools;
signals, subprocesses and asyncio beside threads."""
import asyncio, concurrent.futures, os, queue, signal, subprocess, sys, threading, time

sys.setswitchinterval(0.0005)

print("-- many threads, one lock")
total, lock = 0, threading.Lock()


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(500,)) for _ in range(20)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, threading.active_count())

print("-- conditions")
items, cond, got = [], threading.Condition(), []


def consumer():
    while True:
        with cond:
            cond.wait_for(lambda: items)
            x = items.pop()
        if x is None:
            return
        got.append(x)


threads = [threading.Thread(target=consumer) for _ in range(5)]
for t in threads:
    t.start()
for x in list(range(300)) + [None] * 5:
    with cond:
        items.insert(0, x)
        cond.notify()
for t in threads:
    t.join()
print(len(got), sum(got))

print("-- semaphores, barriers, events")
inside, most, sem = 0, 0, threading.BoundedSemaphore(3)


def enter():
    global inside, most
    with sem:
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.002)
        with lock:
            inside -= 1


barrier, order, event = threading.Barrier(8), [], threading.Event()


def meet(i):
    enter()
    if barrier.wait() == 0:
        order.append("one of them")
    event.wait()
    with lock:
        order.append("released")


threads = [threading.Thread(target=meet, args=(i,)) for i in range(8)]
for t in threads:
    t.start()
while barrier.n_waiting or not order:
    time.sleep(0.001)
event.set()
for t in threads:
    t.join()
print(1 <= most <= 3, order.count("released"), order[0])

print("-- time limits")
held = threading.Lock()
held.acquire()
began = time.monotonic()
print(held.acquire(timeout=0.05), held.acquire(blocking=False), threading.Event().wait(0.05), time.monotonic() - began >= 0.1)
r = threading.RLock()
with r, r:
    print("twice")
fired = threading.Event()
timer = threading.Timer(0.01, fired.set)
timer.start()
print(fired.wait(30))
timer.join()

print("-- local storage, stacks, names")
local, seen = threading.local(), []


def own(i):
    local.x = i
    barrier.wait()
    seen.append(local.x)


threads = [threading.Thread(target=own, args=(i,), name="w%d" % i) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(seen), hasattr(local, "x"))
threading.stack_size(1 << 20)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


t = threading.Thread(target=lambda: print(deep(500)))
t.start()
t.join()
threading.stack_size(0)
ids = set()


def note_id():
    ids.add(threading.get_native_id())
    barrier.wait()


threads = [threading.Thread(target=note_id) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(ids), os.getpid() in ids, threading.main_thread().native_id == os.getpid())
for _ in range(300):
    t = threading.Thread(target=int)
    t.start()
    t.join()
print("300 more")

print("-- pools and queues")
with concurrent.futures.ThreadPoolExecutor(6) as pool:
    print(sum(pool.map(lambda x: x * x, range(500))))
    f = pool.submit(lambda: 1 / 0)
    print(type(f.exception()).__name__)
q, out = queue.Queue(4), queue.SimpleQueue()


def worker():
    while (x := q.get()) is not None:
        out.put(x + 1)
        q.task_done()


threads = [threading.Thread(target=worker, daemon=True) for _ in range(3)]
for t in threads:
    t.start()
for i in range(200):
    q.put(i)
q.join()
for t in threads:
    q.put(None)
print(sum(out.get() for _ in range(200)))

print("-- signals and processes")
hits = []
signal.signal(signal.SIGALRM, lambda *a: hits.append(threading.current_thread() is threading.main_thread()))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
t = threading.Thread(target=time.sleep, args=(0.2,))
t.start()
t.join()
signal.setitimer(signal.ITIMER_REAL, 0)
print(len(hits) > 1, all(hits))


def run(i, results):
    p = subprocess.run(["sh", "-c", "cat; exit %d" % i], input=b"x" * i * 10000, stdout=subprocess.PIPE)
    results[i] = (p.returncode, len(p.stdout))


results = {}
threads = [threading.Thread(target=run, args=(i, results)) for i in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results.items()))
try:
    subprocess.run(["sleep", "10"], timeout=0.1)
except subprocess.TimeoutExpired:
    print("timed out")
pid = os.fork()
if pid == 0:
    t = threading.Thread(target=lambda: os._exit(7))
    t.start()
    t.join()
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

print("-- asyncio")


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def main():
    path = "/tmp/echo.%d" % os.getpid()
    server = await asyncio.start_unix_server(echo, path)

    async def client(i):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"hello %d\n" % i)
        answer = await reader.readline()
        writer.close()
        return answer

    print(await asyncio.gather(*(client(i) for i in range(5))))
    server.close()
    p = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    print((await p.communicate(b"through a process"))[0])
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, lambda: "from a thread"))
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.05)
    except asyncio.TimeoutError:
        print("timed out")


asyncio.run(main())

# To the kernel each thread has its own user: the C library changes all of them.
print("-- setuid", flush=True)
if os.fork() == 0:
    barrier = threading.Barrier(4)
    seen = []

    def look():
        barrier.wait()
        barrier.wait()
        with open("/proc/thread-self/status") as status:
            seen.append([line for line in status if line.startswith(("Uid", "Gid"))])

    threads = [threading.Thread(target=look) for i in range(3)]
    for t in threads:
        t.start()
    barrier.wait()
    os.setgid(4321)
    os.setuid(1234)
    barrier.wait()
    for t in threads:
        t.join()
    print(seen[0], seen[0] == seen[1] == seen[2], os.getuid(), flush=True)
    os._exit(0)
os.wait()

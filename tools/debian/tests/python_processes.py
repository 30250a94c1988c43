#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Python's multiprocessing, with each way to start a process: pools, queues, pipes, locks, shared memory, managers."""
import multiprocessing as mp
import multiprocessing.connection
import os, signal, sys, time
from multiprocessing import shared_memory


def square(x):
    return x * x


def fill(q, n):
    for i in range(n):
        q.put((os.getpid() != 0, i))


def talk(c):
    while (x := c.recv()) != "end":
        c.send(x[::-1])
    c.close()


def add(value, array, lock, n):
    for i in range(n):
        with lock:
            value.value += 1
        with array.get_lock():
            array[i % len(array)] += 1


def touch(name, at):
    s = shared_memory.SharedMemory(name)
    s.buf[at:at + 5] = b"%05d" % at
    s.close()


def hold(sem, inside, most):
    with sem:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        time.sleep(0.05)
        with inside.get_lock():
            inside.value -= 1


def give_pipe(c):
    r, w = mp.Pipe(False)
    c.send(r)  # a descriptor goes along
    w.send("through a pipe that was passed")
    c.recv()


def end(how):
    if how == "exit":
        sys.exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "raise":
        os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        raise ValueError


def wait_for(event, q):
    q.put(event.wait(60))


def everything(ctx):
    with ctx.Pool(2) as pool:
        print("pool", sum(pool.map(square, range(100))), pool.apply(square, (9,)), list(pool.imap(square, range(4))))

    q = ctx.Queue()
    p = [ctx.Process(target=fill, args=(q, 50)) for _ in range(2)]
    for x in p:
        x.start()
    print("queue", sum(q.get()[1] for _ in range(100)))
    for x in p:
        x.join()

    a, b = ctx.Pipe()
    p = ctx.Process(target=talk, args=(b,))
    p.start()
    a.send("abc")
    print("pipe", a.recv(), end=" ")
    a.send(list(range(20000)))
    print(a.recv()[:3], a.poll(0))
    a.send("end")
    p.join()

    value, array, lock = ctx.Value("i", 0, lock=False), ctx.Array("l", 10), ctx.Lock()
    p = [ctx.Process(target=add, args=(value, array, lock, 200)) for _ in range(3)]
    for x in p:
        x.start()
    for x in p:
        x.join()
    print("value", value.value, "array", list(array))

    s = shared_memory.SharedMemory(create=True, size=100000)
    p = [ctx.Process(target=touch, args=(s.name, at)) for at in (0, 5000, 90000)]
    for x in p:
        x.start()
    for x in p:
        x.join()
    print("shared memory", [bytes(s.buf[at:at + 5]) for at in (0, 5000, 90000)], len(s.buf) >= 100000)
    s.close()
    s.unlink()

    sem, inside, most = ctx.Semaphore(2), ctx.Value("i", 0), ctx.Value("i", 0)
    p = [ctx.Process(target=hold, args=(sem, inside, most)) for _ in range(4)]
    for x in p:
        x.start()
    for x in p:
        x.join()
    print("semaphore", 1 <= most.value <= 2, inside.value)

    a, b = ctx.Pipe()
    p = ctx.Process(target=give_pipe, args=(b,))
    p.start()
    print("passed:", a.recv().recv())
    a.send("done")
    p.join()

    codes = []
    for how in ("exit", "kill", "raise"):
        p = ctx.Process(target=end, args=(how,))
        p.start()
        p.join()
        codes.append(p.exitcode)
    print("exit codes", codes)

    event, q = ctx.Event(), ctx.SimpleQueue()
    p = ctx.Process(target=wait_for, args=(event, q))
    p.start()
    print("alive", p.is_alive(), end=" ")
    event.set()
    print("event", q.get())
    p.join()
    p = ctx.Process(target=time.sleep, args=(60,))
    p.start()
    p.terminate()
    print("sentinel", multiprocessing.connection.wait([p.sentinel], 30) == [p.sentinel], p.join(), p.exitcode)


if __name__ == "__main__":
    os.chdir("/tmp")
    for method in mp.get_all_start_methods():
        print("--", method)
        sys.stdout.flush()
        everything(mp.get_context(method))
    print("-- a manager")
    with mp.Manager() as manager:
        d, l = manager.dict(), manager.list(range(3))
        d["a"] = 1
        l.append(4)
        print(dict(d), list(l))
    print("-- a listener with a password")
    with mp.connection.Listener("/tmp/listener", authkey=b"secret") as listener:
        if os.fork() == 0:
            with mp.connection.Client("/tmp/listener", authkey=b"secret") as c:
                c.send({"hello": [1, 2]})
            os._exit(0)
        with listener.accept() as c:
            print(c.recv())
        os.wait()
    print([n for n in os.listdir("/dev/shm") if n.startswith(("psm", "sem", "pym"))])

"""Work spread over processes of this Python: one that dies takes one piece of work with it, and no more."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import connection, get_context, parent_process
from typing import Any

_PROCESSES = get_context("spawn")  # a fork would copy threads and open files half-way


def cores() -> int:
    """How many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable, jobs: Sequence, workers: int) -> Iterator[tuple[Any, Any]]:
    """Each job with what ``work`` returned, as they are done; with the exit code of a process that died over it.

    ``work`` is a function of a module; jobs and results can be pickled. However this ends, no process is left behind.
    """
    waiting, busy, idle = deque(jobs), {}, [_begin(work) for _ in range(min(workers, len(jobs)))]
    try:
        while waiting or busy:
            while waiting and idle:
                process, channel = idle.pop()
                busy[channel] = process, waiting.popleft()
                with contextlib.suppress(OSError):  # one that died already is seen as such below
                    channel.send(busy[channel][1])
            for channel in connection.wait(list(busy)):
                process, job = busy.pop(channel)
                try:
                    result = channel.recv()
                    idle.append((process, channel))
                except (EOFError, OSError):
                    process.join()
                    result = process.exitcode
                    idle += [_begin(work)] if waiting else []
                yield job, result
    finally:
        for process, _ in [*idle, *busy.values()]:
            process.terminate()


def _begin(work: Callable) -> tuple[Any, connection.Connection]:
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_serve, args=(work, theirs), daemon=True)
    with _deaf_to_ctrl_c():
        process.start()
    theirs.close()
    return process, ours


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process that is started here never hears Ctrl-C, which this one answers for all."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Callable, channel: connection.Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            channel.send(work(channel.recv()))


def _die_with_parent() -> None:
    """A parent that is killed may be started again at once: nobody else may still be writing then."""
    parent_process().join()
    os._exit(1)

"""How much one child may use. Every number has its reason beside it."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one child. Honest work of a lesson stays far below each of them."""

    # Address space beyond the zygote's own. A lesson's solutions reserve 150 MiB at most, eight threads 640
    # (tests/benchmarks/bench_memory.py).
    memory_bytes: int = 1024 * MEBIBYTE
    cpu_seconds: int = 300  # a backstop for threads left running; each exchange has a deadline of its own
    scratch_bytes: int = 64 * MEBIBYTE  # a checkpoint of the course's models is 4 MB, an adapter kilobytes
    scratch_files: int = 2048  # save_pretrained writes about ten; also bounds what cleaning up costs
    threads: int = 64  # torch with two threads and an event loop use fewer than ten
    open_files: int = 128  # times scratch_bytes, this bounds what open files could hide from a look at the folder
    request_bytes: int = 64 * MEBIBYTE  # the largest message either way; a check's tensors are kilobytes
    reply_bytes: int = 64 * MEBIBYTE
    setup_seconds: float = 30.0  # a fork with its sandbox takes 10 ms; a machine that needs this long is broken
    start_seconds: float = 180.0  # importing torch, transformers and peft: 5 s warm, a minute from a cold disk

"""What is said of a run whose process had to end in the middle of one call, where no Python runs any more.

Run as a file, beside a student's pytest: it reads what faulthandler writes as that process ends (`checking.stopwatch`),
and makes a sentence of it. It imports little, so that it costs a run little to have it there.
"""

import os
import re
import sys

_speaks_for = 0  # the process that has one beside it

_FRAME = re.compile(r'File "(.+)", line (\d+) in (.+)')


def place_in(dump: str) -> str:
    """The student's innermost line in what faulthandler wrote, as `path:line in name`; "" where there is none."""
    for thread in dump.split("\n\n"):
        frames = _FRAME.findall(thread)  # the innermost first
        inside = next((at for at, frame in enumerate(frames) if frame[0].endswith("executor.py")), 0)
        own = [frame for frame in frames[:inside] if not re.search(r"^<|site-packages|[\\/]lib[\\/]python", frame[0])]
        for file, line, name in own:
            if file == own[-1][0]:  # which the engine called; what it calls of other files is not the student's
                return f"{file}:{line} in {name}"
    return ""


def sentence(dump: str) -> str:
    place = place_in(dump)
    where = f" It was at {place}." if place else ""
    return f"Your code was in one call that did not end, and that nothing can interrupt.{where}"


def of_a_death(status: int, dump: str) -> str:
    """Why the process ended in which the checks ran: `status` as of `os.waitstatus_to_exitcode`."""
    if dump:
        return sentence(dump)
    how = f"with exit status {status}" if status >= 0 else f"by signal {-status}"
    return f"Your code ended the process in which its checks ran, {how}."


def listen(stderr: int | None = None) -> None:
    """Start what will say it on `stderr` (default: this process's), once for each process."""
    import atexit
    import subprocess

    from autograder.checking.stopwatch import Stopwatch

    global _speaks_for
    if _speaks_for == os.getpid():
        return
    _speaks_for = os.getpid()
    listener = subprocess.Popen([sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, stderr=stderr)
    assert listener.stdin is not None
    Stopwatch.last_words = listener.stdin.fileno()
    atexit.register(listener.communicate)


if __name__ == "__main__":
    if written := sys.stdin.read():
        print(f"\nautograder: {sentence(written)} This run was ended.", file=sys.stderr)

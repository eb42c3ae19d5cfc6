"""Whatever ends a grading run: the next one goes on, and comes to what an undisturbed one comes to.

python tests/engine/grading/test_faults.py 50 100      # kills a class of 100 fifty times, and writes faults.md
"""

import csv
import errno
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading import claim
from autograder.grading.claim import claimed

SEED = "autumn-7319-for-this-test-alone"
COMMAND = [sys.executable, "-c", "from autograder.cli import main; main()"]


def a_class(toy, count):
    """A class of `count`: right, wrong, untouched and broken, each a file of its own."""
    sources = [toy.reference, toy.with_double("return x * x"), toy.stub, "x = [/]\n", toy.with_double("1 / 0")]
    for number in range(count):
        toy.write(f"class/s{number:03}.py", f"{sources[number % len(sources)]}\n# {number}\n")


def start(toy, out, **options):
    """`autograder grade` of the class, as a process in a group of its own."""
    arguments = ["grade", "toy", "class", "--out", out, "--workers", "2", "--seed", SEED, "--course", str(toy.root)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*COMMAND, *arguments], cwd=toy.root, start_new_session=True, **pipes, **options)


def written(toy, out):
    """name → when its report was written."""
    return {path.stem: path.stat().st_mtime_ns for path in (toy.root / out / "toy").glob("[!.]*.json")}


def table(toy, out):
    """The class's table without the times."""
    with open(toy.root / out / "toy/grades.csv", newline="") as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def verdicts(toy, out):
    """name → what its report says of each check."""
    found = {}
    for path in (toy.root / out / "toy").glob("[!.]*.json"):
        data = json.loads(path.read_text())
        found[path.stem] = [(check["name"], check["outcome"], check["message"]) for check in data["checks"]]
    return found


def unfinished(toy, out):
    return [str(path) for path in (toy.root / out).rglob(".*")]


def first_report(process, toy, out, known=0):
    """When there were more reports than are known, or the process had ended."""
    give_up = time.monotonic() + 180
    while len(written(toy, out)) <= known and process.poll() is None:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    return time.monotonic()


def killed_runs(toy, kills, rng) -> Iterator[dict]:
    """Kill runs at random moments until there were so many, then let the last one finish; a class that is done is
    begun anew in another folder. Gives a line for each run, and asserts that it took nothing back."""
    begun = time.monotonic()
    undisturbed = start(toy, "out")
    starting = first_report(undisturbed, toy, "out") - begun
    assert undisturbed.wait() == 0
    grading = time.monotonic() - begun - starting
    expected, said = table(toy, "out"), verdicts(toy, "out")
    folder, before = 0, {}
    for number in range(1, kills + 1):
        out = f"out{folder}"
        begun = time.monotonic()
        process = start(toy, out)
        while_starting = rng.random() < 0.25  # the start takes longer than the grading, and less can go wrong there
        if not while_starting:
            first_report(process, toy, out, len(before))
        try:
            process.wait(rng.uniform(0, starting if while_starting else grading))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        after, now = time.monotonic() - begun, written(toy, out)
        assert all(now.get(name) == when for name, when in before.items()), "a report that was there is as it was"
        assert all(json.loads((toy.root / out / f"toy/{name}.json").read_text()) for name in now), "none is cut"
        yield {"kill": number, "after s": f"{after:.1f}", "folder": out, "reports": len(now)}
        before = now
        if len(now) == len(expected) or number == kills:
            last = start(toy, out)
            printed, err = last.communicate()
            assert (last.returncode, err) == (0, ""), err
            assert all(written(toy, out)[name] == when for name, when in before.items()), "nothing is graded twice"
            assert table(toy, out) == expected and verdicts(toy, out) == said
            assert unfinished(toy, out) == [] and not (toy.root / out / "toy/history").exists()
            folder, before = folder + 1, {}


def test_killed_at_random_moments(toy):
    a_class(toy, 10)
    assert len(list(killed_runs(toy, 3, random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", "0"))))) == 3


# --- a signal that asks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_a_run_in_a_sentence(toy, number):
    """It goes to the whole group, as batch systems and terminals send it."""
    waiting = "\nimport time\ntime.sleep(8)\n"  # of the ten seconds that loading may take
    toy.write("class/a.py", toy.reference)
    for name in "bc":
        toy.write(f"class/{name}.py", toy.reference + waiting)
    process = start(toy, "out", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    first_report(process, toy, "out")
    assert process.poll() is None and "a" in written(toy, "out")
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    word = "terminated" if number == signal.SIGTERM else "interrupted"
    assert err == f"autograder: {word}; what was finished is kept, run the same command to go on.\n"
    assert "a" in {row["submission"] for row in table(toy, "out")}, "the tables are of what was finished"
    assert unfinished(toy, "out") == []


def test_a_zygote_that_is_killed_is_replaced(toy):
    a_class(toy, 5)
    toy.write("class/s001.py", toy.reference + "\nimport time\ntime.sleep(5)\n")
    process = start(toy, "out")
    first_report(process, toy, "out")
    assert process.poll() is None and "s000" in written(toy, "out")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    [zygote] = [child for child in children if b"\0-P\0" in Path(f"/proc/{child}/cmdline").read_bytes()]
    os.kill(int(zygote), signal.SIGKILL)
    _, err = process.communicate(timeout=180)
    assert (process.returncode, err) == (0, "")
    assert [row["score"] for row in table(toy, "out")] == ["7", "7", "0", "0", "2"]


def test_a_terminated_command_leaves_the_handler_as_it_was(command):
    before = signal.getsignal(signal.SIGTERM)
    command("compare", "nowhere", "nowhere")
    assert signal.getsignal(signal.SIGTERM) == before


# --- two at once ----------------------------------------------------------------------------------------------------


def test_the_second_grader_in_a_folder_is_told(toy, command, zygote):
    a_class(toy, 2)
    (toy.root / "out/toy").mkdir(parents=True)
    with claimed(toy.root / "out/toy"):
        code, _, err = command("grade", "toy", "class", "--out", "out", "--seed", SEED)
        told = "Another grader is at work in out/toy: wait until it has finished, or give another folder."
        assert code == 2 and err == f"autograder: {told}\n"
        assert os.listdir(toy.root / "out/toy") == []
    assert command("grade", "toy", "class", "--out", "out", "--seed", SEED)[0] == 0
    with claimed(toy.root / "out/toy"):
        assert command("tables", "out")[0] == 2
    assert unfinished(toy, "out") == []


def test_a_forked_grader_holds_no_claim(tmp_path):
    """It may outlive a run that was killed."""
    reading, writing = os.pipe()
    lives, living = os.pipe()
    with claimed(tmp_path):
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.write(living, b".")
            os.read(reading, 1)  # until the parent lets it go
            os._exit(0)
    os.read(lives, 1)
    try:
        with claimed(tmp_path) as alone:
            assert alone
    finally:
        for end in (writing, reading, lives, living):
            os.close(end)
        os.waitpid(child, 0)
    assert claim._held == set()


def test_a_disk_without_locks_is_graded_into(toy, command, zygote, monkeypatch):
    import fcntl

    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    a_class(toy, 1)
    assert command("grade", "toy", "class", "--out", "out", "--seed", SEED)[0] == 0


# --- a disk that takes no more --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS], ids=errno.errorcode.get)
@pytest.mark.parametrize("at", [1, 4, 7])
def test_a_disk_that_takes_no_more_is_one_sentence(toy, command, zygote, monkeypatch, number, at):
    """From the `at`-th file on nothing can be written: a page, a report, a table."""
    a_class(toy, 3)
    real, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) >= at:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, _, err = command("grade", "toy", "class", "--out", "out", "--seed", SEED)
    assert code == 2 and err.startswith("autograder: out/toy/") and err.count("\n") == 1
    assert os.strerror(number) in err
    assert unfinished(toy, "out") == []
    kept = written(toy, "out")
    assert command("grade", "toy", "class", "--out", "out", "--seed", SEED)[0] == 0
    assert len(table(toy, "out")) == 3 and not (toy.root / "out/toy/history").exists()
    assert {name: written(toy, "out")[name] for name in kept} == kept, "what was finished is kept"


# --- by command -----------------------------------------------------------------------------------------------------


def main(kills, count):
    from tests.conftest import Toy

    with tempfile.TemporaryDirectory() as folder:
        toy = Toy(Path(folder))
        a_class(toy, count)
        lines = []
        for line in killed_runs(toy, kills, random.Random()):
            lines.append(line)
            print(line, flush=True)
    text = f"""# Killed runs

`python tests/engine/grading/test_faults.py {kills} {count}`: {count} mixed submissions of a small lesson, two workers,
SIGKILL at random moments; the run after it goes on, and once all are graded another folder is begun. After each kill no
report was cut or written again; in the end each table equals the undisturbed run's, and no unfinished file stays.

"""
    heads = list(lines[0])
    text += f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    text += "".join(f"| {' | '.join(str(line[head]) for head in heads)} |\n" for line in lines)
    Path(__file__).with_name("faults.md").write_text(text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    main(*map(int, sys.argv[1:]))

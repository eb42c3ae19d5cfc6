"""The command on machines that lack something, each made so for a process of its own."""

import csv
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograder.sandbox import detect

REPOSITORY = Path(__file__).resolve().parents[3]
COMMAND = "from autograder.cli import main; main()"
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "COLUMNS": "100"}
walled = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or detect().tier != "full", reason="needs root, to make it poorer"
)


def on_a_machine(how, toy, *arguments, program=COMMAND, folder=None, **environment):
    """Run the command after `how`; the bytes that it printed."""
    script = REPOSITORY / "tests/_poorer_machine.py"
    command = [sys.executable, script, how, program, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder or toy.root, env={**os.environ, **environment}, capture_output=True, timeout=400
    )


SOLVED = "All done. Hidden checks may find more."
PYTEST = "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))"


@pytest.mark.skipif(sys.platform != "linux", reason="makes a Linux machine poorer")
@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("hint double", 0, "Double what?"),
        ("progress", 0, "total              [################]      7/7  1 of 1 lessons done"),
        ("progress toy", 0, SOLVED),
        ("solution double", 0, "return x + x"),
        ("reset double", 0, "double is back to its stub. Your version is kept in "),
        ("reset --undo", 2, "There is no reset to undo"),
        ("experiment toy", 2, "has no experiments"),
        ("doctor", 0, "Whatever a student uses works here; nothing can be graded."),
        ("--help", 0, "Students"),
        ("pytest exercises/toy -q", 0, SOLVED),
    ],
)
def test_what_a_student_uses_works_without_what_only_unix_has(toy, typed, code, said):
    """No fork, fcntl, resource, pwd or termios; what a student's code may start is refused there as well."""
    toy.solve(toy.reference)
    program, arguments = COMMAND, typed.split()
    if arguments[0] == "pytest":
        program, arguments = PYTEST, arguments[1:]
    done = on_a_machine("not_unix()", toy, *arguments, program=program, COLUMNS="100", PYTHONUTF8="1")
    told = (done.stdout + done.stderr).decode()
    assert done.returncode == code and said in told and "Traceback" not in told, told


@pytest.mark.skipif(sys.platform != "linux", reason="makes a Linux machine poorer")
def test_watch_runs_without_fork(toy):
    toy.solve(toy.reference)
    program = f"import os, threading; threading.Timer(60, os._exit, [7]).start()\n{COMMAND}"
    script = REPOSITORY / "tests/_poorer_machine.py"
    command = [sys.executable, script, "not_unix()", program, "watch", "toy"]
    with subprocess.Popen(
        command, cwd=toy.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watching:
        seen = []
        for line in watching.stdout:
            seen.append(line)
            if SOLVED in line:
                break
        watching.kill()
    assert any(SOLVED in line for line in seen), seen


def scores(out):
    with open(out / "toy/grades.csv", newline="", encoding="utf-8") as file:
        return {row["submission"]: row["score"] for row in csv.DictReader(file)}


def hand_in(toy, **sources):
    for name, source in ({"ann": toy.reference, "bob": toy.with_double("return x * x")} | sources).items():
        toy.write(f"class/{name}.py", source)


PROVED = f"""
import os, subprocess
for path in ("/dev/shm/some", "some"):
    try: open(path, "w")
    except OSError: continue
    raise SystemExit(path + " can be written")
with open("/tmp/run-me", "w") as file: file.write("#!/bin/sh")
os.chmod("/tmp/run-me", 0o755)
try: subprocess.run(["/tmp/run-me"])
except PermissionError: os.unlink("/tmp/run-me")
else: raise SystemExit("/tmp/run-me can be run")
{COMMAND}
"""


@pytest.mark.slow
@walled
def test_without_shared_memory_in_a_folder_that_is_not_ones_own(toy, tmp_path):
    """Nothing of /dev/shm, nothing run in /tmp, nothing written where one stands, and files closed to others."""
    hand_in(toy)
    how = f"own_mounts(); restrict('/tmp', 'noexec'); restrict({str(toy.root)!r}, 'ro', 'noexec'); cover('/dev/shm'); "
    grade = ("grade", "toy", "class", "--course", ".", "--workers", "1", "--out", tmp_path / "out")
    done = on_a_machine(how + "os.umask(0o077)", toy, *grade, program=PROVED, PYTHONDONTWRITEBYTECODE="1")
    assert (done.returncode, done.stderr) == (0, b"") and b"2 graded at tier full" in done.stdout
    assert scores(tmp_path / "out") == {"ann": "7", "bob": "2"}


@pytest.mark.slow
@walled
def test_in_a_locked_down_container_that_knows_ascii_only(toy, tmp_path):
    hand_in(toy, **{"zoë": toy.reference})
    (toy.root / "class" / os.fsdecode(b"b\xff\xfe.py")).write_text(toy.with_double("raise KeyError('α\\udcff')"))
    how = "drop_capabilities(6, 7, 21); deny('unshare', 'mount')"  # setgid, setuid, sys_admin
    arguments = ("class", "--course", ".", "--workers", "1", "--out", tmp_path / "out", "--format", "csv,junit")
    done = on_a_machine(how, toy, "grade", "toy", *arguments, **ASCII)
    assert (done.returncode, done.stderr) == (0, b"") and b"4 graded at tier process" in done.stdout
    assert rb"zo\xeb" in done.stdout and done.stdout.isascii()
    assert scores(tmp_path / "out") == {"ann": "7", "bob": "2", "zoë": "7", "b": "2"}
    assert "KeyError: 'α" in (tmp_path / "out/toy/b.md").read_text(encoding="utf-8")
    assert 'name="zoë.toy"' in (tmp_path / "out/toy/junit.xml").read_text(encoding="utf-8")


@walled
def test_too_few_addresses_for_torch_and_a_submission_are_one_sentence(toy, tmp_path):
    hand_in(toy)
    grade = ("grade", "toy", "class", "--course", ".", "--out", tmp_path / "out")
    few = "bound('RLIMIT_AS', 1536 << 20)"
    done = on_a_machine(few, toy, *grade)
    said = (
        "autograder: A process may take 1536M of addresses here (ulimit -v), and grading needs 1924M, of which 1G are "
        "for submissions: raise that limit, or give submissions less with --memory.\n"
    )
    assert (done.returncode, done.stderr.decode()) == (2, said)
    done = on_a_machine(few, toy, "doctor")
    assert done.returncode == 1 and said[12:] in done.stderr.decode() and b"Traceback" not in done.stderr


@pytest.fixture
def knows_ascii_only(toy, monkeypatch):
    for name, value in ASCII.items():
        monkeypatch.setenv(name, value)
    lesson = toy.root / "exercises/toy/lesson.toml"
    lesson.write_text(lesson.read_text().replace("Double what?", "Σ of α?").replace('"Toy"', '"Toÿ → λ"'), "utf-8")
    toy.solve(toy.with_double("raise KeyError('ключ')"))


@pytest.mark.usefixtures("knows_ascii_only")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-m", "autograder", "hint", "double"), r"\u03a3 of \u03b1?"),
        (("-m", "autograder", "progress", "toy"), r"toy: To\xff \u2192 \u03bb"),
        (("-m", "pytest", "exercises/toy"), r"KeyError: '\u043a\u043b\u044e\u0447'"),
        (("-m", "autograder", "solution", "double", "--reveal"), "return x + x"),
    ],
)
def test_a_terminal_that_knows_ascii_only(toy, arguments, said):
    done = toy.python(*arguments)
    assert said in done.stdout and "UnicodeEncodeError" not in done.stdout + done.stderr
    assert done.returncode == (1 if "pytest" in arguments else 0) and done.stderr == ""


@pytest.mark.usefixtures("knows_ascii_only")
def test_watching_in_a_terminal_that_knows_ascii_only(toy):
    watching = toy.start("-m", "autograder", "watch", "toy")
    timer = threading.Timer(300, watching.kill)  # what is not said in minutes is never said
    timer.start()
    try:
        seen = []
        for line in watching.stdout:
            seen.append(line)
            if "2 of 7 points" in line:
                break
        watching.send_signal(signal.SIGINT)
        _, errors = watching.communicate()
    finally:
        timer.cancel()
        watching.kill()
    assert (watching.returncode, errors) == (0, "")
    assert r"KeyError: '\u043a\u043b\u044e\u0447'" in "".join(seen)

"""Code that doesn't end, in a student's own run: it is ended, and the verdict says where it was."""

import re
import sys
import threading
import time

import pytest

from autograder.checking import stopwatch
from autograder.checking.student import TimeLimits
from autograder.terminal import last_words

LIMIT = 0.4
SENTENCE = "Your code was still running after 0.4 s: is there a loop without an end?"
ENDLESS = {
    "loop": "while True:\n        pass",
    "sleep": "import time\n    while True:\n        time.sleep(0.05)",
    "caught": "while True:\n        try:\n            x = x + 1\n        except Exception:\n            pass",
    "pattern": "import re; return re.match(r'(a+)+$', 'a' * 60 + 'b')",  # C, but it looks for signals
}


def verdicts(toy, source, seconds=LIMIT):
    run = toy.run(source, limits=TimeLimits.own(seconds))
    try:
        return run.all()
    finally:
        run.session.close()


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_loop_is_ended_and_its_line_is_named(toy, kind):
    found = verdicts(toy, toy.with_double(ENDLESS[kind]))
    first = found["test_double_adds"]
    assert (first.outcome, first.sentence) == ("failed", SENTENCE)
    assert len(first.lines) == 1 and first.lines[0].startswith("toy.py:1") and " in double: " in first.lines[0]
    assert found["test_counter_adds_up"].outcome == "passed" and found["test_quad_is_four_times"].outcome == "blocked"


def test_a_loop_in_a_helper_shows_how_it_came_there(toy):
    found = verdicts(toy, toy.with_double("return spin(x)\n\n\ndef spin(x):\n    while True:\n        x = x + 1"))
    first, second = found["test_double_adds"].lines
    assert first == "toy.py:11 in double: return spin(x)" and second.startswith("toy.py:1") and " in spin: " in second


def test_a_loop_at_the_top_of_the_file(toy):
    found = verdicts(toy, toy.reference + "\nwhile True:\n    pass\n")
    line = len(toy.reference.splitlines()) + 2
    assert found["test_double_adds"].broken
    said = found["test_double_adds"].sentence
    assert said.startswith("toy.py did not finish loading in time. It was at toy.py:")
    assert any(f"toy.py:{number} in <module>" in said for number in (line, line + 1))


def test_slow_code_within_the_limit_passes_and_leaves_no_timer(toy):
    found = verdicts(toy, toy.with_double("import time; time.sleep(0.1); return x + x"), 1.0)
    assert {one.outcome for one in found.values()} == {"passed"}
    time.sleep(1.1)  # nothing rings any more


def test_what_other_processes_take_is_not_counted(toy, monkeypatch):
    """A third of the clock counts where there is no CPU time: as on a machine that has two others to serve."""
    monkeypatch.setattr(stopwatch, "PATIENCE", 50)
    found = verdicts(toy, toy.with_double("import time; time.sleep(0.6); return x + x"))
    assert found["test_double_adds"].outcome == "passed"


@pytest.mark.parametrize("by_signal", [True, False])
@pytest.mark.parametrize(("steps", "often", "outcome"), [(40, 20, "passed"), (10**6, 2, "failed")])
def test_how_long_an_import_takes_is_a_matter_of_the_disk(toy, monkeypatch, steps, often, outcome, by_signal):
    """One without an end is ended all the same."""
    monkeypatch.setattr(stopwatch, "_IMPORTS", often)
    monkeypatch.setattr(stopwatch, "_signal_is_free", lambda: by_signal)
    toy.write("shelf/slow_library.py", f"import time\n\nfor _ in range({steps}):\n    time.sleep(0.05)\n")
    monkeypatch.syspath_prepend(toy.root / "shelf")
    found = verdicts(toy, toy.with_double("import slow_library; return x + x"))
    sys.modules.pop("slow_library", None)
    assert found["test_double_adds"].outcome == outcome


@pytest.mark.parametrize("kind", ["loop", "sleep", "caught"])
def test_without_the_signal_a_thread_ends_it(toy, monkeypatch, kind):
    monkeypatch.setattr(stopwatch, "_signal_is_free", lambda: False)
    before = threading.active_count()
    first = verdicts(toy, toy.with_double(ENDLESS[kind]))["test_double_adds"]
    assert (first.outcome, first.sentence) == ("failed", SENTENCE) and " in double: " in first.lines[-1]
    assert threading.active_count() == before


def test_in_another_thread_a_thread_ends_it(toy):
    found = {}
    source = toy.with_double(ENDLESS["loop"])
    thread = threading.Thread(target=lambda: found.update(verdicts(toy, source)))
    thread.start()
    thread.join()
    assert found["test_double_adds"].sentence == SENTENCE


SLOW = "import time\n    time.sleep(0.5)\n    return x + x"


@pytest.mark.parametrize("seconds", [0, 0.1])
def test_no_limit_without_one_or_under_a_debugger(toy, monkeypatch, seconds):
    monkeypatch.setattr(stopwatch, "PATIENCE", 1)
    if seconds:
        assert verdicts(toy, toy.with_double(SLOW), seconds)["test_double_adds"].outcome == "failed"
        sys.settrace(lambda *_: None)
    try:
        found = verdicts(toy, toy.with_double(SLOW), seconds)
    finally:
        sys.settrace(None)
    assert found["test_double_adds"].outcome == "passed"


def test_no_limit_while_somebody_sits_at_pdb(toy, monkeypatch):
    """pdb was entered within the student's code: its frames stand above the line that waits for a key."""
    monkeypatch.setattr(stopwatch, "PATIENCE", 1)
    stop = "exec(compile('import time; time.sleep(1.5)', 'pdb.py', 'exec'), {'__name__': 'pdb'})"
    found = verdicts(toy, toy.with_double(f"{stop}\n    return x + x"), 1.0)
    assert found["test_double_adds"].outcome == "passed"


# --- pytest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["option", "ini"])
def test_pytest_ends_it_and_goes_on(toy, way):
    toy.solve(toy.with_double(ENDLESS["loop"]))
    options = ["--check-seconds=0.4"] if way == "option" else ["-o", "check_seconds=0.4"]
    done = toy.pytest("exercises/toy", *options)
    assert f"double: {SENTENCE}\n  at exercises/toy/toy.py:1" in done.stdout
    assert "2 of 7 points" in done.stdout and done.stderr == ""


def test_one_call_that_nothing_interrupts_ends_the_run_and_its_line_is_said(toy):
    toy.solve(toy.with_double("return sum(range(10**12))"))
    done = toy.python("-m", "pytest", "exercises/toy", "--check-seconds=0.4")
    assert done.returncode == 1
    said = "Your code was in one call that did not end, and that nothing can interrupt."
    assert done.stderr == f"\nautograder: {said} It was at exercises/toy/toy.py:11 in double. This run was ended.\n"


@pytest.mark.parametrize("told", ["soon", "-1", "inf"])
def test_what_is_no_number_of_seconds_is_said(toy, told):
    done = toy.pytest("exercises/toy", f"--check-seconds={told}")
    assert done.returncode == 4 and f"{told!r} is no number of seconds" in done.stderr


@pytest.mark.parametrize("setting", ["--pdb", "PYTHONBREAKPOINT"])
def test_pytest_has_no_limit_for_who_debugs(toy, setting, monkeypatch):
    toy.solve(toy.with_double("import time; time.sleep(2); return x + x"))
    options = ["--pdb"] if setting == "--pdb" else []
    if not options:
        monkeypatch.setenv(setting, "ipdb.set_trace")
    done = toy.pytest("exercises/toy", "--check-seconds=0.2", "-k", "test_double_adds", *options)
    assert done.returncode == 0


def test_ctrl_c_still_says_where_the_lesson_stands(toy):
    source = toy.reference.replace("return double(double(x))", "import os; os.kill(os.getpid(), 2); return 4 * x")
    toy.solve(source)
    run = toy.start("-m", "pytest", "exercises/toy")
    told, _ = run.communicate()
    assert run.returncode == 2 and "KeyboardInterrupt" in told
    assert re.search(r"done +double +(\d) of \1 checks pass", told) and "quad" not in told.split(" toy: Toy ")[1]


DUMP = """\
Timeout (0:00:20)!
Thread 0x01 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait

Current thread 0x02 (most recent call first):
  File "/venv/lib/python3.11/site-packages/torch/nn/functional.py", line 7 in linear
  File "/somewhere/autograder/builders.py", line 9 in fill
  File "exercises/toy/toy.py", line 22 in helper
  File "exercises/toy/toy.py", line 11 in double
  File "<check>", line 3 in counting
  File "/somewhere/autograder/inside/executor.py", line 262 in _call
  File "/somewhere/autograder/checking/door.py", line 40 in exchange
"""


def test_the_last_words_name_the_students_innermost_line():
    assert last_words.place_in(DUMP) == "exercises/toy/toy.py:22 in helper"
    assert last_words.place_in("Timeout (0:00:20)!") == ""

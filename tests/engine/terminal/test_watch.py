"""What `autograder watch` shows, key by key, and that it says what pytest says, whatever the student's code does."""

import asyncio
import io
import json
import os
import queue
import re
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager, nullcontext

import pytest

from autograder.checking.collecting import collect_checks
from autograder.checking.stopwatch import Stopwatch
from autograder.common.errors import CourseError
from autograder.terminal import runs as runs_of
from autograder.terminal import screen, warm
from autograder.terminal.board import Board
from autograder.terminal.editor import editor_for
from autograder.terminal.runs import Runs
from autograder.terminal.saves import Edits
from autograder.terminal.screen import Screen
from autograder.terminal.watch import chosen

SQUARES = "return x * x"
SETTINGS = {}


# --- runs -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(request, shared_toy):
    """Gives `run(source)`: the events of a run by a warm process that all tests of its kind share."""
    before = os.getcwd()
    os.chdir(shared_toy.root)
    happened = queue.Queue()
    started = Runs(shared_toy.course, shared_toy.lesson, happened.put, 0.5, fork=request.param == "fork")

    def run(source, first=None):
        shared_toy.solve(source) if source is not None else (shared_toy.root / "exercises/toy/toy.py").unlink()
        started.check(first)
        return list(until_over(happened))

    run.runs, run.happened, run.toy = started, happened, shared_toy
    yield run
    started.close()
    os.chdir(before)


def until_over(happened):
    while True:
        event = happened.get(timeout=200)
        yield event
        if event["event"] in ("end", "died", "problem"):
            return


SOURCES = {
    "untouched": lambda toy: toy.stub,
    "right": lambda toy: toy.reference,
    "wrong": lambda toy: toy.with_double(SQUARES),
    "raises": lambda toy: toy.with_double("return helper(x)\n\n\ndef helper(x):\n    return x[:, None] @ x"),
    "exits": lambda toy: toy.with_double("import sys; sys.exit(3)"),
    "forks": lambda toy: toy.with_double("import os; os.fork(); return x + x"),
    "no Python": lambda toy: toy.reference.replace("return x + x", "return x +"),
    "endless": lambda toy: toy.with_double("while True:\n        x = x + 1"),
}


FORKED = pytest.mark.parametrize("runs", ["fork"], indirect=True)
BOTH = pytest.mark.parametrize("runs", ["fork", "once"], indirect=True)  # without fork, each run imports torch


@pytest.mark.parametrize(
    ("runs", "kind"), [*(("fork", kind) for kind in SOURCES), ("once", "wrong"), ("once", "endless")], indirect=["runs"]
)
def test_it_says_what_pytest_says(runs, kind):
    toy = runs.toy
    events = runs(SOURCES[kind](toy))
    done = toy.pytest("exercises/toy", "-p", "no:cacheprovider", "--check-seconds=0.5")
    ending = done.stdout.split(" toy: Toy ")[-1].split("\n", 1)[-1].rsplit("\n=", 1)[0].rstrip()
    assert "\n".join(events[-1]["summary"]) == ending and ending
    board = Board(toy.course, toy.lesson)
    for event in events:
        board.hear(event)
    for name in toy.lesson.exercises:
        failure = board.failure(name)
        if failure and failure["lines"]:
            # in an endless loop, either line may be the one
            told = re.escape("\n".join([failure["title"], *failure["lines"]]))
            assert re.search(re.sub(r"toy\\\.py:\d+\\ in\\ double:.*", r"toy\\.py:.*", told), done.stdout), told
    assert board.broken == (
        "" if kind != "no Python" else "exercises/toy/toy.py:11 is not valid Python (invalid syntax): return x +"
    )


@FORKED
def test_the_edited_exercise_comes_first(runs):
    begun = [one["exercise"] for one in runs(runs.toy.reference, "Counter") if one["event"] == "begin"]
    assert begun == ["Counter"] * 2 + ["double"] * 3 + ["quad"]


@BOTH
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import os; os._exit(3)", "Your code ended the process in which its checks ran, with exit status 3."),
        ("import os; os.kill(os.getpid(), 11)", "Your code ended the process in which its checks ran, by signal 11."),
        ("return sum(range(10**12))", "that nothing can interrupt. It was at exercises/toy/toy.py:11 in double."),
    ],
    ids=["exit", "signal", "call"],
)
def test_a_process_that_ends_is_said_and_the_next_run_is_right(runs, body, said):
    died = runs(runs.toy.with_double(body))[-1]
    assert died["event"] == "died" and said in died["text"]
    assert "7 of 7 points" in "".join(runs(runs.toy.reference)[-1]["summary"])


def test_imports_may_take_as_long_as_they_take(toy, monkeypatch):
    toy.solve(toy.reference)
    happened = queue.Queue()
    started = Runs(toy.course, toy.lesson, happened.put, 0.5)
    try:
        started.check()
        with monkeypatch.context() as later:
            later.setattr(runs_of.time, "monotonic", lambda: 1e9)
            started.look()
        assert [one["event"] for one in until_over(happened)][-1] == "end"
    finally:
        started.close()


def test_what_a_run_imported_is_frozen_too():
    """Else a collection in the next run looks through all of it: .3 s more after each save, with torch's compiler."""
    code = "import gc; from autograder.terminal import warm; warm._import(b'[\"wave\"]'); print(gc.get_freeze_count())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert int(run.stdout) > 0, run.stderr


@FORKED
def test_a_file_that_is_gone_is_said(runs):
    assert "holds neither toy/toy.py nor toy.py" in runs(None)[-1]["text"]


@FORKED
def test_what_is_printed_is_kept_in_part(runs):
    checks = [one for one in runs(runs.toy.with_double("print('y' * 10**7); return x * x")) if one["event"] == "check"]
    assert checks[0]["printed"] == "y" * 4000
    checks = [one for one in runs(runs.toy.with_double("print(x.shape); return x * x")) if one["event"] == "check"]
    assert checks[0]["printed"] == "torch.Size([3])\n"


@BOTH
def test_a_save_during_a_run_begins_anew(runs):
    runs.toy.solve(runs.toy.with_double("import time; time.sleep(0.3); return x + x"))
    runs.runs.check("double")
    while runs.happened.get(timeout=200)["event"] != "begin":
        pass
    events = runs(runs.toy.reference)
    assert len({one["run"] for one in events if "run" in one and one["event"] != "ready"}) <= 2
    assert events[-1]["event"] == "end" and "7 of 7 points" in "".join(events[-1]["summary"])
    time.sleep(0.2)
    assert runs.happened.empty() or runs.happened.get()["event"] == "ready"


# --- which lesson, which exercise, which editor ---------------------------------------------------------------------


def test_which_lesson_is_watched(toy):
    toy.copy_lesson("other")
    course = toy.course
    assert chosen(course, "other", toy.root) == (course.lesson("other"), None)
    assert chosen(course, "toy/quad", toy.root) == chosen(course, "quad", toy.root) == (course.lesson("toy"), "quad")
    assert chosen(course, None, toy.root / "exercises/other/checks")[0].name == "other"
    first = chosen(course, None, toy.root)[0].name
    toy.write(f"exercises/{first}/{first}.py", "written = True\n")
    assert chosen(course, None, toy.root)[0].name == ({"toy", "other"} - {first}).pop()
    for name, near in {"tpy": "toy", "Quad": "quad", "toy/cuonter": "Counter", "zzz": "the lessons are: "}.items():
        with pytest.raises(CourseError, match=near):
            chosen(course, name, toy.root)


def test_which_exercise_was_edited(toy):
    before = toy.reference
    toy.solve(before)
    edits = Edits(toy.course, toy.lesson)

    def saved(text):
        toy.solve(text)
        return edits.latest()

    other = before.replace("self.value += amount", "pass")
    assert saved(before.replace("double(double(x))", "4 * x")) == "quad"
    assert saved(before) == "quad" and saved(other) == "Counter"
    assert saved("# a comment\n\n" + other) is None
    # what is no Python, or was caught in the middle of being written, is no state to compare with
    assert saved(other.replace("return x + x", "return x +")) is None and saved("") is None
    assert saved(before) == "Counter"


@pytest.mark.parametrize(
    ("environment", "command", "in_terminal"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, ["code", "--wait", "-g", "a.py:7"], False),
        ({"EDITOR": "/usr/bin/nvim"}, ["/usr/bin/nvim", "+7", "a.py"], True),
        ({"EDITOR": "hx"}, ["hx", "a.py:7"], True),
        ({"EDITOR": "subl -w"}, ["subl", "-w", "a.py:7"], False),
        ({"EDITOR": "emacsclient -t"}, ["emacsclient", "-t", "+7", "a.py"], True),
        ({"EDITOR": "my-editor"}, ["my-editor", "a.py"], True),
    ],
)
def test_editors(environment, command, in_terminal):
    found = editor_for("a.py", 7, environment)
    assert (found.command, found.in_terminal) == (command, in_terminal)


def test_without_an_editor_there_is_none(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert editor_for("a.py", 7, {}) is None


# --- the screen -----------------------------------------------------------------------------------------------------


class Here:
    """Runs in the tests' own process."""

    def __init__(self, course, lesson, heard, seconds):
        self.asked, self.heard = [], heard
        key = (course.root, lesson.name)
        if key not in SETTINGS:
            SETTINGS[key] = collect_checks(course, lesson, hidden=False)
        self.setting = warm.Setting(course, lesson, SETTINGS[key], seconds, io.StringIO())

    def check(self, first=None):
        self.asked.append(first)
        self.setting.out.truncate(0)
        words, Stopwatch.last_words = Stopwatch.last_words, None
        try:
            warm._run(self.setting, {"run": 1, "first": first}, None)
        finally:
            Stopwatch.last_words = words
        for line in self.setting.out.getvalue().replace("\0", "").splitlines():
            if line.strip():
                self.heard(json.loads(line))

    def look(self):
        pass

    renew = close = look


@pytest.fixture
def shown(toy, monkeypatch):
    """Gives `async with shown(source, size=...) as (app, press)`: the screen of a student who wrote it."""
    monkeypatch.chdir(toy.root)

    @asynccontextmanager
    async def show(source, size=(80, 24), exercise=None):
        toy.solve(source)
        app = Screen(toy.course, toy.lesson, exercise, 5.0, Here)
        async with app.run_test(size=size) as pilot:

            async def press(*keys):
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause()
                return text(app)

            app.pilot = pilot
            await pilot.pause()
            yield app, press

    return show


def text(app):
    """What is on the screen, a line each."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def test_the_first_screen_and_what_each_key_shows(shown, toy):
    async def steps():
        async with shown(toy.with_double(SQUARES)) as (app, press):
            lines = await press()
            assert lines[0].startswith("toy: Toy  [#####...............] 2 of 7 points")
            assert lines[1:4] == [
                "> wrong   double   0 of 3 checks pass",
                "  blocked quad     blocked by double",
                "  done    Counter",
            ]
            body = "\n".join(lines)
            assert "double: It squares its input instead of doubling it." in body
            assert "  expected: [2.0, 5.0, 6.0]  (float32, shape (3,))" in body and "  exercises/toy/toy.py:8" in body
            assert re.search(r"ran at \d\d:\d\d:\d\d, took 0\.\d\d s", body)
            for level in (1, 2, 3):
                body = "\n".join(await press("h"))
                assert f"Hint {level} of 3: {toy.lesson.exercises['double'].hints[level - 1]}" in body
            assert "put the exercise back to its stub" in "\n".join(await press("question_mark"))
            assert "put the exercise back" not in "\n".join(await press("escape"))
            assert "double does not pass yet. Press h for a hint." in "\n".join(await press("s"))
            assert "> blocked quad" in "\n".join(await press("n"))
            assert "> wrong   double" in "\n".join(await press("n"))
            asked = len(app._runs.asked)
            await press("a")
            assert app._runs.asked[asked:] == ["double"]
            body = "\n".join(await press("l"))
            assert "Enter goes there" in body
            assert "> done    Counter" in "\n".join(await press("down", "down", "enter"))
            assert "course's own Counter" in "\n".join(await press("s"))
            await press("q")
            assert not app.is_running

    asyncio.run(steps())


def test_reset_asks_first(shown, toy):
    async def steps():
        async with shown(toy.with_double(SQUARES)) as (app, press):
            assert "Put double back to its stub? Your version is kept. (y/n)" in "\n".join(await press("r"))
            assert "Nothing was reset." in "\n".join(await press("n"))
            assert toy.course.stub("toy").read_text() == toy.with_double(SQUARES)
            said = " ".join(" ".join(await press("r", "y")).split())
            assert "double is back to its stub. Your version is kept in .autograder/double-" in said
            assert SQUARES not in toy.course.stub("toy").read_text()
            assert list((toy.root / ".autograder").iterdir())[0].read_text().strip().endswith(SQUARES)

    asyncio.run(steps())


@pytest.mark.parametrize("in_terminal", [False, True])
def test_the_editor_is_opened_at_the_exercise(shown, toy, monkeypatch, in_terminal):
    opened = []
    name = "vi" if in_terminal else "code"
    monkeypatch.setenv("VISUAL", name)
    way = "run" if in_terminal else "Popen"
    start = getattr(screen.subprocess, way)

    def instead(command, **options):
        return opened.append(command) if command[0] == name else start(command, **options)  # runs start processes, too

    monkeypatch.setattr(screen.subprocess, way, instead)

    async def steps():
        async with shown(toy.with_double(SQUARES)) as (app, press):
            app.suspend = nullcontext  # the tests' screen can't be left
            await press("o")

    asyncio.run(steps())
    place = "exercises/toy/toy.py"
    assert opened == [["vi", "+8", place] if in_terminal else ["code", "-g", f"{place}:8"]]


def test_a_save_is_checked_and_what_was_edited_is_at_hand(shown, toy):
    async def steps():
        async with shown(toy.with_double(SQUARES)) as (app, press):
            toy.solve(toy.reference.replace("return double(double(x))", "return double(x)"))
            for _ in range(200):
                await app.pilot.pause(0.05)
                if app.at_hand == "quad" or "> wrong   quad" in "\n".join(text(app)):
                    break
            await app.pilot.pause(0.3)
            body = "\n".join(text(app))
            # both were changed: the first of them in teaching order is at hand
            assert "> done    double" in body and "  wrong   quad" in body
            assert "quad: It doubles only once." in "\n".join(await press("n"))

    asyncio.run(steps())


def test_a_solution_is_put_away_when_the_exercise_passes_no_more(shown, toy):
    async def steps():
        async with shown(toy.reference, exercise="double") as (app, press):
            assert "The course's own double:" in "\n".join(await press("s"))
            toy.solve(toy.with_double(SQUARES))
            body = "\n".join(await press("a"))
            assert "The course's own" not in body and "double does not pass any more" in body

    asyncio.run(steps())


def test_a_lesson_that_is_done_offers_the_next(shown, toy):
    toy.copy_lesson("zoo")
    toy.write(
        "exercises/zoo/lesson.toml",
        (toy.root / "exercises/zoo/lesson.toml").read_text().replace("order = 1", "order = 2"),
    )
    toy.write("exercises/zoo/zoo.py", toy.renamed(toy.stub, "zoo"))

    async def steps():
        async with shown(toy.reference) as (app, press):
            body = "\n".join(await press())
            assert "Toy: all done" in body and "(zoo). Press n to go there." in body
            await press("n")
            assert app.board.lesson.name == "zoo" and "to do   double_zoo" in "\n".join(await press())

    asyncio.run(steps())


@pytest.mark.parametrize("problem", ["gone", "no Python", "no text"])
def test_a_file_that_cannot_be_checked_is_said(shown, toy, problem):
    async def steps():
        async with shown(toy.reference) as (app, press):
            if problem == "gone":
                toy.course.stub("toy").unlink()
            else:
                toy.solve(b"\xff\xfe\x00" if problem == "no text" else "def double(x:\n")
            body = " ".join(" ".join(await press("a")).split())
            said = {
                "gone": "holds neither",
                "no Python": "toy.py:1 is not valid Python",
                "no text": "not a Python text",
            }
            assert said[problem] in body
            for key in ("h", "s", "escape", "n", "question_mark", "l", "escape"):
                await press(key)
            assert app.is_running

    asyncio.run(steps())


@pytest.mark.parametrize("size", [(40, 20), (80, 24), (200, 50)])
def test_it_fits_any_size(shown, toy, size):
    async def steps():
        async with shown(toy.with_double(SQUARES)) as (app, press):
            await app.pilot.resize_terminal(*size)
            await app.pilot.pause()
            if size[0] == 40:  # what is indented stays so where it wraps
                assert re.search(r"\n  expected: \[.*\n  \S", "\n".join(await press()))
            lines = await press("h")
            assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
            body = "\n".join(lines)
            assert "> wrong   double" in body and "Hint 1 of 3" in body and "?" in lines[-1] and "wrong" in body
            assert {"n\N{NO-BREAK SPACE}next", "q\N{NO-BREAK SPACE}quit"} <= set(
                re.findall(r"[nq]\N{NO-BREAK SPACE}\w+", body)
            )

    asyncio.run(steps())


# --- the program ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("ending", ["q", "ctrl-c", "SIGINT"])
def test_in_a_terminal(toy, ending):
    import pexpect
    import pyte

    toy.solve(toy.with_double(SQUARES))
    drawn = pyte.Screen(80, 24)
    stream = pyte.Stream(drawn)
    environment = {**os.environ, "TERM": "xterm-256color", "OMP_NUM_THREADS": "1"}
    program = pexpect.spawn(
        sys.executable,
        ["-m", "autograder", "watch", "toy"],
        cwd=str(toy.root),
        env=environment,
        dimensions=(24, 80),
        encoding="utf-8",
    )
    before = program.getecho()

    def wait_for(said):
        end = time.monotonic() + 200
        while said not in "\n".join(drawn.display):
            assert time.monotonic() < end, "\n".join(drawn.display)
            try:
                stream.feed(program.read_nonblocking(4096, timeout=1))
            except pexpect.TIMEOUT:
                pass

    wait_for("double: It squares its input")
    assert not program.getecho()
    if ending == "q":
        toy.solve(toy.reference)
        wait_for("7 of 7 points")
        program.setwinsize(20, 40)
        drawn.resize(20, 40)
        drawn.reset()
        wait_for("all done")
    if ending == "SIGINT":
        program.kill(signal.SIGINT)
    else:
        program.send("q" if ending == "q" else "\x03")
    rest = program.read()
    program.wait()
    assert "\x1b[?1049l" in rest and "\x1b[?25h" in rest, "the screen and its cursor are given back"
    assert "Watched exercises/toy." in rest and "Traceback" not in rest
    assert program.exitstatus == 0 and before


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_without_a_terminal_it_says_plain_lines(toy, term, monkeypatch):
    monkeypatch.setenv("TERM", term)
    toy.solve(toy.with_double("print('seen'); return x * x"))
    process = toy.start("-m", "autograder", "watch", "toy")
    try:
        lines = [process.stdout.readline()]
        while "Go on with" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        said = "".join(lines)
        assert re.search(r"--- toy, \d\d:\d\d:\d\d, \d+\.\d\d s\ndouble: It squares its input", said)
        assert "  It printed:\n    seen\n" in said and "\x1b" not in said
        assert "  done     Counter" in said and "2 of 7 points" in said
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1] == "" and process.returncode == 0
    finally:
        process.kill()

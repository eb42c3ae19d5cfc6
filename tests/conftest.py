"""A course of one lesson, `toy`, built anew for each test that asks for it, so that no test leans on a real lesson."""

import functools
import gc
import importlib.util
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import torch

from autograder import cli, experiments
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import Submission
from autograder.cli import screen
from autograder.common.lessons import load_course, named_course
from autograder.common.stubs import make_stub
from autograder.grading.pool import Job, grade_one
from autograder.sandbox import Zygote

REPOSITORY = Path(__file__).resolve().parents[1]
HUB = "huggingface.co"


def pytest_configure():
    torch.set_num_threads(1)  # two workers have two cores, and a fork has no other thread of the process it comes from


@pytest.hookimpl(tryfirst=True)  # before pytest looks at what `-m` says
def pytest_collection_modifyitems(config, items):
    """What is marked `whole` takes more than its share of a run, and is run when asked for: `-m whole`.

    Of a test marked `some_each_week(number, start=0)` so many of its cases stay, others each week.
    """
    by_test = {}
    for item in items:
        if item.get_closest_marker("some_each_week"):
            by_test.setdefault((item.path, item.originalname), []).append(item)
    for cases in by_test.values():
        mark = cases[0].get_closest_marker("some_each_week")
        number, first = mark.args[0], mark.kwargs.get("start", 0) + date.today().toordinal() // 7 * mark.args[0]
        chosen = {(first + turn) % len(cases) for turn in range(number)}
        for index, item in enumerate(cases):
            if index not in chosen:
                item.add_marker(pytest.mark.whole)
    if "whole" in config.option.markexpr:
        return
    whole = [item for item in items if item.get_closest_marker("whole")]
    config.hook.pytest_deselected(items=whole)
    items[:] = [item for item in items if item not in set(whole)]


def pytest_runtest_setup(item):
    """Without a network the libraries that fetch try again for half a minute or more, each time that they are asked."""
    if item.get_closest_marker("network") and (lacking := _no_hub()):
        pytest.skip(lacking)


@functools.cache
def _no_hub():
    """Why nothing can be fetched, in a sentence, or "". Who says HF_HUB_OFFLINE has what is wanted on this machine."""
    if os.environ.get("HF_HUB_OFFLINE"):
        return ""
    try:
        socket.create_connection((HUB, 443), timeout=3).close()
    except OSError as error:
        return f"The model hub {HUB} can't be reached: {error}"
    return ""


def pytest_terminal_summary(terminalreporter):
    """Where the time went: what each lesson costs, which claims were measured, and all the rest, room by room."""
    seconds = {"lessons": {}, "claims": {}, "rest": {}}
    for report in itertools.chain(*terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            kind, part = _part(report.nodeid)
            seconds[kind][part] = seconds[kind].get(part, 0.0) + report.duration
    if seconds["lessons"] or seconds["claims"]:
        workers = terminalreporter.config.getoption("numprocesses", None) or 1
        terminalreporter.section("seconds")
        for kind, parts in seconds.items():
            total = sum(parts.values())
            each = ", ".join(f"{part} {parts[part]:.0f}" for part in sorted(parts))
            terminalreporter.line(f"{kind} {total / workers:.0f} ({total:.0f} on {workers} workers): {each}")


def _part(nodeid):
    """`lessons` and which, `claims` and `all`, or `rest` and the room; a lesson's tests have its folder or its name."""
    path, _, test = nodeid.partition("::")
    if path.endswith("lessons/test_claims.py"):
        return "claims", "all"
    folder = Path(path).parent
    if "attacks" in path:
        return "rest", "attacks"
    if folder.parent.name == "lessons":
        return "lessons", folder.name
    if folder.name == "lessons":
        asked = set(re.split(r"[\[\]-]", test))
        lesson = next((name for name in load_course(REPOSITORY).lessons if name in asked), None)
        return ("lessons", lesson) if lesson else ("rest", "lessons together")
    return "rest", (*folder.parts[2:], "top")[0]


REFERENCE = '''\
"""Doubling, and counting."""

from __future__ import annotations

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    """Twice x."""
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


def quad(x: torch.Tensor) -> torch.Tensor:
    """Four times x, by doubling twice."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION


class Counter:
    """Counts up from a start."""

    def __init__(self, start: int = 0) -> None:
        ### BEGIN SOLUTION
        self.value = start
        ### END SOLUTION

    def add(self, amount: int) -> int:
        """Add amount, and give the new value."""
        ### BEGIN SOLUTION
        self.value += amount
        return self.value
        ### END SOLUTION
'''

LESSON = """\
title = "Toy"
order = 1
summary = "Doubling, and counting"

[exercises.double]
points = 2
minutes = 5
hints = ["Double what?", "Use a sum.", "x + x"]

[exercises.quad]
points = 3
minutes = 10
needs = ["double"]
hints = ["Use what you have.", "Twice.", "double(double(x))"]

[exercises.Counter]
points = 2
minutes = 15
hints = ["It remembers.", "An attribute.", "self.value += amount"]
"""

PUBLIC = {
    "double": '''\
"""Public checks of double."""

import pytest
import torch
from toy_oracles import SQUARES

from autograder.checks import exercise, expect_close


@exercise("double")
def test_double_adds(student):
    x = torch.tensor([1.0, 2.5, 3.0])
    mistakes = {SQUARES: x * x}
    expect_close(student.double(x), x + x, what="double(x)", mistakes=mistakes, advice="What is x + x?")


@exercise("double")
@pytest.mark.parametrize("rows", [2, 3])
def test_double_keeps_the_shape(student, rng, rows):
    x = rng.randn(rows, 2)
    expect_close(student.double(x), x + x, what="double of a matrix", mistakes={SQUARES: x * x})
''',
    "quad": '''\
"""Public checks of quad."""

import torch

from autograder.checks import exercise, expect_close


@exercise("quad")
def test_quad_is_four_times(student):
    x = torch.tensor([1.0, 2.5, 3.0])
    expect_close(student.quad(x), 4 * x, what="quad(x)", mistakes={"It doubles only once.": 2 * x})
''',
    "counter": '''\
"""Public checks of Counter."""

from autograder.checks import exercise, expect_equal, probe


@probe
def counting(student, start, amounts):
    counter = student.Counter(start)
    return [counter.add(amount) for amount in amounts]


@exercise("Counter")
def test_counter_starts_where_told(student):
    expect_equal(student.run(counting, 5, [0]), [5], what="the first value")


@exercise("Counter")
def test_counter_adds_up(student):
    expect_equal(student.run(counting, 0, [1, 2, 3]), [1, 3, 6], what="the running sum")
''',
}

ORACLES = '''\
"""What public checks share."""

SQUARES = "It squares its input instead of doubling it."
'''

HIDDEN = {
    "double": '''\
"""Hidden checks of double."""

import torch
from toy_hidden_oracles import one_to_two

from autograder.checks import exercise, expect_close


@exercise("double", points=3)
def test_hidden_double_of_negatives(student, rng):
    x = -one_to_two(rng)
    expect_close(student.double(x), 2 * x, what="double", mistakes={"It drops the sign.": -2 * x})
''',
    "quad": '''\
"""Hidden checks of quad."""

from autograder.checks import exercise, expect_close


@exercise("quad")
def test_hidden_quad_of_a_draw(student, rng):
    x = rng.randn(3)
    expect_close(student.quad(x), 4 * x, what="quad", mistakes={"It doubles only once.": 2 * x})
''',
    "counter": '''\
"""Hidden checks of Counter."""

from autograder.checks import exercise, expect_equal, probe


@probe
def counting_down(student, amounts):
    counter = student.Counter()
    return [counter.add(-amount) for amount in amounts]


@exercise("Counter")
def test_hidden_counter_counts_down(student, rng):
    amounts = rng.randint(1, 9, (3,))
    seen = student.run(counting_down, amounts.tolist())
    expect_equal(seen, (-amounts.cumsum(0)).tolist(), what="counting down")
''',
}

HIDDEN_ORACLES = '''\
"""What hidden checks share."""

import torch


def one_to_two(rng):
    """Four numbers from 1 to 2."""
    return torch.rand(4, generator=rng) + 1
'''

SQUARES = '''\
"""It squares its input instead of doubling it."""


def double(x):
    return x * x
'''

ONCE = '''\
"""It doubles only once."""


def quad(x):
    return double(x)
'''

TIMES_TWO = '''\
"""A product in place of the sum."""


def double(x):
    return 2 * x
'''

FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n',
    "exercises/toy/lesson.toml": LESSON,
    "exercises/toy/toy.py": make_stub(REFERENCE),
    **{f"exercises/toy/checks/test_{name}.py": text for name, text in PUBLIC.items()},
    "exercises/toy/checks/toy_oracles.py": ORACLES,
    "solutions/toy/toy.py": REFERENCE,
    **{f"tests/hidden/toy/test_{name}.py": text for name, text in HIDDEN.items()},
    "tests/hidden/toy/toy_hidden_oracles.py": HIDDEN_ORACLES,
    "tests/misconceptions/toy/double/squares.py": SQUARES,
    "tests/misconceptions/toy/quad/once.py": ONCE,
    "tests/alternatives/toy/double/times_two.py": TIMES_TWO,
}


_COLLECTED = {}


class Toy:
    """The toy course in a folder of its own, and ways to use it."""

    reference = REFERENCE
    stub = make_stub(REFERENCE)

    def __init__(self, root):
        self.root = root
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def solve(self, source):
        """Put `source` where the student works."""
        return self.write("exercises/toy/toy.py", source)

    @staticmethod
    def renamed(text, lesson):
        """Data or code of the toy with exercise names of another lesson's own, which must be unique in a course."""
        return re.sub(r"\b(double|quad|Counter)\b", rf"\1_{lesson}", text)

    def copy_lesson(self, name):
        """Add a lesson `name` that is the toy but for its names."""
        for path in [path for path in (self.root / "exercises/toy").rglob("*") if path.is_file()]:
            file = path.relative_to(self.root / "exercises/toy").as_posix()
            file = f"{name}.py" if file == "toy.py" else re.sub(r"(checks/test_\w+)\.py", rf"\1_{name}.py", file)
            self.write(f"exercises/{name}/{file}", self.renamed(path.read_text(), name))
        self.write(f"solutions/{name}/{name}.py", self.renamed(self.reference, name))

    def with_double(self, body):
        """The reference with another body of `double`."""
        return REFERENCE.replace("return x + x", body)

    @property
    def course(self):
        load_course.cache_clear()
        return load_course(self.root)

    @property
    def lesson(self):
        return self.course.lesson("toy")

    def checks(self, **options):
        """The collected checks; collecting takes pytest 0.3 s, so the same files are collected once."""
        paths = [
            path
            for path in sorted(self.root.rglob("*"))
            if path.name.startswith("test_") or path.stem.endswith("oracles") or path.suffix == ".toml"
        ]
        key = (repr(options), *(path.read_bytes() for path in paths if path.suffix != ".pyc"))
        if key not in _COLLECTED:
            _COLLECTED[key] = collect_checks(self.course, self.lesson, **options).checks
        return list(_COLLECTED[key])

    def submission(self, source, name="someone"):
        raw = source if isinstance(source, bytes) else source.encode()
        return Submission(name, self.root, {"toy/toy.py": raw}, paths={"toy/toy.py": "toy.py"})

    def session(self, source, spawn=LocalTransport, limits=None):
        return Session("toy", self.submission(source), spawn, limits or TimeLimits.none())

    def run(self, source, checks=None, spawn=LocalTransport, seed="0", limits=None):
        """A `Run` of the checks on `source`."""
        return Run(self.lesson, self.checks() if checks is None else checks, self.session(source, spawn, limits), seed)

    def report(self, source, spawn=LocalTransport, seed="0", name="someone", checks=None):
        """The whole `Report` on `source`."""
        job = Job(self.lesson, self.checks() if checks is None else checks, seed, "none", TimeLimits.none())
        return grade_one(job, self.submission(source, name), spawn)

    def python(self, *arguments, folder=None, **options):
        """Run Python in the course's folder, or another."""
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, cwd=folder or self.root, env=_students_environment(), capture_output=True, text=True, **options
        )

    def start(self, *arguments):
        """Start Python in the course's folder; its output is text that can be read while it runs."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        environment = _students_environment() | {"PYTHONUNBUFFERED": "1"}
        # tests that run in the background have SIGINT ignored, and what they start would inherit that
        interruptible = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        command = [sys.executable, *map(str, arguments)]
        return subprocess.Popen(command, cwd=self.root, env=environment, preexec_fn=interruptible, **pipes)

    def pytest(self, *arguments):
        """Run pytest as a student does, but in a fork of this process, in which torch is imported already."""
        output = self.root.parent / "output"
        with open(output, "w") as stdout, open(f"{output}.err", "w") as stderr:
            child = os.fork()
            if child == 0:
                _become_pytest(self.root, list(map(str, arguments)), stdout, stderr)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = output.read_text(), Path(f"{output}.err").read_text()
        return subprocess.CompletedProcess(arguments, code, *texts)


def _students_environment():
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": "", "COLUMNS": "120"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    return environment


def _become_pytest(folder, arguments, stdout, stderr):
    code = 70
    try:
        os.chdir(folder)
        for stream, number in ((stdout, 1), (stderr, 2)):
            os.dup2(stream.fileno(), number)
        sys.stdin, sys.stdout, sys.stderr = open(os.devnull), open(1, "w", closefd=False), open(2, "w", closefd=False)
        gc.freeze()  # pytest collects garbage as it ends: not all of ours
        os.environ.update(COLUMNS="120", PYTEST_ADDOPTS="", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        for name in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
            os.environ.pop(name, None)
        imported = "ignore::pytest.PytestAssertRewriteWarning"  # the parent of this fork has the plugin already
        code = int(pytest.main(["-p", "autograder", "-p", "xdist", "-W", imported, *arguments]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path / "course")


@pytest.fixture(scope="module")
def shared_toy(tmp_path_factory):
    """A toy course for all tests of a module: each must put there what it needs."""
    return Toy(tmp_path_factory.mktemp("shared") / "course")


class Lent:
    """A zygote that outlives the runs that use it: starting one takes seconds."""

    def __init__(self, zygote, tier):
        self.zygote = zygote
        self.tier = tier or zygote.tier

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @property
    def clients(self):
        return self.zygote.clients


@pytest.fixture(scope="session")
def session_zygote():
    with Zygote.start(clients=2) as started:
        yield started


@pytest.fixture
def zygote(session_zygote, monkeypatch):
    """One zygote for two workers, which `grade` and `audit` use instead of starting their own."""
    monkeypatch.setattr(
        "autograder.grading.prepare.Zygote.start", lambda tier=None, limits=None, **_: Lent(session_zygote, tier)
    )
    return session_zygote


@pytest.fixture(scope="session")
def judged():
    """Gives `judged(lesson, checks, submission, spawn, enough)`: the verdicts, and what they say without the times.

    Public checks come first, as in a grading; nothing is asked after a verdict that is `enough`.
    """

    def judge(lesson, checks, submission, spawn, enough=lambda verdict: False):
        session = Session.of(lesson, submission, spawn, TimeLimits(check=60.0, submission=600.0))
        run, verdicts = Run(lesson, checks, session), {}
        try:
            for check in sorted(checks, key=lambda check: not check.public):
                verdicts[check.name] = run.verdict(check)
                if enough(verdicts[check.name]):
                    break
        finally:
            session.close()
        said = {
            name: (verdict.outcome, verdict.sentence, verdict.expected, verdict.got, verdict.lines)
            for name, verdict in verdicts.items()
        }
        return verdicts, said

    return judge


@pytest.fixture
def command(toy, monkeypatch, capsys):
    """Gives `command(*arguments)`: (exit code, stdout, stderr) of `autograder` in the toy course, which is its own."""
    monkeypatch.chdir(toy.root)
    monkeypatch.setattr(screen, "named_course", lambda folder: named_course(folder or toy.root))
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        load_course.cache_clear()  # the test may have changed the course's files
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        return code, *capsys.readouterr()

    return call


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


class References(dict):
    """lesson → the module of its reference, loaded when first asked for."""

    def __missing__(self, name):
        course = load_course(REPOSITORY)
        return self.setdefault(name, experiments.load(course.root / "solutions", course.lesson(name)).module)


@pytest.fixture(scope="session")
def references():
    return References()


@pytest.fixture
def handed_in(tmp_path):
    """Gives `handed_in(leave_out=(), **sources)`: a folder of references, some lessons with another source or none."""

    def write(leave_out=(), **sources):
        course = load_course(REPOSITORY)
        for name in course.lessons.keys() - set(leave_out):
            folder = tmp_path / "handed in" / name
            folder.mkdir(parents=True)
            source = sources.get(name) or course.reference(name).read_text(encoding="utf-8")
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return tmp_path / "handed in"

    return write


@pytest.fixture(scope="session")
def real_runs():
    """Gives `real_runs(lesson)`: the module of its script for real models."""

    @functools.cache
    def load(lesson):
        path = REPOSITORY / f"exercises/{lesson}/real_run.py"
        spec = importlib.util.spec_from_file_location(f"real_run_of_{lesson}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def jupyter_tool():
    """Gives `jupyter_tool(name, folder, *arguments)`: run nbgrader or otter as an instructor does; what it said."""

    def run(name, folder, *arguments):
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "OMP_NUM_THREADS": "1",
            "IPYTHONDIR": str(folder / ".ipython"),
            "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
            "JUPYTER_DATA_DIR": str(folder / ".jupyter"),
        }
        command = [sys.executable, "-m", name, *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def valid():
    """`valid.gradescope(text)` and `valid.classroom50(text)`: parse a result file, and hold it against its schema."""
    spec = importlib.util.spec_from_file_location("_schemas", Path(__file__).with_name("_schemas.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def course_site(tmp_path_factory):
    """The folder of the course's own site, without the galleries, which take minutes."""
    pytest.importorskip("zensical", reason="zensical is not installed: the extra `site`")
    from autograder.release.site import build_site

    folder = tmp_path_factory.mktemp("course") / "site"
    course = load_course(REPOSITORY)
    build_site(course, list(course.lessons.values()), folder)
    return folder

"""Hostile submissions, at every tier of this machine: none gains a point, learns a secret or outlives its grading.

Each file of `tests/attacks/` is appended to the stub, in which what it calls `honest` is written rightly, and to
`_prelude.py`, and is told where everything is. After each the same worker grades something right, which must not
notice. Nothing here reaches beyond this machine.
"""

from __future__ import annotations

import ast
import gc
import glob
import multiprocessing
import os
import re
import site
import socket
import stat
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest

import autograder
from autograder import sandbox
from autograder.authoring.audit import Case, overlay
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.report import Report
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission
from autograder.cli.formats import FORMATS
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Lesson, load_course
from autograder.common.stubs import make_stub
from autograder.grading.files import ClassFile, student_page
from autograder.grading.pool import Job, grade_many, grade_one
from autograder.grading.prepare import prepared
from autograder.sandbox import TIERS, Limits, Zygote, ZygoteClient

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = REPOSITORY / "tests" / "attacks"
NAMES = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
WALLED = [tier for tier in TIERS if tier not in (sandbox.detect().missing if sys.platform == "linux" else TIERS)]
WALLED = [tier for tier in WALLED if tier != "none"]

# At tier none a submission can do what its user can; only a grade is still out of its reach, and the grader survives
# what is aimed at its protocol.
WITHOUT_WALLS = ("forge", "flood", "hang", "die", "lie")
# These note what they got away with, and prove with it that they ran to their end.
REPORTING = ("read", "write", "escape", "network", "leave", "exhaust_processes", "exhaust_descriptors")
TELLS_NOTHING = ("escape_32_bit",)  # its process does not survive

LIMITS = Limits(
    memory_bytes=768 << 20, cpu_seconds=20, scratch_bytes=8 << 20, scratch_files=300, threads=40, open_files=64
)
TIMES = TimeLimits(load=5.0, check=2.5, submission=30.0)
CLIENTS = 3  # many attacks only wait

pytestmark = [
    pytest.mark.skipif(not WALLED, reason="no sandbox here"),
    pytest.mark.xdist_group("attacks"),  # all are run at once, in a fixture
]


@dataclass
class World:
    """What an attack is told of (`target`), and what of all that must stay as it is."""

    target: SimpleNamespace
    token: str
    number: int
    private: Path
    listeners: list[socket.socket]
    received: list[str] = field(default_factory=list)

    def watched(self) -> list[str]:
        """Folders in which an attack may have left something."""
        python = [*site.getsitepackages(), sysconfig.get_paths()["stdlib"], str(Path(autograder.__file__).parent)]
        shared = ["/", "/tmp", "/var/tmp", "/dev/shm", "/root", "/run", "/etc", "/home", "/usr/lib"]
        return [*python, *(f"{folder}/__pycache__" for folder in python), *shared, *self.target.folders]

    def traces(self) -> list[str]:
        """Files, processes and sockets that carry the attacks' mark."""
        marker = self.target.marker
        found = [path for folder in self.watched() for path in glob.glob(f"{folder}/*{marker}*")]
        for entry in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                if marker.encode() in Path(entry).read_bytes():
                    found.append(entry)
            except OSError:
                continue
        sockets = Path("/proc/net/unix").read_text().splitlines()
        found += [line for line in sockets if marker in line and not line.endswith(self.target.abstract[1:])]
        for kind in ("shm", "sem", "msg"):
            try:
                lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()
                found += [line for line in lines if str(0x41475231) in line]
            except OSError:
                continue
        return found

    def states(self) -> dict[str, tuple]:
        """Content, mode, owner and time of what attacks try to change."""
        states = {}
        for path in [*self.target.secrets, self.target.results, os.__file__]:
            found = os.stat(path)
            content = b"" if stat.S_ISDIR(found.st_mode) else Path(path).read_bytes()
            time = found.st_mtime if content else 0.0
            states[path] = (found.st_mode, found.st_uid, found.st_gid, content, time)
        return states


@dataclass
class Outcome:
    """What grading all attacks at one tier gave: by attack, its report and that of the reference right after it."""

    reports: dict[str, Report | None]
    after: dict[str, Report | None]
    pages: dict[str, str]
    leftovers: list[str]


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_course(REPOSITORY).lesson("lora")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    token, number = f"planted-{os.urandom(16).hex()}", int.from_bytes(os.urandom(5), "big") + 10**12
    with ExitStack() as stack:
        in_repository = stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER, prefix=".planted-"))
        elsewhere = stack.enter_context(tempfile.TemporaryDirectory(prefix="planted-", dir="/tmp"))
        results, private = Path(elsewhere, "results"), Path(elsewhere, "private")
        for folder in (Path(elsewhere), results, private, Path(in_repository)):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        secrets = [Path(in_repository, "secret.py"), Path(elsewhere, "secret.txt"), results / "someone.json"]
        for path in secrets:
            path.write_text(f"secret = {token!r}\n")
            path.chmod(0o644)
        (private / "test_private.py").write_text(PRIVATE.format(number=number, token=token))
        listeners = [
            stack.enter_context(made)
            for made in (*_tcp_listeners(), _listener(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)))
        ]
        marker = f"attacked-{os.urandom(8).hex()}"
        abstract = f"\0{marker}-listener"
        listeners.append(stack.enter_context(_listener(socket.AF_UNIX, socket.SOCK_STREAM, abstract)))
        target = SimpleNamespace(
            secrets=[str(path) for path in secrets],
            sources=[
                str(REPOSITORY / "tests/hidden/lora/test_lora_linear.py"),
                str(REPOSITORY / "solutions/lora/lora.py"),
                str(private / "test_private.py"),
            ],
            folders=[str(REPOSITORY), str(REPOSITORY / "tests"), in_repository, elsewhere, str(results)],
            results=str(results),
            marker=marker,
            grader=os.getpid(),
            zygote=0,
            tcp=[one.getsockname()[:2] for one in listeners if one.family != socket.AF_UNIX and one.type == 1],
            udp=next(one.getsockname() for one in listeners if one.type == socket.SOCK_DGRAM),
            abstract=abstract,
            check_seconds=TIMES.check,
        )
        os.environ["PLANTED"] = token
        stack.callback(os.environ.pop, "PLANTED", None)
        world = World(target, token, number, private, listeners)
        for listener in listeners:
            threading.Thread(target=_listen, args=(listener, world.received), daemon=True).start()
        yield world


PRIVATE = '''\
"""Private checks of one instructor, with inputs that must stay hers."""

from autograder.checks import exercise, expect_close, probe


@exercise("to_gigabytes")
def test_planted_number(student):
    expect_close(student.to_gigabytes({number}), {number} / 1e9, what="to_gigabytes", rtol=1e-9, atol=0.0)


@probe
def planted(lesson, n, secret):
    "{token}"
    return lesson.to_gigabytes(n)


@exercise("to_gigabytes")
def test_planted_probe(student):
    expect_close(student.run(planted, {number}, "{token}"), {number} / 1e9, what="to_gigabytes", rtol=1e-9, atol=0.0)
'''


def _listener(family: int, kind: int, address: object) -> socket.socket:
    listener = socket.socket(family, kind)
    listener.bind(address)
    if kind == socket.SOCK_STREAM:
        listener.listen()
    return listener


def _tcp_listeners() -> Iterator[socket.socket]:
    yield _listener(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    try:
        yield _listener(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
    except OSError:  # no IPv6 here
        return


def _listen(listener: socket.socket, received: list[str]) -> None:
    try:
        while True:
            received.append(str(listener.accept() if listener.type == socket.SOCK_STREAM else listener.recvfrom(100)))
    except OSError:  # closed at the end of the tests
        return


def attack(name: str, lesson: Lesson, world: World | None = None, zygote: int = 0) -> Case:
    """The attack as a case: its honest part, the prelude, what it is told, and its own source."""
    path = FOLDER / f"{name}.py"
    honest = honest_part(overlay("attack", path, "", lesson).exercises).files["lora/lora.py"].decode()
    told = {**vars(world.target), "zygote": zygote} if world else {}
    prelude = (FOLDER / "_prelude.py").read_text()
    target = f"target = __import__('types').SimpleNamespace(**{told!r})\n"
    return overlay("attack", path, f"{honest}\n\n{prelude}\n\n{target}", lesson)


def reference() -> Submission:
    """The right solution, as a student would hand it in."""
    raw = load_course(REPOSITORY).reference("lora").read_bytes()
    return Submission("reference", Path("lora.py"), {"lora/lora.py": raw}, paths={"lora/lora.py": "lora.py"})


def honest_part(exercises: tuple[str, ...]) -> Submission:
    """The stub with the reference's code for those exercises."""
    whole = reference().files["lora/lora.py"].decode()
    parts = [ast.get_source_segment(whole, node) for node in ast.parse(whole).body
             if getattr(node, "name", None) in exercises]  # fmt: skip
    source = "\n\n\n".join([make_stub(whole), *filter(None, parts)])
    return Submission("honest", Path("honest.py"), {"lora/lora.py": source.encode()}, paths={"lora/lora.py": "lora.py"})


def passed(report: Report) -> set[str]:
    return {check.name for check in report.checks if check.outcome == "passed"}


@pytest.fixture(scope="module")
def outcomes(world: World, lesson: Lesson) -> dict[str, Outcome]:
    """Every attack graded at every tier, each in one zygote; all of them started before any check is read."""
    tiers = [*WALLED, "none"]
    with ExitStack() as stack:
        zygotes = {tier: stack.enter_context(Zygote.start(tier, LIMITS, clients=CLIENTS, wait=False)) for tier in tiers}
        checks = collect_checks(load_course(REPOSITORY), lesson, world.private).checks
        grade_one(Job(lesson, checks, "0", "none", TimeLimits.none()), reference(), LocalTransport)  # imports it all
        gc.collect()
        gc.freeze()
        return {
            tier: _grade_all(Job(lesson, checks, os.urandom(8).hex(), tier, TIMES), zygote, world)
            for tier, zygote in zygotes.items()
        }


def _grade_all(job: Job, zygote: Zygote, world: World) -> Outcome:
    names = [name for name in NAMES if job.tier != "none" or name.startswith(WITHOUT_WALLS)]
    cases = {name: attack(name, job.lesson, world, zygote._process.pid) for name in names}
    baselines = {case.exercises: honest_part(case.exercises) for case in cases.values()}
    shares: list[list[tuple[str, Submission]]] = [[] for _ in zygote.clients]
    shares[0] += [(f"honest {exercises}", submission) for exercises, submission in baselines.items()]
    # Where grading the whole reference 80 times more would take a minute, one exercise of it is what comes after.
    following = reference() if job.tier == WALLED[-1] else honest_part(("to_gigabytes",))
    for position, (name, case) in enumerate(cases.items()):
        share = shares[position % len(shares)]
        if name.startswith("leave"):
            share.append((f"first {name}", case.submission("lora")))  # the second finds what the first left
        share += [(name, case.submission("lora")), (f"after {name}", following)]
    context, reports = multiprocessing.get_context("fork"), {}
    pipes = []
    for share, client in zip(shares, zygote.clients, strict=True):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_grade_share, args=(job, share, client, theirs))
        process.start()
        theirs.close()
        pipes.append((ours, process))
    for ours, process in pipes:
        reports |= ours.recv()
        process.join()
    pages = {}
    for name, report in reports.items():
        if report is not None:
            page = Path(world.target.results).parent / f"{job.tier} {name}"
            write_whole(page.with_suffix(".md"), student_page(report, job.lesson))
            write_whole(page.with_suffix(".json"), report.to_json())
            tables = {ending: writer.make for ending, writer in FORMATS.items() if isinstance(writer, ClassFile)}
            for ending, make in tables.items():
                write_whole(page.with_suffix(f".{ending}"), make([report]))
            pages[name] = "\n".join(page.with_suffix(f".{e}").read_text() for e in ("md", "json", *tables))
    folder = zygote._setup.folder
    leftovers = os.listdir(folder) if os.path.isdir(folder) else []
    return Outcome(reports, {name: reports[f"after {name}"] for name in names}, pages, leftovers)


def _grade_share(job: Job, share: list[tuple[str, Submission]], client: ZygoteClient, answer: Connection) -> None:
    """One after the other through one client, in a process of its own: most attacks only wait."""
    found = grade_many(job, [(submission, "") for _, submission in share], [client])
    answer.send({share[index][0]: report for index, report in found})


EACH = [(tier, name) for tier in WALLED for name in NAMES]
EACH += [("none", name) for name in NAMES if name.startswith(WITHOUT_WALLS)]
each = pytest.mark.parametrize("tier, name", EACH)


@each
def test_it_earns_what_its_honest_part_earns(outcomes, lesson, tier, name):
    outcome = outcomes[tier]
    report, case = outcome.reports[name], attack(name, lesson)
    assert report is not None, "the grader did not survive"
    honest = passed(outcome.reports[f"honest {case.exercises}"])
    assert passed(report) <= honest
    if "\nhurts_itself = True" not in case.source:
        assert passed(report) == honest
        assert report.status == "graded" or not case.exercises, report.reason


@each
def test_it_tells_no_secret(outcomes, world, tier, name):
    page = outcomes[tier].pages[name]
    assert world.token not in page and str(world.number)[:9] not in page
    if tier != "none":
        assert re.findall(r"spoils: (?!\[\]|\{).{0,300}", page) == []
        if name.startswith(REPORTING) and name not in TELLS_NOTHING:
            assert "spoils: []" in page  # it did try


@each
def test_its_text_stays_text(outcomes, tier, name):
    page = outcomes[tier].pages[name]
    assert all(character.isprintable() or character in "\n\t" for character in page)
    student = page.split("\n{\n")[0].splitlines()  # before the report as JSON
    shown = [re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line) for line in student if not line.startswith("    ")]
    assert sum(line.startswith("# ") for line in shown) == 1
    assert not re.search(r"25 of 25|Forged|<b>|<script>|<img|!\[", "\n".join(shown))


@each
def test_the_next_submission_does_not_notice(outcomes, tier, name):
    report, honest = outcomes[tier].after[name], outcomes[tier].reports["honest ('to_gigabytes',)"]
    assert report is not None
    if tier == WALLED[-1]:
        assert report.score == report.max_score, [check for check in report.checks if check.outcome != "passed"]
    else:
        assert passed(report) == passed(honest)


@pytest.mark.parametrize("tier", [*WALLED, "none"])
def test_nothing_is_left_in_scratch_folders(outcomes, tier):
    assert outcomes[tier].leftovers == []


@pytest.fixture(scope="module")
def before(world: World) -> dict[str, tuple]:
    return world.states()


def test_nothing_is_left_or_changed_outside(before, outcomes, world):
    assert world.traces() == []
    assert world.states() == before


def test_nobody_called(outcomes, world):
    assert world.received == []


def test_secrets_are_not_kept_where_submissions_may_read(lesson):
    course, folder = load_course(REPOSITORY), Path(pytest.__file__).parent
    with pytest.raises(CourseError, match="Submissions could read .* move it elsewhere"):
        with prepared(course, lesson, workers=1, tier=None, seed="0", private=folder):
            pass

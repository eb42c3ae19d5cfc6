"""Hostile submissions: none gains a point, learns a secret or outlives its grading.

Each file of `tests/attacks/` is appended to the stub, in which what it calls `honest` is written rightly, and to
`_prelude.py`, and is told where everything is. What is no Python file, it makes: `handed_in`, of which only the bytes
are handed in. After each the same worker grades something right, which must not notice. Nothing here reaches beyond
this machine.

A run takes each attack at one tier, another one each week; `-m "whole or not whole"` at every tier of this machine.
What became of each is a table, `tests/attacks/README.md`, which this makes anew (all tiers are needed):

    python tests/lessons/lora/test_attacks.py
"""

from __future__ import annotations

import ast
import gc
import glob
import multiprocessing
import os
import re
import runpy
import site
import socket
import stat
import sys
import sysconfig
import tempfile
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest

import autograder
from autograder import sandbox
from autograder.authoring.audit import overlay
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.report import Report
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission, collect
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
WITHOUT_WALLS = ("forge", "flood", "hang", "die", "lie", "zip", "notebook")
# These note what they got away with, and prove with it that they ran to their end.
REPORTING = ("read", "write", "escape", "network", "leave", "exhaust_processes", "exhaust_descriptors")
TELLS_NOTHING = ("escape_32_bit",)  # its process does not survive

LIMITS = Limits(
    memory_bytes=768 << 20, cpu_seconds=20, scratch_bytes=8 << 20, scratch_files=300, threads=40, open_files=64
)
TIMES = TimeLimits(load=5.0, check=2.5, submission=30.0)
CLIENTS = 3  # many attacks only wait
ALWAYS = ("to_gigabytes",)  # what most attacks write rightly

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
    with planted() as world:
        yield world


@contextmanager
def planted() -> Iterator[World]:
    """Secrets, listeners and results, for attacks to aim at."""
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


@dataclass(frozen=True)
class Attack:
    """What a file of `tests/attacks/` says of itself."""

    name: str
    sentence: str
    honest: tuple[str, ...]  # the exercises that it does write rightly
    hurts_itself: bool  # and yet it may lose their points
    made: bool  # it makes a file to be handed in, rather than being one

    @property
    def tiers(self) -> list[str]:
        """Those of this machine that it is run at."""
        return [*WALLED, *(["none"] if self.name.startswith(WITHOUT_WALLS) else [])]

    def tier(self, turn: int) -> str:
        """The one that it is run at when it is the turn of this week."""
        return self.tiers[(zlib.crc32(self.name.encode()) + turn) % len(self.tiers)]

    def submission(self, lesson: Lesson, world: World, zygote: int) -> Submission:
        path, target = FOLDER / f"{self.name}.py", SimpleNamespace(**vars(world.target) | {"zygote": zygote})
        honest = honest_part(self.honest).files["lora/lora.py"].decode()
        if not self.made:
            prelude = (FOLDER / "_prelude.py").read_text()
            told = f"target = __import__('types').SimpleNamespace(**{vars(target)!r})\n"
            return overlay("attack", path, f"{honest}\n\n{prelude}\n\n{told}", lesson).submission("lora")
        raw, ending = runpy.run_path(str(path))["handed_in"](honest, target), self.name.split("_")[0]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"lora.{'ipynb' if ending == 'notebook' else ending}")
            file.write_bytes(raw)
            return replace(collect([file], "lora")[0], name=self.name)


def declared(name: str) -> Attack:
    path = FOLDER / f"{name}.py"
    case = overlay("attack", path, "", load_course(REPOSITORY).lesson("lora"))
    source = path.read_text()
    return Attack(name, case.sentence, case.exercises, "\nhurts_itself = True" in source, "\ndef handed_in(" in source)


ATTACKS = {name: declared(name) for name in NAMES}


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
def outcomes(request: pytest.FixtureRequest, world: World) -> dict[str, Outcome]:
    """What of this file is to be run, by tier."""
    chosen: dict[str, set[str]] = {}
    for item in request.session.items:
        if item.path == Path(__file__) and (asked := getattr(getattr(item, "callspec", None), "params", {})):
            chosen.setdefault(asked["tier"], set()).add(asked["name"])
    return grade_all(world, chosen)


def grade_all(world: World, chosen: Mapping[str, Collection[str]]) -> dict[str, Outcome]:
    """The attacks chosen for each tier, each in its one zygote; all of them started before any check is read."""
    course = load_course(REPOSITORY)
    lesson = course.lesson("lora")
    with ExitStack() as stack:
        zygotes = {
            tier: stack.enter_context(Zygote.start(tier, LIMITS, clients=CLIENTS, wait=False)) for tier in chosen
        }
        checks = collect_checks(course, lesson, world.private).checks
        grade_one(Job(lesson, checks, "0", "none", TimeLimits.none()), reference(), LocalTransport)  # imports it all
        gc.collect()
        gc.freeze()
        return {
            tier: _grade_all(Job(lesson, checks, os.urandom(8).hex(), tier, TIMES), zygote, world, sorted(chosen[tier]))
            for tier, zygote in zygotes.items()
        }


def _grade_all(job: Job, zygote: Zygote, world: World, names: list[str]) -> Outcome:
    baselines = {honest: honest_part(honest) for honest in [ALWAYS, *(ATTACKS[name].honest for name in names)]}
    shares: list[list[tuple[str, Submission]]] = [[] for _ in zygote.clients]
    shares[0] += [(f"honest {exercises}", submission) for exercises, submission in baselines.items()]
    # Where grading the whole reference after each would take a minute, one exercise of it is what comes after.
    following = reference() if job.tier == WALLED[-1] else honest_part(ALWAYS)
    for position, name in enumerate(names):
        share, submission = (
            shares[position % len(shares)],
            ATTACKS[name].submission(job.lesson, world, zygote._process.pid),
        )
        if name.startswith("leave"):
            share.append((f"first {name}", submission))  # the second finds what the first left
        share += [(name, submission), (f"after {name}", following)]
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


THIS_WEEK = date.today().toordinal() // 7
EACH = [
    pytest.param(tier, attack.name, marks=() if tier == attack.tier(THIS_WEEK) else pytest.mark.whole)
    for attack in (ATTACKS.values() if WALLED else ())
    for tier in attack.tiers
]
each = pytest.mark.parametrize("tier, name", EACH)


def test_every_attack_comes_by_at_every_tier():
    for attack in ATTACKS.values():
        assert {attack.tier(THIS_WEEK + later) for later in range(len(attack.tiers))} == set(attack.tiers)


@each
def test_it_earns_what_its_honest_part_earns(outcomes, tier, name):
    attack, outcome = ATTACKS[name], outcomes[tier]
    report = outcome.reports[name]
    assert report is not None, "the grader did not survive, or the machine was too busy for it"
    honest = passed(outcome.reports[f"honest {attack.honest}"])
    assert passed(report) <= honest
    if not attack.hurts_itself:
        assert passed(report) == honest
        assert report.status == "graded" or not attack.honest, report.reason


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
    report, honest = outcomes[tier].after[name], outcomes[tier].reports[f"honest {ALWAYS}"]
    assert report is not None
    if tier == WALLED[-1]:
        assert report.score == report.max_score, [check for check in report.checks if check.outcome != "passed"]
    else:
        assert passed(report) == passed(honest)


@each
def test_its_row_says_what_became_of_it(outcomes, tier, name):
    """`python tests/lessons/lora/test_attacks.py` makes the table anew."""
    kept = [spread(cell, ATTACKS[name])[tier] for cell in rows(TABLE.read_text())[name]]
    assert agree(became(outcomes[tier], tier, name), kept)


def test_the_table_has_every_attack():
    assert TABLE.read_text() == table(rows(TABLE.read_text()))
    assert list(rows(TABLE.read_text())) == NAMES


def test_nothing_is_left_in_scratch_folders(outcomes):
    assert {tier: outcome.leftovers for tier, outcome in outcomes.items()} == dict.fromkeys(outcomes, [])


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


# --- the table ------------------------------------------------------------------------------------------------------

TABLE = FOLDER / "README.md"
CLASSES = {
    "die": "End their process, or what runs in it, in the midst of grading.",
    "escape": "Look for a way out of the walls: other programs, namespaces, privileges, signals, tracing.",
    "exhaust": "Take what the machine has for all: memory, processes, threads, descriptors, time.",
    "fill": "Fill the disk.",
    "flood": "Send the grader more than it can take, or what costs it more than it cost them.",
    "forge": "Want points for what they did not write: by false answers, by changes to torch, Python and the engine.",
    "hang": "Never answer.",
    "leak": "Carry a hidden check's inputs to where a student, or the next attempt, could read them.",
    "leave": "Leave something behind for the next submission.",
    "lie": "Say untrue things in all that is shown of them: messages, definitions, exceptions, tables.",
    "network": "Call somebody, or wait to be called.",
    "notebook": "Are notebooks with an odd shape, or with more in them than code.",
    "read": "Read what is not theirs: checks, solutions, secrets, the grader, the machine.",
    "write": "Change what is not theirs.",
    "zip": "Are zips with an odd shape.",
}
HEAD = """\
# Attacks

{count} hostile submissions, each trying one thing, and what became of it. All are graded in the lesson `lora`, each at
every tier of the sandbox. Without walls (`none`) a submission can do what its user can, so there only these are:
{none}. None earned more than what it writes rightly, which is `to_gigabytes` for
most, and what was graded right after it had the score that it has alone.

*What ended it* is the worst that a check met: it had no time left, its process ended (and another one was started for
the next check), what it gave is no data, it raised, or its answers were wrong. *Any of these* stands where that
depends on the tier or on what else the machine has to do. *Refused* means that the sandbox let through nothing of what
it tried; *nothing came of it*, that it was graded as if it had tried nothing. Points are *at most* so many where an
attack takes from what it writes rightly.

`python tests/lessons/lora/test_attacks.py` grades them all and writes this page.
"""
# What a student is told, from the worst on, and what it is called here.
ENDS = {
    "out of time": ("did not answer in time", "took too long", "Not run:", "is used up", "did not finish"),
    "its process ended": ("ended its process", "could not be loaded"),
    "no data": ("numbers, text, lists, dicts or tensors are asked for",),
    "an exception": ("Your code raises", "can't be used as asked"),
}
WRONG, ANY = "wrong answers", "any of these"  # of these it may be another one the next time


def became(outcome: Outcome, tier: str, name: str) -> list[str]:
    """What ended it, its points, and whether the next submission was graded as it is alone."""
    attack, report, after = ATTACKS[name], outcome.reports[name], outcome.after[name]
    alone = outcome.reports[f"honest {ALWAYS}"]
    if report is None or after is None:
        return ["the grader ended", "0", "no"]
    whole = after.score == after.max_score if tier == WALLED[-1] else passed(after) == passed(alone)
    right = outcome.reports[f"honest {attack.honest}"].score
    points = f"at most {right:g}" if attack.hurts_itself and report.score <= right else f"{report.score:g}"
    return [_end(report), points, "yes" if whole else "no"]


def _end(report: Report) -> str:
    failed = [check for check in report.checks if check.outcome == "failed"]
    told = [report.reason] if report.status == "broken" else []
    told += [check.message for check in failed if check.exercise != "kv_cache_bytes"]  # by which it shows its spoils
    for end, texts in ENDS.items():
        if any(text in message for message in told for text in texts):
            return end
    if report.status == "broken":
        return "not loaded"
    if not told and report.submission.startswith(REPORTING):
        return "refused" if any("spoils: []" in check.message for check in failed) else "not refused"
    return WRONG if told else "nothing came of it"


def agree(found: list[str], kept: list[str]) -> bool:
    """Whether a row says what was found: of the ways to end badly, it may be another one."""
    judged = {*ENDS, WRONG, ANY}
    return found[1:] == kept[1:] and (found[0] == kept[0] or {found[0], kept[0]} <= judged)


def merged(cells: Mapping[str, str]) -> str:
    """One text for all tiers, where they agree; else each with its tiers."""
    texts = list(dict.fromkeys(cells.values()))
    if len(texts) > 1 and {*ENDS, WRONG} >= set(texts):
        return ANY
    if len(texts) == 1:
        return texts[0]
    return "; ".join(f"{', '.join(tier for tier in cells if cells[tier] == text)}: {text}" for text in texts)


def spread(cell: str, attack: Attack) -> dict[str, str]:
    """What `merged` was made of."""
    if ": " not in cell:
        return dict.fromkeys(attack.tiers, cell)
    parts = (part.split(": ") for part in cell.split("; "))
    return {tier: text for tiers, text in parts for tier in tiers.split(", ")}


def rows(page: str) -> dict[str, list[str]]:
    """By attack, the cells of its row that say what became of it."""
    found = re.findall(r"^\| \[(\w+)\]\(\w+\.py\) \| .* \| (.*) \| (.*) \| (.*) \|$", page, flags=re.MULTILINE)
    return {name: cells for name, *cells in found}


def table(cells: Mapping[str, list[str]]) -> str:
    """The page."""
    *most, last = (f"`{kind}`" for kind in sorted(WITHOUT_WALLS))
    parts = [HEAD.format(count=len(cells), none=f"{', '.join(most)} and {last}")]
    for kind, sentence in CLASSES.items():
        names = [name for name in cells if name.split("_")[0] == kind]
        parts.append(f"## {kind}: {len(names)}\n\n{sentence}\n")
        parts.append(
            "| attack | what it does | what ended it | points | the next one is graded |\n|---|---|---|---|---|"
        )
        for name in names:
            sentence_of_it = ATTACKS[name].sentence.replace("|", "\\|")
            parts.append(f"| [{name}]({name}.py) | {sentence_of_it} | {' | '.join(cells[name])} |")
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    if list(WALLED) != [tier for tier in TIERS if tier != "none"]:
        sys.exit("The table is of all tiers, and this machine lacks some: `autograder doctor` says which.")
    chosen = {tier: [name for name in NAMES if tier in ATTACKS[name].tiers] for tier in [*WALLED, "none"]}
    with planted() as world:
        outcomes = grade_all(world, chosen)
    TABLE.write_text(table(told(outcomes, rows(TABLE.read_text()) if TABLE.exists() else {})))


def told(outcomes: Mapping[str, Outcome], former: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The cells of each attack; those that it had, as far as they are still true."""
    cells = {}
    for name, attack in ATTACKS.items():
        found = {tier: became(outcomes[tier], tier, name) for tier in attack.tiers}
        cells[name] = [
            merged(dict(zip(attack.tiers, column, strict=True))) for column in zip(*found.values(), strict=True)
        ]
        kept = [spread(cell, attack) for cell in former.get(name, ())]
        if kept and all(agree(found[tier], [cell.get(tier, "") for cell in kept]) for tier in attack.tiers):
            cells[name] = former[name]
    return cells


if __name__ == "__main__":
    main()

"""`autograder grade` from end to end: what it writes, what it keeps, and what no submission can do to the next."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version

import pytest
import torch

from autograder.checking import digest as digests
from autograder.checking.digest import seed_fingerprint
from autograder.checking.door import LocalTransport
from autograder.checking.report import Report, Times
from autograder.checking.student import TimeLimits
from autograder.checking.submission import collect
from autograder.common.errors import ZygoteDied
from autograder.grading.grade import Settings, grade
from autograder.grading.pool import Job, grade_many

pytestmark = pytest.mark.usefixtures("zygote")


def hand_in(toy, **sources):
    """A folder `class` with a file for each submission."""
    for name, source in sources.items():
        toy.write(f"class/{name}.py", source)
    return toy.root / "class"


def rows(toy, out="out"):
    with open(toy.root / out / "toy/grades.csv", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def report(toy, name, out="out"):
    return Report.from_json((toy.root / out / f"toy/{name}.json").read_text())


def times(toy, out="out"):
    """name → when its report was written."""
    return {path.stem: path.stat().st_mtime_ns for path in (toy.root / out / "toy").glob("*.json")}


SEED = "autumn-7319-for-this-test-alone"


def graded(toy, submissions, out="out", on_report=lambda report: None, **settings):
    toy.course  # noqa: B018  drops what is remembered of the course's files
    return grade(toy.course, toy.lesson, submissions, toy.root / out, Settings(**settings), on_report)


# --- what it writes -------------------------------------------------------------------------------------------------


def test_a_class_from_end_to_end(toy, command):
    hand_in(toy, right=toy.reference, wrong=toy.with_double("return x * x"), stub=toy.stub, broken="x = [/]\n")
    code, out, err = command("grade", "toy", "class", "--out", "out", "--workers", "2", "--seed", SEED)
    assert (code, err) == (0, "")
    names = {"right", "wrong", "stub", "broken"}
    assert os.listdir(toy.root / "out") == ["toy"]
    written = {f"{n}.{e}" for n in names for e in ("json", "md")} | {"grades.csv", "exercises.csv"}
    assert set(os.listdir(toy.root / "out/toy")) == written
    found = rows(toy)
    assert {name: (row["score"], row["max_score"], row["status"]) for name, row in found.items()} == {
        "right": ("7", "7", "graded"),
        "wrong": ("2", "7", "graded"),
        "stub": ("0", "7", "graded"),
        "broken": ("0", "7", "broken"),
    }
    assert found["wrong"]["failed"] == "4" and found["wrong"]["blocked"] == "2" and found["stub"]["todo"] == "9"
    assert {row["seed"] for row in found.values()} == {seed_fingerprint(SEED, "toy")[:12]}
    assert {row["lesson"] for row in found.values()} == {"toy"}
    whole = report(toy, "wrong")
    assert whole.tier == found["wrong"]["tier"] != "none" and whole.version and len(whole.checks) == 9
    assert "# Toy" in (toy.root / "out/toy/wrong.md").read_text()
    for name in names:
        assert re.search(rf"{name}\s.*\b{found[name]['score']}\b", out), "a row of the table"
    assert "x = [/]" in out and "4 graded at tier" in out and "Results are in out/toy." in out


def test_other_formats(toy, command):
    hand_in(toy, ann=toy.reference)
    assert command("grade", "toy", "class", "--out", "out", "--format", "junit,csv")[0] == 0
    assert 'name="ann.toy"' in (toy.root / "out/toy/junit.xml").read_text() and "ann" in rows(toy)


def test_whatever_is_handed_in_gets_a_row(toy, command):
    folder = hand_in(toy, ann=toy.reference, binary=b"\xff\xfe\0", empty="", importing="import nowhere_to_be_found")
    (folder / "ann").mkdir()
    (folder / "ann" / "toy.py").write_text(toy.with_double("return x"))
    (folder / "bob.zip").write_bytes(b"no zip")
    (folder / "nothing").mkdir()
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    os.mkfifo(folder / "pipe.py")
    os.symlink("/etc/hostname", folder / "link.py")
    code, _, err = command("grade", "toy", "class", "--out", "out")
    assert (code, err) == (0, "")
    found = rows(toy)
    assert sorted(row["score"] for row in found.values()) == ["0"] * 8 + ["2", "7"]
    assert len(found) == len(times(toy)) == 10
    assert found["ann"]["score"] == "2" and found["ann-2"]["score"] == "7", "two of one name, each with its own results"
    assert found["empty"]["status"] == "graded", "an empty file is Python, and defines nothing"
    assert "Your file defines no double." in (toy.root / "out/toy/empty.md").read_text()
    broken = {name for name, row in found.items() if row["status"] == "broken"}
    assert broken == {"binary", "importing", "bob", "nothing", "photo.jpg", "pipe", "link"}
    for name in broken:
        page = (toy.root / f"out/toy/{name}.md").read_text()
        assert report(toy, name).reason in page and "Traceback" not in page


def test_what_a_submission_prints_is_not_printed(toy, capfd):
    noisy = toy.with_double("print('NOISE'); import os; os.write(2, b'NOISE'); return x + x")
    hand_in(toy, ann=f"{noisy}\n\nprint('NOISE')\n")
    graded(toy, collect([toy.root / "class"], "toy"))
    assert "NOISE" not in "".join(capfd.readouterr())
    assert rows(toy)["ann"]["score"] == "7"


def test_odd_values_end_no_run(toy, command):
    odd = r"return 'a\x1b[2J\ud800\x00 [/bold] | `code`'"
    hand_in(toy, ann=toy.with_double(odd), bob=toy.with_double(f"raise ValueError({odd[7:]})"))
    code, out, err = command("grade", "toy", "class", "--out", "out", "--format", "csv,junit")
    assert (code, err) == (0, "") and "\x1b[2J" not in out
    assert rows(toy)["ann"]["score"] == "2"


# --- what it keeps --------------------------------------------------------------------------------------------------


@pytest.fixture
def done(toy):
    """A graded class of three, and when each report was written."""
    hand_in(toy, ann=toy.reference, bob=toy.with_double("return x * x"), cid=toy.stub)
    graded(toy, collect([toy.root / "class"], "toy"))
    return times(toy)


def regraded(toy, done, **settings):
    outcome = graded(toy, collect([toy.root / "class"], "toy"), **settings)
    changed = {name for name, when in times(toy).items() if done.get(name) != when}
    assert outcome.reused == len(outcome.reports) - len(changed)
    assert set(rows(toy)) == {each.submission for each in outcome.reports}
    return changed


def test_a_second_run_grades_nothing(toy, done):
    before = rows(toy)
    assert regraded(toy, done) == set()
    assert rows(toy) == before


def test_a_changed_submission_is_graded_again(toy, done):
    hand_in(toy, bob=toy.reference)
    assert regraded(toy, done) == {"bob"}
    assert rows(toy)["bob"]["score"] == "7"


def test_a_new_submission_is_graded(toy, done):
    hand_in(toy, dee=toy.reference)
    assert regraded(toy, done) == {"dee"}


def test_another_seed_or_tier_grades_all_again(toy, done):
    assert regraded(toy, done, seed="other") == {"ann", "bob", "cid"}
    assert regraded(toy, times(toy), seed="other", tier="none") == {"ann", "bob", "cid"}
    assert {row["tier"] for row in rows(toy).values()} == {"none"}


@pytest.mark.parametrize(
    "path",
    [
        "exercises/toy/lesson.toml",
        "exercises/toy/checks/test_double.py",
        "exercises/toy/checks/toy_oracles.py",
        "tests/hidden/toy/test_double.py",
        "tests/hidden/toy/toy_hidden_oracles.py",
    ],
)
def test_changed_checks_grade_all_again(toy, done, path):
    (toy.root / path).write_text((toy.root / path).read_text() + "\n# changed\n")
    assert regraded(toy, done) == {"ann", "bob", "cid"}


@pytest.mark.parametrize("path", ["exercises/toy/test_mine.py", "exercises/toy/checks/test_mine.py"])
def test_a_test_of_a_students_own_changes_nothing(toy, done, path):
    toy.write(path, "import nowhere_to_be_found\n")
    assert regraded(toy, done) == set()


def test_a_changed_helper_of_private_checks_grades_all_again(toy):
    head = "from autograder.checks import exercise, expect_equal\nfrom mine_numbers import FOUR\n\n\n"
    body = "@exercise('double')\ndef test_mine(student):\n    expect_equal(student.double(2), FOUR, what='double(2)')\n"
    toy.write("mine/test_mine.py", head + body)
    toy.write("mine/mine_numbers.py", "FOUR = 4\n")
    hand_in(toy, ann=toy.reference)
    graded(toy, collect([toy.root / "class"], "toy"), private=toy.root / "mine")
    before = times(toy)
    assert regraded(toy, before, private=toy.root / "mine") == set()
    toy.write("mine/mine_numbers.py", "FOUR = 2 + 2\n")
    assert regraded(toy, before, private=toy.root / "mine") == {"ann"}


def test_another_engine_or_library_grades_all_again(toy, done, monkeypatch):
    """Not another `__version__`, which says nothing of what changed."""
    monkeypatch.setattr("autograder.checking.report.__version__", "99.0")
    assert regraded(toy, done) == set()
    with monkeypatch.context() as patched:
        patched.setattr("autograder.grading.grade.engine_digest", lambda: "another engine")
        assert regraded(toy, done) == {"ann", "bob", "cid"}
    before = times(toy)
    monkeypatch.setattr("autograder.grading.grade.installed_versions", lambda: ("torch 99.0",))
    assert regraded(toy, before) == {"ann", "bob", "cid"}


def test_the_engines_digest_is_of_every_file_of_it(tmp_path, monkeypatch):
    """A file more, a file less, another name or one byte: any of them makes another engine."""

    def digest():
        digests.engine_digest.cache_clear()
        return digests.engine_digest()

    try:
        (tmp_path / "sandbox").mkdir()
        for name in ("digest.py", "checks.py", "sandbox/jail.c", "card.txt"):
            (tmp_path / name).write_text(name)
        monkeypatch.setattr(digests, "__file__", str(tmp_path / "checking/digest.py"))
        found = [digest()]
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__/checks.pyc").write_text("x")
        assert digest() == found[0]
        (tmp_path / "sandbox/jail.c").write_text("jail.d")
        found.append(digest())
        (tmp_path / "card.txt").rename(tmp_path / "cart.txt")
        found.append(digest())
        (tmp_path / "cart.txt").unlink()
        found.append(digest())
        assert len(set(found)) == 4
    finally:
        monkeypatch.undo()
        digests.engine_digest.cache_clear()


def test_the_libraries_whose_numbers_count_are_named_with_their_versions():
    names = [name.split()[0] for name in digests.installed_versions()]
    assert names == ["torch", "transformers", "peft"]
    assert digests.installed_versions()[0] == f"torch {version('torch')}"
    assert digests._version("no-such-library-here") == "none"


@pytest.mark.parametrize("page", ["gone", "another's"])
def test_a_page_is_made_again_from_its_report(toy, done, page):
    path = toy.root / "out/toy/bob.md"
    before = path.read_text()
    path.unlink() if page == "gone" else path.write_text("# Another\n")
    assert regraded(toy, done) == set()
    assert path.read_text() == before


def test_a_report_that_is_gone_is_made_again(toy, done):
    (toy.root / "out/toy/bob.json").unlink()
    assert regraded(toy, done) == {"bob"} and report(toy, "bob").score == 2


def test_what_a_killed_run_left_half_written_is_removed(toy, done):
    unfinished = [".bob.json.a1b2c3d_", ".grades.csv.abcdefgh", ".cid.md.abcdefgh", ".left_out.json.abcdefgh"]
    others = [".bob.md", ".mine.json.abcdefgh", "bob.json.abcdefgh", ".bob.json.ABCDEFGH"]
    for name in (*unfinished, *others):
        (toy.root / "out/toy" / name).write_text("{")
    assert regraded(toy, done) == set()
    left = {path.name for path in (toy.root / "out/toy").iterdir()}
    assert left >= set(others) and not left & set(unfinished)


def test_an_interrupted_run_keeps_what_is_done(toy):
    hand_in(toy, ann=toy.reference, bob=toy.reference, cid=toy.reference)
    seen = []

    def interrupt(report):
        seen.append(report.submission)
        if len(seen) == 2:
            raise KeyboardInterrupt

    submissions = collect([toy.root / "class"], "toy")
    with pytest.raises(KeyboardInterrupt):
        graded(toy, submissions, on_report=interrupt)
    assert set(rows(toy)) == set(times(toy)) == set(seen)
    outcome = graded(toy, submissions)
    assert outcome.reused == 2 and set(rows(toy)) == {"ann", "bob", "cid"}


def test_a_killed_run_goes_on_without_losing_or_repeating(toy):
    """The second submission waits for a file, so that the run is killed between the first and the second."""
    waiting = "\nimport time\ntime.sleep(8)\n"  # of the ten seconds that loading may take
    hand_in(toy, a=toy.reference, b=toy.reference + waiting, c=toy.with_double("return x * x"))
    code = "from autograder.cli import main; main()"
    arguments = ["grade", "toy", "class", "--out", "out", "--workers", "1", "--course", str(toy.root)]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=toy.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    give_up = time.monotonic() + 180
    while not (toy.root / "out/toy/a.json").exists():
        assert process.poll() is None and time.monotonic() < give_up
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = times(toy)
    assert "a" in before and "c" not in before  # on a machine that stands still for long enough, b may be done too
    hand_in(toy, b=toy.reference)
    outcome = graded(toy, collect([toy.root / "class"], "toy"))
    assert outcome.reused == 1 and times(toy)["a"] == before["a"]
    assert {name: row["score"] for name, row in rows(toy).items()} == {"a": "7", "b": "7", "c": "2"}


# --- what a submission can't do to the next -------------------------------------------------------------------------

BAD = {
    "hangs": "while True: pass",
    "sleeps": "import time; time.sleep(60)",
    "exits": "import os; os._exit(3)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "recurses": "sys = __import__('sys'); sys.setrecursionlimit(10**9); f = lambda: f(); f()",
    "answers too much": "return torch.zeros(200_000_000)",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_bad_submission_is_reported_and_the_next_is_graded(toy, body):
    hand_in(toy, ann=toy.with_double(body), bob=toy.reference)
    limits = TimeLimits(load=30.0, check=1.0, submission=60.0)
    outcome = graded(toy, collect([toy.root / "class"], "toy"), limits=limits)
    assert outcome.lost == []
    ann, bob = outcome.reports
    assert bob.score == 7.0
    assert ann.status == "graded" and ann.score == 2.0, "Counter is right and does not need double"
    for check in ann.checks:
        wanted = {"double": "failed", "quad": "blocked", "Counter": "passed"}[check.exercise]
        assert check.outcome == wanted, (check.name, check.message)


@pytest.mark.parametrize("body", ["while True: pass", "import os; os._exit(0)"])
def test_a_submission_that_never_loads(toy, body):
    hand_in(toy, ann=f"{body}\n", bob=toy.reference)
    limits = TimeLimits(load=2.0, check=2.0, submission=60.0)
    ann, bob = graded(toy, collect([toy.root / "class"], "toy"), limits=limits).reports
    assert (ann.status, ann.score, bob.score) == ("broken", 0.0, 7.0)
    assert re.search(r"ann\.py (did not finish loading in time|could not be loaded: its process exited)", ann.reason)


def test_the_time_for_a_whole_submission_ends(toy):
    hand_in(toy, ann=toy.reference.replace("self.value = start", "import time; time.sleep(9); self.value = start"))
    limits = TimeLimits(load=30.0, check=30.0, submission=4.0)
    (ann,) = graded(toy, collect([toy.root / "class"], "toy"), limits=limits).reports
    assert ann.seconds < 8 and 0 < ann.score <= 5.0


def test_one_worker_or_two_come_to_the_same(toy):
    bodies = ["return x + x", "return x * x", "raise KeyError", "return torch.rand(3)", "raise NotImplementedError"]
    hand_in(toy, **{f"s{number}": toy.with_double(body) for number, body in enumerate(bodies * 2)})
    submissions = collect([toy.root / "class"], "toy")

    def judged(workers):
        found = graded(toy, submissions, out=f"out{workers}", workers=workers, seed=SEED).reports
        return [
            replace(
                each, seconds=0.0, times=Times(), checks=tuple(replace(check, seconds=0.0) for check in each.checks)
            )
            for each in found
        ]

    one, two = judged(1), judged(2)
    assert one == two and [each.submission for each in one] == [each.name for each in submissions]


def test_private_checks(toy, command):
    body = "from autograder.checks import exercise, fail\n\n\n@exercise('Counter', points=3)\ndef test_mine(student):\n"
    toy.write("mine/test_mine.py", body + "    if student.double(7) != 14: fail('It is not what I asked for.')\n")
    hand_in(toy, ann=toy.with_double("return x * x if x == 7 else 2 * x"), bob=toy.reference)
    code, _, _ = command("grade", "toy", "class", "--out", "out", "--checks", "mine")
    assert code == 0 and [rows(toy)[name]["max_score"] for name in ("ann", "bob")] == ["7", "7"]
    assert rows(toy)["bob"]["score"] == "7" > rows(toy)["ann"]["score"]
    page = (toy.root / "out/toy/ann.md").read_text()
    assert "(a hidden check): It is not what I asked for." in page and "test_mine" not in page


def test_a_check_that_ends_the_grader_costs_one_submission_its_grade(toy, command):
    body = "import os\nfrom autograder.checks import exercise\n\n\n@exercise('double')\ndef test_mine(student):\n"
    toy.write("mine/test_mine.py", body + "    if student.double(1) == 'MARK':\n        os._exit(1)\n")
    hand_in(toy, ann=toy.with_double("return 'MARK'"), bob=toy.reference)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--workers", "1")
    assert code == 1 and err == "autograder: Not graded: ann. Run the same command to try again.\n"
    assert set(rows(toy)) == {"bob"} and rows(toy)["bob"]["score"] == "7"


# --- the pool -------------------------------------------------------------------------------------------------------


class Client:
    """A zygote's client that loses its zygote when a submission is one of the `deadly`."""

    def __init__(self, deadly=()):
        self.deadly = deadly

    def spawn(self):
        return Deadly(self.deadly)

    def restart(self):
        pass


class Deadly(LocalTransport):
    tried = 0

    def __init__(self, deadly):
        super().__init__()
        self.deadly = deadly

    def exchange(self, request, deadline):
        for mark, lives in self.deadly:
            if mark in request and Deadly.tried < lives:
                Deadly.tried += 1
                raise ZygoteDied("gone")
        return super().exchange(request, deadline)


def pooled(toy, sources, clients):
    job = Job(toy.lesson, toy.checks(), "0", "none")
    pairs = [(toy.submission(source, name), "") for name, source in sources.items()]
    return dict(grade_many(job, pairs, clients))


def test_a_zygote_that_dies_is_replaced_and_the_submission_tried_again(toy):
    sources = {"ann": toy.reference + "# DEADLY\n", "bob": toy.reference}
    found = pooled(toy, sources, [Client([(b"DEADLY", 1)])])
    assert [found[0].score, found[1].score] == [7.0, 7.0]


def test_a_grader_waits_for_no_threads_of_the_process_that_it_comes_from(toy):
    """A fork that takes up torch's threads stands still for ever, once its parent has computed with some."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        asked = toy.reference.replace("return x + x", "return x + x if torch.get_num_threads() == 1 else x")
        assert pooled(toy, {"ann": asked}, [Client([])])[0].score == 7.0
    finally:
        torch.set_num_threads(threads)


def test_a_submission_that_ends_two_zygotes_is_blamed(toy):
    sources = {"ann": toy.reference + "# DEADLY\n", "bob": toy.reference}
    found = pooled(toy, sources, [Client([(b"DEADLY", 9)])])
    assert found[0].status == "broken" and found[0].reason == "The submission ended the process around it."
    assert found[1].score == 7.0


def test_workers_leave_when_there_is_no_more_to_do(toy, monkeypatch):
    """None has to be killed, which would take two seconds each."""
    from autograder.grading import pool

    codes = []
    real = pool._Worker.stop

    def stop(worker):
        real(worker)
        codes.append(worker.process.exitcode)

    monkeypatch.setattr(pool._Worker, "stop", stop)
    pooled(toy, {f"s{number}": toy.reference for number in range(4)}, [Client(), Client(), Client()])
    assert codes == [0, 0, 0]


@pytest.mark.parametrize("paths", [["."], ["exercises"], ["../ann"]])
def test_no_submission_brings_its_own_checks(toy, command, monkeypatch, paths):
    """Whoever grades stands in a student's checkout, which looks like a course, and may even name it as the course."""
    checks = "import os\nopen('ran', 'w').close()\n"
    for name in ("exercises/toy/lesson.toml", "exercises/toy/toy.py"):
        toy.write(f"class/ann/{name}", (toy.root / name).read_text())
    toy.write("class/ann/exercises/toy/checks/test_double.py", checks)
    monkeypatch.chdir(toy.root / "class/ann")
    code, out, _ = command("grade", "toy", *paths, "--out", "../../out")
    assert code == 0 and f"The course is {toy.root}." in out
    code, _, err = command("grade", "toy", *paths, "--out", "../../other", "--course", ".")
    assert code == 2 and "could have changed them" in err
    assert not (toy.root / "class/ann/ran").exists()

"""The secret that a class is graded with: drawn or given, kept, never told; and inputs of each submission's own."""

import hashlib
import multiprocessing
import re

import pytest

from autograder.checking.report import Report
from autograder.checking.running import check_seed
from autograder.checking.submission import Submission, collect
from autograder.common.errors import CourseError
from autograder.common.text import size
from autograder.grading import seeds
from autograder.grading.grade import Settings, grade
from autograder.grading.pool import Job
from autograder.sandbox import Limits

GIVEN = "autumn-7319-for-this-test-alone"
LUCKY = "return x + x if x.flatten()[0] > 0 else x"  # whether it passes depends on what the check draws


def reports(toy, out, **settings):
    outcome = grade(toy.course, toy.lesson, collect([toy.root / "class"], "toy"), toy.root / out, Settings(**settings))
    return {report.submission: report for report in outcome.reports}


def drawn(report):
    return [(check.name, check.outcome, check.message) for check in report.checks]


@pytest.fixture
def lucky(toy, zygote):
    for number in range(8):
        toy.write(f"class/s{number}.py", toy.with_double(LUCKY) + f"# {number}\n")
    return toy


# --- inputs ---------------------------------------------------------------------------------------------------------


def test_a_regrade_gives_the_same_score(lucky):
    first, second = reports(lucky, "one", seed=GIVEN), reports(lucky, "two", seed=GIVEN)
    assert {name: drawn(one) for name, one in first.items()} == {name: drawn(one) for name, one in second.items()}
    assert {one.key for one in first.values()} == {one.key for one in second.values()}


def test_inputs_follow_from_what_was_handed_in_and_not_from_its_name(lucky):
    lucky.write("class/again.py", (lucky.root / "class/s3.py").read_bytes())
    found = reports(lucky, "out", seed=GIVEN)
    assert drawn(found["again"]) == drawn(found["s3"])
    assert len({str(drawn(one)) for one in found.values()}) > 2, "a comment more is another hand-in"
    assert len({str(drawn(one)) for one in reports(lucky, "other", seed=GIVEN[::-1]).values()} - {
        str(drawn(one)) for one in found.values()
    }) > 2  # fmt: skip


def test_files_of_used_lessons_count_as_handed_in(toy, tmp_path):
    job = Job(toy.lesson, (), GIVEN, "none", by_digest=True)
    files = [{"toy/toy.py": b"x"}, {"toy/toy.py": b"x", "other/other.py": b"y"}, {"toy/toy.py": b"y"}]
    names = [Submission("ann", tmp_path, one) for one in files]
    found = {check_seed(job.seed_of(name), check) for name in names for check in ("a", "b")}
    assert len(found) == 6
    assert Job(toy.lesson, (), GIVEN, "none").seed_of(names[0]) == GIVEN, "where runs are compared, all draw the same"


# --- the secret -----------------------------------------------------------------------------------------------------


def test_a_report_holds_a_fingerprint_of_the_seed_and_never_the_seed(lucky):
    """Nor anything else that tells it faster: the key is made of the fingerprint."""
    found = {seed: reports(lucky, f"out {seed[0]}", seed=seed)["s0"] for seed in (GIVEN, GIVEN[::-1])}
    for seed, report in found.items():
        salt = b"autograder: a seed of toy"
        assert report.seed_fingerprint == hashlib.scrypt(seed.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()
        texts = [path.read_text() for path in (lucky.root / f"out {seed[0]}").rglob("*") if path.is_file()]
        assert len(texts) == 17 and not any(seed in text for text in texts)
        memory = size(Limits.memory_bytes)
        made_by = (report.seed_fingerprint, report.tier, memory, report.engine, *map(" ".join, report.versions.items()))
        parts = "\0".join((report.digest, report.checks_digest, *made_by))
        assert report.key == hashlib.sha256(parts.encode()).hexdigest()[:32]
    assert len({one.key for one in found.values()}) == 2


def test_a_run_makes_one_fingerprint(lucky, monkeypatch):
    made = []
    slow = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda *args, **how: (made.append(args), slow(*args, **how))[1])
    reports(lucky, "out", seed="a secret of this test alone")
    assert len(made) == 1


def test_without_a_seed_one_is_drawn_and_kept(lucky):
    first = reports(lucky, "out")
    file = lucky.root / "out" / seeds.FILE
    seed = file.read_text().strip()
    assert re.fullmatch("[0-9a-f]{32}", seed) and file.stat().st_mode & 0o777 == 0o600
    assert not any(seed in path.read_text() for path in (lucky.root / "out/toy").rglob("*") if path.is_file())
    lucky.write("class/late.py", lucky.reference)
    again = reports(lucky, "out")
    assert file.read_text().strip() == seed and again.pop("late").seed_fingerprint == first["s0"].seed_fingerprint
    assert {name: one.times for name, one in again.items()} == {name: one.times for name, one in first.items()}
    assert reports(lucky, "elsewhere")["s0"].seed_fingerprint != first["s0"].seed_fingerprint


@pytest.mark.parametrize("damage", [None, "", "short", "a" * 32, "0123456789abcdef\n0123456789abcdef"])
def test_a_seed_that_is_gone_or_damaged_beside_reports_is_never_drawn_anew(lucky, damage):
    first = reports(lucky, "out")
    file = lucky.root / "out" / seeds.FILE
    if damage is None:
        file.unlink()
    else:
        file.write_text(damage)
    with pytest.raises(CourseError, match="made with") as told:
        reports(lucky, "out")
    assert damage is None or file.read_text() == damage
    assert damage is not None or not file.exists()
    assert not damage or damage not in str(told.value)
    assert Report.from_json((lucky.root / "out/toy/s0.json").read_text()) == first["s0"]


def test_two_that_come_at_once_draw_one_seed(tmp_path):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.starmap(seeds.kept, [(tmp_path / f"out{n // 8}", bool) for n in range(80)], chunksize=1)
    assert [len(set(found[n : n + 8])) for n in range(0, 80, 8)] == [1] * 10 and len(set(found)) == 10
    assert sorted(path.name for path in (tmp_path / "out0").iterdir()) == [seeds.FILE]


@pytest.mark.parametrize("seed", ["", "0", "autumn", "0123456789abcde", "a" * 40, "autumnautumnautumn"[:15]])
def test_a_seed_that_can_be_guessed_is_refused_and_not_repeated(toy, command, seed):
    toy.write("class/ann.py", toy.reference)
    toy.write("seed", seed)
    for given in (["--seed", seed], ["--seed-file", "seed"]):
        code, out, err = command("grade", "toy", "class", "--out", "out", *given)
        assert code == 2 and err.count("\n") == 1
        assert err.startswith("autograder: A seed is a secret: 16 characters or more")
        assert not seed or f" {seed} " not in out + err
    assert not (toy.root / "out").exists()


def test_a_seed_comes_from_a_file(toy, command, zygote):
    toy.write("class/ann.py", toy.reference)
    toy.write("seed", f"{GIVEN}\n")
    code, out, err = command("grade", "toy", "class", "--out", "out", "--seed-file", "seed")
    assert (code, err) == (0, "") and GIVEN not in out
    assert not (toy.root / "out" / seeds.FILE).exists(), "who has it keeps it"
    assert command("grade", "toy", "class", "--out", "out", "--seed", GIVEN)[1].count("kept from an earlier run") == 1
    code, _, err = command("grade", "toy", "class", "--out", "out", "--seed-file", "gone")
    assert code == 2 and err == "autograder: gone can't be read (No such file or directory).\n"
    code, _, err = command("grade", "toy", "class", "--out", "out", "--seed-file", "seed", "--seed", GIVEN)
    assert code == 2 and err == "autograder: Give --seed or --seed-file, not both.\n"


# --- a check that is wrong ------------------------------------------------------------------------------------------

UNSOUND = """
from autograder.checks import exercise, expect_equal

@exercise("double")
def test_mine(student, rng):
    x = rng.randn(4)
    {when}
    expect_equal(student.double(x).tolist(), [0.0], what="the doubled")
"""
SOMETIMES = "expect_equal((student.double(x) - 2 * x).tolist(), [0.0] * 4, what='double')\n    if x[0] > 0: return"


def test_a_check_that_the_reference_fails_too_costs_nobody_points(lucky, command):
    """Such a check is wrong on some inputs only: whom these were drawn for must not pay for it, nor whoever was graded
    before it showed."""
    lucky.write("mine/test_mine.py", UNSOUND.format(when=SOMETIMES))
    for number in range(8):
        lucky.write(f"class/s{number}.py", lucky.reference + f"# {number}\n")
    code, _, err = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--seed", GIVEN)
    assert code == 1 and err == (
        "autograder: Left out of all scores, since the course's own solution fails it, too: test_mine.\n"
    )
    for number in range(8):
        report = Report.from_json((lucky.root / f"out/toy/s{number}.json").read_text())
        assert "test_mine" not in [check.name for check in report.checks] and report.score == report.max_score
        assert "test_mine" not in (lucky.root / f"out/toy/s{number}.md").read_text()
    assert "test_mine" in (lucky.root / "out/toy/left_out.json").read_text()
    assert "test_mine" not in (lucky.root / "out/toy/grades.csv").read_text()
    code, out, _ = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--seed", GIVEN)
    assert code == 1 and "8 of them kept" in out, "it is still left out, and nothing is graded twice"
    lucky.write("mine/test_mine.py", UNSOUND.format(when="return"))
    code, out, err = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--seed", GIVEN)
    assert (code, err) == (0, "") and "kept" not in out, "a check that was mended counts again"
    assert "test_mine" in (lucky.root / "out/toy/s0.json").read_text()


def test_an_error_in_a_check_of_ones_own_is_named_with_file_and_line(toy, command, zygote):
    """It is the check's, and nobody's who handed something in."""
    head = "from autograder.checks import exercise\n\n\n@exercise('double')\ndef test_mine(student):\n"
    toy.write("mine/test_mine.py", f"{head}    assert student.double(1) == 2\n    assert nowhere == 3\n")
    toy.write("class/ann.py", toy.reference)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--seed", GIVEN)
    told = f"test_mine ({toy.root / 'mine/test_mine.py'}:7: NameError: name 'nowhere' is not defined)"
    assert code == 1
    assert err == f"autograder: Left out of all scores, since the course's own solution fails it, too: {told}.\n"
    page = (toy.root / "out/toy/ann.md").read_text()
    assert "nowhere" not in page and "6.71 of 6.71 points" in page


def test_a_check_that_only_a_students_answer_ends_is_failed(toy, command, zygote):
    head = "from autograder.checks import exercise\n\n\n@exercise('double')\ndef test_mine(student):\n"
    toy.write("mine/test_mine.py", f"{head}    assert {{2: True}}[student.double(1)]\n")
    toy.write("class/ann.py", toy.with_double("return 3 * x"))
    toy.write("class/bob.py", toy.reference)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--checks", "mine", "--seed", GIVEN)
    assert (code, err) == (0, "")
    outcomes = {
        name: {
            check.name: check.outcome
            for check in Report.from_json((toy.root / f"out/toy/{name}.json").read_text()).checks
        }
        for name in ("ann", "bob")
    }
    assert outcomes["ann"]["test_mine"] == "failed" and outcomes["bob"]["test_mine"] == "passed"


def test_what_a_left_out_check_blocked_is_graded_after_all(toy, command, zygote):
    """A public check of `double` blocks `quad` for whom it fails, and does so no more once it is left out."""
    toy.write("exercises/toy/checks/test_double.py", UNSOUND.format(when=SOMETIMES))
    for number in range(8):
        toy.write(f"class/s{number}.py", toy.reference + f"# {number}\n")
    toy.write("class/wrong.py", toy.with_double("return x"))
    assert command("grade", "toy", "class", "--out", "out", "--seed", GIVEN)[0] == 1
    found = {one.stem: Report.from_json(one.read_text()) for one in (toy.root / "out/toy").glob("s*.json")}
    assert {(one.score, one.max_score, one.count("blocked")) for one in found.values()} == {(6.5, 6.5, 0)}
    wrong = Report.from_json((toy.root / "out/toy/wrong.json").read_text())
    assert wrong.count("blocked") == 0 and wrong.score < wrong.max_score == 6.5

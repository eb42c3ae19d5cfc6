"""The folder of results: what is replaced is kept, what can't be read is left alone, tables hold the whole class."""

import csv
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from autograder.checking.digest import engine_digest, installed_versions, seed_fingerprint
from autograder.checking.report import Adjustment, Report, Student, Times
from autograder.checking.submission import collect
from autograder.grading import results as folder
from autograder.grading.grade import Settings, grade
from autograder.grading.results import Results, carry_over, differences

SEED = "autumn-7319-for-this-test-alone"


def graded(toy, *paths, out="out", **settings):
    places = [toy.root / path for path in paths or ("class",)]
    return grade(toy.course, toy.lesson, collect(places, "toy"), toy.root / out, Settings(**settings))


def report(toy, name="ann", out="out/toy"):
    return Report.from_json((toy.root / out / f"{name}.json").read_text())


def history(toy, name="ann", out="out/toy"):
    """Name → text of the earlier reports."""
    return {path.name: path.read_text() for path in (toy.root / out / "history" / name).glob("*")}


def rows(toy, table="out/toy/grades.csv"):
    with open(toy.root / table, newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def everything(toy, out="out"):
    """Path → bytes of all that lies in the folder."""
    return {str(path): path.read_bytes() for path in (toy.root / out).rglob("*") if path.is_file()}


def first_form(report, seed="autumn-7319", **fields):
    """A report as it was written before there was a schema; hidden checks say so by `visibility`, as they once did."""
    data = json.loads(report.to_json())
    kept = ("lesson", "score", "max_score", "tier", "version", "seconds", "status", "reason", "key", "checks")
    data = {"submission": report.submission, "seed": seed} | {name: data[name] for name in kept} | fields
    for check in data["checks"]:
        del check["mistakes"]
        public, when = check.pop("public"), check.pop("visibility")
        check |= {"visibility": "visible" if public else "hidden", "show": when}
    return json.dumps(data, indent=2) + "\n"


@pytest.fixture
def ann(toy):
    toy.write("class/ann.py", toy.with_double("return x * x"))
    return toy


# --- what a kept report says ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zygote")
def test_a_report_says_what_was_graded_by_what_and_when(toy):
    toy.write("class/Zoë (late).py", toy.reference)
    toy.write("class/bob/toy/toy.py", toy.reference)
    toy.write("class/nobody.jpg", b"")
    begin = datetime.now(UTC) - timedelta(seconds=1)
    outcome = graded(toy, seed="s")
    collected = {one.name: one for one in collect([toy.root / "class"], "toy")}
    found = {one.student.name: one for one in outcome.reports}
    assert {name: one.source for name, one in found.items()} == {
        "Zoë (late)": "class/Zoë (late).py",
        "bob": "class/bob",
        "nobody.jpg": "class/nobody.jpg",
    }
    assert found["Zoë (late)"].student == Student("Zoë_late", "Zoë (late)")
    for one in found.values():
        assert one == report(toy, one.submission)
        assert one.digest == collected[one.submission].digest() and one.attempt == 1 and one.adjustments == ()
        assert one.seed_fingerprint == seed_fingerprint("s", "toy") and len(one.checks_digest) == 64
        assert one.engine == engine_digest() and [f"{name} {of}" for name, of in one.versions.items()] == list(
            installed_versions()
        )
        when = datetime.fromisoformat(one.times.graded_at)
        assert begin <= when <= datetime.now(UTC) and (one.times.handed_in, one.late) == (None, None)
        assert str(toy.root) not in one.to_json()


@pytest.mark.parametrize(
    ("path", "name", "source"),
    [
        ("class/ann.py", "ann", "ann.py"),
        ("class/ann", "ann", "ann"),
        ("class", "ann", "class/ann.py"),
        (".", "ann", "class/ann.py"),
        ("ann.zip", "ann", "ann.zip"),
    ],
)
def test_a_source_begins_where_the_given_path_does(toy, monkeypatch, path, name, source):
    """An instructor's own folders stand in no report."""
    if path == "class/ann":
        toy.write("class/ann/toy.py", toy.reference)
    elif path == "ann.zip":
        toy.write("class/ann.zip", b"no zip")
    else:
        toy.write("class/ann.py", toy.reference)
    monkeypatch.chdir(toy.root / "class" if path in (".", "ann.zip") else toy.root)
    (found,) = collect([folder.Path(path)], "toy")
    assert (found.spelt, found.source) == (name, source)


# --- history --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zygote")
def test_what_is_replaced_goes_into_the_history_whole(ann):
    graded(ann)
    first, text = report(ann), (ann.root / "out/toy/ann.json").read_text()
    graded(ann)
    assert history(ann) == {}, "a result that is kept has no history"
    ann.write("class/ann.py", ann.reference)
    graded(ann)
    second = report(ann)
    assert list(history(ann).values()) == [text]
    (name,) = history(ann)
    assert name == first.times.graded_at.replace(":", "") + ".json"
    assert (first.attempt, second.attempt, second.score) == (1, 2, 7.0)
    graded(ann, seed="other")
    assert report(ann).attempt == 2 and len(history(ann)) == 2, "the same submission under another seed"
    ann.write("class/ann.py", ann.stub)
    graded(ann, seed="other")
    assert report(ann).attempt == 3, "of three submissions, one graded twice"
    assert [one.score for one in Results(ann.root / "out", "toy").earlier("ann")].count(7.0) == 2


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize("step", ["history", "page", "report"])
def test_a_kill_loses_no_report(ann, monkeypatch, step):
    """Killed before the n-th file is written: the first report is still there, and afterwards exactly once."""
    graded(ann)
    text = (ann.root / "out/toy/ann.json").read_text()
    ann.write("class/ann.py", ann.reference)
    order, real = [], folder.write_whole

    def write(path, text):
        kind = "history" if "history" in path.parts else {".md": "page", ".json": "report"}.get(path.suffix, "table")
        order.append(kind)
        if kind == step:
            raise KeyboardInterrupt
        real(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(folder, "write_whole", write)
        with pytest.raises(KeyboardInterrupt):
            graded(ann)
    before = ["history", "page", "report"]
    assert [kind for kind in order if kind != "table"] == before[: before.index(step) + 1]
    assert (ann.root / "out/toy/ann.json").read_text() == text
    graded(ann)
    assert list(history(ann).values()) == [text] and (report(ann).score, report(ann).attempt) == (7.0, 2)
    assert "**7 of 7 points**" in (ann.root / "out/toy/ann.md").read_text()


def test_two_reports_of_one_second_lie_side_by_side(toy, tmp_path):
    results = Results(tmp_path, "toy")
    one = replace(toy.report(toy.reference, name="ann"), times=Times("2026-03-01T12:00:00Z"))
    for text in ("a", "b", "a", "c"):
        results.into_history(one, text)
    for text in ("d", "e", "d"):
        results.into_history(replace(one, times=Times("")), text)
    assert {path.name: path.read_text() for path in (tmp_path / "toy/history/ann").iterdir()} == {
        "2026-03-01T120000Z.json": "a",
        "2026-03-01T120000Z-2.json": "b",
        "2026-03-01T120000Z-3.json": "c",
        "1.json": "d",
        "2.json": "e",
    }


def test_no_time_leads_out_of_the_history(toy, tmp_path):
    one = replace(toy.report(toy.reference, name="ann"), times=Times("../../2026"))
    Results(tmp_path, "toy").into_history(one, "a")
    assert [path.name for path in tmp_path.rglob("*.json")] == ["2026.json"]


@pytest.mark.usefixtures("zygote")
def test_what_was_noted_stays_with_the_submission(ann, command):
    """Graded anew by another engine, it keeps what somebody added; another submission begins without."""
    graded(ann, seed=SEED)
    noted = {
        "adjustments": (Adjustment("manual", 1.0, "spoke well"),),
        "late": 1.0,
        "more": {"comment": "good"},
    }
    times = replace(report(ann).times, handed_in="2026-03-01T12:00:00Z")
    (ann.root / "out/toy/ann.json").write_text(replace(report(ann), times=times, **noted).to_json())
    code, out, _ = command("grade", "toy", "class", "--out", "out", "--seed", SEED)
    assert code == 0 and re.search(r"final.*\n.*\n│ ann +│ +2 +│ +7 +│ +3 +│", out), out
    assert graded(ann, seed=SEED).reused == 1 and "**3 points count**" in (ann.root / "out/toy/ann.md").read_text()
    graded(ann, seed="other")
    again = report(ann)
    assert again.seed_fingerprint == seed_fingerprint("other", "toy") and again.times.handed_in == times.handed_in
    assert {name: getattr(again, name) for name in noted} == noted
    assert rows(ann)["ann"]["final"] == "3" and "**3 points count**" in (ann.root / "out/toy/ann.md").read_text()
    ann.write("class/ann.py", ann.reference)
    graded(ann, seed="other")
    assert (report(ann).adjustments, report(ann).late, report(ann).more) == ((), None, {})


# --- the whole class ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zygote")
def test_grading_one_leaves_the_classs_tables_whole(ann, command):
    ann.write("class/bob.py", ann.reference)
    every = ("--format", "junit,nbgrader")
    assert command("grade", "toy", "class", "--out", "out", *every)[0] == 0
    ann.write("class/ann.py", ann.reference)
    code, out, err = command("grade", "toy", "class/ann.py", "--out", "out", *every)
    assert (code, err) == (0, "") and "1 graded at tier" in out and "different" not in out
    assert {name: row["score"] for name, row in rows(ann).items()} == {"ann": "7", "bob": "7"}
    for table in ("junit.xml", "nbgrader.csv"):
        assert "bob" in (ann.root / "out/toy" / table).read_text()


@pytest.mark.usefixtures("zygote")
def test_one_folder_holds_several_lessons(ann, command):
    ann.copy_lesson("other")
    ann.write("more/ann.py", ann.renamed(ann.reference, "other"))
    assert command("grade", "toy", "class", "--out", "out")[0] == 0
    assert command("grade", "other", "more", "--out", "out")[0] == 0
    assert (report(ann).score, report(ann, out="out/other").lesson) == (2.0, "other")
    assert command("tables", "out")[0] == 0
    found = [rows(ann, f"out/{name}/grades.csv")["ann"] for name in ("toy", "other")]
    assert [(row["lesson"], float(row["score"]) > 2) for row in found] == [("toy", False), ("other", True)]


# --- what can't be read ---------------------------------------------------------------------------------------------

DAMAGE = {
    "cut": lambda text: text[:-10],
    "empty": lambda text: "",
    "deep": lambda text: "[" * 100_000,
    "no score": lambda text: text.replace('"score": 2.0', '"score": null'),
    "no message": lambda text: text.replace('"message": ""', '"message": null'),
    "of another": lambda text: text.replace('"id": "ann"', '"id": "cem"'),
    "of another lesson": lambda text: text.replace('"lesson": "toy"', '"lesson": "other"'),
    "newer": lambda text: text.replace('"schema": 2', '"schema": 3'),
}


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_report_that_can_not_be_read_is_named_and_left(ann, command, damage):
    ann.write("class/bob.py", ann.reference)
    assert command("grade", "toy", "class", "--out", "out")[0] == 0
    path = ann.root / "out/toy/ann.json"
    path.write_text(DAMAGE[damage](path.read_text()))
    left = path.read_bytes()
    for name in ("ann", "bob"):
        ann.write(f"class/{name}.py", ann.stub)
    code, out, err = command("grade", "toy", "class", "--out", "out")
    assert code == 1 and err.count("\n") == 1 and err.startswith("autograder: out/toy/ann.json is "), err
    assert "left as it is" in err and ("newer engine: its schema is 3" in err) == (damage == "newer")
    assert path.read_bytes() == left and history(ann) == {} and "1 graded at tier" in out
    assert {name: row["score"] for name, row in rows(ann).items()} == {"bob": "0"}, "the rest is graded"
    code, _, again = command("tables", "out")
    assert (code, again) == (1, err) and path.read_bytes() == left and set(rows(ann)) == {"bob"}


@pytest.mark.usefixtures("zygote")
def test_other_files_beside_reports_are_no_reports(ann, command):
    """An experiment's figures, or what another system takes; nobody's work is written over them all the same."""
    ann.write("out/toy/grows.json", '{"lesson": "toy", "seeds": []}')
    ann.write("out/toy/ann.classroom50.json", '{"schema": "classroom50/result/v1", "tests": []}')
    ann.write("out/settings.json", "no JSON")
    ann.write("class/grows.py", ann.reference)
    code, _, err = command("grade", "toy", "class/ann.py", "--out", "out")
    assert (code, err) == (0, "") and set(rows(ann)) == {"ann"}
    assert command("tables", "out")[0] == 0
    code, _, err = command("grade", "toy", "class", "--out", "out")
    assert code == 1 and err.startswith("autograder: out/toy/grows.json is damaged, or no report")
    assert (ann.root / "out/toy/grows.json").read_text() == '{"lesson": "toy", "seeds": []}'


# --- reports of the first form --------------------------------------------------------------------------------------


@pytest.fixture
def before(ann):
    """A folder as it was written before there was a schema: reports and pages in OUT itself."""
    for name, source in (("ann", ann.with_double("return 2 * x.abs()")), ("bob", ann.reference)):
        ann.write(f"out/{name}.json", first_form(ann.report(source, name=name)))
        ann.write(f"out/{name}.md", f"# {name}\n")
    ann.write("out/grades.csv", "submission\n")
    ann.write("out/ann.gradescope.json", "{}")
    return ann


def test_tables_carries_reports_over(before, command):
    code, _, err = command("tables", "out")
    assert (code, err) == (0, "")
    assert {path.name for path in (before.root / "out").iterdir()} == {
        "toy", "grades.csv", "ann.gradescope.json", "term.csv",
    }  # fmt: skip
    texts = {name: (before.root / f"out/toy/{name}.json").read_text() for name in ("ann", "bob")}
    for name, text in texts.items():
        data = json.loads(text)
        assert data["schema"] == 2 and (data["student"]["id"], data["student"]["name"]) == (name, name)
        assert data["seed_fingerprint"] == seed_fingerprint("autumn-7319", "toy") and "autumn-7319" not in text
        hidden = next(check for check in data["checks"] if check["name"] == "test_hidden_double_of_negatives")
        assert (hidden["public"], hidden["visibility"]) == (False, "visible")
        assert (before.root / f"out/toy/{name}.md").read_text() == f"# {name}\n"
    assert {name: row["score"] for name, row in rows(before).items()} == {"ann": "2.33", "bob": "7"}
    first = everything(before)
    assert command("tables", "out")[0] == 0 and everything(before) == first


@pytest.mark.usefixtures("zygote")
def test_grade_carries_reports_over_and_keeps_them_as_history(before, command):
    code, out, err = command("grade", "toy", "class/ann.py", "--out", "out")
    assert (code, err) == (0, "")
    (earlier,) = [Report.from_json(text) for text in history(before).values()]
    assert set(history(before)) == {"1.json"} and earlier.score == 2.333333
    assert "It drops the sign." in {check.message for check in earlier.checks}
    assert (report(before).source, report(before).attempt) == ("ann.py", 1)
    assert set(rows(before)) == {"ann", "bob"}, "the class's table stays whole"
    assert "different" in out, "and says that its reports can't be compared"
    assert not any(b"autumn-7319" in raw for raw in everything(before).values())


@pytest.mark.usefixtures("zygote")
def test_a_report_of_the_first_form_that_lies_in_the_lessons_folder_is_read(ann, command):
    """Who gave each lesson a folder of its own has them there."""
    ann.write("out/toy/ann.json", first_form(ann.report(ann.stub, name="ann")))
    ann.write("out/toy/bob.json", first_form(ann.report(ann.reference, name="bob"), comment="mine"))
    assert command("grade", "toy", "class", "--out", "out", "--seed", SEED)[0] == 0
    (text,) = history(ann).values()
    assert Report.from_json(text).score == 0.0 and "autumn-7319" not in text
    assert "seed" in json.loads((ann.root / "out/toy/bob.json").read_text())
    assert command("tables", "out")[0] == 0
    data = json.loads((ann.root / "out/toy/bob.json").read_text())
    assert (data["schema"], data["comment"]) == (2, "mine") and "seed" not in data


def test_what_is_in_the_lessons_folder_already_stays(before):
    """Two reports of one name: the one in its place stays, the other goes into the history, and nothing is lost."""
    there = before.report(before.stub, name="ann")
    before.write("out/toy/ann.json", there.to_json())
    assert carry_over(before.root / "out") == []
    assert report(before) == there and not (before.root / "out/ann.json").exists()
    (text,) = history(before).values()
    assert Report.from_json(text).score == 2.333333


@pytest.mark.parametrize("killed", ["replace", "unlink"])
def test_a_carrying_over_that_is_killed_goes_on(before, monkeypatch, killed):
    whole = before.root / "whole"
    (before.root / "out").rename(whole)
    for path in whole.iterdir():
        before.write(f"out/{path.name}", path.read_bytes())
    carry_over(whole)

    def kill(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os if killed == "replace" else folder.Path, killed, kill)
        with pytest.raises(KeyboardInterrupt):
            carry_over(before.root / "out")
    carry_over(before.root / "out")
    found = {name: raw for name, raw in everything(before).items() if not os.path.basename(name).startswith(".")}
    assert [raw for _, raw in sorted(found.items())] == [raw for _, raw in sorted(everything(before, "whole").items())]
    assert {name.replace("/out/", "/whole/") for name in found} == set(everything(before, "whole"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-10],
        lambda text: text.replace('"score": 2.333333', '"score": null'),
        lambda text: text.replace('"lesson": "toy"', '"lesson": "../toy"'),
        lambda text: text.replace('"submission": "ann"', '"submission": "../ann"'),
    ],
)
@pytest.mark.usefixtures("zygote")
def test_a_damaged_report_of_the_first_form_is_named_and_left(before, command, damage):
    path = before.root / "out/ann.json"
    path.write_text(damage(path.read_text()))
    left = path.read_bytes()
    code, _, err = command("tables", "out")
    assert code == 1 and err == "autograder: out/ann.json is damaged: it is left as it is.\n"
    assert set(rows(before)) == {"bob"}
    assert command("grade", "toy", "class", "--out", "out", "--seed", SEED)[::2] == (1, err)
    assert path.read_bytes() == left and set(rows(before)) == {"ann", "bob"}


# --- tables ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(toy):
    """Three reports in the folder, made by one engine."""
    about = {"engine": "e", "checks_digest": "c", "seed_fingerprint": "s", "versions": {"torch": "1"}}
    made = replace(toy.report(toy.with_double("return x * x")), **about)
    reports = [replace(made, student=Student(name, name)) for name in ("ann", "bob", "cem")]
    for one in reports:
        toy.write(f"out/toy/{one.submission}.json", one.to_json())
    return reports


def test_tables_makes_every_table_from_the_reports(toy, kept, command, valid):
    before = everything(toy)
    code, out, err = command("tables", "out", "--format", "junit,nbgrader,gradescope")
    assert (code, err) == (0, "") and out.splitlines() == ["toy: 3 reports, tables in out/toy."]
    assert set(rows(toy)) == {"ann", "bob", "cem"}
    assert {(toy.root / "out/toy" / name).exists() for name in ("junit.xml", "nbgrader.csv")} == {True}
    assert valid.gradescope((toy.root / "out/toy/bob.gradescope.json").read_text())["score"] == 2
    assert before.items() <= everything(toy).items(), "the reports stay as they are"


def test_tables_keeps_fields_that_it_does_not_know(toy, kept, command):
    path = toy.root / "out/toy/ann.json"
    data = json.loads(path.read_text()) | {"comment": "good"}
    data["checks"][0]["note"] = 1
    path.write_text(json.dumps(data))
    assert command("tables", "out")[0] == 0
    assert json.loads(path.read_text()) == data


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"engine": "f"}, "2 different engines or libraries"),
        ({"versions": {"torch": "2"}}, "2 different engines or libraries"),
        ({"checks_digest": "d"}, "2 different checks"),
        ({"seed_fingerprint": "t"}, "2 different secrets"),
        ({"seed_fingerprint": "t", "engine": "f"}, "2 different engines or libraries and 2 different secrets"),
    ],
)
def test_tables_says_what_can_not_be_compared(toy, kept, command, changed, said):
    toy.write("out/toy/bob.json", replace(kept[1], **changed).to_json())
    code, out, _ = command("tables", "out")
    told = f"The reports of toy come from {said}: grade them all again to compare them."
    assert code == 0 and " ".join(out.split()).endswith(told)


def test_reports_that_can_be_compared_and_none_at_all_need_no_word(kept):
    assert differences(kept) == differences([]) == differences(kept[:1]) == ""


@pytest.mark.parametrize("place", ["nowhere", "exercises", "out/toy"])
def test_tables_of_no_results(toy, kept, command, place):
    code, out, err = command("tables", place)
    assert (code, out) == (2, "") and err.startswith(f"autograder: There are no reports in {place}: give the folder")


def test_tables_of_an_unknown_format(toy, kept, command):
    assert command("tables", "out", "--format", "pdf")[0] == 2


def test_help_says_where_results_lie_and_what_is_left_alone(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    texts = {name: " ".join(command(name, "--help")[1].split()) for name in ("grade", "tables")}
    assert "OUT/LESSON/<submission>.json" in texts["grade"] and "history/" in texts["grade"]
    for text in texts.values():
        assert "damaged, or of a newer" in text and "left as it is" in text and "xit 1" in text
    assert "different engines, checks or secrets" in texts["tables"]

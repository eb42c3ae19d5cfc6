"""A class graded in shards and merged is the class graded at once; what can't be one class is refused."""

import csv
import json
import os
import shutil
from dataclasses import replace

import pytest

from autograder.checking.report import Adjustment, Report
from autograder.checking.submission import collect
from autograder.common.errors import CourseError
from autograder.grading.shards import Shard

SEED = "autumn-7319-for-this-test-alone"
CLASS = {f"student{number}": None for number in range(9)}


def hand_in(toy):
    """Nine submissions of four kinds, two of them of one name."""
    kinds = [toy.reference, toy.with_double("return x * x"), toy.stub, "x = [/]\n"]
    for number, name in enumerate(CLASS):
        toy.write(f"class/{name}.py", kinds[number % 4])
    toy.write("late/student0.py", toy.with_double("return x"))


def everything(toy, out):
    return {str(path): path.read_bytes() for path in (toy.root / out).rglob("*") if path.is_file()}


def reports(toy, out):
    """name → the report, but for times and seconds."""
    found = {}
    for path in (toy.root / out / "toy").glob("*.json"):
        if path.name != "left_out.json":
            data = json.loads(path.read_text())
            del data["times"]["graded_at"], data["seconds"]
            for check in data["checks"]:
                del check["seconds"]
            found[path.stem] = data
    return found


def rows(toy, out):
    with open(toy.root / out / "toy/grades.csv", newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def change(toy, path, **fields):
    """Write a report anew with other fields."""
    file = toy.root / path
    file.write_text(replace(Report.from_json(file.read_text()), **fields).to_json())


def digest(toy):
    """Of the checks that the shards were graded with."""
    return next(iter(reports(toy, "one").values()))["checks_digest"]


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """Where the first test's shards are kept for the others."""
    return tmp_path_factory.mktemp("shards")


@pytest.fixture
def sharded(toy, command, graded_once):
    """The class in two shards, `one` and `two`."""
    hand_in(toy)
    for number, out in ((1, "one"), (2, "two")):
        if not (graded_once / out).exists():
            shard = ("--seed", SEED, "--shard", f"{number}/2", "--workers", "1")
            code, _, err = command("grade", "toy", "class", "late", "--out", out, *shard)
            assert (code, err) == (0, "")
            shutil.copytree(toy.root / out, graded_once / out)
        shutil.copytree(graded_once / out, toy.root / out, dirs_exist_ok=True)
    return toy


# --- shards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0/3", "3/2", "x", "1", "1/", "-1/3", "1/0", "1/3/2", "½/2", "1/9999999"])
def test_what_is_no_shard_is_a_sentence(toy, command, text):
    toy.write("class/ann.py", toy.stub)
    code, out, err = command("grade", "toy", "class", "--out", "out", "--seed", SEED, f"--shard={text}")
    assert code == 2 and err.startswith("autograder: ") and err.count("\n") == 1 and "shard" in err
    assert not (toy.root / "out").exists()


def test_a_shard_draws_no_seed_of_its_own(toy, command):
    toy.write("class/ann.py", toy.stub)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--shard", "1/2")
    assert code == 2 and err == (
        "autograder: --shard needs --seed-file, the same for every shard: each would draw a seed of its own.\n"
    )
    assert not (toy.root / "out").exists()


def test_every_submission_is_in_one_shard_whatever_the_order_of_the_paths(toy):
    hand_in(toy)
    paths = [toy.root / "class", toy.root / "late"]
    whole = collect(paths, "toy")
    parts = [Shard(index, 3).of_class(collect(paths[:: 1 - 2 * (index % 2)], "toy")) for index in (1, 2, 3)]
    held = [(one.name, one.origin) for part in parts for one in part]
    assert sorted(held) == sorted((one.name, one.origin) for one in whole) and len(set(held)) == len(whole) == 10
    assert {one.name for one in whole} == {*CLASS, "student0-2"}


def test_another_submission_moves_no_other():
    names = [f"student{number}" for number in range(1000)]
    held = [[name for name in names if Shard(index, 10).holds(name)] for index in range(1, 11)]
    assert sum(map(len, held)) == 1000 and min(map(len, held)) > 60
    assert Shard(3, 10).holds(held[2][0]), "which is asked of the name alone"


# --- merging --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zygote")
def test_merged_shards_are_the_class_graded_at_once(sharded, command):
    toy = sharded
    command("grade", "toy", "class", "late", "--out", "whole", "--seed", SEED)
    code, out, err = command("merge", "merged", "one", "two")
    assert (code, err) == (0, "") and "toy: 10 reports" in out
    assert reports(toy, "merged") == reports(toy, "whole")
    assert rows(toy, "merged") == rows(toy, "whole")
    assert {path.name: path.read_text() for path in (toy.root / "merged/toy").glob("*.md")} == {
        path.name: path.read_text() for path in (toy.root / "whole/toy").glob("*.md")
    }
    assert sorted(os.listdir(toy.root / "merged/toy")) == sorted(os.listdir(toy.root / "whole/toy"))


@pytest.mark.usefixtures("zygote")
def test_merging_again_changes_nothing_and_keeps_what_was_noted(sharded, command):
    toy = sharded
    command("merge", "merged", "two", "one")
    change(toy, "merged/toy/student1.json", adjustments=(Adjustment("manual", 1.0, "asked nicely"),))
    command("tables", "merged")
    (toy.root / "merged/toy/student2.md").unlink()
    before = everything(toy, "merged")
    assert command("merge", "merged", "one", "two")[0] == 0
    after = everything(toy, "merged")
    page = {path for path in after if path.endswith(("student1.md", "student2.md"))}
    assert {path: raw for path, raw in after.items() if path not in page} == {
        path: raw for path, raw in before.items() if path not in page
    }
    assert "asked nicely" in (toy.root / "merged/toy/student1.md").read_text()
    assert (toy.root / "merged/toy/student2.md").exists()


@pytest.mark.usefixtures("zygote")
def test_histories_come_along_and_attempts_are_counted_over_them(sharded, command):
    toy = sharded
    command("merge", "merged", "one", "two")
    (shard,) = {f"{n}/2" for n in (1, 2) if Shard(n, 2).holds("student1")}
    out = "one" if shard == "1/2" else "two"
    toy.write("class/student1.py", toy.reference)
    command("grade", "toy", "class", "late", "--out", out, "--seed", SEED, "--shard", shard)
    earlier = [path.read_text() for path in (toy.root / out / "toy/history/student1").glob("*.json")]
    assert command("merge", "merged", "one", "two")[0] == 0
    assert command("merge", "merged", "one", "two")[0] == 0
    kept = [path.read_text() for path in (toy.root / "merged/toy/history/student1").glob("*.json")]
    assert kept == earlier and len(kept) == 1
    found = Report.from_json((toy.root / "merged/toy/student1.json").read_text())
    assert (found.attempt, found.score) == (2, found.max_score)


@pytest.mark.usefixtures("zygote")
def test_a_check_that_one_shard_left_out_is_left_out_everywhere(sharded, command):
    toy = sharded
    check = "test_hidden_quad_of_a_draw"
    data = {"checks_digest": digest(toy), "left_out": [check]}
    (toy.root / "one/toy/left_out.json").write_text(json.dumps(data))
    code, _, err = command("merge", "merged", "one", "two")
    assert code == 1 and f"Left out of all scores, since the course's own solution fails it, too: {check}." in err
    assert json.loads((toy.root / "merged/toy/left_out.json").read_text()) == data
    for name, report in reports(toy, "merged").items():
        assert check not in {one["name"] for one in report["checks"]}, name
        assert report["max_score"] == 5.5, name
        page = (toy.root / f"merged/toy/{name}.md").read_text()
        assert "of 5.5 points" in page, name
    assert {row["max_score"] for row in rows(toy, "merged")} == {"5.5"}


@pytest.mark.usefixtures("zygote")
def test_what_a_left_out_check_may_have_blocked_is_graded_once_more(sharded, command):
    toy = sharded
    check = "test_double_adds"  # public: what fails it blocks quad
    data = {"checks_digest": digest(toy), "left_out": [check]}
    (toy.root / "two/toy/left_out.json").write_text(json.dumps(data))
    code, _, err = command("merge", "merged", "one", "two")
    assert code == 1 and "student1" in err and "grade them once more with autograder grade toy" in err
    assert "student0," not in err, "it passed the check, which blocked nothing"
    code, out, _ = command("grade", "toy", "class", "late", "--out", "merged", "--seed", SEED)
    again = [name for name, report in reports(toy, "merged").items() if report["key"]]
    assert code == 1 and len(again) == 10 and " of them kept from an earlier run" in out
    before = everything(toy, "merged")
    assert command("merge", "merged", "one", "two")[0] == 1
    assert everything(toy, "merged") == before, "what was graded once more stands"


@pytest.mark.usefixtures("zygote")
def test_a_shard_without_anybody_is_one(sharded, command):
    toy = sharded
    (empty,) = [index for index in range(1, 200) if not any(Shard(index, 199).holds(name) for name in [*CLASS])][:1]
    code, _, _ = command("grade", "toy", "class", "--out", "none", "--seed", SEED, "--shard", f"{empty}/199")
    assert code == 0
    (toy.root / "none/toy/shard.txt").unlink()
    assert command("merge", "merged", "one", "two", "none")[0] == 0


@pytest.mark.usefixtures("zygote")
def test_who_is_missing_is_named(sharded, command):
    toy = sharded
    code, _, err = command("merge", "merged", "two")
    assert code == 1 and "Of 2 shards, these are not here or did not end: 1." in err
    name = (toy.root / "two/toy/shard.txt").read_text().split()[1]
    (toy.root / f"two/toy/{name}.json").unlink()
    code, _, err = command("merge", "again", "one", "two")
    assert code == 1 and err == f"autograder: Not graded in two/toy: {name}.\n"


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"seed_fingerprint": "0" * 64}, "different secrets"),
        ({"engine": "0" * 64}, "different engines"),
        ({"versions": {"torch": "1.0"}}, "different versions of the libraries"),
        ({"checks_digest": "0" * 64}, "different checks"),
        ({"tier": "none"}, "different tiers"),
        ({"checks": ()}, "is in only one of"),
    ],
)
def test_shards_that_are_not_of_one_class_are_refused(sharded, command, fields, what):
    toy = sharded
    name = (toy.root / "two/toy/shard.txt").read_text().split()[-1]
    change(toy, f"two/toy/{name}.json", **fields)
    code, _, err = command("merge", "merged", "one", "two")
    assert code == 2 and what in err and f"two/toy/{name}.json" in err and err.count("\n") == 1
    assert not (toy.root / "merged").exists()


@pytest.mark.usefixtures("zygote")
def test_two_different_results_of_one_submission_are_refused(sharded, command):
    toy = sharded
    name = (toy.root / "two/toy/shard.txt").read_text().split()[-1]
    text = (toy.root / f"two/toy/{name}.json").read_text()
    (toy.root / f"one/toy/{name}.json").write_text(text)
    assert command("merge", "same", "one", "two")[0] == 0, "twice the same result is one"
    change(toy, f"one/toy/{name}.json", score=1.25)
    code, _, err = command("merge", "merged", "one", "two")
    assert code == 2 and f"different results of {name}" in err and not (toy.root / "merged").exists()


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize("path", ["two/toy/{name}.json", "two/toy/history/{name}/1.json", "merged/toy/{name}.json"])
def test_a_damaged_report_is_named_and_nothing_is_written(sharded, command, path):
    toy = sharded
    name = (toy.root / "two/toy/shard.txt").read_text().split()[-1]
    path = path.format(name=name)
    toy.write(path, '{"schema": 2, "checks"')
    before = everything(toy, ".")
    code, _, err = command("merge", "merged", "one", "two")
    assert code == 2 and path in err and err.count("\n") == 1
    assert everything(toy, ".") == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["out", "nowhere"], "There is no folder nowhere"),
        (["out", "class"], "There are no results in class"),
        (["class", "class"], "class is one of the shards"),
    ],
)
def test_what_holds_no_shard_is_a_sentence(toy, command, arguments, said):
    toy.write("class/ann.py", toy.stub)
    code, _, err = command("merge", *arguments)
    assert code == 2 and said in err and err.count("\n") == 1 and not (toy.root / "out").exists()


def test_a_shard_says_what_it_is():
    assert str(Shard.of(" 2/10 ")) == "2/10"
    with pytest.raises(CourseError, match="'two' is no shard"):
        Shard.of("two")

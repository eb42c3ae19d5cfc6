"""A class of twelve as each system hands it out, zipped and unpacked, becomes the table of who handed in what."""

import csv
import importlib.util
import os
import resource
import zipfile
from pathlib import Path

import pytest

from autograder.checking import class_of as engine
from autograder.checking.class_of import class_of
from autograder.checking.zips import MAX_ENTRIES, read_entry
from autograder.cli.layouts import LAYOUTS
from autograder.common.errors import CourseError

_SPEC = importlib.util.spec_from_file_location("layout_classes", Path(__file__).with_name("classes.py"))
made = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made)
CODE, OLD, zipped = made.CODE, made.OLD, made.zipped


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A working directory of its own, in which every path below is relative; a machine that doesn't stand in UTC."""
    monkeypatch.chdir(tmp_path)


def lay(place, files):
    """Write a download, unpacked or as a zip."""
    if place.endswith(".zip"):
        Path(place).write_bytes(zipped(files))
        return
    for path, content in files.items():
        file = Path(place, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def collected(*paths, **options):
    return class_of(map(Path, paths), "toy", (), ("toy", "other"), LAYOUTS, **options)


def table(found):
    """What the fixtures' tables say, of those who are graded."""
    return sorted((one.name, one.source, one.handed_in, one.marked_late) for one in found.last() if one.problem is None)


@pytest.mark.parametrize("place", ["down.zip", "down"])
@pytest.mark.parametrize("system", made.CLASSES)
def test_each_systems_download(system, place):
    files, expected = made.CLASSES[system]()
    lay(place, files)
    found = collected(place)
    between = ":" if place.endswith(".zip") else "/"
    assert table(found) == sorted((name, f"{place}{between}{file}", *rest) for name, file, *rest in expected)
    layout = next(one for one in LAYOUTS if one.name == system)
    assert len(found.understood) == 1 and layout.title in found.understood[0]
    # whoever's file is the student's own: no other, no older attempt, nothing of the course's
    text = {one.name: next(iter(one.files.values())).decode() for one in found.last() if one.problem is None}
    assert all(CODE in source or "def double" in source for source in text.values())
    assert not any("first try" in source or "course's own" in source for source in text.values())
    (undecided,) = found.problems
    assert "b.py, and nothing tells which one counts" in undecided
    unreadable = [one.problem for one in found.last() if one.problem]
    assert any("essay.pdf" in problem for problem in unreadable)
    assert found.passed_over["Thumbs.db"] == found.passed_over[".DS_Store"] == 1
    assert any("utf-16, and was read as that" in note for note in found.notes)


def test_moodle_without_folders():
    files, expected = made.moodle(flat=True)
    lay("down.zip", files)
    assert table(collected("down.zip")) == sorted((name, f"down.zip:{file}", *rest) for name, file, *rest in expected)


def test_a_download_in_another_folder():
    files, expected = made.canvas()
    lay("down.zip", {f"hw 1/{path}": content for path, content in files.items()})
    assert [one.name for one in collected("down.zip").last() if one.problem is None] == sorted(
        name for name, *_ in expected
    )


def test_a_folder_a_student_keeps_its_names():
    files, expected = made.folders()
    lay("class", files)
    Path("class/Zoe Day").mkdir()
    found = collected("class")
    assert table(found) == sorted((name, f"class/{file}", *rest) for name, file, *rest in expected)
    assert found.passed_over[".txt"] == 2 and found.passed_over[".tar.gz"] == 1
    assert [one.problem for one in found.last() if one.name == "Zoe_Day"] == [
        "Zoe Day holds no toy.py and no toy.ipynb."
    ]


def test_the_same_as_a_zip_is_many_students():
    lay("class.zip", {"ann/toy.py": CODE, "bob/toy.py": CODE, "cid/exercises/toy/toy.py": CODE, "Thumbs.db": b""})
    assert [one.name for one in collected("class.zip").last()] == ["ann", "bob", "cid"]
    lay("ann.zip", {"work/toy.py": CODE, "work/helpers.py": "", "README.md": ""})
    assert [(one.name, one.source) for one in collected("ann.zip").last()] == [("ann", "ann.zip")]
    lay("repo.zip", made.CHECKOUT)
    (repo,) = collected("repo.zip").last()
    assert repo.files == {"toy/toy.py": CODE.encode()}


def test_solutions_of_a_checkout_never_count():
    lay("class/ann", {"repo/solutions/toy/toy.py": CODE})
    lay("class/bob.zip", {"solutions/toy/toy.py": CODE})
    assert [one.files for one in collected("class").last()] == [{}, {}]


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (("toy.py", "toy (1).py", "toy_final.py"), "toy.py"),
        (("toy (1).py", "toy_final.py", "x.py"), "toy (1).py"),
        (("toy-1.py", "x.py"), "toy-1.py"),
        (("toy_final.py", "x.py"), "toy_final.py"),
        (("Toy.py", "x.py"), "Toy.py"),
        (("x.ipynb", "y.py"), "x.ipynb"),  # as ever: a lone notebook counts
        (("deep/er/toy.py", "x.ipynb"), "deep/er/toy.py"),
        (("other.py", "x.py"), "x.py"),  # that one is another lesson's
        (("other.py",), None),
        (("test_toy.py", "x.py"), "x.py"),
        (("a/toy.py", "b/toy.py"), ""),
        (("toy (1).py", "toy (2).py"), ""),
        (("x.py", "y.py"), ""),
        (("hw.zip:a/toy.py", "hw.zip:b/toy.py"), ""),
        (("lone.py",), "lone.py"),
        ((".ipynb_checkpoints/toy.ipynb", "toy.ipynb"), "toy.ipynb"),
    ],
    ids=str,
)
def test_which_of_several_files_counts(files, chosen):
    """An empty text: nobody's grade. None: a report that says that there is none."""
    held = {path: f"# {path}\n{CODE}" for path in files}
    if ":" in files[0]:
        held = {"hw.zip": zipped({path.partition(":")[2]: content for path, content in held.items()})}
    lay("down.zip", {f"Ann_1_assignsubmission_file_/{path}": content for path, content in held.items()})
    found = collected("down.zip")
    if chosen == "":
        assert found.last() == [] and len(found.problems) == 1
        return
    (ann,) = found.last()
    assert (ann.problem is None, list(ann.paths.values())) == ((True, [chosen]) if chosen else (False, []))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("# -*- coding: latin-1 -*-\nx = 'ü'\n".encode("latin-1"), "iso-8859-1"),
        (("x = 'ü'\n").encode("utf-16"), "utf-16"),
        ("x = 'ü'\n".encode("utf-8-sig"), ""),
        (b"# coding: punycode\nx = 1\n", ""),
        (b"# coding: nowhere\nx = 1\n", ""),
        (b"\xff\xfe\0", ""),
    ],
)
def test_any_encoding_that_python_reads(raw, said):
    lay("class", {"ann.py": raw, "bob/toy.py": raw})
    found = collected("class")
    for one in found.last():
        (source,) = one.files.values()
        assert source.decode("utf-8-sig").endswith("x = 'ü'\n") if said else source == raw, source
    assert [note.split(" is ")[1].split(",")[0] for note in found.notes] == [said] * 2 * bool(said)


# --- attempts -------------------------------------------------------------------------------------------------------


def test_all_attempts_have_names_of_their_own_and_the_last_counts():
    lay("down.zip", {"leeann_1_10_toy.py": OLD, "leeann_LATE_1_11_toy-1.py": CODE, "ox_2_12_toy.py": CODE})
    found = collected("down.zip")
    assert [(one.name, one.marked_late) for one in found.last()] == [("leeann_1", True), ("ox_2", False)]
    assert [one.name for one in found.all()] == ["leeann_1-attempt-1", "leeann_1-attempt-2", "ox_2"]
    assert "2 students, 3 attempts, 1 marked late" in found.understood[0]


def test_two_downloads_of_one_class_are_attempts_of_the_same_students():
    lay("first.zip", {"Ann_1_assignsubmission_file_/toy.py": OLD})
    lay("second.zip", {"Ann_1_assignsubmission_file_/toy.py": CODE, "Ann_2_assignsubmission_file_/toy.py": CODE})
    found = collected("first.zip", "second.zip")
    assert [(one.name, one.source[:6]) for one in found.last()] == [("Ann_1", "second"), ("Ann_2", "second")]


def test_the_last_attempt_is_the_latest_in_whatever_order_the_downloads_are_named():
    for day, content in (("01", OLD), ("03", CODE)):
        lay(f"{day}.zip", {f"HW_ann_attempt_2026-11-{day}-12-00-00_toy.py": content})
    for paths in (("01.zip", "03.zip"), ("03.zip", "01.zip")):
        assert [one.source[:2] for one in collected(*paths).last()] == ["03"]


def test_names_do_not_depend_on_the_order_of_the_paths():
    for place in ("a/ann.py", "b/Ann.py", "c/ann/toy.py"):
        lay(".", {place: CODE})
    paths = ["a/ann.py", "b/Ann.py", "c/ann"]
    names = [{one.source: one.name for one in collected(*order).last()} for order in (paths, paths[::-1])]
    assert names[0] == names[1] and len({name.casefold() for name in names[0].values()}) == 3


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_an_unknown_layout_lists_them():
    lay("class", {"ann.py": CODE})
    with pytest.raises(CourseError, match="^There is no layout 'sakai'; there are: gradescope, moodle, .*, folder.$"):
        collected("class", only="sakai")
    with pytest.raises(CourseError, match="^class is not laid out as moodle hands out a class"):
        collected("class", only="moodle")


def test_a_layout_overrules_what_is_found():
    lay("class", {"Ann_1_assignsubmission_file_/toy.py": CODE})
    assert [one.name for one in collected("class", only="folder").last()] == ["Ann_1_assignsubmission_file"]


@pytest.mark.parametrize("damage", ["encrypted", "escapes", "bomb", "damaged", "too many", "zip in a zip in a zip"])
def test_a_zip_in_the_class_that_is_bad_is_that_students_problem(damage, monkeypatch):
    good = zipped({"toy.py": CODE})
    if damage == "encrypted":
        bad = bytearray(good)
        for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            bad[bad.rindex(signature) + offset] |= 1
    else:
        bad = {
            "escapes": zipped({"../toy.py": CODE}),
            "bomb": zipped({"toy.py": "\0" * (64 << 20)}),
            "damaged": good[: len(good) // 2],
            "too many": zipped({f"{number}.txt": "" for number in range(MAX_ENTRIES + 1)}),
            "zip in a zip in a zip": zipped({"a.zip": zipped({"b.zip": good})}),
        }[damage]
    said = {
        "encrypted": "hw.zip is encrypted; make a zip without a password.",
        "escapes": "hw.zip holds a path outside the zip.",
        "bomb": "toy.py in hw.zip is over 1 MiB.",
        "damaged": "hw.zip can't be read as a zip (BadZipFile).",
        "too many": "hw.zip holds 2,001 files; at most 2,000 are read.",
        "zip in a zip in a zip": "Ann holds a zip in a zip, and no toy.py beside it: hand in the file itself.",
    }[damage]
    lay("down.zip", {"Ann_1_assignsubmission_file_/hw.zip": bytes(bad), "Bob_2_assignsubmission_file_/hw.zip": good})
    found = collected("down.zip")
    assert {one.name: one.problem for one in found.last()} == {"Ann_1": said, "Bob_2": None}
    assert os.listdir(".") == ["down.zip"], "nothing is unpacked"
    lay("class", {"Ann.zip": bytes(bad), "Bob.zip": good})
    ann, bob = collected("class").last()
    assert ann.problem == said.replace("hw.zip", "Ann.zip") or damage == "zip in a zip in a zip" and ann.files == {}
    assert bob.problem is None


def test_a_whole_class_that_is_too_much(monkeypatch):
    monkeypatch.setattr(engine, "MAX_CLASS", 100)
    lay("class.zip", {"ann/toy.py": CODE, "bob/toy.py": CODE, "cid/toy.py": CODE * 3})
    with pytest.raises(CourseError, match="^The class's files are over"):
        collected("class.zip")


def test_a_damaged_class():
    lay("down.zip", made.moodle()[0])
    whole = Path("down.zip").read_bytes()
    Path("down.zip").write_bytes(whole[: len(whole) // 2])
    (found,) = collected("down.zip").last()
    assert found.problem == "down.zip can't be read as a zip (BadZipFile)."


def test_metadata_of_gradescope_that_is_damaged():
    lay("down", {"submission_1/toy.py": CODE, "submission_metadata.yml": "submission_1: [\n  a: b: c\n"})
    with pytest.raises(CourseError, match=r"^submission_metadata.yml, line 2 is damaged"):
        collected("down")
    lay("down", {"submission_metadata.yml": "!!python/object/apply:os.system ['touch run']"})
    with pytest.raises(CourseError):
        collected("down")
    assert not Path("run").exists()


def test_a_link_in_a_class_is_not_followed():
    lay(".", {"secret/toy.py": "SECRET"})
    lay("down", {"Ann_1_assignsubmission_file_/x.txt": "", "Bob_2_assignsubmission_file_/toy.py": CODE})
    os.symlink("../../secret/toy.py", "down/Ann_1_assignsubmission_file_/toy.py")
    ann, bob = collected("down").last()
    assert (ann.files, ann.problem) == ({}, "toy.py is a link; hand in the file itself.")
    info = zipfile.ZipInfo("Ann_1_assignsubmission_file_/toy.py")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile("down.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    (ann,) = collected("down.zip").last()
    assert "is a link" in ann.problem


def test_a_file_that_fits_no_student_is_said():
    lay("down", {"Ann_1_assignsubmission_file_/toy.py": CODE, "stray.py": CODE})
    assert collected("down").problems == ["stray.py in down fits no student: Moodle's download names files otherwise."]


@pytest.mark.parametrize(
    ("mine", "id"),
    [
        ("Ann_1_assignsubmission_file_Bob_2_assignsubmission_file_toy.py", "1"),
        ("leeann_12_45_bobbob_7_8_toy.py", "12"),
        ("HW_ann_attempt_2026-11-01-12-00-00_HW_bob_attempt_2026-11-01-12-00-00_toy.py", "ann"),
    ],
)
def test_a_files_own_name_makes_nobody_somebody_else(mine, id):
    lay("down.zip", {mine: CODE})
    (one,) = collected("down.zip").last()
    assert one.who.id == id and one.files == {"toy/toy.py": CODE.encode()}


PLAIN = {"ann/toy.py": CODE, "bob/toy.py": CODE, "cem.py": CODE, "dan.ipynb": made.notebook()}


@pytest.mark.parametrize("place", ["down.zip", "down"])
@pytest.mark.parametrize(
    "files",
    [
        {"eve/user_assignment_settings.json": "{}", "eve/toy.py": CODE},
        {"eve/1/toy.py": CODE},
        {"eve/x/timestamp.txt": "2020-01-01 00:00:00", "eve/x/toy.py": CODE},
        {"eve_1_assignsubmission_file_/toy.py": CODE},
        {"eve_1_assignsubmission_file_toy.py": CODE},
        {"eve_1_2_toy.py": CODE},
        {"eve_hw_attempt_2026-11-01-10-00-00_toy.py": CODE},
    ],
    ids=["submitty", "version", "nbgrader", "moodle", "moodle file", "canvas", "blackboard"],
)
def test_no_student_makes_a_folder_of_everybodys_another_systems(files, place):
    lay(place, PLAIN | files)
    found = collected(place)
    assert not found.problems and {one.name[:3] for one in found.last()} == {"ann", "bob", "cem", "dan", "eve"}
    assert not any(one.problem or one.handed_in for one in found.last())


def test_a_stranger_among_a_systems_folders_is_said():
    lay("down", made.submitty()[0] | {"mallory/src/toy.py": CODE})
    assert (
        "mallory in down fits no student: Submitty's submissions names files otherwise." in collected("down").problems
    )


def test_a_class_with_a_file_of_the_lessons_name_says_who_is_not_graded():
    lay("class", {"toy.py": CODE, "ann.py": CODE, "bob.ipynb": made.notebook(), "other.py": "", "read.me": ""})
    found = collected("class")
    assert [one.name for one in found.last()] == ["class"]
    assert found.notes == [
        "class is one submission, by its toy.py or .ipynb; not graded of what lies beside it: ann.py, bob.ipynb."
    ]
    lay("own", {"toy.py": CODE, "lesson.toml": "", "notebook.py": ""})
    lay("alone", {"toy.py": CODE, "other.py": ""})
    assert collected("own", "alone").notes == []


def test_few_of_many_files_as_good_as_each_other_are_read(monkeypatch):
    """A zip of some kilobytes may hold thousands of large ones, all the same."""
    large = "# " + "x" * (900 << 10)
    lay("class", {"ann/hw.zip": zipped({f"{number}/toy.py": large for number in range(300)}), "bob/toy.py": CODE})
    read = []
    monkeypatch.setattr("autograder.checking.tree.read_entry", lambda *a: read.append(a[1]) or read_entry(*a))
    found = collected("class")
    assert [one.name for one in found.last()] == ["bob"] and "and 298 more" in found.problems[0]
    assert len(read) < 20


def test_zips_in_a_hand_in_are_counted_together():
    many = zipped({f"{number}.txt": "" for number in range(1500)})
    lay("class", {"ann/1.zip": many, "ann/2.zip": many, "bob/toy.py": CODE})
    ann, bob = collected("class").last()
    assert "the zips beside it hold too many files" in ann.problem and bob.problem is None


def test_a_student_who_fills_a_class_is_named(monkeypatch):
    monkeypatch.setattr("autograder.checking.tree.MAX_CLASS_ENTRIES", 5)
    lay("class", PLAIN | {f"eve/{number}": "" for number in range(5)})
    with pytest.raises(CourseError, match="more than 5 files, most of them in eve: give a part"):
        collected("class")


def test_what_files_beside_reports_are_called_is_no_students_name():
    lay("class", {"left_out.py": CODE, "Similarity.py": CODE, "ann.py": CODE})
    assert {one.name for one in collected("class").last()} == {"ann", "left_out_handed_in", "Similarity_handed_in"}


def test_zips_beside_each_other_are_capped_together(monkeypatch):
    monkeypatch.setattr("autograder.checking.choosing.MAX_ZIP", 1000)
    inner = zipped({"x.txt": os.urandom(600)})
    lay("down.zip", {f"Ann_1_assignsubmission_file_/{number}.zip": inner for number in range(3)})
    (ann,) = collected("down.zip").last()
    assert "the zips beside it are over" in ann.problem


def test_a_class_of_zips_needs_few_open_files():
    lay("class", {f"student-{number}.zip": zipped({"toy.py": CODE}) for number in range(80)})
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/dev/fd")) + 40, hard))
    try:
        found = collected("class")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(found.last()) == 80 and all(one.problem is None for one in found.last())


def test_what_is_printed_holds_nothing_that_a_terminal_obeys():
    names = ("Ann\x1b[31m_1_assignsubmission_file_/toy.py", "Bob_2_assignsubmission_file_/\x1b]0;x\x07", "\x1b[2J.py")
    lay("down.zip", dict.fromkeys(names, CODE))
    found = collected("down.zip")
    said = [*found.understood, *found.notes, *found.problems, *found.passed_over]
    said += [text for one in found.last() for text in (one.name, one.source, one.problem or "")]
    assert all(text.isprintable() for text in said), said


def test_an_ending_in_capitals():
    lay("class", {"ann.PY": CODE, "bob/TOY.PY": CODE, "cid.ZIP": zipped({"toy.py": CODE})})
    assert [(one.name, list(one.files)) for one in collected("class").last()] == [
        ("ann.PY", ["toy/toy.py"]),
        ("bob", ["toy/toy.py"]),
        ("cid.ZIP", ["toy/toy.py"]),
    ]


def test_a_group_is_graded_for_each_of_its_members():
    members = "  - :name: Ann\n    :sid: '1'\n  - :name: Bob\n    :sid: '2'\n"
    lay("down", {"submission_1/toy.py": CODE, "submission_metadata.yml": f"submission_1:\n  :submitters:\n{members}"})
    assert [(one.name, one.problem) for one in collected("down").last()] == [("Ann_1", None), ("Bob_2", None)]


# --- the command ----------------------------------------------------------------------------------------------------


def test_a_dry_run_grades_nothing(command, toy):
    lay(str(toy.root / "down.zip"), made.canvas()[0])
    code, out, err = command("grade", "toy", "down.zip", "--out", "out", "--dry-run")
    assert code == 1 and "nothing tells which one counts" in err
    assert "Canvas's download, 12 students, 13 attempts, 2 marked late." in out and "toy-1.py" in out
    assert "Passed over: 1 .DS_Store, " in out and "1 Thumbs.db" in out
    assert not (toy.root / "out").exists()
    lay(str(toy.root / "fine.zip"), {"leeann_1_10_toy.py": CODE})
    assert command("grade", "toy", "fine.zip", "--out", "out", "--dry-run")[0] == 0
    assert command("grade", "toy", "fine.zip", "--out", "out", "--attempt", "first")[0] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAnn\n", "roster.csv, line 1: no column is an id"),
        ("id,name\n1,Ann\n1,Bob\n", "roster.csv, line 3: the id 1 stands in line 2 already."),
        ("id,name\n1\n", "roster.csv, line 2: 1 cells"),
        ("id,name\n", "roster.csv names nobody"),
    ],
)
def test_nothing_is_written_where_the_roster_is_damaged(command, toy, text, said):
    toy.write("class/ann.py", toy.reference)
    toy.write("roster.csv", text)
    code, _, err = command("grade", "toy", "class", "--out", "out", "--roster", "roster.csv")
    assert code == 2 and said in err and not (toy.root / "out").exists()


def test_similarity_understands_the_same(command, toy):
    files = {f"{name}_{number}_{number}0_toy.py": toy.reference for number, name in enumerate(("ann", "bob", "cid"), 1)}
    lay(str(toy.root / "down.zip"), files)
    code, out, err = command("similarity", "toy", "down.zip")
    assert (code, err) == (0, "") and "Canvas's download, 3 students." in out
    assert "can't be read" not in out and "Left out" not in out


def test_zips_of_repositories():
    lay("down.zip", {f"toy-{name}-main.zip": zipped({f"toy-{name}-main/exercises/toy/toy.py": CODE}) for name in "ab"})
    assert [(one.name, one.who.login) for one in collected("down.zip").last()] == [
        ("toy-a-main", "a"),
        ("toy-b-main", "b"),
    ]


@pytest.mark.slow
def test_a_class_of_moodles_is_graded(command, toy, zygote):
    """The whole way: its zip, a roster, a table. Then again, with the best of two attempts."""
    files, _ = made.moodle()
    files = {path: toy.reference if content == CODE else content for path, content in files.items()}
    lay(str(toy.root / "down.zip"), files)
    rows = [f"{number};{name};{'2' if number == 101 else ''}" for number, name in enumerate(made.WORK, start=101)]
    rows += ["111;Ann Lee;", "112;Zoe Day;", "113;Never There;"]
    (toy.root / "roster.csv").write_text("\n".join(["ID number;Full name;extension", *rows]), encoding="cp1252")
    options = ("--out", "out", "--workers", "1", "--seed", "autumn-7319-for-this-test")
    code, out, err = command("grade", "toy", "down.zip", "--roster", "roster.csv", *options)
    assert code == 1 and err.count("\n") == 1 and "Gus Orr holds a.py and b.py" in err
    assert "Moodle's download, 12 students." in out and "Not handed in: Never There." in out
    with open(toy.root / "out/toy/grades.csv", newline="") as file:
        found = {row["submission"]: row for row in csv.DictReader(file)}
    assert "107" not in found, "nobody can tell what Gus handed in: he has no grade, and isn't missing"
    assert {name for name, row in found.items() if row["status"] == "missing"} == {"113"}
    assert (found["113"]["score"], found["113"]["name"], found["113"]["max_score"]) == ("0", "Never There", "7")
    assert found["101"]["score"] == found["111"]["score"] == "7"
    assert found["102"]["name"] == "Björn Öz"
    assert found["102"]["source"] == "down.zip:Björn Öz_102_assignsubmission_file_/toy (1).py"
    assert {found["108"]["status"], found["112"]["status"]} == {"broken"}
    assert not (toy.root / "out/toy/113.json").exists()
    (toy.root / "out/toy/grades.csv").unlink()
    code, out, _ = command("grade", "toy", "down.zip", "--out", "out", "--workers", "1", "--dry-run")
    assert "The roster is out/roster.csv, which an earlier run kept." in out and "not handed in" in out
    assert command("tables", "out")[0] == 0
    assert "113,toy,0,7,missing" in (toy.root / "out/toy/grades.csv").read_text()


@pytest.mark.slow
def test_the_best_of_several_attempts(command, toy, zygote):
    wrong = toy.with_double("return x * x")
    lay(
        str(toy.root / "down.zip"),
        {
            "ox_1_10_toy.py": toy.reference, "ox_1_11_toy-1.py": wrong,
            "yak_2_12_toy.py": toy.reference, "yak_2_13_toy-1.py": toy.reference + "# again\n",
            "zoe_3_14_toy.py": wrong,
        },
    )  # fmt: skip
    options = ("--out", "out", "--workers", "1", "--seed", "autumn-7319-for-this-test")
    code, out, err = command("grade", "toy", "down.zip", "--attempt", "best", *options)
    assert (code, err) == (0, "")

    def table():
        with open(toy.root / "out/toy/grades.csv", newline="") as file:
            return {row["submission"]: (row["score"], row["source"].split(":")[1]) for row in csv.DictReader(file)}

    expected = {"ox_1": ("7", "ox_1_10_toy.py"), "yak_2": ("7", "yak_2_13_toy-1.py"), "zoe_3": ("2", "zoe_3_14_toy.py")}
    assert table() == expected
    code, out, err = command("grade", "toy", "down.zip", "--attempt", "all", *options)
    assert code == 0 and table()["ox_1-attempt-2"] == ("2", "ox_1_11_toy-1.py")


def test_only_a_dry_run_needs_no_folder_for_results(command, toy):
    toy.write("class/ann.py", toy.reference)
    assert command("grade", "toy", "class", "--dry-run")[0] == 0
    assert command("grade", "toy", "class")[::2] == (2, "autograder: Give --out, a folder for the results.\n")


def test_anonymous_grading_in_canvas():
    """LATE stands before a number that is drawn, as lib/content_zipper.rb of Canvas writes it."""
    names = ("anon_x7Yz2_41_toy.py", "anon_x7Yz2_45_toy-1.py", "LATE_anon_ab12C_43_toy.py", "LATE_anon_Qq9rs_text.html")
    lay("class", dict.fromkeys(names, CODE))
    found = collected("class")
    told = {one.name: (one.marked_late, one.source.split("/")[-1]) for one in found.last()}
    assert told == {
        "anon_x7Yz2": (False, "anon_x7Yz2_45_toy-1.py"),
        "anon_ab12C": (True, "LATE_anon_ab12C_43_toy.py"),
        "anon_Qq9rs": (True, "LATE_anon_Qq9rs_text.html"),
    }

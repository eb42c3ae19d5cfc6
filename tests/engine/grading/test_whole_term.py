"""Twelve students and three lessons of the course: from their hand-ins to what Canvas, Moodle, Blackboard import."""

import csv
import json
import zipfile

import pytest

pytest.importorskip("jupytext", reason="needs the extra notebooks")

from autograder.common.lessons import load_course  # noqa: E402
from autograder.common.spreadsheets import read_sheet  # noqa: E402
from autograder.notebooks import build  # noqa: E402

SEED = "autumn-7319-for-this-test"
STUDENTS = ("ann", "Ann", "bob", "cem", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "zoë")


@pytest.fixture(scope="module")
def course(repository):
    load_course.cache_clear()
    return load_course(repository)


@pytest.fixture(scope="module")
def chosen(course):
    """The first lesson of the course, and two whose exercises can stand in one notebook, its own lesson first."""
    every = list(course.lessons.values())
    with_notebook = [lesson for lesson in every if (lesson.folder / "notebook.py").exists()]
    pairs = ((home, other) for home in with_notebook for other in every if other is not home)
    pair = next(pair for pair in pairs if f"exercise {pair[1].name}/" in (pair[0].folder / "notebook.py").read_text())
    first = next(lesson for lesson in every if lesson not in pair)
    return first, *pair


def without_the_last(course, lesson):
    """The lesson's reference but for one exercise that no other needs, and the points that it costs."""
    needed = {need for exercise in lesson.exercises.values() for need in exercise.needs}
    last = [one for one in lesson.exercises.values() if one.points and one.name not in needed][-1]
    source = course.reference(lesson.name).read_text(encoding="utf-8")
    return f"{source}\n\ndel {last.name}\n", last.points


def hand_in(toy, course, chosen):
    """What twelve students hand in; gives student → lesson → what of all points they miss, None: not handed in."""
    first, one, other = chosen
    right = {lesson.name: course.reference(lesson.name).read_text(encoding="utf-8") for lesson in chosen}
    stubs = {lesson.name: course.stub(lesson.name).read_text(encoding="utf-8") for lesson in chosen}
    less, points = without_the_last(course, first)
    names = [lesson.name for lesson in chosen]
    missed = {}

    def write(student, place, sources, lost):
        for name, source in sources.items():
            toy.write(f"class/{student}/{place.format(name)}", source)
        missed[student] = {name: lost.get(name) for name in names}

    whole = dict.fromkeys(names, 0)
    for student in ("ann", "gus", "hal", "ida"):
        write(student, "{0}/{0}.py", right, whole)
    write("Ann", "{0}.py", stubs, dict.fromkeys(names, "all"))
    write("bob", "exercises/{0}/{0}.py", right | {first.name: less}, whole | {first.name: points})
    write("cem", "{0}.py", {first.name: right[first.name]}, {first.name: 0})
    both = build.build(course, one, instructor=True, within=[one, other])
    toy.write(f"class/dan/{one.name}.ipynb", both)
    toy.write("class/eve.ipynb", both)
    for student in ("dan", "eve"):
        missed[student] = {first.name: None, one.name: 0, other.name: 0}
    path = toy.write("class/fay.zip", b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in right.items():
            archive.writestr(f"repo-main/exercises/{name}/{name}.py", source)
    missed["fay"] = whole
    write("jon", "{0}.py", right | {first.name: "def broken(:"}, whole | {first.name: "all"})
    write("zoë", "{0}.py", {other.name: right[other.name]}, {other.name: 0})
    return missed


def table(path, key):
    with open(path, encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@pytest.mark.slow
def test_twelve_students_and_three_lessons(toy, command, zygote, course, chosen):
    missed = hand_in(toy, course, chosen)
    assert sorted(missed) == sorted(STUDENTS)
    names = [lesson.name for lesson in chosen]
    terms = [f"[lessons.{name}]\nweight = {weight}" for weight, name in enumerate(names, start=1)]
    terms[0] += "\ndue = 2026-11-02T23:59:00+01:00"
    toy.write("term.toml", "\n".join(["[late]\nper_day = 0.25", *terms, "[extensions]\nhal = 1"]) + "\n")
    exercise = next(one.name for one in chosen[0].exercises.values() if one.points)
    toy.write("points.csv", f"student,lesson,exercise,points,comment\nbob,{names[0]},{exercise},1,=nice\n")
    rules = ("--term", "term.toml", "--manual", "points.csv", "--course", course.root)
    code, out, err = command("grade", "all", "class", "--out", "results", "--seed", SEED, "--workers", "2", *rules)
    assert (code, err) == (0, ""), out

    # the system said when: gus and hal a day late, and hal has a day more
    for student in ("gus", "hal"):
        path = toy.root / f"results/{names[0]}/{student}.json"
        report = json.loads(path.read_text(encoding="utf-8"))
        report["times"]["handed_in"] = "2026-11-03T20:00:00Z"
        path.write_text(json.dumps(report), encoding="utf-8")
    assert command("tables", "results", "--course", course.root)[0] == 0

    rows = table(toy.root / "results/term.csv", "student")
    worth = {name: float(rows["bob"][f"{name} max"]) for name in names}
    ids = {row["name"]: student for student, row in rows.items()}
    assert len(rows) == 12 and set(ids) == set(STUDENTS)
    finals = {}
    for student, lost in missed.items():
        row, share = rows[ids[student]], 0.0
        for weight, name in enumerate(names, start=1):
            score = None if lost[name] is None else 0.0 if lost[name] == "all" else worth[name] - lost[name]
            assert row[f"{name} score"] == ("" if score is None else f"{score:g}"), (student, name)
            final = (score or 0.0) * (0.75 if (student, name) == ("gus", names[0]) else 1.0)
            final += (student, name) == ("bob", names[0])
            assert float(row[f"{name} final"]) == pytest.approx(final, abs=0.005)
            finals[student, name] = final
            share += weight * final / worth[name]
        assert float(row["total"]) == pytest.approx(100 * share / 6, abs=0.005), student

    # what each system imports, from its own export: only those who handed in get a grade, everybody their own
    people = [(f"{1000 + number}", name) for number, name in enumerate(STUDENTS)]
    gradebook = ["Student,ID,SIS User ID,SIS Login ID,Section," + ",".join(f"{name} (7)" for name in names)]
    gradebook += ["    Points Possible,,,,," + ",".join(f"{worth[name]:.2f}" for name in names)]
    gradebook += [f'"X, {name}",{number},S{number},{name},A,,,' for number, name in people]
    toy.write("canvas.csv", "\n".join(gradebook) + "\n")
    center = ["Last Name\tFirst Name\tUsername\t" + "\t".join(f"{n} [Total Pts: {worth[n]:g} Score] |7" for n in names)]
    center += [f"X\t{name}\t{name}\t\t\t" for _, name in people]
    (toy.root / "center.xls").write_bytes(("\n".join(center) + "\n").encode("utf-16"))
    sheet = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments"]
    sheet += [f"Participant {number},{name},{name}@example.org,,,{worth[names[1]]:.2f},-," for number, name in people]
    toy.write("moodle.csv", "\n".join(sheet) + "\n")
    expected = {
        (student, name): "" if missed[student][name] is None else f"{round(finals[student, name], 2):g}"
        for student in STUDENTS
        for name in names
    }

    back = ("--to", "upload", "--course", course.root, "--template")
    assert command("hand-back", "canvas", "results", *back, "canvas.csv")[::2] == (0, "")
    read = read_sheet(toy.root / "upload/canvas-gradebook.csv").rows[2:]
    assert {(row[3], name): row[5 + place] for row in read for place, name in enumerate(names)} == expected
    assert command("hand-back", "blackboard", "results", *back, "center.xls")[::2] == (0, "")
    read = read_sheet(toy.root / "upload/blackboard-gradebook.xls").rows[1:]
    assert {(row[2], name): row[3 + place] for row in read for place, name in enumerate(names)} == expected
    code, _, err = command("hand-back", "moodle", "results", "--lesson", names[1], *back, "moodle.csv")
    read = read_sheet(toy.root / f"upload/moodle-{names[1]}.csv").rows[1:]
    alike = {"Ann", "ann"}  # without accents and case both are one name, and a worksheet has nothing else
    assert code == 1 and err.count("2 rows fit") == 2
    assert {row[1]: row[4] for row in read if row[1] not in alike} == {
        student: expected[student, names[1]] for student in STUDENTS if student not in alike
    }
    assert all(row[4] == "" for row in read if row[1] in alike)

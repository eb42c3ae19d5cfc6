"""What Canvas, Moodle and Blackboard import: their documented columns, whose row is whose, and nothing else touched."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from autograder.checking.report import Adjustment, Student
from autograder.common.spreadsheets import read_sheet
from autograder.systems import names, taking_back
from autograder.systems._hand_back import Person, folded, rows_of
from autograder.systems.moodle.hand_back import COLUMNS

# lib/gradebook_importer.rb of instructure/canvas-lms: what a header must have, and the row that holds the points
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Toy (77),Quiz (78),Assignments Current Score
    Points Possible,,,,,,7.00,10.00,(read only)
"Lee, Ann",11,S1,ann,A 1,=cmd(),,9.00,80
"Müller, Bob",12,S2,bob,A 1,,3.00,8.00,70
"Ng, Cem",13,S3,cem,A 2,,1.00,7.00,60
"Student, Test",14,,x1,A 1,,,,
"""
# mod/assign/feedback/offline/importgradeslib.php of moodle/moodle reads these headers
MOODLE = (
    ",".join(f'"{column}"' if " " in column else column for column in COLUMNS)
    + """
Participant 11,Ann Lee,ann@example.org,Submitted,,7.00,Yes,-,-,
Participant 12,Bob Müller,bob@example.org,Submitted,3.00,7.00,Yes,-,-,good
Participant 13,Cem Ng,cem@example.org,Submitted,1.00,7.00,No,-,-,
"""
)
# Blackboard's help, "Upload or Download Grade Center Items for Working Offline"; tabs and UTF-16 as it writes them
BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Toy [Total Pts: 7 Score] |123"\t"Grading Notes"\t\
"Notes Format"\t"Feedback to Learner"\t"Feedback Format"\t"Sum [Total Pts: up to 17 Score] |124"
"Lee"\t"Ann"\t"ann"\t"S1"\t""\t""\t""\t""\t""\t"9"
"Müller"\t"Bob"\t"bob"\t"S2"\t"3"\t"mine"\t""\t"old"\t"HTML"\t"8"
"""


@pytest.fixture
def results(toy):
    """Writes reports into `results/toy`: id → what is otherwise in the report, and the source of the student's code."""

    def write(**students):
        for name, (source, changes) in students.items():
            report = replace(toy.report(source, name=name), **changes)
            toy.write(f"results/toy/{report.submission}.json", report.to_json())
        return toy.root / "results"

    return write


def who(id, **more):
    return {"student": Student(id, more.pop("name", id), **more)}


def rows(path):
    return read_sheet(path).rows


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_takes_grades_back_is_no_export():
    assert taking_back() == ["blackboard", "canvas", "moodle"] and not set(taking_back()) & set(names())


def test_canvas_fills_one_column_and_leaves_the_rest(toy, command, results):
    late = (Adjustment("late", -0.75, "Handed in 1 day late."),)
    results(
        ann=(toy.reference, {"adjustments": late} | who("ann")),
        bob=(toy.with_double("return x * x"), who("bob-x", login="bob")),
    )
    toy.write("gradebook.csv", "\ufeff" + CANVAS.replace("\n", "\r\n"))
    code, out, err = command("hand-back", "canvas", "results", "--to", "back", "--template", "gradebook.csv")
    assert (code, err) == (0, ""), err
    before, after = rows(toy.root / "gradebook.csv"), rows(toy.root / "back/canvas-gradebook.csv")
    assert {row[0]: row[6] for row in after} == {
        "Student": "Toy (77)", "    Points Possible": "7.00",
        "Lee, Ann": "6.25", "Müller, Bob": "2", "Ng, Cem": "1.00", "Student, Test": "",
    }  # fmt: skip
    assert [row[:6] + row[7:] for row in before] == [row[:6] + row[7:] for row in after], "nothing else is touched"
    raw = (toy.root / "back/canvas-gradebook.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == 6


def test_canvas_knows_its_files_by_their_names(toy, command, results):
    results(
        one=(toy.reference, who("one") | {"source": "class/leeann_LATE_11_501_toy-1.py"}),
        two=(toy.reference, who("two") | {"source": "all.zip/mullerbob_12_502_my_toy.ipynb"}),
    )
    toy.write("gradebook.csv", CANVAS)
    code, out, err = command("hand-back", "canvas", "results", "--to", "back", "--template", "gradebook.csv")
    assert (code, err) == (0, "") and "2 of 2 grades" in out
    assert [row[6] for row in rows(toy.root / "back/canvas-gradebook.csv")[2:4]] == ["7", "7"]
    files = entries(toy.root / "back/canvas-toy-feedback.zip")
    assert set(files) == {"leeann_LATE_11_501_toy-1.py", "mullerbob_12_502_my_toy.ipynb"}
    page = files["leeann_LATE_11_501_toy-1.py"].decode()
    assert "# **7 of 7 points**\n" in page
    compile(page, "a page is a file of its kind", "exec")
    assert "7 of 7 points" in json.loads(files["mullerbob_12_502_my_toy.ipynb"])["cells"][0]["source"]
    code, out, err = command("hand-back", "canvas", "results", "--to", "bare")
    bare = rows(toy.root / "bare/canvas-gradebook.csv")
    assert code == 0 and bare[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Toy"]
    assert bare[1][0].strip() == "Points Possible" and [(row[1], row[5]) for row in bare[2:]] == [
        ("11", "7"),
        ("12", "7"),
    ]


def test_moodle_takes_its_worksheet_and_its_folders_back(toy, command, results):
    results(
        a=(toy.reference, who("a") | {"source": "dl/Ann Lee_11_assignsubmission_file_/toy.py"}),
        b=(toy.with_double("return x * x"), who("b", email="BOB@example.org")),
        c=(toy.reference, who("c", name="Cem Ng")),
    )
    toy.write("sheet.csv", MOODLE)
    code, _, err = command("hand-back", "moodle", "results", "--to", "back", "--template", "sheet.csv")
    assert code == 1 and "Not handed back: c (toy): Moodle says that this grade can't be changed." in err
    before, after = rows(toy.root / "sheet.csv"), rows(toy.root / "back/moodle-toy.csv")
    assert [row[4] for row in after[1:]] == ["7", "2", "1.00"]
    assert [row[9] for row in after[1:]] == ["7 of 7 points", "2 of 7 points", ""]
    assert [row[:4] + row[5:9] for row in before] == [row[:4] + row[5:9] for row in after]
    assert set(entries(toy.root / "back/moodle-toy-feedback.zip")) == {
        "Ann Lee_11_assignsubmission_file_/toy.md",
        "Bob Müller_12_assignsubmission_file_/toy.md",
    }
    code, _, err = command("hand-back", "moodle", "results", "--to", "bare")
    bare = rows(toy.root / "bare/moodle-toy.csv")
    assert code == 1 and err.count("no row fits") == 2 and bare[0] == list(COLUMNS)
    assert [row[:2] + row[4:6] for row in bare[1:]] == [["Participant 11", "a", "7", "7"]]


def test_a_worksheet_with_decimal_commas_gets_them(toy, command, results):
    results(a=(toy.reference, who("a", email="ann@example.org") | {"adjustments": (Adjustment("late", -0.5, ""),)}))
    toy.write("sheet.csv", MOODLE.replace(",7.00,", ',"7,00",'))
    assert command("hand-back", "moodle", "results", "--to", "back", "--template", "sheet.csv")[0] == 0
    assert rows(toy.root / "back/moodle-toy.csv")[1][4] == "6,5"


def test_blackboard_keeps_its_tabs_its_encoding_and_the_items_number(toy, command, results):
    results(
        ann=(toy.reference, who("x") | {"source": "hw_ann_attempt_2026-11-01-12-00-00_toy.py"}),
        bob=(toy.with_double("return x * x"), who("bob")),
    )
    (toy.root / "gc.xls").write_bytes(BLACKBOARD.encode("utf-16"))
    code, _, err = command("hand-back", "blackboard", "results", "--to", "back", "--template", "gc.xls")
    assert (code, err) == (0, "")
    raw = (toy.root / "back/blackboard-gradebook.xls").read_bytes()
    after = list(csv.reader(io.StringIO(raw.decode("utf-16")), delimiter="\t"))
    assert after[0][4] == "Toy [Total Pts: 7 Score] |123" and raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    assert [row[2:] for row in after[1:]] == [
        ["ann", "S1", "7", "", "", "7 of 7 points", "", "9"],
        ["bob", "S2", "2", "mine", "", "2 of 7 points", "HTML", "8"],
    ]


def test_a_user_name_with_dashes_below_is_not_cut_to_somebody_elses(toy, command, results):
    """`ann_lee` is not `lee`, whose row stands there; what all files begin with is the assignment's name."""
    when = "attempt_2026-11-01-12-00-00_toy.py"
    center = BLACKBOARD.replace("ann", "lee").replace("bob", "bob_ng")
    (toy.root / "gc.xls").write_bytes(center.encode("utf-16"))
    results(one=(toy.reference, who("one") | {"source": f"hw_ann_lee_{when}"}))
    arguments = ("hand-back", "blackboard", "results", "--to", "back", "--template", "gc.xls")
    assert command(*arguments)[0] == 1, "one file alone doesn't tell"
    results(two=(toy.reference, who("two") | {"source": f"hw_bob_ng_{when}"}))
    code, _, err = command(*arguments)
    assert code == 1 and "one (toy): no row fits" in err and err.count("\n") == 1
    read = rows(toy.root / "back/blackboard-gradebook.xls")
    assert [row[4] for row in read[1:]] == ["", "7"]


def test_nobody_gets_somebody_elses_grade(toy, command, results):
    """One that fits nobody, two that fit one row, one whose e-mail says another, one whose name two rows have."""
    twins = CANVAS + '"Ng, Cem",15,S5,cem2,A 2,,,,\n'
    results(
        nobody=(toy.reference, who("nobody")),
        one=(toy.reference, who("one", name="Ann Lee")),
        two=(toy.reference, who("two", login="ann")),
        odd=(toy.reference, who("odd", login="x9", name="Bob Müller")),
        twin=(toy.reference, who("twin", name="Cem Ng")),
    )
    toy.write("gradebook.csv", twins)
    code, out, err = command("hand-back", "canvas", "results", "--to", "back", "--template", "gradebook.csv")
    assert code == 1 and "0 of 5 grades" in out
    said = {line.split(": ")[2].split(" ")[0]: line for line in err.splitlines()}
    assert set(said) == {"nobody", "one", "two", "odd", "twin"}
    assert "another report fits" in said["one"] and "2 rows fit" in said["twin"] and "no row fits" in said["odd"]
    assert rows(toy.root / "back/canvas-gradebook.csv") == rows(toy.root / "gradebook.csv")


@pytest.mark.parametrize(
    ("system", "template", "mine", "chosen"),
    [
        ("canvas", CANVAS, "mullerbob_12_502_hw.zip", "leeann_11_501_toy.py"),
        ("moodle", MOODLE, "Bob Müller_12_assignsubmission_file_", "Ann Lee_11_assignsubmission_file_toy.py"),
        ("blackboard", BLACKBOARD, "hw_bob_attempt_2026-11-01-10-00-00_w.zip", "hw_ann_attempt_2026-11-01-10-00-00.py"),
    ],
)
@pytest.mark.parametrize("between", [":", "/"])
def test_a_name_that_a_student_chose_gets_nobody_elses_grade(
    toy, command, results, system, template, mine, chosen, between
):
    """Of a zip or folder, the student names what is in it."""
    mark = [(toy.reference, who(name) | {"source": f"down.zip:{source}"}) for name, source in (
        ("b", f"{mine}{between}{chosen}"), ("c", "hw_cem_attempt_2026-11-01-10-00-00.py"),
    )]  # fmt: skip
    results(b=mark[0], **({"c": mark[1]} if system == "blackboard" else {}))
    toy.write("template.csv", template)
    command("hand-back", system, "results", "--to", "back", "--template", "template.csv")
    (written,) = [path for path in (toy.root / "back").iterdir() if path.suffix != ".zip"]
    before, after = rows(toy.root / "template.csv"), rows(written)
    changed = ["".join(row) for row, old in zip(after, before, strict=True) if row != old]
    assert len(changed) == 1 and "Müller" in changed[0]


def test_a_name_fits_however_it_is_spelt_and_a_login_only_as_it_is():
    assert folded("Müller,  Zoë ") == folded("zoe muller") == folded("Zoe_Muller")
    rows = {1: Person(login="ann"), 2: Person(login="Ann"), 3: Person(login="BOB")}
    people = [Person(label="Ann", name="Ann"), Person(label="ann", name="ann"), Person(login="bob")]
    assert rows_of(people, rows) == ({0: 2, 1: 1}, {2: "no row fits"})
    same = {1: Person(number="1", email="a@b.c"), 2: Person(number="2", email="d@e.f")}
    assert rows_of([Person(number="1", email="d@e.f")], same)[0] == {}, "the e-mail says another"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("d2l", "results"), "there are: blackboard, canvas, moodle"),
        (("canvas", "nothing"), "no reports in"),
        (("canvas", "results", "--lesson", "other"), "no reports of other"),
        (("canvas", "results", "--template", "no.csv"), "can't be read"),
        (("canvas", "results", "--template", "words.csv"), "no gradebook of Canvas"),
        (("moodle", "results", "--template", "words.csv"), "Download it in English"),
        (("blackboard", "results", "--template", "words.csv"), "no table of Grade Center"),
        (("canvas", "results", "--template", "quiz.csv"), "--column toy=NAME"),
        (("canvas", "results", "--template", "ten.csv"), "is worth 10 points there, and toy 7"),
        (("canvas", "results", "--template", "computed.csv", "--column", "toy=Assignments Current Score"), "--column"),
        (("canvas", "results", "--column", "Toy"), "not LESSON=NAME"),
        (("canvas", "results", "--template", "damaged.csv"), "damaged.csv, line 3"),
    ],
)
def test_what_can_not_be_handed_back_is_one_sentence(toy, command, results, arguments, said):
    results(ann=(toy.reference, who("ann")))
    for name, text in {
        "words.csv": "some,words\n",
        "quiz.csv": CANVAS.replace("Toy (77)", "Essay (77)"),
        "ten.csv": CANVAS.replace("7.00,10.00", "10.00,10.00"),
        "computed.csv": CANVAS,
        "damaged.csv": CANVAS.replace('"Lee, Ann",11', '"Lee, Ann"x,11'),
    }.items():
        toy.write(name, text)
    code, _, err = command("hand-back", *arguments, "--to", "back")
    assert code == 2 and said in err and err.count("\n") == 1 and not (toy.root / "back").exists()


def test_points_are_scaled_where_somebody_asks(toy, command, results):
    results(ann=(toy.with_double("return x * x"), who("ann")))
    toy.write("gradebook.csv", CANVAS.replace("7.00,10.00", "100.00,10.00"))
    options = ("--template", "gradebook.csv", "--scale", "--column", "toy=Toy (77)")
    assert command("hand-back", "canvas", "results", "--to", "back", *options)[0] == 0
    assert rows(toy.root / "back/canvas-gradebook.csv")[2][6] == "28.57"


def test_a_template_is_not_written_over_and_a_damaged_report_is_named(toy, command, results):
    results(ann=(toy.reference, who("ann")))
    toy.write("canvas-gradebook.csv", CANVAS)
    code, _, err = command("hand-back", "canvas", "results", "--to", ".", "--template", "canvas-gradebook.csv")
    assert code == 2 and "would be written over" in err and (toy.root / "canvas-gradebook.csv").read_text() == CANVAS
    toy.write("results/toy/bob.json", '{"checks": ')
    code, _, err = command("hand-back", "canvas", "results", "--to", "back", "--template", "canvas-gradebook.csv")
    assert code == 1 and "bob.json is damaged" in err and rows(toy.root / "back/canvas-gradebook.csv")[2][6] == "7"


def test_no_cell_that_is_written_is_a_formula(toy, command, results):
    results(
        a=(toy.reference, who("a", name="=cmd()", login="ann")),
        b=(toy.reference, who("b", name="+1", login="=bob")),
    )
    code, _, err = command("hand-back", "canvas", "results", "--to", "back")
    written = rows(toy.root / "back/canvas-gradebook.csv")
    assert code == 1 and err.count("no row fits") == 1, "a login can't be guarded and stay a login"
    assert [row[0] for row in written[2:]] == ["'=cmd()"]
    assert not [cell for row in written for cell in row if cell.startswith(("=", "+", "-", "@"))]

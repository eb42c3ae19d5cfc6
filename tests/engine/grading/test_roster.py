"""Rosters as systems export them, and hand-ins joined with them: never by a guess."""

from pathlib import Path

import pytest

from autograder.checking.class_of import Attempt, Class
from autograder.checking.submission import Submission, Who
from autograder.common.errors import CourseError
from autograder.grading.roster import Row, kept_roster, merge_rosters, parse_roster, read_roster, ways


def roster(text):
    return parse_roster(text, Path("class.csv"))


def refused(text):
    with pytest.raises(CourseError) as error:
        roster(text)
    assert "\n" not in str(error.value)
    return str(error.value)


def attempt(name="", id="", login="", email="", place="", system=True, time=""):
    """What a system told of one student, or a folder of this name."""
    who = Who(id, name, login, email) if system else None
    place = place or name
    one = Submission(place, Path("class", place), source=f"class/{place}", who=who, handed_in=time or None)
    return Attempt(f"moodle\0{id}" if system else place, one, (0, time), by_system=system)


def joined(text, *attempts):
    """source → the name that its results get; and the sentences."""
    found, problems = roster(text).join(Class(list(attempts)))
    return {one.submission.source.removeprefix("class/"): one.submission.name for one in found.attempts}, problems


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "id,name,login,email,section,extension\n1,Ann Lee,ann,a@x.org,B,2\n",
            Row("1", "Ann Lee", "ann", "a@x.org", "B", "2"),
        ),
        (  # Canvas's gradebook
            'Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (7)\n"    Points Possible",,,,,7\n'
            '"Lee, Ann",12,u7,ann,B,\n"Student, Test",99,,x,B,\n',
            Row("12", "Lee, Ann", "ann", "", "B", ids=("u7",)),
        ),
        (  # Moodle's participants
            "First name,Surname,ID number,Email address,Groups\nAnn,Lee,u7,a@x.org,B\n",
            Row("u7", "Ann Lee", "", "a@x.org", "B"),
        ),
        (  # Moodle's grading worksheet
            'Identifier,"Full name","Email address",Status\n"Participant 12","Ann Lee",a@x.org,-\n',
            Row("12", "Ann Lee", "", "a@x.org"),
        ),
        ("First Name,Last Name,SID,Email,Sections\nAnn,Lee,u7,a@x.org,B\n", Row("u7", "Ann Lee", "", "a@x.org", "B")),
        ("Last Name\tFirst Name\tUsername\tStudent ID\nLee\tAnn\tann\tu7\n", Row("u7", "Ann Lee", "ann")),
        ("id;first_name;last_name;email\nann;Ann;Lee;\n", Row("ann", "Ann Lee")),
        ("E-Mail\na@x.org\n", Row("a@x.org", email="a@x.org")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_systems_export(text, expected, encoding, tmp_path):
    path = tmp_path / "class.csv"
    path.write_bytes(text.replace("Ann", "Änn").replace("\n", "\r\n").encode(encoding))
    (row,) = read_roster(path).rows
    for name in ("id", "login", "email", "section", "extension", "ids"):
        assert getattr(row, name) == getattr(expected, name)
    assert row.name == expected.name.replace("Ann", "Änn")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,section\nAnn,B\n", "class.csv, line 1: no column is an id, a login or an e-mail address."),
        ("", "class.csv names nobody: a roster has a line with headers, and one for each student."),
        ("\n\nid,name\n\n", "class.csv names nobody: a roster has a line with headers, and one for each student."),
        ("id,name\n1,Ann\n2\n", "class.csv, line 3: 1 cells, and the first line has 2."),
        ("id,name\n1,Ann,B\n", "class.csv, line 2: 3 cells, and the first line has 2."),
        ('id,name\n1,Ann\n2,"Bob\n', "class.csv, line 3: this is no row of a table (unexpected end of data)."),
        ('id,name\n"1"x,Ann\n', "class.csv, line 2: this is no row of a table (',' expected after '\"')."),
        ("id,name\n1,Ann\n\n2,Bob\n1,Cid\n", "class.csv, line 5: the id 1 stands in line 2 already."),
        ("id,email\n1,a@x\n2,a@x\n", "class.csv, line 3: the e-mail a@x stands in line 2 already."),
        ("id,name\n,Ann\n", "class.csv, line 2: Ann has no id, login or e-mail address."),
        ("id,extension\n1,next week\n", "class.csv, line 2: the extension: 'next week' is neither a number of days"),
        ("id,extension\n1,nan\n", "class.csv, line 2: the extension: nan is no number of days."),
        ("id,extension\n1,-1\n", "class.csv, line 2: the extension: -1 is no number of days."),
        ("id,extension\n1,2026-11-08 23:59\n", "class.csv, line 2: the extension: 2026-11-08 23:59 has no zone"),
    ],
)  # fmt: skip
def test_what_is_no_roster_is_said_with_its_line(text, said):
    assert refused(text).startswith(said)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "class.csv").write_bytes(b"PK\3\4\0\0\x81")
    with pytest.raises(CourseError, match="class.csv is no text: save it as CSV, in UTF-8.$"):
        read_roster(tmp_path / "class.csv")
    with pytest.raises(CourseError, match="class.xlsx can't be read"):
        read_roster(tmp_path / "class.xlsx")


@pytest.mark.parametrize("extension", ["2", "0.5", "2026-11-08", "2026-11-08T23:59+01:00"])
def test_extensions_are_reached_by_the_reports_student(extension):
    found = roster(f"id,extension\nann lee,{extension}\nbob,\n")
    assert found.extensions() == {"ann_lee": extension}


# --- joining --------------------------------------------------------------------------------------------------------

CLASS = 'id,name,login,email\n1,Ann Lee,ann,a@x.org\n2,"Öz, Björn",bjo,b@x.org\n3,Kim Kim,k1,\n4,Kim Kim,k2,\n'


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (attempt("whoever", id="1"), "1"),
        (attempt("whoever", id="x", login="bjo"), "2"),
        (attempt("whoever", id="x", email="B@X.org"), "2"),
        (attempt("ANN  lee", id="x"), "1"),
        (attempt("Lee, Ann", id="x"), "1"),
        (attempt("Bjorn Oz", id="x"), "2"),
        (attempt("Bjo\u0308rn O\u0308z", id="x"), "2"),
        (attempt("özbjörn", id="x"), "2"),  # as Canvas writes it
        (attempt("Lee Ann", id="x", place="p"), "p"),  # no comma: nobody says which is the family's name
        (attempt("Kim Kim", id="x", place="p"), "p"),
        (attempt("Ann Lee", id="x", email="other@x.org", place="p"), "p"),
        (attempt("x", id="1", login="bjo", place="p"), "p"),
        (attempt("ann", system=False), "1"),
        (attempt("Ann Lee", system=False), "1"),
        (attempt("k2", system=False), "4"),
        (attempt("nobody", system=False), "nobody"),
    ],
)
def test_who_is_who(one, name):
    names, problems = joined(CLASS, one)
    assert list(names.values()) == [name]
    assert len(problems) == (name in ("p", "nobody"))
    assert all(one.submission.source in text and text.endswith("It keeps its own name.") for text in problems)


def test_nobody_is_graded_as_somebody_else():
    """Two of one name, and the roster knows one of them; and one who is called like another's id."""
    names, problems = joined(CLASS, attempt("Ann Lee", id="7", place="a"), attempt("Ann Lee", id="8", place="b"))
    assert set(names.values()) == {"a", "b"} and len(problems) == 2
    names, problems = joined(CLASS, attempt("Ann Lee", id="1", place="a"), attempt("Ann Lee", id="8", place="b"))
    assert names == {"a": "1", "b": "b"}
    assert problems == ["class/b fits line 2 of the roster, and so does class/a. It keeps its own name."]
    names, problems = joined("id,name\n1,Ann\nbob,Bob\n", attempt("Cid", id="9", place="bob"), attempt("Ann", id="1"))
    assert names["Ann"] == "1" and names["bob"] == "bob-2", "the name of the results is Bob's, who handed in nothing"


def test_two_systems_hand_ins_of_one_student_are_attempts():
    moodle = attempt("Ann", id="1", place="a", time="2026-11-02")
    canvas = attempt("Ann", id="ann", place="b", time="2026-11-01")
    found, problems = roster(CLASS).join(Class([moodle, canvas]))
    assert problems == [] and [one.submission.source for one in found.attempts] == ["class/b", "class/a"]
    assert [one.name for one in found.last()] == ["1"]


def test_ids_that_differ_in_case_are_two_students():
    names, problems = joined("id,name\nann,A\nAnn,B\n", attempt("ann", system=False), attempt("Ann", system=False))
    assert problems == [] and len({name.casefold() for name in names.values()}) == 2


def test_the_roster_says_more_than_the_system():
    found, _ = roster("id,name,section\n1,Ann Lee,B\n").join(Class([attempt("annlee", id="1", email="a@x.org")]))
    assert found.attempts[0].submission.who == Who("1", "Ann Lee", "", "a@x.org", "B")


@pytest.mark.parametrize(
    ("name", "expected"), [("Lee, Ann", ("lee ann", "ann lee")), ("Groß-Öz", ("gross oz",)), ("", ())]
)
def test_ways_to_write_a_name(name, expected):
    assert ways(name) == expected


# --- keeping --------------------------------------------------------------------------------------------------------


def test_what_is_kept_is_the_same_roster(tmp_path):
    found = roster('Student,ID,SIS User ID,SIS Login ID,extension\n"Lee, Ann",12,u7,ann,2\n"Öz, B",13,,,\n')
    found.keep(tmp_path)
    kept = kept_roster(tmp_path)
    assert [vars(row) for row in kept.rows] == [vars(row) for row in found.rows]
    assert kept_roster(tmp_path / "nowhere") is None


def test_shards_put_their_parts_together(tmp_path):
    for place, text in (("a", "id\n1\n"), ("b", "id\n2\n")):
        roster(text).keep(tmp_path / place)
    merge_rosters(tmp_path / "out", [tmp_path / "a", tmp_path / "b"])
    assert [row.id for row in kept_roster(tmp_path / "out").rows] == ["1", "2"]

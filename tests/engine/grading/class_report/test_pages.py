"""The pages: everything is there, by name or anonymous; nothing that was handed in becomes markup or a leak."""

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from autograder.checking.report import Adjustment, Student, Times
from autograder.common.errors import CourseError
from autograder.grading import style
from autograder.grading.class_report.build import build
from autograder.grading.class_report.student_html import student_html
from autograder.grading.files import student_page
from autograder.grading.results import Results
from autograder.grading.similarity import Pair, pairs_of, table_csv

EVIL = "<script>alert(1)</script></style></title>\"'&{{ 7*7 }}\u202eexe\x1b[2J"
VOID = {"meta", "path", "use", "br"}


class Page(HTMLParser):
    """What a browser makes of a page: elements with their attributes, the text, headings, and whether all is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))

    @property
    def links(self):
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]

    @property
    def headings(self):
        return [int(tag[1]) for tag, _ in self.elements if re.fullmatch(r"h\d", tag)]

    @property
    def tags(self):
        return {tag for tag, _ in self.elements}


@pytest.fixture
def made(toy):
    """Gives `made(**options)`: builds the report of `out`; gives what was built, and the page as a browser has it."""

    def call(**options):
        built = build(toy.course, toy.root / "out", **options)
        return built, Page(built.page.read_text())

    return call


@pytest.fixture
def small(toy, keep, check, report):
    """A class of three and of one that could not be run, with a history and a similar pair."""
    squares = "It squares its input instead of doubling it."
    ann = report("ann", [check("test_double_adds"), check("test_secret", public=False)])
    bob = report("bob", [
        check("test_double_adds", "failed", mistakes=[squares], message=f"{squares}\nexpected: 2\ngot: 1"),
        check("test_secret", "failed", public=False, mistakes=[squares]),
    ])  # fmt: skip
    cid = report("cid", [check("test_double_adds", "failed", message="It did not answer in time."),
                         check("test_secret", public=False)])  # fmt: skip
    dan = report("dan", [check("test_double_adds", "failed"), check("test_secret", "failed", public=False)],
                 status="broken", reason="dan.py, line 1: invalid syntax")  # fmt: skip
    out = keep(ann, bob, cid, dan)
    before = replace(ann, checks=(check("test_double_adds", "failed"), ann.checks[1]), score=1.0, digest="older",
                     times=Times("2026-02-01T00:00:00Z"))  # fmt: skip
    Results(out, "toy").into_history(before, before.to_json())
    toy.write("out/toy/similarity.csv", table_csv([Pair("ann", "bob", 0.91, ("double",), {"double": 0.91})]))
    return toy


# --- what is there --------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_class_did(small, made):
    built, page = made()
    assert built.page == small.root / "out/report.html" and (built.students, built.problems) == (4, [])
    for said in (
        "4 submissions, 1 of which could not be run.",
        "median 25% 0.5 of 2",
        "test_secret hidden double 1 2 1 · · 67% none ·",
        "1 It squares its input instead of doubling it. double bob",
        "cid double It did not answer in time.",
        "dan dan.py, line 1: invalid syntax",
        "91% ann and bob double 91%",
        "ann 1 of 2 2 of 2 1 check test_double_adds : failed → passed what was handed in 2026-03-01 12:00 UTC",
    ):
        assert said in page.text
    assert page.headings[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(page.headings))
    assert page.headings.count(1) == 1 and {"svg", "table", "details"} <= page.tags


def test_every_link_leads_somewhere(small, made):
    small.write("out/toy/similarity.html", "<!DOCTYPE html><title>pairs</title>")
    _, page = made()
    inside = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    files = [link for link in page.links if not link.startswith("#")]
    assert {link[1:] for link in page.links if link.startswith("#")} <= inside
    assert set(files) == {"toy/similarity.html", *(f"toy/{name}.html" for name in ("ann", "bob", "cid", "dan"))}
    assert all((small.root / "out" / link).is_file() for link in files)


def test_ids_stand_once(small, made, keep, report, check):
    keep(report("ann", [check("test_double_zoo", exercise="double_zoo")], lesson="zoo"))
    _, page = made()
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 20
    used = {found for _, attributes in page.elements for value in attributes.values()
            for found in re.findall(r"^#([\w-]+)$|url\(#([\w-]+)\)", value or "")}  # fmt: skip
    assert {one or other for one, other in used} <= set(ids)


def test_several_lessons_have_a_table_of_students_and_lessons(small, made, keep, report, check):
    small.copy_lesson("zoo")
    keep(report("ann", [check("test_double_zoo", "failed", exercise="double_zoo")], lesson="zoo"))
    _, page = made()
    assert "student Toy Toy ann 2 of 2 0 of 1 bob 0 of 2 nothing" in page.text
    assert "zoo/ann.html" in page.links and "5 reports of 4 students." in page.text
    _, one = made(only="zoo")
    assert "bob" not in one.text and "zoo/ann.html" in one.links


def test_a_lesson_that_the_course_does_not_have(made, keep, report, check):
    keep(report("ann", [check("c", exercise="former")], lesson="gone"))
    _, page = made()
    assert "Class report: gone" in page.text and "former" in page.text


def test_where_the_page_goes(small, made):
    for given, place in {"elsewhere": "elsewhere/report.html", "a/b.html": "a/b.html"}.items():
        built, page = made(page=small.root / given)
        assert built.page == small.root / place
        assert all((built.page.parent / unquote(link)).is_file() for link in page.links if not link.startswith("#"))
    assert made(anonymous=True)[0].page == small.root / "out/report-anonymous.html"


def test_names_as_they_are_spelt(made, keep, report, check):
    spelt = report("z-1", [check("c")], student=Student("z-1", "Zoë #1 (%)"))
    keep(spelt, report("a?b#c", [check("c")]))
    _, page = made()
    assert "Zoë #1 (%) ( z-1 )" in page.text
    assert {"toy/z-1.html", "toy/a%3Fb%23c.html"} <= set(page.links)


def test_other_makings_and_checks_that_were_left_out_are_told(made, keep, report, check):
    keep(report("ann", [check("c")], engine="one"), report("bob", [check("c")], engine="other", left_out=("test_odd",)))
    _, page = made()
    assert "The reports of toy come from 2 different engines or libraries" in page.text
    assert "Left out of scores, since the course's own solution fails it, too: test_odd." in page.text


def test_scores_of_different_worth_are_told_as_shares(made, keep, report, check):
    keep(report("ann", [check("c")]), report("bob", [check("c"), check("d", "failed")]))
    assert "median 75% lower quartile" in made()[1].text


def test_only_the_first_pairs_are_shown(toy, made, keep, report, check):
    keep(*(report(f"s{number}", [check("c")]) for number in range(8)))
    pairs = [Pair(f"s{one}", f"s{other}", 1 - one / 10, (), {}) for one in range(8) for other in range(one)]
    toy.write("out/toy/similarity.csv", table_csv(pairs))
    _, page = made()
    assert "The 20 most alike of 28 pairs." in page.text and len(re.findall(r"\d% s\d and s\d", page.text)) == 20


def test_a_pair_without_reports_has_a_name_and_no_link(toy, made, keep, report, check):
    keep(report("ann", [check("c")]))
    toy.write("elsewhere.csv", table_csv([Pair("ann", "gone", 0.5, (), {})]))
    _, page = made(table=toy.root / "elsewhere.csv")
    assert "50% ann and gone" in page.text and "toy/gone.html" not in page.links


# --- the table of pairs ---------------------------------------------------------------------------------------------


def test_the_table_of_pairs_is_read_as_it_was_written():
    pairs = [
        Pair("ann, or so", 'b"ob', 0.875, ("double", "quad"), {"double": 0.5, "quad": 1.0}),
        Pair("c", "d", 0.5, ()),
    ]
    assert pairs_of(table_csv(pairs)) == pairs
    assert pairs_of(table_csv([])) == []


@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "similarity,one,other,same_shape,exercises\n0.5,a\n",
                                   "similarity,one,other,same_shape,exercises\nnan,a,b,,\n",
                                   "similarity,one,other,same_shape,exercises\n1,a,b,,double\n"])  # fmt: skip
def test_what_is_no_table_of_pairs(table):
    with pytest.raises(ValueError):
        pairs_of(table)


# --- the student's page ---------------------------------------------------------------------------------------------


def words(text):
    """The words of a page and its numbers, whatever stands around them."""
    return re.findall(r"[\w.]+", text)


@pytest.mark.parametrize("source", ["reference", "stub", "squares", "raises", "text", "broken"])
def test_it_says_what_the_markdown_page_says(toy, source):
    """Beside that it says whose it is, what became of each exercise, when it was graded, and has links."""
    bodies = {"squares": "return x * x", "raises": "raise ValueError('<b>')", "text": "return '<script>'"}
    code = toy.with_double(bodies[source]) if source in bodies else getattr(toy, source, "def f(:")
    report = replace(toy.report(code), adjustments=(Adjustment("late", -0.5, "a day late"),))
    more = r'<span class="\w+ verdict">[^<]*</span>(?=</h2>)|<a .*?</a>|<p class="quiet">.*?</p>|<p><bdi>.*?</p>'
    html = re.sub(more, "", student_html(report, toy.lesson), flags=re.DOTALL)
    assert words(Page(html).text) == ["Toy", "someone", *words(student_page(report, toy.lesson))]


def test_no_hidden_check_is_named_and_nothing_of_its_input_stands_there(toy):
    for body in (
        "return x * x",
        "return x.abs() * 2",
        "raise ValueError(str(x))",
        "raise type(str(x.tolist()), (Exception,), {})()",
    ):
        report = toy.report(toy.with_double(body))
        text = student_html(report, toy.lesson)
        hidden = [check for check in report.checks if not check.public]
        assert hidden and not [check.name for check in hidden if check.name in text]
        private = {number for number in re.findall(r"-?\d\.\d{3,}", text)}
        shown = {
            number for check in report.checks if check.public for number in re.findall(r"-?\d\.\d{3,}", check.message)
        }
        assert private <= shown


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published", "visible"])
def test_visibility_is_obeyed(toy, report, check, visibility):
    secret = check("test_secret", "failed", public=False, message="It drops the sign.", visibility=visibility)
    text = student_html(report("ann", [check("test_open"), secret]), toy.lesson)
    assert ("It drops the sign." in text) == (visibility != "hidden")
    assert "1 of 2 checks pass." in text and "test_secret" not in text


def test_links_lead_to_the_lesson_here_or_on_the_web(toy):
    report = toy.report(toy.with_double("return x * x"))
    here = Page(student_html(report, toy.lesson)).links
    assert here[0] == "exercises/toy/README.md#:~:text=double" and len(here) == 2
    away = Page(student_html(report, toy.lesson, "https://git.example.org/course/exercises/")).links
    assert away[0] == "https://git.example.org/course/exercises/toy/README.md#:~:text=double"


def test_what_comes_back_after_regrading_is_the_new_page(small, made, keep, report, check):
    made()
    keep(report("bob", [check("test_double_adds")]))
    made()
    assert "1 of 1 points" in Page((small.root / "out/toy/bob.html").read_text()).text


# --- attacks --------------------------------------------------------------------------------------------------------


def evil(report, check):
    """A report in which every text is hostile."""
    checks = [check(EVIL, "failed", exercise="double", message=f"{EVIL}\ngot: {EVIL}", mistakes=[EVIL]),
              check("late", "failed", message="It did not answer in time.", exercise=EVIL)]  # fmt: skip
    return report("ann", checks, student=Student("ann", EVIL, EVIL, EVIL, EVIL), left_out=(EVIL,), source=EVIL,
                  adjustments=(Adjustment(EVIL, 1.0, EVIL),), times=Times(EVIL, EVIL), engine=EVIL)  # fmt: skip


def test_nothing_that_was_handed_in_is_markup(toy, made, keep, report, check):
    first = evil(report, check)
    out = keep(first, report("bob", [check("c", "failed")], status="broken", reason=EVIL), report("cid", [check("c")]))
    older = replace(first, digest="d", score=1.0, checks=(check(EVIL),), times=Times())
    Results(out, "toy").into_history(older, older.to_json())
    toy.write("out/toy/similarity.csv", table_csv([Pair("ann", EVIL, 1.0, (), {EVIL.replace(" ", ""): 1.0})]))
    toy.write("out/toy/evil<script>.json", '{"checks": [')
    (_, page), pages = made(), [Page((out / f"toy/{name}.html").read_text()) for name in ("ann", "bob")]
    for one in (page, *pages):
        assert not one.tags & {"script", "img", "iframe", "object", "link", "form", "base"}
        assert "<script>alert(1)</script></style></title>\"'&{{ 7*7 }}\N{REPLACEMENT CHARACTER}exe" in one.text
        names = {name for tag, attributes in one.elements if tag not in ("svg", "path") for name in attributes}
        assert not [name for name in names if name.startswith("on")]
        assert not [link for link in one.links if ":" in link.split("#")[0]]
        assert "\u202e" not in one.text and "\x1b" not in one.text


def test_a_page_fetches_and_runs_nothing(small, made):
    built, page = made()
    pages = [page, Page((small.root / "out/toy/bob.html").read_text())]
    for one in pages:
        (policy,) = [attributes["content"] for tag, attributes in one.elements if "http-equiv" in attributes]
        assert policy.startswith("default-src 'none'") and "script" not in policy
        assert not [name for _, attributes in one.elements for name in attributes if name in ("src", "srcset")]
    assert not re.search(r"@import|url\((?!#)", built.page.read_text())


# --- anonymous ------------------------------------------------------------------------------------------------------


@pytest.fixture
def identified(toy, keep, report, check):
    """A class whose names, ids and the like stand wherever a report may have one."""
    reports = []
    for number in range(12):
        own = f"Personne{number:02}"
        who = Student(own, f"{own} Spelt", f"{own}-login", f"{own}@example.org", f"{own}-section")
        checks = [check("c", "failed", message=f"got {own}" if number % 2 else "It did not answer in time.")]
        kept = report(own, checks, student=who, source=f"class/{own}.py", digest="d")
        times, late = Times(f"2026-03-01T12:00:{number:02}Z"), Adjustment("late", -0.1, own)
        reports.append(replace(kept, times=times, adjustments=(late,)))
    reports[3] = replace(reports[3], status="broken", reason="Personne03.py: invalid syntax")
    out = keep(*reports)
    for one in reports[:4]:
        older = replace(one, score=1.0, digest="older")
        Results(out, "toy").into_history(older, older.to_json())
    table = [Pair("Personne01", "Personne02", 0.9, (), {}), Pair("Personne04", "PersonneGone", 0.8, (), {})]
    toy.write("out/toy/similarity.csv", table_csv(table))
    toy.write("out/toy/Personne99.json", '{"checks": [')
    return toy


def test_nobody_is_named(identified, made):
    built, page = made(anonymous=True)
    text = built.page.read_text()
    assert "Personne" not in text and str(identified.root) not in text and "2026" not in text
    assert "example.org" not in text and all(link.startswith("#") for link in page.links)
    assert not list((identified.root / "out/toy").glob("*.html"))
    assert len(set(re.findall(r"Student \d+", page.text))) == 13
    assert "1 file can't be read" in page.text and "Personne99" in built.problems[0]


def test_numbers_are_drawn_anew_and_their_order_tells_nothing(identified, made):
    pages = [made(anonymous=True)[1].text for _ in range(6)]
    pairs = {re.search(r"90% Student (\d+) and Student (\d+)", page).groups() for page in pages}
    assert len(pairs) > 1, "the same pair has other numbers"
    assert all(int(one) < int(other) for one, other in pairs), "in the order of the numbers, not of the names"
    for page in pages:
        changed = [
            int(one) for one in re.findall(r"Student (\d+) (?:0.9 of 1|could)", page.partition("What changed")[2])
        ]
        assert len(changed) == 4 and changed == sorted(changed)


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command(small, command):
    code, out, err = command("report", "out")
    assert (code, err) == (0, "") and "The report is out/report.html. 4 students' pages lie beside" in out
    code, out, _ = command("report", "out", "--anonymous", "--out", "board")
    assert code == 0 and "The report is board/report-anonymous.html.\n" in out


def test_damaged_and_newer_reports_are_named_here_and_on_the_page(small, command):
    newer = json.loads((small.root / "out/toy/ann.json").read_text()) | {"schema": 99}
    small.write("out/toy/ann.json", json.dumps(newer))
    small.write("out/toy/bob.json", '{"checks": [')
    small.write("out/toy/similarity.csv", "damaged")
    code, _, err = command("report", "out")
    page = Page((small.root / "out/report.html").read_text())
    assert code == 1 and err.count("autograder: ") == 3
    for said in ("ann.json is of a newer engine", "bob.json is damaged", "similarity.csv is no table"):
        assert said in err and said in page.text
    assert "2 submissions, 1 of which" in page.text


def test_where_nothing_can_be_read_the_page_says_so(toy, command):
    toy.write("out/toy/ann.json", '{"checks": [')
    assert command("report", "out")[0] == 1
    assert "There is no report that can be read." in Page((toy.root / "out/report.html").read_text()).text


@pytest.mark.parametrize("place", ["nowhere", "exercises/toy/toy.py", "exercises"])
def test_no_reports(toy, command, place):
    code, _, err = command("report", place)
    assert code == 2 and err.startswith(f"autograder: There are no reports in {place}:") and err.count("\n") == 1


def test_what_can_not_be_asked(small, command, keep, report, check):
    keep(report("ann", [check("c")], lesson="zoo"))
    for arguments, said in {
        ("--lesson", "lora"): "There are no reports of lora in out",
        ("--similarity", "out/toy/similarity.csv"): "out holds several: say which with --lesson",
        ("--lesson-url", "javascript:alert(1)"): "is no web address",
        ("--lesson", "toy", "--similarity", "gone.csv"): "gone.csv: No such file or directory.",
    }.items():
        code, _, err = command("report", "out", *arguments)
        assert code == 2 and said in err and err.count("\n") == 1, err


def test_without_matplotlib_nothing_is_written(small, command, monkeypatch):
    monkeypatch.setattr("autograder.grading.class_report.charts.importlib.util.find_spec", lambda name: None)
    code, _, err = command("report", "out")
    assert code == 2 and "pip install" in err and not list((small.root / "out").rglob("*.html"))


def test_while_a_grader_is_at_work(small, made):
    with Results(small.root / "out", "toy").claimed((), ()):
        with pytest.raises(CourseError, match="Another grader is at work"):
            made()
        assert made(anonymous=True)[0].students == 0


def test_reports_and_histories_stay_as_they_are(small, made):
    before = {path: path.read_bytes() for path in (small.root / "out").rglob("*") if path.is_file()}
    made(), made(anonymous=True)
    assert {path: path.read_bytes() for path in before} == before


def test_the_same_reports_give_the_same_page(small, made):
    assert made()[0].page.read_bytes() == made()[0].page.read_bytes()


# --- the look -------------------------------------------------------------------------------------------------------


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_by_day_and_by_night(place):
    """WCAG 2.2's contrast of at least 4.5 for text, 3 for bars."""
    colours = dict(re.findall(r"--(\w+): (#\w{6})", re.findall(r":root \{[^}]*\}", style.STYLE)[place]))

    def contrast(one, other):
        light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    low = {name: contrast(name, "page") for name in ("ink", "quiet", "link", "passed", "failed", "todo", "blocked")}
    assert min(low.values()) >= 4.5, low
    assert contrast("bar", "page") >= 3 and contrast("ink", "marked") >= 4.5

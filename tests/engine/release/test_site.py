"""The course as a site: what it holds, what it doesn't, and how it stands in a browser without a server."""

import os
import re
import shutil
import tomllib
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import yaml

from autograder.authoring.gallery import gallery
from autograder.common.errors import CourseError
from autograder.common.lesson_map import lesson_map
from autograder.common.lessons import load_course
from autograder.grading.pool import grade_many
from autograder.release.site import build_site
from autograder.release.site.pages import for_site, targets

pytest.importorskip("zensical", reason="zensical is not installed: the extra `site`")
REPOSITORY = Path(__file__).resolve().parents[3]
CHROMIUM = shutil.which("chromium")
PAGE = """\
# Doubling

$x_i * 2 * y_i$ is a formula, `$x$` is code. More: [another lesson](../more/README.md), [far](../gone/README.md),
[measured](measured/README.md), [elsewhere](https://example.org/a_b).

$$\\text{double}(x) = \\frac{2x}{1}$$

```python
print("[no link](gone.md) <details> $no$")
```

![Picture](pictures/one.svg)

<!-- play: doubled -->

```
<!-- play: gone -->
```

<details>
<summary>Why?</summary>

Because of **this**.

</details>
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text y="15">two</text></svg>'
DATA = '''\
"""Numbers and their doubles."""


def data(lesson):
    return [[one, lesson.double(one)] for one in range(5, 9)]
'''
PLAYTHING = """\
// Says what a number is when doubled.
play.add("doubled", "Double it", (place, data) => {
  const number = play.slider(place, "number", data.map(([one]) => String(one)), 0, show);
  const say = play.line(place);
  show();
  function show() { say(`Twice ${data[number()].join(" is ")}.`); }
});
"""
COUNTS_UP = '''\
"""It counts up only."""


class Counter:
    def __init__(self, start=0):
        self.value = start

    def add(self, amount):
        self.value += max(amount, 0)
        return self.value
'''
RAISES = '''\
"""It multiplies what doesn't fit."""


def double(x):
    secret_of_the_author = torch.ones(7)
    return x @ secret_of_the_author
'''


@pytest.fixture
def course(toy):
    toy.write("README.md", "# A course of toys\n")
    toy.write("exercises/toy/README.md", PAGE)
    toy.write("exercises/toy/pictures/one.svg", PICTURE)
    toy.write("exercises/toy/measured/README.md", "# Measured\n\n| claim | came out |\n|---|---|\n| one | 2 |\n")
    toy.write("exercises/toy/play/doubled.py", DATA)
    toy.write("exercises/toy/play/doubled.js", PLAYTHING)
    toy.write("tests/misconceptions/toy/Counter/counts_up.py", COUNTS_UP)
    toy.write("tests/misconceptions/toy/double/raises.py", RAISES)
    toy.copy_lesson("more")
    load_course.cache_clear()
    return load_course(toy.root)


@pytest.fixture
def told(course, zygote):
    return gallery(course, course.lessons["toy"], partial(grade_many, clients=zygote.clients), zygote.tier)


def built(course, folder, mistakes=None):
    build_site(course, list(course.lessons.values()), folder, {"toy": mistakes} if mistakes else None)
    return folder


def texts(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".json", ".js", ".xml", ".svg", ".py")
    }


def serious(page):
    """What axe finds to stand in somebody's way, and where."""
    Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_code_is_no_formula_no_link_and_no_tag():
    there = {"more/README.md", "toy/measured/README.md", "toy/pictures/one.svg", "toy/play/doubled.js"}
    page = for_site(PAGE, "toy/README.md", there)
    assert 'print("[no link](gone.md) <details> $no$")' in page and "`$x$` is code" in page
    assert "[another lesson](../more/README.md), far," in page and "(https://example.org/a_b)" in page
    assert '<section class="play" data-play="doubled">' in page and "\n<!-- play: gone -->\n" in page
    assert '<details markdown="1">' in page and page.count("<math") == 2 and page.count('<math tabindex="0"') == 1
    assert "*" not in re.search(r"<math.*?</math>", page)[0], "Markdown would make it an emphasis"
    assert targets(PAGE, "toy/README.md") == [
        "more/README.md", "gone/README.md", "toy/measured/README.md", "toy/pictures/one.svg"
    ]  # fmt: skip


def test_a_mistake_is_told_as_its_student_reads_it_and_never_its_code(told):
    assert [(one.exercise, one.sentence) for one in told] == [
        ("double", "It multiplies what doesn't fit."),
        ("double", "It squares its input instead of doubling it."),
        ("quad", "It doubles only once."),
    ]
    raised, squared, _ = told
    assert raised.said.startswith("double: Your code raises RuntimeError")
    assert "toy.py" not in raised.said and "secret" not in raised.said
    assert "It squares its input instead of doubling it.\n  expected: [2.0, 5.0, 6.0]" in squared.said
    assert "What is x + x?" in squared.said


def test_what_only_hidden_checks_find_is_told_by_option_only(course, zygote):
    grade = partial(grade_many, clients=zygote.clients)
    told = gallery(course, course.lessons["toy"], grade, zygote.tier, hidden=True)
    (found,) = [one for one in told if not one.public]
    assert (found.exercise, found.sentence) == ("Counter", "It counts up only.")
    assert "expected" not in found.said, "the inputs of a hidden check are nobody's to read"


def test_it_holds_the_course_and_nothing_of_an_instructors(course, told, tmp_path):
    files = texts(built(course, tmp_path / "site", told))
    whole = "\n".join(files.values())
    for shown in (
        "A course of toys",
        "Use a sum.",
        "It doubles only once.",
        "Because of <strong>this</strong>",
        "<mfrac>",
    ):
        assert shown in whole, shown
    for kept in (
        "secret_of_the_author",
        "test_hidden",
        "drops the sign",
        "one_to_two",
        "counts up only",
    ):
        assert kept not in whole, kept
    assert "toy/mistakes.html" in files and "more/mistakes.html" not in files
    assert (tmp_path / "site/map.svg").read_text() == lesson_map(list(course.lessons.values()))
    assert 'src="map.svg"' in files["index.html"]


def test_a_plaything_has_its_numbers_from_the_reference(course, tmp_path):
    site = built(course, tmp_path / "site")
    assert (site / "toy/play/doubled.data.js").read_text() == "play.data.doubled = [[5,10],[6,12],[7,14],[8,16]];\n"
    assert (site / "toy/play/doubled.js").read_text() == PLAYTHING
    page = (site / "toy/index.html").read_text()
    assert page.index("assets/play.js") > 0 and page.index("doubled.data.js") < page.index('"play/doubled.js"')


def test_a_plaything_that_is_not_whole_is_named(toy, course, tmp_path):
    (toy.root / "exercises/toy/play/doubled.py").unlink()
    with pytest.raises(CourseError, match="doubled.js has nothing to show: its data come from doubled.py"):
        built(course, tmp_path / "site")
    (toy.root / "exercises/toy/play/doubled.js").unlink()
    with pytest.raises(CourseError, match="asks for a plaything, and there is no toy/play/doubled.js"):
        built(course, tmp_path / "site")


@pytest.mark.parametrize("which", ["toys", "the course's own"])
def test_every_link_leads_somewhere_and_nothing_is_fetched_from_elsewhere(which, request, tmp_path):
    if which == "toys":
        site = built(request.getfixturevalue("course"), tmp_path / "site", request.getfixturevalue("told"))
    else:
        site = request.getfixturevalue("course_site")
    for name, text in texts(site).items():
        if not name.endswith(".html") or name == "404.html":  # which a server shows at any address
            continue
        for tag, link in re.findall(r"<(\w+)[^>]*?\s(?:href|src)=\"?([^\"\s>]+)", text):
            parts = urlparse(link)
            if parts.scheme or link.startswith("//"):
                assert tag == "a", f"{name} fetches {link}"
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            assert target.exists(), f"{name} leads to {link}"
            if parts.fragment and target.suffix == ".html":
                assert f'id="{unquote(parts.fragment)}"' in target.read_text(), f"{name} leads to {link}"


def test_the_same_course_gives_the_same_site(course, told, tmp_path):
    one, other = built(course, tmp_path / "one", told), built(course, tmp_path / "other", told)
    assert texts(one) == texts(other)


def test_a_folder_that_is_no_site_stays_as_it_is(course, tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/thesis.txt").write_text("years")
    with pytest.raises(CourseError, match="no site of this course"):
        built(course, tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["thesis.txt"]
    site = built(course, tmp_path / "site")
    (site / "toy/exercises.html").write_text("old")
    assert "Use a sum." in (built(course, site) / "toy/exercises.html").read_text()


def test_by_command(toy, course, command):
    code, out, err = command("site", "out", "--lessons", "toy", "--no-gallery")
    assert (code, err) == (0, "") and "out/index.html" in out
    assert (toy.root / "out/toy/index.html").is_file() and not (toy.root / "out/more").exists()
    code, _, err = command("site", "exercises", "--no-gallery")
    assert code == 2 and "no site of this course" in err
    code, _, err = command("site", "out", "--lessons", "tyo")
    assert code == 2 and "did you mean toy" in err


def test_a_release_can_carry_it(toy, course, command, zygote, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.Zygote.start", lambda *_, **__: nullcontext(zygote))
    assert command("release", "students", "--lessons", "toy", "--site")[0] == 0
    released = toy.root / "students"
    assert "Open `site/index.html`" in (released / "README.md").read_text()
    told = (released / "site/toy/mistakes.html").read_text()
    assert "It doubles only once." in told and "counts up only" not in told and "secret_of_the_author" not in told
    assert (released / "site/toy/play/doubled.data.js").is_file()
    assert (released / "exercises/toy/play/doubled.py").read_text() == DATA
    assert not (released / "site/more").exists(), "a lesson that was not handed out"
    assert command("release", "students", "--lessons", "toy")[0] == 0
    assert not (released / "site/index.html").exists(), "else it would tell of what the lessons were"


def test_the_workflow_builds_what_it_publishes():
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/site.yml").read_text())
    steps = workflow["jobs"]["build"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands[-1] == f"autograder site {steps[-1]['with']['path']}"
    extras = re.search(r"\[(.*?)\]", commands[0])[1].split(",")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert set(extras) <= project["project"]["optional-dependencies"].keys() and "site" in extras
    assert workflow["jobs"]["publish"]["needs"] == "build"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_without_a_server(course, told, tmp_path, scheme):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    site = built(course, tmp_path / "site", told)
    said = []
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request", lambda one: None if one.url.startswith(("file:", "data:", "blob:")) else said.append(one.url)
        )
        names = ("index", "toy/index", "toy/exercises", "toy/mistakes", "toy/measured/index")
        for name in names:
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == scheme, "which its pictures follow"
        page.goto((site / "toy/index.html").as_uri())
        page.get_by_role("slider", name="number").press("End")
        assert page.locator(".play [aria-live]").inner_text() == "Twice 8 is 16."
        page.goto((site / "toy/mistakes.html").as_uri())
        folded = page.locator("details").first
        folded.locator("summary").press("Enter")
        assert folded.locator("code").first.is_visible()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto((site / "index.html").as_uri())
        page.locator("button.md-search__button").first.click()
        page.wait_for_function("document.activeElement !== document.body")
        page.keyboard.type("doubling")
        page.get_by_text(re.compile(r"^\d+ results?$")).first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("[?]h=doubling"))
        assert said == []
        for (
            name
        ) in names:  # at last: axe reads style sheets in a way that a page without a server may not, and is told so
            page.goto((site / f"{name}.html").as_uri())
            assert not serious(page), name
        browser.close()

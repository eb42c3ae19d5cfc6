"""What holds for every plaything, whichever lesson's: light, readable, on its page, and for everybody to use."""

import re
from pathlib import Path

import pytest

from autograder.common.lessons import load_course
from autograder.release.site.playthings import playthings
from autograder.release.student_repository import leaks

COURSE = load_course(Path(__file__).resolve().parents[2])
SCRIPTS = [path for lesson in COURSE.lessons.values() for path in sorted(lesson.folder.glob("play/*.js"))]
every_plaything = pytest.mark.parametrize("script", SCRIPTS, ids=[f"{one.parts[-3]}-{one.stem}" for one in SCRIPTS])
LINES, DATA = 60, 40_000  # of one's script, and bytes of its data: the largest have 50, and 31,989
OUTSIDE = """section => [...section.querySelectorAll('svg')].flatMap(svg => {
    const all = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('rect, line, text, circle, polyline')].filter(one => {
        const box = one.getBoundingClientRect();
        return box.left < all.left - 1 || box.right > all.right + 1
            || box.top < all.top - 1 || box.bottom > all.bottom + 1;
    }).map(one => one.outerHTML);
})"""


def test_every_module_of_the_course_has_one():
    assert len(SCRIPTS) >= 9
    assert {COURSE.lessons[one.parts[-3]].module[:3] for one in SCRIPTS} >= {"4.1", "4.2", "4.4"}


@every_plaything
def test_it_is_light_and_stands_on_its_page_once(script):
    text = script.read_text(encoding="utf-8")
    assert text.startswith("// ") and len(text.splitlines()) <= LINES
    assert max(map(len, text.splitlines())) <= 120
    assert not re.search(r"fetch|import|require|XMLHttp|WebSocket|https?:|innerHTML|#[0-9a-f]{3,6}\b", text)
    page = (script.parents[1] / "README.md").read_text(encoding="utf-8")
    assert page.splitlines().count(f"<!-- play: {script.stem} -->") == 1
    assert f'play.add("{script.stem}", ' in text


@pytest.mark.parametrize("lesson", sorted({one.parts[-3] for one in SCRIPTS}))
def test_its_data_are_the_same_each_time_and_tell_no_solution(lesson, course_site):
    files = playthings(COURSE, COURSE.lessons[lesson])
    for name, raw in files.items():
        assert len(raw) <= DATA, name
        assert (course_site / lesson / name).read_bytes() == raw, name
    sources = {
        f"exercises/{lesson}/play/{one.name}": one.read_bytes() for one in COURSE.lessons[lesson].folder.glob("play/*")
    }
    assert list(leaks(COURSE, {f"site/{lesson}/{name}": raw for name, raw in files.items()} | sources)) == []


@pytest.mark.xdist_group("chromium")
@every_plaything
def test_by_keyboard_on_a_phone(script, opened):
    one = opened(script.parts[-3], script.stem)
    controls = one.section.locator("input, select, button")
    assert controls.count() >= 2
    controls.first.focus()
    for index in range(controls.count()):
        control = controls.nth(index)
        assert control.evaluate("control => control === document.activeElement"), "by Tab, in their order"
        kind = control.evaluate("one => one.type")
        before, seen = look(one), set()
        for key in {"range": ("End", "Home", "ArrowRight"), "select-one": ("ArrowDown",), "button": ("Enter", " ")}[
            kind
        ]:
            control.press(key)
            seen.add(look(one))
            assert one.section.evaluate(OUTSIDE) == [], f"{key} on control {index}"
        assert seen - {before} or kind == "button", f"control {index} changes nothing"
        one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert one.page.evaluate("document.getAnimations().length") == 0, "motion that nobody asked for"
    assert one.wrong == []


def look(one):
    """What is to be seen and what is read aloud."""
    return one.said, one.section.evaluate("section => section.innerHTML")


@pytest.mark.xdist_group("chromium")
@every_plaything
def test_whatever_is_chosen_the_picture_stays_in_its_frame(script, opened):
    one = opened(script.parts[-3], script.stem)
    sliders = one.section.locator("input")
    for select in one.section.locator("select").all():
        number = select.locator("option").count()
        for option in range(0, number, -(-number // 6)):
            select.select_option(index=option)
            for slider in sliders.all():
                for key in ("Home", "End"):
                    slider.press(key)
            assert one.section.evaluate(OUTSIDE) == [], option
            assert not re.search("NaN|undefined|Infinity", one.said)
    assert one.wrong == []


@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_plaything
def test_everybody_can_read_it(script, scheme, opened):
    Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe
    one = opened(script.parts[-3], script.stem, scheme)
    found = Axe().run(one.page, context=f'[data-play="{script.stem}"]').response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []

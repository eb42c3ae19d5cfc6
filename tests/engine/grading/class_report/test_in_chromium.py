"""The pages in a browser: on a phone and on a desk, by day and by night, offline and by keyboard."""

import os
import shutil
import time
from dataclasses import replace

import pytest

from autograder.checking.report import Adjustment, Student
from autograder.grading.class_report.build import build
from autograder.grading.results import Results
from autograder.grading.similarity import Pair, compare, side_by_side, table_csv

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
    pytest.mark.xdist_group("chromium"),
]
EVIL = "<script>alert(1)</script></style><img src=x onerror=alert(1)>"
LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschafers"
OUTSIDE = """[...document.querySelectorAll('main *')].filter(one => !one.closest('.wide, .two > div')
    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        launched = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def pages(toy, keep, check, report):
    """The pages of a class with long names and hostile texts: of the class, of a student, and of similar pairs."""
    text = f"{EVIL}{LONG}\nexpected: {'0.5, ' * 60}\ngot: {LONG * 4}{EVIL}\nat toy.py:3"
    reports = [
        report(f"s{number}", [
            check("test_double_adds" + "_and_more" * 8, "failed" if number % 2 else "passed", message=text,
                  mistakes=(f"{EVIL} {LONG}",) if number % 2 else ()),
            check("test_secret", "failed" if number % 3 else "passed", public=False, exercise="quad"),
        ])
        for number in range(12)
    ]  # fmt: skip
    reports[1] = replace(
        reports[1], student=Student("s1", f"{LONG} {EVIL}"), adjustments=(Adjustment("late", -0.5, EVIL),)
    )
    reports[2] = replace(reports[2], status="broken", reason=f"{EVIL}{LONG * 3}")
    out = keep(*reports)
    older = replace(reports[1], digest="older", score=0.5, adjustments=())
    Results(out, "toy").into_history(older, older.to_json())
    toy.write("out/toy/similarity.csv", table_csv([Pair("s1", "s2", 0.9, (), {"double": 0.9})]))
    toy.write("out/toy/gone.json", '{"checks": [')
    alike = [toy.submission(toy.reference.replace("x + x", f"x + x  # {LONG * 3}"), name) for name in ("s1", "s2")]
    toy.write("out/toy/similarity.html", side_by_side(toy.lesson, compare(toy.course, toy.lesson, alike), 1))
    return [build(toy.course, out).page, out / "toy/s1.html", out / "toy/s2.html", out / "toy/similarity.html"]


def opened(browser, path, width=1280, scheme="light"):
    """The page in a window of this width, and what it asked for, said or raised."""
    window = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    window.set_default_timeout(120_000)  # on a busy machine
    asked, said = [], []
    window.on("request", lambda request: asked.append(request.url))
    window.on("console", lambda message: said.append(message.text))
    window.on("pageerror", lambda error: said.append(str(error)))
    window.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    window.goto(path.as_uri())
    return window, asked, said


@pytest.mark.slow
def test_nothing_is_fetched_run_or_wider_than_the_window(browser, pages):
    for path in pages:
        for width in (390, 1280):
            window, asked, said = opened(browser, path, width)
            assert (asked, said) == ([path.as_uri()], []), path.name
            assert window.evaluate("document.documentElement.scrollWidth") <= width, path.name
            assert window.evaluate(OUTSIDE) == [], (path.name, width)
            window.close()


@pytest.mark.slow
def test_it_is_dark_by_night(browser, pages):
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    for path in pages:
        seen = {}
        for scheme in ("light", "dark"):
            window, _, said = opened(browser, path, scheme=scheme)
            seen[scheme] = window.evaluate(colours)
            if path == pages[0]:
                letters = "[...document.querySelectorAll('svg text')].map(one => getComputedStyle(one).fill)"
                assert set(window.evaluate(letters)) == {seen[scheme][1]}, "letters in charts are those of the page"
            window.close()
        assert seen == {
            "light": ["rgb(255, 255, 255)", "rgb(27, 27, 27)"],
            "dark": ["rgb(22, 24, 28)", "rgb(230, 230, 230)"],
        }


@pytest.mark.slow
def test_keys_are_enough(browser, pages):
    """An arrow scrolls a table that is wider than the window; Enter shows names and follows links."""
    window, *_ = opened(browser, pages[0], 390)
    checks = window.get_by_role("region", name="Checks of Toy")
    assert checks.get_attribute("tabindex") == "0" and checks.evaluate("one => one.scrollWidth > one.clientWidth")
    checks.focus()
    window.keyboard.press("ArrowRight")
    until = time.monotonic() + 60  # it scrolls smoothly
    while not (scrolled := checks.evaluate("one => one.scrollLeft")) and time.monotonic() < until:
        window.wait_for_timeout(100)
    assert scrolled
    summary = window.locator("summary", has_text="names").first
    summary.focus()
    window.keyboard.press("Enter")
    assert summary.evaluate("one => one.parentElement.open")
    window.get_by_role("link", name="0 of 2").first.focus()
    with window.expect_navigation():
        window.keyboard.press("Enter")
    assert window.title().startswith("Toy: ")
    window.close()

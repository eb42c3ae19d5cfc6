"""A browser that has a lesson's plaything open, as a file and without a server."""

import os
import re
import shutil

import pytest

CHROMIUM = shutil.which("chromium")
MOVE = """(slider, shown) => {
    for (slider.value = 0; ; slider.value++) {
        slider.dispatchEvent(new Event('input'));
        if (slider.getAttribute('aria-valuetext') === shown) return true;
        if (slider.value === slider.max) return false;
    }
}"""


class Plaything:
    """One in its page: `said` is its line of text."""

    def __init__(self, page, name):
        self.page = page
        self.section = page.locator(f'[data-play="{name}"]')
        self.wrong = []  # what the console said, and what was fetched from elsewhere
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else self.wrong.append(one.url))

    def control(self, label):
        """The slider or choice that is read aloud by this name."""
        sliders, choices = (self.section.get_by_role(role, name=label, exact=True) for role in ("slider", "combobox"))
        return sliders.or_(choices)

    def set(self, label, shown):
        """Choose what is shown so, or move the slider until it says so."""
        control = self.control(label)
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(label=shown)
            return
        assert control.evaluate(MOVE, shown), f"{label} never says {shown}"

    @property
    def said(self):
        return self.section.locator("[aria-live]").inner_text()

    @property
    def tokens(self):
        """The texts of its boxes, and of those the ones that are marked as learned."""
        boxes = self.section.locator(".play-tokens > span")
        texts = boxes.all_text_contents()
        kinds = boxes.evaluate_all("all => all.map(one => one.className)")
        return texts, [text for text, kind in zip(texts, kinds, strict=True) if "learned" in kind]

    def numbers(self, pattern):
        """What stands in the line where the pattern has its groups, as numbers."""
        found = re.search(pattern, self.said)
        assert found, f"{pattern!r} is not in {self.said!r}"
        return [float(one.replace(",", "")) for one in found.groups()]


@pytest.fixture(scope="module")
def opened(course_site):
    """`opened(lesson, name)` gives a Plaything, at the width of a phone."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)

        def open_one(lesson, name, scheme="light"):
            for context in browser.contexts:
                context.close()
            viewport = {"width": 390, "height": 800}
            page = browser.new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
            one = Plaything(page, name)
            page.goto((course_site / lesson / "index.html").as_uri())
            return one

        yield open_one
        browser.close()

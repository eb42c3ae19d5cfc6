"""Pictures of matplotlib, on a white page and on a dark one."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from autograder.common.pictures import for_both_schemes, in_the_dark, save_svg

CHROMIUM = shutil.which("chromium")
COLOURS = ("#000000", "#444444", "#666666", "#777777", "#4c72b0", "#c44e52", "#55a868", "#dd8452", "#8172b3", "#2d6a4f")


@pytest.fixture
def drawn(tmp_path: Path) -> str:
    matplotlib = pytest.importorskip("matplotlib", reason="needs the extra pictures")
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "toy"}):
        figure = Figure(figsize=(2, 2))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.axis("off")
        axes.bar([0], [1], color="#c44e52")
        axes.text(0, 0.5, "white on red", color="white")
        axes.set(xlim=(-1, 1), ylim=(0, 2))
        save_svg(figure, tmp_path / "toy.svg")
    return (tmp_path / "toy.svg").read_text(encoding="utf-8")


def contrast(one: str, other: str) -> float:
    """WCAG's, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_white_page_becomes_the_dark_one_and_ink_becomes_light() -> None:
    assert (in_the_dark("#ffffff"), in_the_dark("#000000")) == ("#0d1117", "#f0f6fc")


@pytest.mark.parametrize("colour", COLOURS)
def test_what_is_read_on_white_is_read_in_the_dark(colour: str) -> None:
    """At least four fifths of the contrast, and the same part of it is the strongest."""
    assert contrast(in_the_dark(colour), "#0d1117") > 0.8 * contrast(colour, "#ffffff")
    parts, turned = ([one[at : at + 2] for at in (1, 3, 5)] for one in (colour, in_the_dark(colour)))
    if len(set(parts)) > 1:
        assert parts.index(max(parts)) == turned.index(max(turned))


def test_nothing_lies_behind_and_other_white_stays(drawn: str) -> None:
    assert re.search(r'<g id="patch_1">\s*<path [^>]*style="fill: none"', drawn)
    assert "fill: #ffffff" in re.search(r"<text[^>]*>white on red", drawn)[0]


def test_twice_is_as_once(drawn: str) -> None:
    assert for_both_schemes(drawn) == drawn and drawn.count("prefers-color-scheme") == 1


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")
@pytest.mark.xdist_group("chromium")
def test_a_browser_takes_the_other_colours_in_the_dark(drawn: str, tmp_path: Path) -> None:
    """A picture of the page, as an <img>: red bar and page, in both schemes."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("PIL", reason="needs the extra pictures")
    from PIL import Image

    page = tmp_path / "page.html"
    page.write_text(
        '<html style="color-scheme: light dark"><body style="margin: 0; background: #123456"><img src="toy.svg">',
        encoding="utf-8",
    )
    seen = {}
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for scheme in ("light", "dark"):
            tab = browser.new_page(color_scheme=scheme, viewport={"width": 192, "height": 192})
            tab.goto(page.as_uri())
            tab.screenshot(path=tmp_path / f"{scheme}.png")
            shot = Image.open(tmp_path / f"{scheme}.png").convert("RGB")
            seen[scheme] = ["#{:02x}{:02x}{:02x}".format(*shot.getpixel(place)) for place in ((96, 180), (5, 5))]
        browser.close()
    assert seen == {"light": ["#c44e52", "#123456"], "dark": [in_the_dark("#c44e52"), "#123456"]}

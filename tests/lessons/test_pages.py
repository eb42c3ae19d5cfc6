"""What every lesson's page holds, whichever lesson: its exercises, its links, its pictures, its measurements."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from autograder import experiments
from autograder.common.lessons import Lesson, load_course
from autograder.common.pictures import for_both_schemes

COURSE = load_course(Path(__file__).resolve().parents[2])
HOURS = {"a quarter of an": 0.25, "half an": 0.5, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons.values(), ids=list(COURSE.lessons))


def page(lesson: Lesson) -> str:
    return (lesson.folder / "README.md").read_text(encoding="utf-8")


@every_lesson
def test_the_table_of_exercises_is_the_lessons(lesson: Lesson) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", page(lesson), re.MULTILINE)
    assert rows == [(name, str(one.points), str(one.minutes)) for name, one in lesson.exercises.items()]


@every_lesson
def test_the_first_lines_say_what_it_leans_on_what_one_needs_and_how_long_it_takes(lesson: Lesson) -> None:
    """And the hours are those that lesson.toml estimates, to half an hour."""
    start = " ".join(page(lesson).partition("\n## ")[0].split())
    assert re.search(r"\bleans? on\b", start) and re.search(r"\bneeds?\b", start), start
    (told,) = re.findall(r"\btakes? (?:about |a bit (?:more|less) than )?(\S+(?: \S+){0,3}) hours?\b", start)
    number, _, half = told.partition(" and ")
    hours = HOURS[number] + 0.5 * bool(half)
    assert abs(hours - sum(one.minutes for one in lesson.exercises.values()) / 60) <= 0.5


@every_lesson
def test_every_picture_has_a_caption_and_they_are_numbered(lesson: Lesson) -> None:
    """And a chart of one seed says so, in words that a screen reader says and in the caption."""
    blocks = page(lesson).split("\n\n")
    shown = [number for number, block in enumerate(blocks) if "](pictures/" in block or "](measured/" in block]
    shown = [number for number in shown if blocks[number].startswith("![")]
    captions = [blocks[number + 1] for number in shown]
    assert [caption.partition(".")[0] for caption in captions] == [f"*Picture {1 + n}" for n in range(len(captions))]
    for number, caption in zip(shown, captions, strict=True):
        (told, target) = re.fullmatch(r"!\[([^\]]+)\]\((\S+)\)", blocks[number]).groups()
        if target.startswith("measured/") and has_chance(lesson, target):
            assert "one seed" in told and "one seed" in caption


def has_chance(lesson: Lesson, target: str) -> bool:
    """Whether any number of a chart's experiment is another one with another seed. A real run was made once."""
    found = json.loads((lesson.folder / target).with_suffix(".json").read_text(encoding="utf-8"))
    return any(value["min"] != value["max"] for value in found["spread"].values()) if "spread" in found else True


@every_lesson
def test_it_ends_with_questions_a_recap_and_what_comes_next(lesson: Lesson) -> None:
    headings = re.findall(r"^## (.+)$", page(lesson), re.MULTILINE)
    order = [headings.index(one) for one in ("See it measured", "Your turn", "Did it stick?", "What you keep")]
    assert order == sorted(order)
    questions, recap = (page(lesson).split(f"\n## {headings[at]}\n")[1].split("\n## ")[0] for at in order[2:])
    folded = re.findall(r"<details>\s*<summary>(.+?)</summary>\s*(\S.*?)</details>", questions, re.DOTALL)
    assert len(folded) >= 3 and questions.count("<details>") == len(folded)
    assert recap.count("\n- ") >= 3 and re.search(r"^Next\b", recap, re.MULTILINE)
    assert (lesson.folder / "measured/README.md").exists() and "](measured/README.md)" in page(lesson)


@every_lesson
def test_its_pictures_are_read_on_a_dark_page_and_on_a_phone(lesson: Lesson) -> None:
    """Each was saved for both schemes; of a drawing 5.2 inches wide, a phone of 390 px shows 9 points as 8.6 px."""
    for path in [*lesson.folder.glob("pictures/*.svg"), *lesson.folder.glob("measured/*.svg")]:
        svg = path.read_text(encoding="utf-8")
        assert for_both_schemes(svg) == svg and "prefers-color-scheme: dark" in svg, path
        if path.parent.name == "pictures":
            width = float(re.search(r'viewBox="0 0 ([\d.]+) ', svg)[1])
            smallest = min(float(size) for size in re.findall(r"font(?:-size)?: [^;]*?([\d.]+)px", svg))
            assert smallest / width * 358 > 7.3, f"{path}: letters of {smallest / width * 358:.1f} px"


@every_lesson
def test_formulas_stand_as_github_typesets_them(lesson: Lesson) -> None:
    """One between $$ is a paragraph of its own; anything else shows as it was typed."""
    text = re.sub(r"```.*?```", "", page(lesson), flags=re.DOTALL)
    formulas = [one for one in text.split("\n\n") if re.fullmatch(r"\$\$[^$]+\$\$", one)]
    assert text.count("$$") == 2 * len(formulas)


@every_lesson
def test_every_link_leads_somewhere(lesson: Lesson) -> None:
    for written in lesson.folder.rglob("README.md"):
        for target in re.findall(r"\]\(([^)]+)\)", written.read_text(encoding="utf-8")):
            path = written.parent / target.partition("#")[0]
            assert target.startswith("https://") or path.exists(), f"{written}: {target}"


@every_lesson
def test_the_pictures_are_drawn_by_their_script(
    lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words in the committed pictures; outlines may differ between versions of matplotlib."""
    pytest.importorskip("matplotlib", reason="needs the extra pictures")
    reference = str(COURSE.reference(lesson.name))
    monkeypatch.setattr(sys, "argv", ["draw.py", "--lesson", reference, "--out", str(tmp_path)])
    pictures = lesson.folder / "pictures"
    runpy.run_path(str(pictures / "draw.py"), run_name="__main__")
    committed = sorted(path.name for path in pictures.glob("*.svg"))
    assert committed == sorted(path.name for path in tmp_path.iterdir()) != []
    for name in committed:
        texts = [
            re.findall(r"<text[^>]*>([^<]*)</text>", (folder / name).read_text(encoding="utf-8"))
            for folder in (tmp_path, pictures)
        ]
        assert texts[0] == texts[1] != []
        assert f"](pictures/{name})" in page(lesson)


@every_lesson
def test_every_claim_was_measured_on_several_seeds_and_holds(lesson: Lesson) -> None:
    told = " ".join(written.read_text(encoding="utf-8") for written in lesson.folder.rglob("README.md"))
    for name, experiment in experiments.find_experiments(lesson).items():
        found = json.loads((lesson.folder / f"measured/{name}.json").read_text(encoding="utf-8"))
        assert (found["state"], found["claim"]) == ("holds", experiment.claim)
        seeds = 1 if experiment.about.minutes else 5
        assert [one["seed"] for one in found["seeds"]] == list(range(seeds))
        assert found["submission"] == COURSE.reference(lesson.name).relative_to(COURSE.root).as_posix()
        assert name in told

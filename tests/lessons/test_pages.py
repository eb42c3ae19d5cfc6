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

COURSE = load_course(Path(__file__).resolve().parents[2])
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons.values(), ids=list(COURSE.lessons))


def page(lesson: Lesson) -> str:
    return (lesson.folder / "README.md").read_text(encoding="utf-8")


@every_lesson
def test_the_table_of_exercises_is_the_lessons(lesson: Lesson) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", page(lesson), re.MULTILINE)
    assert rows == [(name, str(one.points), str(one.minutes)) for name, one in lesson.exercises.items()]


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

"""The capstone is graded with the rest of the folder: all references pass it, an unfinished lesson is named."""

from pathlib import Path

import pytest

from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import resolve
from autograder.common.lessons import load_course
from autograder.common.stubs import make_stub

COURSE = load_course(Path(__file__).resolve().parents[3])
LESSON = COURSE.lesson("pipeline")
PARTS = [f"test_your_own_parts[{stage}]" for stage in ("sft", "alignment", "lora", "quantization")]


@pytest.fixture(scope="module")
def checks():
    return collect_checks(COURSE, LESSON).checks


def outcomes(folder, checks, spawn):
    submission = resolve(folder, "pipeline", LESSON.uses)
    session = Session.of(LESSON, submission, spawn, TimeLimits(check=60.0, submission=600.0))
    try:
        return Run(LESSON, checks, session).all()
    finally:
        session.close()


def hand_in(folder, leave_out=(), unfinished=()):
    """A folder of references, some left out, some still stubs."""
    for name in COURSE.lessons:
        if name not in leave_out:
            source = COURSE.reference(name).read_text(encoding="utf-8")
            (folder / name).mkdir(parents=True)
            (folder / name / f"{name}.py").write_text(make_stub(source) if name in unfinished else source)
    return folder


def test_every_lesson_that_is_used_is_there():
    assert set(LESSON.uses) <= set(COURSE.lessons)


def test_a_folder_of_all_references_passes_in_process_and_sandboxed(checks, zygote):
    for spawn in (LocalTransport, zygote.spawn):
        found = outcomes(COURSE.root / "solutions", checks, spawn)
        assert {name: verdict.sentence for name, verdict in found.items() if verdict.outcome != "passed"} == {}
        assert set(PARTS) <= found.keys()


def test_an_unfinished_lesson_is_named_and_the_rest_is_graded(checks, zygote, tmp_path):
    folder = hand_in(tmp_path / "ann", leave_out=["quantization"], unfinished=["lora"])
    for spawn in (LocalTransport, zygote.spawn):
        found = outcomes(folder, checks, spawn)
        assert {name: verdict.sentence for name, verdict in found.items() if verdict.outcome != "passed"} == {
            "test_your_own_parts[lora]": "blocked by apply_lora (lora)",
            "test_your_own_parts[quantization]": "blocked by QuantizedLinear (quantization)",
        }


def test_a_lesson_that_can_not_be_loaded_is_told_from_one_that_is_not_written(checks, zygote, tmp_path):
    folder = hand_in(tmp_path / "ann", unfinished=["lora"])
    path = folder / "alignment" / "alignment.py"
    path.write_text(f"{path.read_text()}\ndef x(:\n")
    for spawn in (LocalTransport, zygote.spawn):
        found = outcomes(folder, checks, spawn)
        assert {name: verdict.sentence for name, verdict in found.items() if verdict.outcome != "passed"} == {
            "test_your_own_parts[alignment]": "blocked by dpo_step (alignment, whose file can't be loaded)",
            "test_your_own_parts[lora]": "blocked by apply_lora (lora)",
        }


def test_a_file_alone_is_graded_but_for_what_it_builds_on(checks):
    found = outcomes(COURSE.reference("pipeline"), checks, LocalTransport)
    assert [name for name, verdict in found.items() if verdict.outcome == "blocked"] == PARTS
    assert {verdict.outcome for verdict in found.values()} == {"passed", "blocked"}


def test_a_part_that_is_wrong_fails_the_stage_that_is_run_with_it(checks, tmp_path):
    folder = hand_in(tmp_path / "ann")
    path = folder / "quantization" / "quantization.py"
    path.write_text(
        f"{path.read_text()}\n\nclass QuantizedLinear(nn.Module):\n"
        "    def __init__(self, linear, bits, block_size):\n"
        "        super().__init__()\n"
        "        self.linear = linear\n\n"
        "    def forward(self, x):\n"
        "        return self.linear(x)\n"
    )
    found = outcomes(folder, checks, LocalTransport)
    assert [name for name, verdict in found.items() if verdict.outcome != "passed"] == [PARTS[-1]]

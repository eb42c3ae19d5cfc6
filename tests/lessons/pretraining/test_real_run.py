"""The lesson at a real size: `exercises/pretraining/real_run.py`, with the references."""

import json

import pytest
import torch

from autograder import real_runs as engine
from autograder.common.errors import CourseError
from autograder.real_runs import Kept

LESSON = "pretraining"
TEXTS = [f"Line {number} of a text says that {number} and {number} are {2 * number}.\n" * 3 for number in range(150)]


def test_the_script_learns_from_any_text(capsys, references, real_runs):
    script = real_runs(LESSON)
    found = script.run(references[LESSON], references["gpt"], TEXTS, steps=10, rows=4)
    assert abs(found["held_out"][0] - found["uniform"]) < 0.3 and found["held_out"][-1] < found["held_out"][0] - 0.3
    assert len(found["train"]) == 10 and len(found["held_out"]) == 11 and found["text"]
    script.show(found)
    shown = capsys.readouterr().out
    assert f"{found['numbers']:,} numbers" in shown and "bits a byte" in shown and "step 10:" in shown


def test_your_own_checkpoint_keeps_the_run(references, real_runs, tmp_path, monkeypatch):
    """A run that the student's functions keep goes on as one that never stopped; without Adam's means it doesn't."""
    monkeypatch.setattr(engine, "EVERY", 0)  # a state after each step
    monkeypatch.setattr(engine, "SHARE", 0)
    lesson, gpt = references[LESSON], references["gpt"]
    functions = {name: staticmethod(value) for name, value in vars(lesson).items() if callable(value)}
    whole = real_runs(LESSON).run(lesson, gpt, TEXTS, steps=10, rows=4)

    def stopped_and_gone_on(name, load):
        def train(model, batches, optimizer, *rest):
            if len(optimizer.state) and next(iter(optimizer.state.values()))["step"] == 6:
                raise KeyboardInterrupt
            return lesson.train_gpt(model, batches, optimizer, *rest)

        first = type("First", (), functions | {"train_gpt": staticmethod(train)})
        with pytest.raises(KeyboardInterrupt):
            real_runs(LESSON).run(first, gpt, TEXTS, steps=10, rows=4, kept=Kept(tmp_path / name))
        second = type("Second", (), functions | {"load_checkpoint": staticmethod(load)})
        return real_runs(LESSON).run(second, gpt, TEXTS, steps=10, rows=4, kept=Kept(tmp_path / name))

    def without_optimizer(path, model, optimizer):
        model.load_state_dict(torch.load(path, weights_only=True)["model"])

    gone_on = stopped_and_gone_on("right", lesson.load_checkpoint)
    assert (gone_on["train"], gone_on["held_out"]) == (whole["train"], whole["held_out"])
    assert stopped_and_gone_on("wrong", without_optimizer)["train"] != whole["train"]


def test_too_short_a_text_is_refused_in_a_sentence(references, real_runs):
    with pytest.raises(CourseError, match="tokens are too few for windows of 64; give a longer --text"):
        real_runs(LESSON).run(references[LESSON], references["gpt"], ["A short text."])


def test_the_shapes_have_the_sizes_that_they_are_named_for(references, real_runs):
    sizes = {}
    for name, shape in real_runs(LESSON).SHAPES.items():
        with torch.device("meta"):
            model = references["gpt"].GPT(references["gpt"].GPTConfig(**shape))
        sizes[name] = sum(parameter.numel() for parameter in model.parameters())
    assert sizes["gpt2"] == 124_439_808 and 9.9e6 < sizes["10M"] < 10.2e6


def test_what_was_written_down_came_from_the_script(capsys, repository, real_runs):
    path = repository / "exercises/pretraining/measured/real_run.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["shape"] == "small" and written["steps"] == 100 and len(written["held_out"]) == 11
    real_runs(LESSON).show(written)
    assert "bits a byte" in capsys.readouterr().out


@pytest.mark.gpu
@pytest.mark.parametrize(("shape", "steps"), [("10M", 200), ("gpt2", 10)])
def test_a_real_size_on_a_gpu(references, real_runs, shape, steps):
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    script = real_runs(LESSON)
    found = script.run(
        references[LESSON], references["gpt"], script.documents(None), shape, device="cuda", steps=steps, rows=4
    )
    # Unverified there: no machine that this was written on had a GPU.
    assert found["held_out"][-1] < found["held_out"][0] - 0.5

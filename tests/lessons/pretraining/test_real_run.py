"""The lesson at a real size: `exercises/pretraining/real_run.py`, with the references."""

import json

import pytest
import torch

from autograder.common.errors import CourseError

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


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(references, real_runs, tmp_path):
    script, path = real_runs(LESSON), tmp_path / "run.pt"
    lesson, gpt = references[LESSON], references["gpt"]

    class Stopped(Exception):
        pass

    def save(*arguments):
        lesson.save_checkpoint(*arguments)
        if arguments[3] == 6:
            raise Stopped

    whole = script.run(lesson, gpt, TEXTS, steps=10, rows=4)
    stops = type("Stops", (), {name: staticmethod(value) for name, value in vars(lesson).items() if callable(value)})
    stops.save_checkpoint = staticmethod(save)
    with pytest.raises(Stopped):
        script.run(stops, gpt, TEXTS, steps=10, rows=4, checkpoint=path)
    rest = script.run(lesson, gpt, TEXTS, steps=10, rows=4, checkpoint=path, resume=True)
    assert rest["from"] == 6 and rest["train"] == whole["train"][6:] and rest["held_out"] == whole["held_out"][6:]


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

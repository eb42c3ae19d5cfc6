"""Hidden checks of `tensors_of`."""

import torch
from gpt_oracles import Sizes, draw_sizes
from gpt_state_oracles import expect_names, expect_tensors, in_both_forms, written_into

from autograder import builders
from autograder.checks import exercise, expect_close


@exercise("tensors_of")
def test_names_of_deeper_models(student, rng):
    # of 11 blocks "h.1" begins the name of "h.10" too
    expect_tensors(student, rng, Sizes(21, 14, 6, 11, 2), models=1)
    expect_tensors(student, rng, draw_sizes(rng, layers=1), models=1)


@exercise("tensors_of")
def test_tensors_of_models_in_float64(student, rng):
    expect_tensors(student, rng, draw_sizes(rng, layers=2), models=2, dtype="float64")


@exercise("tensors_of")
def test_the_numbers_of_another_gpt2_fit(student, rng):
    sizes = Sizes(53, 32, 24, 2, 3)
    model = builders.tiny_gpt2(rng.randint(0, 1 << 30))
    ids = rng.randint(0, 53, (2, 12))
    state = {}
    for name, one in model.transformer.state_dict().items():
        turned = one.ndim == 2 and name.startswith("h.")
        state[name] = (one.T if turned else one).contiguous()
    numbers = rng.randn(2 * (12 * 24**2 + 13 * 24) + 87 * 24)
    (answer,) = written_into(student, sizes, numbers, [in_both_forms(state)], ids)
    expect_names(answer, sizes)
    with torch.no_grad():
        expected = model(ids).logits
    expect_close(
        answer.get("after"),
        expected,
        what="What the model gives, filled with the numbers of Hugging Face's GPT-2,",
        rtol=1e-4,
        atol=1e-4,
    )

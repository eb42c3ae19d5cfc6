"""Hidden checks of `gpt_logits`."""

import torch
from transformer_oracles import (
    TOL_BF16,
    TOL_FP32,
    expect_gradients,
    expect_logits,
    expect_result,
    forward,
    gpt_params,
    logits_mistakes,
    too_long,
)

from autograder import builders
from autograder.checks import exercise, expect_close, in_drawn_order


@exercise("gpt_logits", points=2)
def test_it_is_hugging_faces_gpt2(student, rng):
    model = builders.tiny_gpt2(rng.randint(0, 1 << 30))
    with torch.no_grad():
        for name, parameter in model.transformer.named_parameters():
            if ".weight" in name and "ln_" not in name:
                parameter.mul_(5)
        ids = rng.randint(0, 53, (2, 9))
        expected = model(ids).logits
    params = {name: one.detach().clone() for name, one in model.transformer.state_dict().items()}
    expect_close(
        student.gpt_logits(ids, params, 3),
        expected,
        what="The logits of a tiny GPT-2",
        mistakes=logits_mistakes(ids, params, 3),
        rtol=1e-4,
        atol=1e-4,
    )


@exercise("gpt_logits")
def test_every_prefix_of_a_text(student, rng):
    params, ids = gpt_params(rng, width=6), rng.randint(0, 11, (2, 7))
    right = forward(ids, params, 3)
    for length in rng.permutation((1, rng.choice([3, 6]))):
        expect_close(
            student.gpt_logits(ids[:, :length], params, 3),
            right[:, :length],
            what="The logits of the beginnings of texts",
            mistakes=logits_mistakes(ids[:, :length], params, 3),
            **TOL_FP32,
        )


@exercise("gpt_logits")
def test_texts_dont_mix_and_tokens_can_be_renumbered(student, rng):
    params, ids = gpt_params(rng, width=6), rng.randint(0, 11, (4, 5))
    right, order = forward(ids, params, 2), rng.permutation(range(4))
    got = student.gpt_logits(ids[order], params, 2)
    mistakes = logits_mistakes(ids[order], params, 2)
    expect_close(got, right[order], what="The logits of texts in another order", mistakes=mistakes, **TOL_FP32)
    # Give every token another id, and its row with it: the logits are renumbered, too
    numbers = torch.tensor(rng.permutation(range(11)))
    moved = dict(params)
    moved["wte.weight"] = torch.empty_like(params["wte.weight"])
    moved["wte.weight"][numbers] = params["wte.weight"]
    expected = torch.empty_like(right)
    expected[..., numbers] = right
    got = student.gpt_logits(numbers[ids], moved, 2)
    expect_close(
        got,
        expected,
        what="The logits after tokens were renumbered",
        mistakes=logits_mistakes(numbers[ids], moved, 2),
        **TOL_FP32,
    )


@exercise("gpt_logits")
def test_many_blocks_in_any_order(student, rng):
    ids, loose = rng.randint(0, 11, (2, 3)), {"rtol": 1e-3, "atol": 1e-3}
    layers = rng.choice([11, 14])
    params = gpt_params(rng, width=4, layers=layers, inner=3)
    params |= {f"h.{layer}.attn.bias": torch.ones(1, 1, 3, 3) for layer in range(layers)}
    params |= {"lm_head.weight": rng.randn(11, 4), "h.extra": rng.randn(2)}
    shuffled = dict(rng.permutation(params.items()))
    expect_logits(student, ids, shuffled, 2, "The logits of many blocks", loose)


@exercise("gpt_logits")
def test_what_text_doesnt_fit(student, rng):
    positions = rng.randint(22, 31)
    params = gpt_params(rng, width=4, layers=0, positions=positions)
    in_drawn_order(
        rng,
        too_long(rng, student, params, 1, positions, positions + 1),
        too_long(rng, student, params, 1, positions, 2 * positions),
        lambda: expect_logits(student, rng.randint(0, 11, (1, positions)), params, 1, "The logits of the longest text"),
        lambda: expect_logits(student, rng.randint(0, 11, (positions + 3, 2)), params, 1, "The logits of many texts"),
    )


@exercise("gpt_logits")
def test_logits_in_every_dtype_and_size(student, rng):
    for batch, length, heads in rng.permutation(((1, 9, 6), (6, 1, 1))):
        params = gpt_params(rng, width=6, layers=1)
        expect_logits(student, rng.randint(0, 11, (batch, length)), params, heads, "The logits of few tokens")
    ids = rng.randint(0, 11, (2, 4))
    for dtype, tolerance in rng.permutation(((torch.float64, TOL_FP32), (torch.bfloat16, TOL_BF16))):
        params = {name: (0.5 * one).to(dtype) for name, one in gpt_params(rng, width=6, layers=1, inner=5).items()}
        got = student.gpt_logits(ids, params, 2)
        expect_result(got, forward(ids, params, 2), "The logits in another dtype", tolerance=tolerance)


@exercise("gpt_logits")
def test_gradients_with_one_block_and_none(student, rng):
    for layers in rng.permutation((0, 1)):
        arguments = [rng.randint(0, 11, (2, 3)), gpt_params(rng, width=4, layers=layers, inner=5), 2]
        expect_gradients(student, "gpt_logits", forward, arguments, rng.randn(2, 3, 11), logits_mistakes(*arguments))

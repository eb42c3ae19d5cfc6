"""Checks of `load_into`."""

import torch
from pretrained_weights_loading_oracles import (
    LACKING,
    LEFT_OVER,
    SHAPE,
    STRETCHED,
    expect_loaded,
    expect_own_gpt,
    expect_refused,
    other_state,
)
from pretrained_weights_oracles import checkpoint, draw_sizes, upright

from autograder.checks import exercise


@exercise("load_into")
def test_your_own_gpt(student, rng):
    sizes = draw_sizes(rng)
    expect_own_gpt(student, rng, sizes, upright(checkpoint(rng, sizes)))


@exercise("load_into")
def test_queries_keys_and_values_together(student, rng):
    expect_loaded(student, [other_state(rng), other_state(rng)], fused=True, rounds=[(0, 1), (1,)])


@exercise("load_into")
def test_queries_keys_and_values_apart(student, rng):
    expect_loaded(student, [other_state(rng), other_state(rng)], fused=False, rounds=[(0, 1), (1,)])


@exercise("load_into")
def test_a_model_in_other_dtypes(student, rng):
    for dtype in rng.permutation(["bfloat16", "float64"]):
        for fused in rng.permutation([True, False]):
            expect_loaded(student, [other_state(rng)], fused=fused, dtype=dtype)


@exercise("load_into")
def test_a_tensor_too_few_or_too_many(student, rng):
    state, more = other_state(rng), other_state(rng)
    gone = rng.permutation(["wte.weight", "ln_f.bias", "h.0.attn.c_proj.weight"])[:2]
    less = {name: one for name, one in state.items() if name not in gone}
    added = rng.permutation(["h.1.ln_1.weight", "wpe.weight", "lm_head.weight"])
    more = {added[0]: torch.zeros(6, 6), **more, **dict.fromkeys(added[1:], torch.zeros(6, 6))}
    cases = [(less, gone, LACKING), (more, added, LEFT_OVER)]
    expect_refused(student, rng, cases, fused=True)
    expect_refused(student, rng, cases[:1], fused=False)


@exercise("load_into")
def test_tensors_of_another_shape(student, rng):
    cases = []
    for name, shape in (("wte.weight", (8, 6)), ("h.0.attn.c_proj.bias", (5,))):
        cases.append((other_state(rng) | {name: torch.zeros(shape)}, [name], SHAPE))
    cases.append((other_state(rng) | {"ln_f.bias": torch.ones(1)}, ["ln_f.bias"], STRETCHED))
    expect_refused(student, rng, cases, fused=True)

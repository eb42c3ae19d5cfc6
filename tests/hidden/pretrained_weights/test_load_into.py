"""Hidden checks of `load_into`."""

import torch
from pretrained_weights_hidden_oracles import hugging_face, logits, numbers_of
from pretrained_weights_loading_oracles import (
    LACKING,
    LEFT_OVER,
    OTHER_SHAPES,
    SHAPE,
    STRETCHED,
    TOL,
    expect_loaded,
    expect_own_gpt,
    expect_refused,
    logits_of,
    other_state,
)
from pretrained_weights_oracles import draw_sizes, upright

from autograder.checks import exercise, expect_close


@exercise("load_into")
def test_your_gpt_with_hugging_faces_numbers(student, rng):
    for layers in rng.permutation([1, 3]):
        sizes = draw_sizes(rng, layers=layers)
        model = hugging_face(rng, sizes)
        state, ids = upright(numbers_of(model)), rng.randint(0, sizes.vocab, (2, 9))
        expect_close(logits_of(state, ids, sizes.heads), logits(model, ids).double(), what="The formula", **TOL)
        expect_own_gpt(student, rng, sizes, state)


@exercise("load_into")
def test_models_of_both_forms_in_turn(student, rng):
    states = [other_state(rng), other_state(rng), other_state(rng)]
    for fused in rng.permutation([True, False]):
        expect_loaded(student, states, fused=fused, rounds=[(2, 0), (1,), (0, 1, 0)])


@exercise("load_into")
def test_states_of_other_dtypes(student, rng):
    for kind, dtype in rng.permutation([(torch.bfloat16, "float32"), (torch.float64, "bfloat16")]):
        state = {name: one.to(kind) for name, one in other_state(rng).items()}
        for fused in (True, False):
            expect_loaded(student, [state], fused=fused, dtype=dtype)


@exercise("load_into")
def test_one_tensor_is_wrong(student, rng):
    """Each time another one: the last of the model as well as the first."""
    names = rng.permutation(list(OTHER_SHAPES))
    cases = []
    for name, kind in zip(names, ("lacks", "shape", "longer") * 2, strict=False):
        state, shape = other_state(rng), OTHER_SHAPES[name]
        if kind == "lacks":
            del state[name]
            cases.append((state, [name], LACKING))
        else:
            size = [*shape[:-1], shape[-1] + 1] if kind == "longer" else [shape[0] + 2, *shape[1:]]
            cases.append((state | {name: torch.ones(size)}, [name], SHAPE))
    expect_refused(student, rng, cases, fused=True)


@exercise("load_into")
def test_shapes_that_can_be_stretched(student, rng):
    cases = []
    for name, shape in (
        ("h.0.attn.c_proj.weight", (1, 6)),
        ("wte.weight", (7, 1)),
        ("h.0.attn.c_proj.bias", ()),
        ("ln_f.weight", (1, 6)),
    ):
        cases.append((other_state(rng) | {name: torch.ones(shape)}, [name], STRETCHED))
    for name in ("h.0.attn.c_attn.weight", "wte.weight"):
        state = other_state(rng)
        cases.append((state | {name: state[name].T}, [name], SHAPE))
    expect_refused(student, rng, cases, fused=True)


@exercise("load_into")
def test_refused_by_a_model_in_parts(student, rng):
    less, more, shape = other_state(rng), other_state(rng), other_state(rng)
    del less["h.0.attn.c_proj.bias"], less["ln_f.weight"]
    more |= {"h.1.ln_1.weight": torch.zeros(6), "lm_head.weight": torch.zeros(7, 6)}
    shape |= {"h.0.attn.c_proj.weight": torch.zeros(6, 7), "ln_f.bias": torch.zeros(1)}
    thirds = [(20, 6), (19, 6), (12, 6), (2, 6), (1, 6), ()]
    weight = tuple(f"h.0.attn.{part}.weight" for part in ("c_attn", "q", "k", "v"))
    cases = [
        (less, ["h.0.attn.c_proj.bias", "ln_f.weight"], LACKING),
        (more, ["h.1.ln_1.weight", "lm_head.weight"], LEFT_OVER),
        (shape, ["h.0.attn.c_proj.weight", "ln_f.bias"], SHAPE),
        *((other_state(rng) | {weight[0]: torch.zeros(shape)}, [weight], SHAPE) for shape in thirds),
    ]
    expect_refused(student, rng, cases, fused=False)


@exercise("load_into")
def test_all_that_is_wrong_is_named(student, rng):
    state = other_state(rng) | {"ln_f.weight": torch.zeros(7), "score.weight": torch.zeros(2)}
    del state["h.0.attn.c_attn.bias"]
    expect_refused(student, rng, [(state, ["ln_f.weight", "score.weight", "h.0.attn.c_attn.bias"], SHAPE)], fused=True)

"""Hidden checks of `convert_weights`."""

import torch
from pretrained_weights_hidden_oracles import hugging_face, numbers_of
from pretrained_weights_oracles import OUTSIDE, PREFIX, Sizes, checkpoint, draw_sizes, inside, refused, tensorflow
from pretrained_weights_state_oracles import (
    DOUBLE_ACCEPTED,
    DOUBLE_UNNAMED,
    MISSING_ACCEPTED,
    MISSING_UNNAMED,
    NO_BLOCKS,
    UNKNOWN_ACCEPTED,
    UNKNOWN_UNNAMED,
    converts,
    expect_converted,
    expect_own_memory,
    spelled,
    with_masks,
)

from autograder.checks import exercise, in_drawn_order


@exercise("convert_weights")
def test_hugging_faces_own_state(student, rng):
    for layers in rng.permutation([1, 3]):
        sizes = draw_sizes(rng, layers=layers)
        model = hugging_face(rng, sizes)
        expect_converted(student, rng, numbers_of(model), dict(model.state_dict()))


@exercise("convert_weights")
def test_twelve_blocks(student, rng):
    sizes = Sizes(7, 5, 2, 12, 1)
    state = checkpoint(rng, sizes)
    expect_converted(student, rng, state, spelled(state, "tensorflow"))


@exercise("convert_weights")
def test_three_spellings_in_one_checkpoint(student, rng):
    sizes = draw_sizes(rng, layers=2)
    state = checkpoint(rng, sizes)
    ways = [spelled(state, how) for how in ("short", "transformer", "tensorflow")]
    for offset in rng.permutation([0, 1, 2]):
        mixed = {}
        for number, short in enumerate(state):
            name = (short, PREFIX + short, tensorflow(short))[(number + offset) % 3]
            mixed[name] = ways[(number + offset) % 3][name]
        expect_converted(student, rng, state, mixed)


@exercise("convert_weights")
def test_openais_with_sizes_of_1(student, rng):
    sizes = Sizes(rng.randint(5, 9), 1, rng.choice([2, 3]), 1, 1)
    state = checkpoint(rng, sizes)
    expect_converted(student, rng, state, spelled(state, "tensorflow"))
    narrow = checkpoint(rng, Sizes(rng.randint(5, 9), 3, 1, 2, 1))
    expect_converted(student, rng, narrow, spelled(narrow, "tensorflow"))


@exercise("convert_weights")
def test_a_head_that_is_another_is_left_out(student, rng):
    sizes = draw_sizes(rng, layers=1)
    state = checkpoint(rng, sizes)
    given = with_masks(state, sizes) | {"lm_head.weight": rng.randn(sizes.vocab, sizes.width)}
    expect_converted(student, rng, state, given)


@exercise("convert_weights")
def test_memory_of_16_bits_and_of_calculations(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    for parameters in rng.permutation([["calculated"], list(state)[::2], []]):
        dtypes = {name: rng.choice(["bfloat16", "float16", "float64", "float32"]) for name in state}
        dtypes["h.0.ln_2.bias"] = dtypes["h.0.ln_1.bias"]
        expect_own_memory(student, state, dtypes, parameters)


@exercise("convert_weights")
def test_extreme_numbers_stay(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    for name, value in (("wte.weight", 1e30), ("h.0.mlp.c_fc.weight", -3e-30), ("h.0.ln_1.bias", float("inf"))):
        state[name].view(-1)[rng.randint(0, state[name].numel())] = value
    expect_converted(student, rng, state, spelled(state, "transformer"))


@exercise("convert_weights")
def test_errors_name_everything(student, rng):
    sizes = draw_sizes(rng, layers=3)
    state = checkpoint(rng, sizes)
    middle = {name: one for name, one in state.items() if not name.startswith("h.1.")}
    odd = ["model/h0/ln_1/w", "transformer.h.0.attn.c_attn.weight.absmax", "extra.bias"]
    mixed = {name: one for name, one in state.items() if name not in ("ln_f.weight", "h.2.ln_2.bias")}
    mixed |= {odd[0]: torch.zeros(2), "model/wte": state["wte.weight"]}
    in_drawn_order(
        rng,
        converts(student, state),
        refused(lambda: student.convert_weights({}), MISSING_ACCEPTED, *OUTSIDE, unnamed=MISSING_UNNAMED),
        refused(
            lambda: student.convert_weights(middle),
            MISSING_ACCEPTED,
            *inside(1),
            unnamed=MISSING_UNNAMED,
        ),
        refused(
            lambda: student.convert_weights(state | {name: torch.zeros(1) for name in odd}),
            UNKNOWN_ACCEPTED,
            *odd,
            unnamed=UNKNOWN_UNNAMED,
        ),
        refused(
            lambda: student.convert_weights(mixed),
            MISSING_ACCEPTED,
            "ln_f.weight",
            "h.2.ln_2.bias",
            unnamed=MISSING_UNNAMED,
        ),
        refused(lambda: student.convert_weights(mixed), UNKNOWN_ACCEPTED, odd[0], unnamed=UNKNOWN_UNNAMED),
        refused(
            lambda: student.convert_weights(mixed),
            DOUBLE_ACCEPTED,
            "wte.weight",
            "model/wte",
            unnamed=DOUBLE_UNNAMED,
        ),
    )


@exercise("convert_weights")
def test_a_tensor_of_the_last_block_alone(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    lone = {"h.2.ln_1.bias": state["h.0.ln_1.bias"]}
    needed = [name for block in (1, 2) for name in inside(block) if name not in lone]
    in_drawn_order(
        rng,
        converts(student, state),
        *(
            refused(
                lambda given=given: student.convert_weights(given),
                MISSING_ACCEPTED,
                *needed,
                unnamed=MISSING_UNNAMED,
            )
            for given in (state | lone, lone | state)
        ),
    )


@exercise("convert_weights")
def test_a_model_without_blocks(student, rng):
    whole = checkpoint(rng, draw_sizes(rng, layers=1))
    converts(student, {name: whole[name] for name in OUTSIDE}, NO_BLOCKS)()

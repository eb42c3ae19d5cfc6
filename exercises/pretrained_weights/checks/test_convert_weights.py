"""Checks of `convert_weights`."""

import torch
from pretrained_weights_oracles import PREFIX, checkpoint, draw_sizes, refused
from pretrained_weights_state_oracles import (
    CALL,
    DOUBLE_UNNAMED,
    MISSING_UNNAMED,
    UNKNOWN_UNNAMED,
    converts,
    expect_converted,
    expect_own_memory,
    spelled,
    with_masks,
)

from autograder.checks import exercise, in_drawn_order


@exercise("convert_weights")
def test_short_names(student, rng):
    state = checkpoint(rng, draw_sizes(rng))
    expect_converted(student, rng, state, state)


@exercise("convert_weights")
def test_a_checkpoint_of_hugging_face(student, rng):
    sizes = draw_sizes(rng)
    state = checkpoint(rng, sizes)
    expect_converted(student, rng, state, with_masks(spelled(state, "transformer"), sizes, PREFIX))


@exercise("convert_weights")
def test_a_checkpoint_of_openai(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    expect_converted(student, rng, state, spelled(state, "tensorflow"))


@exercise("convert_weights")
def test_16_bits_become_float32(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    dtypes = rng.permutation([torch.bfloat16, torch.float16, torch.float64, torch.float32])
    mixed = {name: one.to(dtypes[number % 4]) for number, (name, one) in enumerate(state.items())}
    expect_converted(student, rng, mixed, mixed)


@exercise("convert_weights")
def test_sizes_of_1_stay(student, rng):
    hand = checkpoint(rng, draw_sizes(rng, layers=1))
    one = {name: tensor[..., :1] for name, tensor in hand.items()}
    for name, count in (("attn.c_attn", 3), ("attn.c_proj", 1), ("mlp.c_fc", 4)):
        one[f"h.0.{name}.weight"] = hand[f"h.0.{name}.weight"][:1, :count]
        one[f"h.0.{name}.bias"] = hand[f"h.0.{name}.bias"][:count]
    one["h.0.attn.c_attn.weight"] = torch.tensor([[1.0, 2.0, 3.0]])
    one["h.0.mlp.c_proj.weight"] = hand["h.0.mlp.c_proj.weight"][:4, :1]
    expect_converted(student, rng, one, one)


@exercise("convert_weights")
def test_memory_of_its_own(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    state["lm_head.weight"] = state["wte.weight"]
    expect_own_memory(student, state, dict.fromkeys(state, "float32"))


@exercise("convert_weights")
def test_parameters_leave_no_graph(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    expect_own_memory(student, state, dict.fromkeys(state, "float32"), list(state))


@exercise("convert_weights")
def test_unknown_names_are_told(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    one, other = rng.permutation(["h.0.attn.rotary.weight", "wte.scale", "score.weight", "h.0.ln_3.bias"])[:2]
    more = state | {one: torch.zeros(2), other: torch.zeros(3)}
    in_drawn_order(
        rng,
        converts(student, state),
        refused(
            lambda: student.convert_weights(more), f"{CALL} with unknown names", one, other, unnamed=UNKNOWN_UNNAMED
        ),
    )


@exercise("convert_weights")
def test_missing_names_are_told(student, rng):
    sizes = draw_sizes(rng, layers=2)
    state = checkpoint(rng, sizes)
    prefixed = spelled(state, "transformer")
    gone = rng.permutation(["wpe.weight", "ln_f.bias", "h.0.attn.c_attn.bias", "h.1.mlp.c_fc.weight"])[:2]
    less = {name: one for name, one in prefixed.items() if name.removeprefix(PREFIX) not in gone}
    hand = {name: one for name, one in spelled(state, "tensorflow").items() if name != "model/wpe"}
    in_drawn_order(
        rng,
        converts(student, state),
        refused(lambda: student.convert_weights(less), f"{CALL} without two names", *gone, unnamed=MISSING_UNNAMED),
        refused(
            lambda: student.convert_weights(hand), f"{CALL} without a table", "wpe.weight", unnamed=MISSING_UNNAMED
        ),
    )


@exercise("convert_weights")
def test_two_names_of_one_tensor_are_told(student, rng):
    state = checkpoint(rng, draw_sizes(rng, layers=1))
    name = rng.choice(["wte.weight", "h.0.ln_1.bias", "h.0.mlp.c_proj.weight"])
    twice = state | {PREFIX + name: state[name] + 1}
    in_drawn_order(
        rng,
        converts(student, state),
        refused(
            lambda: student.convert_weights(twice),
            f"{CALL} with two names of one tensor",
            name,
            PREFIX + name,
            unnamed=DOUBLE_UNNAMED,
        ),
    )

"""Checks of `canonical_name`."""

import pretrained_weights_name_oracles as o
from pretrained_weights_oracles import OUTSIDE

from autograder.checks import exercise

HANDS = [
    o.known("h.11.ln_1.bias", "transformer"),
    o.known("h.11.ln_1.bias", "tensorflow"),
    o.mask(0, "bias", False),
    o.known("h.0.attn.c_attn.bias", "short"),
    o.unknown("model/h0/ln_1/w", o.OTHER_ENDING),
]


@exercise("canonical_name")
def test_hugging_faces_names(student, rng):
    block = rng.randint(2, 9)
    for how in ("short", "transformer"):
        some = [o.known(one, how) for one in OUTSIDE]
        o.expect_renamed(student, rng, o.of_block(block, how) + some)
    o.expect_renamed(student, rng, HANDS[:1] + [o.known(f"h.{block}.ln_2.weight", "transformer")])


@exercise("canonical_name")
def test_openais_names(student, rng):
    block = rng.randint(2, 9)
    some = [o.known(one, "tensorflow") for one in ("ln_f.weight", "ln_f.bias", "wte.weight", "wpe.weight")]
    o.expect_renamed(student, rng, o.of_block(block, "tensorflow") + some)
    o.expect_renamed(student, rng, HANDS[1:2] + [o.known(f"h.{block}.ln_2.weight", "tensorflow")])


@exercise("canonical_name")
def test_blocks_beyond_9(student, rng):
    block = 10 * rng.randint(1, 4) + rng.choice([2, 5, 8])
    for how in rng.permutation(["short", "transformer", "tensorflow"]):
        o.expect_renamed(student, rng, o.of_block(7, how) + o.of_block(block, how))


@exercise("canonical_name")
def test_block_0(student, rng):
    later = rng.randint(1, 9)
    for how in ("short", "transformer", "tensorflow"):
        o.expect_renamed(student, rng, o.of_block(later, how) + o.of_block(0, how))


@exercise("canonical_name")
def test_masks_and_the_head_are_none(student, rng):
    block = rng.randint(1, 9)
    kinds = [o.mask(block, kind, prefixed) for prefixed in (False, True) for kind in ("bias", "masked_bias")]
    beside = [o.known(f"h.{block}.attn.c_proj.bias", "short"), o.known(f"h.{block}.attn.c_attn.bias", "transformer")]
    o.expect_renamed(student, rng, [*beside, HANDS[3], HANDS[2], *kinds, o.HEAD])


@exercise("canonical_name")
def test_unknown_names_are_refused(student, rng):
    block = rng.randint(1, 9)
    legal = o.of_block(block, "transformer")
    names = [
        o.unknown(f"transformer.h.{block}.attn.rotary.weight", o.LET_THROUGH),
        o.unknown(f"h.{block}.mlp.gate_proj.weight", o.LET_THROUGH),
        o.unknown(f"model/h{block}/attn/c_key/w", o.LET_THROUGH),
        o.unknown(f"h.{block}.ln_2.weight_scale", o.BEHIND),
        o.unknown(f"module.h.{block}.ln_2.weight", o.IN_FRONT),
        o.unknown(f"model/h{block}/attn/c_attn/g", o.OTHER_ENDING),
        o.unknown(f"h.{block}.mlp.bias", o.LET_THROUGH, o.ANY_MASK),
        HANDS[4],
    ]
    o.expect_renamed(student, rng, legal + names)

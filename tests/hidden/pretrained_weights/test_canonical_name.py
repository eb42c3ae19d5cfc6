"""Hidden checks of `canonical_name`."""

import pretrained_weights_name_oracles as o
from pretrained_weights_oracles import INSIDE, OUTSIDE

from autograder import builders
from autograder.checks import exercise


@exercise("canonical_name")
def test_every_name_in_every_spelling(student, rng):
    for block in (0, rng.randint(1, 9), rng.randint(101, 999)):
        for how in ("short", "transformer", "tensorflow"):
            o.expect_renamed(student, rng, o.of_block(block, how) + [o.known(one, how) for one in reversed(OUTSIDE)])


@exercise("canonical_name")
def test_names_of_hugging_faces_model(student, rng):
    layers = rng.randint(11, 14)
    names = [name.replace("h.10.", f"h.{layers}.") for name in builders.tiny_gpt2(0, layers=11).state_dict()]
    known = [o.known(name.removeprefix("transformer."), "transformer") for name in names if name != "lm_head.weight"]
    assert len(known) == 4 + 11 * 12
    o.expect_renamed(student, rng, [*known, o.HEAD])


@exercise("canonical_name")
def test_masks_of_later_blocks(student, rng):
    for block in (0, rng.randint(10, 48)):
        kinds = [o.mask(block, kind, prefixed) for prefixed in (False, True) for kind in ("bias", "masked_bias")]
        beside = [o.known(f"h.{block}.{one}", "transformer") for one in ("mlp.c_proj.bias", "attn.c_attn.bias")]
        o.expect_renamed(student, rng, [*beside, *kinds, o.HEAD])


@exercise("canonical_name")
def test_nearly_known_names_are_refused(student, rng):
    block = rng.randint(1, 9)
    legal = [o.known(f"h.{block}.{one}", how) for one, how in zip(INSIDE, ("short", "tensorflow"), strict=False)]
    names = [
        o.unknown("", o.LET_THROUGH),
        o.unknown(f"h.{block}.ln_3.weight", o.LET_THROUGH),
        o.unknown(f"h.{block}.ln_1.weight.{block}", o.BEHIND),
        o.unknown(f"x{block}.h.{block}.ln_1.weight", o.IN_FRONT),
        o.unknown(f"transformer.transformer.h.{block}.ln_1.weight", o.ANY_PREFIX),
        o.unknown(f"transformer.model/h{block}/ln_1/g", o.ANY_PREFIX),
        o.unknown("transformer.transformer.wte.weight", o.ANY_PREFIX),
        o.unknown(f"model/h.{block}/ln_1/g", o.MIXED),
        o.unknown(f"model/h{block}/ln_1/weight", o.MIXED),
        o.unknown(f"model.h{block}.ln_1.g", o.MIXED),
        o.unknown(f"h{block}.ln_1.weight", o.MIXED),
        o.unknown(f"h{block}/ln_1/g", o.MIXED),
        o.unknown(f"h.{block}.ln_1.g", o.MIXED),
        o.unknown("model/wte/w", o.OTHER_ENDING),
        o.unknown("model/ln_f/w", o.OTHER_ENDING),
        o.unknown(f"model/h{block}/mlp/c_fc/g", o.OTHER_ENDING),
        o.unknown(f"h.{block}.wte.weight", o.WRONG_PLACE),
        o.unknown(f"h.{block}.ln_f.bias", o.WRONG_PLACE),
        o.unknown("attn.c_attn.bias", o.WRONG_PLACE, o.ANY_MASK),
        o.unknown("ln_1.weight", o.WRONG_PLACE),
        o.unknown("h.ln_1.weight", o.WRONG_PLACE),
        o.unknown("wte.bias", o.WRONG_PLACE, o.ANY_MASK),
        o.unknown(f"h.{block}.mlp.c_attn.weight", o.WRONG_PLACE),
        o.unknown(f"h.{block}.attn.c_fc.weight", o.WRONG_PLACE),
        o.unknown("attn.bias", o.WRONG_PLACE, o.ANY_MASK),
        o.unknown("h.attn.masked_bias", o.WRONG_PLACE, o.ANY_MASK),
        o.unknown(f"model/h{block}/attn/bias", o.LET_THROUGH, o.ANY_MASK),
        o.unknown(f"h.{block}.cross.attn.bias", o.LET_THROUGH, o.ANY_MASK),
        o.unknown(f"h.{block}.mlp.masked_bias", o.LET_THROUGH, o.ANY_MASK),
        o.unknown("lm_head.bias", o.LET_THROUGH, o.ANY_HEAD),
        o.unknown("transformer.lm_head.weight", o.LET_THROUGH, o.ANY_HEAD),
        o.unknown("model/lm_head", o.LET_THROUGH, o.ANY_HEAD),
    ]
    o.expect_renamed(student, rng, legal + rng.permutation(names))

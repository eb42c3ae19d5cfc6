"""Checks of `GPT`."""

import torch
from gpt_oracles import (
    RATES,
    Module,
    Sizes,
    draw_input,
    draw_module,
    draw_numbers,
    draw_sizes,
    expect_config_kept,
    expect_gradients,
    expect_stream_dropped,
    expect_works_as_module,
)

from autograder.checks import exercise, expect_accepted, expect_equal, fail, in_drawn_order, rejected

PART = "GPT"


@exercise(PART, points=2)
def test_gpt_is_its_parts_in_order(student, rng):
    module = draw_module(rng, PART, layers=2)
    ids = draw_input(rng, module, 3)
    (got,) = module.ask(student, ["call", ids])
    module.expect(got, ids, "What the model gives")


@exercise(PART)
def test_gpt_of_texts_of_any_length(student, rng):
    module = draw_module(rng, PART, layers=rng.choice([1, 3]))
    texts = [draw_input(rng, module, rows, length) for rows, length in ((2, 5), (3, 1), (2, 3))]
    texts.append(draw_input(rng, module, 1, module.sizes.positions))
    with expect_accepted("ValueError is raised although the text fits the positions.", "ValueError"):
        found = module.ask(student, *(["call", ids] for ids in texts))
    for ids, got in zip(texts, found, strict=True):
        module.expect(got, ids, "What the model gives")


@exercise(PART)
def test_logits_follow_from_the_past_alone(student, rng):
    module = draw_module(rng, PART)
    vocab = module.sizes.vocab
    ids, at = draw_input(rng, module, 2, 7), rng.randint(2, 5)
    later, first = ids.clone(), ids.clone()
    later[:, at:] = (ids[:, at:] + rng.randint(1, vocab - 1)) % vocab
    first[:, 0] = (ids[:, 0] + rng.randint(1, vocab - 1)) % vocab
    got, moved, other, prefix, swapped = module.ask(
        student, *(["call", one] for one in (ids, later, first, ids[:, :at].contiguous(), ids.flip(0)))
    )
    module.expect(got, ids, "What the model gives")
    if not torch.allclose(got[:, :at], moved[:, :at], rtol=1e-4, atol=1e-4):
        fail("Tokens that lie ahead change the logits.")
    if torch.allclose(got[:, -1], other[:, -1], atol=1e-3):
        fail("The logits of the last position don't depend on the first token.")
    module.expect(moved, later, "What the model gives")
    module.expect(other, first, "What the model gives")
    module.expect(prefix, ids[:, :at], "What the model gives")
    module.expect(swapped, ids.flip(0), "What the model gives")


@exercise(PART)
def test_more_ids_than_positions(student, rng):
    good, short = draw_module(rng, PART, layers=1), rng.randint(3, 9)
    positions = good.sizes.positions
    unnamed = "The error for a text that is too long doesn't name its length and the positions."

    def refused(module, length):
        ids = rng.randint(0, module.sizes.vocab, (2, length))
        return rejected(
            lambda: module.ask(student, ["call", ids]),
            "A text that is longer than the positions",
            length,
            module.sizes.positions,
            unnamed=unnamed,
        )

    def taken():
        ids = draw_input(rng, good, 1, positions)
        with expect_accepted("ValueError is raised although the text fits the positions.", "ValueError"):
            (got,) = good.ask(student, ["call", ids])
        good.expect(got, ids, "What the model gives")

    sizes = Sizes(11, short, 6, 1, 2)
    in_drawn_order(
        rng,
        refused(good, positions + 1),
        refused(good, positions + rng.randint(20, 30)),
        refused(Module(PART, sizes, draw_numbers(rng, sizes)), short + 1),
        taken,
    )


@exercise(PART)
def test_gpt_passes_gradients_on(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module, 2, module.sizes.positions), cut)


@exercise(PART)
def test_gpt_drops_in_train_mode_only(student, rng):
    expect_stream_dropped(student, rng, rng.choice(RATES), rows=500)
    # At a dropout of 1 nothing is left but the bias of the final norm
    module = draw_module(rng, PART, dropout=1.0)
    ids = draw_input(rng, module)
    before, dropped, after = module.ask(
        student, ["call", ids], ["train"], ["call", ids], ["train", False], ["call", ids]
    )
    reading = module.expect(before, ids, "What the model gives")
    left = (reading["norm"][1] @ reading["tokens"].T).float().expand_as(dropped)
    if not torch.allclose(dropped, left, rtol=1e-4, atol=1e-4):
        fail(
            "In train mode at a dropout of 1 the stream is not 0: the config's dropout doesn't reach every part.",
            advice="Dropout on x before the blocks, and blocks that are made with the config.",
        )
    module.expect(after, ids, "What the model gives")


@exercise(PART)
def test_gpt_behaves_as_a_module(student, rng):
    expect_works_as_module(student, rng, draw_module(rng, PART, layers=rng.choice([1, 2])))


@exercise(PART)
def test_tokens_are_tied_to_the_output(student, rng):
    module = draw_module(rng, PART, layers=1)
    ids, upstream = draw_input(rng, module), rng.randn(2, 5, module.sizes.vocab)
    ids = ids[:, :1].expand(-1, 5).contiguous()
    rate = 0.01
    before, after = module.ask(student, ["call", ids], ["step", ids, upstream, rate], ["call", ids])
    module.expect(before, ids, "What the model gives")
    _, place, _ = module.reading_of(before, ids)
    stepped = module.after_step(ids, upstream, rate, place)
    expect_equal(list(after.shape), list(stepped.shape), what="The shape of the logits after a step of training")
    if not torch.allclose(after.double(), stepped, rtol=1e-3, atol=1e-3):
        fail("After a step of training the model doesn't give what its table, used at both ends, gives.")
    # a copy of the model is tied as well, and reads its own table
    (copied,) = module.ask(student, ["deepcopy", module.numbers], ["step", ids, upstream, rate], ["call", ids])
    if not torch.allclose(copied.double(), stepped, rtol=1e-3, atol=1e-3):
        fail("A deep copy is not tied as the model is: after a step of training it gives something else.")
    expect_config_kept(student, draw_sizes(rng, dropout=rng.choice(RATES)))

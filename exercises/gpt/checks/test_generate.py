"""Checks of `generate`."""

import torch
from gpt_function_oracles import REFUSED, drawn, expect_drawn, expect_written, generated

from autograder.checks import exercise, expect_accepted, expect_equal, fail, in_drawn_order, rejected

SIZE = 23


def sure_of(rng, most=12):
    """Weights of a model that is sure of a weighted sum modulo SIZE, no two alike and none 0."""
    return torch.tensor(rng.permutation(range(1, SIZE))[:most])


def prompts(rng, rows, length):
    ids = rng.randint(1, SIZE, (rows, length))
    ids[:, 0] = torch.tensor(rng.permutation(range(1, SIZE))[:rows])
    return ids


GREEDY = {"temperature": 0}
TRAINING, EVALUATING = [True] * 5, [False] * 5
MIXED = ([True, True, False, True, False], [False, True, False, False, True])


@exercise("generate")
def test_tokens_are_appended_and_shown(student, rng):
    calls = [
        (prompts(rng, 3, 3), 5, GREEDY, TRAINING, True),
        (prompts(rng, 2, 1), 4, {}, EVALUATING, True),
        (prompts(rng, 1, 4), 1, {"temperature": 0.5, "top_k": 3}, EVALUATING, False),
        (prompts(rng, 2, 3), 0, {}, TRAINING, True),
    ]
    expect_written(student, calls, sure_of(rng), SIZE, 12)


@exercise("generate")
def test_no_more_than_the_positions_is_shown(student, rng):
    weights = sure_of(rng)
    for positions, length in ((4, 6), (5, 3), (5, 5), (1, 2)):
        calls = [(prompts(rng, 3, length), 5, GREEDY, rng.choice([TRAINING, EVALUATING]), True)]
        expect_written(student, calls, weights, SIZE, positions)


@exercise("generate")
def test_modes_and_gradients_are_restored(student, rng):
    calls = [
        (prompts(rng, 2, 3), 3, GREEDY, modes, graph)
        for modes, graph in rng.permutation(
            [(TRAINING, True), (TRAINING, False), (EVALUATING, True), (MIXED[0], False), (MIXED[1], True)]
        )
    ]
    expect_written(student, calls, sure_of(rng), SIZE, 9)


@exercise("generate")
def test_tokens_are_drawn_at_this_temperature(student, rng):
    # 5,000 rows of their own logits; a temperature that is off by a tenth lies 10 standard deviations away
    table, temperature = 2 * rng.randn(5000, 20), rng.choice([0.6, 1.7])
    seeds = rng.permutation(range(10_000))[:4]
    ((cold, _),) = student.run(drawn, table, 1, {"temperature": temperature}, [[seeds[0], 1]], "float32")
    expect_drawn(cold[:, 2], table, "What is written", temperature)
    ((warm, _),) = student.run(drawn, table, 1, {}, [[seeds[1], 1]], "float32")
    expect_drawn(warm[:, 2], table, "What is written")
    few = table[:400]
    (usual, _), (again, _), (other, _), (own, one), (same, two) = student.run(
        drawn, few, 2, {}, [[seeds[1], 1], [seeds[1], 2], [seeds[2], 1], [None, seeds[3]], [None, seeds[3]]], "float32"
    )
    for written in (usual, other, own):
        expect_equal(written[:, :2], torch.arange(400)[:, None].expand(-1, 2), what="The prompts")
        for column in (2, 3):
            expect_drawn(written[:, column], few, "What is written")
    if torch.equal(usual[:, 2], usual[:, 3]):
        fail("Each token is drawn with the same random numbers as the one before it.")
    if not torch.equal(usual, again):
        fail("The generator is not used: with the same seed something else is written.")
    if torch.equal(usual, other):
        fail("Different generators give the same text: something is seeded inside.")
    if not torch.equal(own, same) or one != two:
        fail("Without a generator the numbers come from elsewhere than torch's global one.")


@exercise("generate")
def test_the_top_k_alone_are_drawn(student, rng):
    vocab, rows = 12, 1500
    table = rng.rand(rows, vocab).argsort(dim=1) / 10.0  # nearly flat
    table += torch.linspace(0, 3, rows)[:, None]  # no row is as high as another
    k = rng.randint(3, 6)
    for top_k in (k, 1, vocab, vocab + rng.randint(1, 9)):
        beyond = ["It raises an error for a top_k of V or more; that leaves all."]
        with expect_accepted(*(beyond if top_k >= vocab else REFUSED)):
            ((written, _),) = student.run(drawn, table, 1, {"top_k": top_k}, [[rng.randint(0, 10_000), 1]], "float32")
        expect_drawn(written[:, 2], table, "What is written with a top_k", top_k=top_k)
    # the k-th is there several times: all of them can be drawn
    tied = table.clone()
    tied.scatter_(1, table.topk(vocab - 2).indices[:, k - 2 :], table.topk(k).values[:, -1:].expand(-1, vocab - k))
    ((written, _),) = student.run(drawn, tied, 1, {"top_k": k}, [[rng.randint(0, 10_000), 1]], "float32")
    expect_drawn(written[:, 2], tied, "What is written where others equal the k-th largest", top_k=k)


@exercise("generate")
def test_the_largest_at_temperature_0(student, rng):
    table = rng.randn(200, 15)
    places = rng.rand(200, 15).argsort(dim=1)[:, :2]
    table.scatter_(1, places, 9.0)  # two largest
    limited = rng.permutation([{"temperature": 0.0, "top_k": 4}, {"temperature": 0, "top_k": 1}])
    for options in ({"temperature": 0}, *limited):
        ((written, _),) = student.run(drawn, table, 2, options, [[rng.randint(0, 10_000), 1]], "float32")
        expected = places.min(dim=1).values[:, None].expand(-1, 2)
        largest = (written[:, 2:, None] == places[:, None]).any(dim=-1).all(dim=0)
        others = [places.max(dim=1).values, expected[:, 0]]
        if largest.all() and not any(torch.equal(written[:, 2], one) for one in others):
            fail(
                "With a top_k another than the first of equal logits is taken at temperature 0."
                if "top_k" in options
                else "Of equal logits one is drawn at temperature 0; the first is asked for."
            )
        expect_equal(
            written[:, 2:],
            expected,
            what="What is written at temperature 0",
            mistakes={
                "Of equal logits the last one is taken; it is the first.": places.max(dim=1)
                .values[:, None]
                .expand(-1, 2),
            },
        )


@exercise("generate")
def test_what_generate_refuses(student, rng):
    weights, ids = sure_of(rng), prompts(rng, 2, 3)
    low, cold = -rng.randint(2, 9), -rng.randint(2, 9) - 0.5

    def refused(what, options, new=2, named=None):
        call = (ids, new, options, TRAINING, True)
        return rejected(
            lambda: student.run(generated, weights, SIZE, 9, [call]),
            what,
            *([named] if named is not None else []),
            unnamed="The error for a wrong argument doesn't name its value.",
        )

    def taken(options, new):
        def ask():
            with expect_accepted(*REFUSED):
                expect_written(student, [(ids, new, options, TRAINING, True)], weights, SIZE, 9)

        return ask

    in_drawn_order(
        rng,
        refused("A negative temperature", {"temperature": cold}, named=cold),
        refused("A negative temperature", {"temperature": -0.5}, named=0.5),
        refused("A negative `new`", {}, low, named=low),
        refused("A negative `new`", {"temperature": 0.7}, -1, named=1),
        refused("A top_k of 0", {"top_k": 0}, named=0),
        refused("A negative top_k", {"top_k": low}, named=low),
        taken({"temperature": 0, "top_k": 1}, 3),
        taken({"top_k": 1}, 2),
        taken({}, 0),
    )

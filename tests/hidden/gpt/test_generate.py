"""Hidden checks of `generate`."""

import torch
from gpt_function_oracles import REFUSED, cut, drawn, expect_drawn, expect_written, generated

from autograder.checks import exercise, expect_accepted, expect_equal, fail, in_drawn_order, rejected

SIZE = 31
MODES = ([True] * 5, [False] * 5, [True, False, True, True, False], [False, False, True, False, True])


def sure_of(rng, most=16):
    """Weights of a model that is sure of a weighted sum modulo SIZE, no two alike and none 0."""
    return torch.tensor(rng.permutation(range(1, SIZE))[:most])


def prompts(rng, rows, length):
    ids = rng.randint(0, SIZE, (rows, length))
    ids[:, 0] = torch.tensor(rng.permutation(range(1, SIZE))[:rows])
    return ids


@exercise("generate")
def test_texts_of_many_lengths(student, rng):
    weights = sure_of(rng)
    for positions in (2, 6, 16):
        calls = [
            (prompts(rng, rows, length), new, options, rng.choice(MODES), rng.choice([True, False]))
            for rows, length, new, options in (
                (4, 1, 7, {"temperature": 0}),
                (1, 8, 3, {"top_k": 2}),
                (2, positions, 9, {"temperature": 0.7, "top_k": 50}),
                (3, 5, 0, {"temperature": 0}),
            )
        ]
        expect_written(student, calls, weights, SIZE, positions)


@exercise("generate")
def test_draws_in_other_dtypes_and_at_other_temperatures(student, rng):
    for dtype, temperature in (("float64", 0.3), ("bfloat16", 1.4), ("float32", 3.0)):
        table = (2 * rng.randn(2500, 15)).bfloat16().float()
        ((written, _),) = student.run(
            drawn, table, 1, {"temperature": temperature}, [[rng.randint(0, 10_000), 1]], dtype
        )
        expect_drawn(written[:, 2], table, "What is written", temperature)


@exercise("generate")
def test_top_k_and_temperature_together(student, rng):
    table, temperature = 2 * rng.randn(2500, 18), rng.choice([0.5, 2.2])
    for top_k in (2, rng.randint(4, 9)):
        ((written, _),) = student.run(
            drawn, table, 2, {"top_k": top_k, "temperature": temperature}, [[rng.randint(0, 10_000), 1]], "float32"
        )
        for column in (2, 3):
            expect_drawn(written[:, column], table, "What is written with a top_k", temperature, top_k)
    some = table[:300]
    one, two = rng.permutation(range(10_000))[:2]
    (first, _), (again, _), (other, _) = student.run(
        drawn, some, 3, {"top_k": 5}, [[one, 1], [one, 2], [two, 1]], "float32"
    )
    for written in (first, other):
        for column in (2, 3, 4):
            expect_drawn(written[:, column], some, "What is written with a top_k", top_k=5)
    if not torch.equal(first, again):
        fail("The generator is not used: with the same seed something else is written.")
    if torch.equal(first, other):
        fail("Different generators give the same text: something is seeded inside.")


@exercise("generate")
def test_rows_of_equal_logits(student, rng):
    vocab, rows = 9, 3000
    # every other row is of equal logits
    table = rng.randn(rows, vocab)
    table[::2] = rng.randn(rows // 2, 1)
    ((written, _),) = student.run(drawn, table, 1, {"top_k": 2}, [[rng.randint(0, 10_000), 1]], "float32")
    expect_drawn(written[:, 2], table, "What is written where all logits are equal", top_k=2)
    ((written, _),) = student.run(drawn, table, 2, {"temperature": 0}, [[rng.randint(0, 10_000), 1]], "float32")
    expect_equal(
        written[:, 2:],
        table.argmax(dim=1)[:, None].expand(-1, 2),
        what="What is written of equal logits at temperature 0",
    )
    some = rng.rand(100, vocab).argsort(dim=1) / 5.0  # no two are near
    ((written, _),) = student.run(
        drawn, some, 1, {"temperature": 1e-4, "top_k": vocab + 3}, [[rng.randint(0, 10_000), 1]], "float32"
    )
    expect_equal(written[:, 2], cut(some, 1).argmax(dim=1), what="What is written at a very low temperature")


@exercise("generate")
def test_other_arguments_that_generate_refuses(student, rng):
    weights, ids, low = sure_of(rng), prompts(rng, 1, 4), -rng.randint(11, 99)
    cold = -rng.randint(11, 99) - 0.25

    def refused(what, options, new, *named):
        return rejected(
            lambda: student.run(generated, weights, SIZE, 9, [(ids, new, options, MODES[0], True)]),
            what,
            *named,
            unnamed="The error for a wrong argument doesn't name its value.",
        )

    def taken():
        call = (ids, 3, {"temperature": 0, "top_k": SIZE + 5}, MODES[0], True)
        with expect_accepted(*REFUSED):
            expect_written(student, [call], weights, SIZE, 9)

    in_drawn_order(
        rng,
        refused("A negative temperature", {"temperature": cold}, 3, cold),
        refused("A negative temperature", {"temperature": cold, "top_k": 2}, 0, cold),
        refused("A negative `new`", {"temperature": 0}, low, low),
        refused("A negative top_k", {"top_k": low, "temperature": 0}, 2, low),
        refused("A top_k of 0", {"top_k": 0}, 0, 0),
        taken,
    )

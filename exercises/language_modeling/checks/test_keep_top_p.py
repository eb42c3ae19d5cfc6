"""Checks of `keep_top_p`."""

from functools import partial

import torch
from language_modeling_oracles import (
    INF,
    NOTHING_LEFT,
    TAIL_LOST,
    clear_logits,
    expect_refused_and_taken,
    only,
    top_k_oracle,
    top_p_mistakes,
    top_p_oracle,
)

from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail

WHAT = "The tensor of logits"


@exercise("keep_top_p", points=2)
def test_the_fewest_tokens_that_reach_p_stay(student, rng):
    p = rng.randint(62, 82) / 100
    rows = clear_logits(rng, 9, p)
    drawn, more = rows[:3], rows[3:].view(2, 3, 6)
    docstrings = torch.tensor([0.1, 0.4, 0.2, 0.3]).log()
    for logits, reached in ((drawn, p), (more, p), (docstrings, 0.8), (docstrings, 0.6)):
        expect_equal(
            student.keep_top_p(logits, reached),
            top_p_oracle(logits, reached),
            what=WHAT,
            mistakes=None if logits is docstrings else top_p_mistakes(logits, reached),
            advice="Sorted, a token stays as long as the sum of those before it is less than p.",
        )


@exercise("keep_top_p")
def test_one_token_stays_at_least(student, rng):
    p = rng.randint(62, 82) / 100
    logits = clear_logits(rng, 3, p)
    probabilities = logits.softmax(dim=-1)
    small = 0.5 * float(probabilities.amax(dim=-1).min())
    for reached in rng.permutation([0, small]):
        try:
            found = student.keep_top_p(logits, reached)
        except StudentError as error:
            fail("At p = 0 it fails; one token stays." if reached == 0 else "A small p is rejected.", got=str(error))
        expect_equal(
            found,
            top_k_oracle(logits, 1),
            what="The tensor of logits for a p that one token reaches",
            mistakes={
                NOTHING_LEFT: torch.full_like(logits, -INF),
                "The token with which the sum reaches p goes; it stays.": torch.full_like(logits, -INF),
                "At p = 0 everything stays; one token does.": logits,
                "One token too many stays: with the one before it the sum had reached p.": top_k_oracle(logits, 2),
                "The mask stays in the sorted order; it must go back to the tokens' own places.": AnyOf(
                    only(logits, torch.arange(6) == 0),
                    only(logits, logits.argsort(dim=-1, descending=True) == 0),
                ),
                "p is kept within bounds; any from 0 to 1 is legal.": AnyOf(
                    *(top_p_oracle(logits, one) for one in (0.05, 0.1, 0.2, 0.3, 0.5))
                ),
            },
        )


@exercise("keep_top_p")
def test_at_one_everything_stays(student, rng):
    logits = 2 * rng.randn(3, 8)
    logits[:, rng.randint(1, 5)] += 20.0  # what is left for the others is lost in a sum of float32
    logits[1, 6] = -INF
    sorted_sum = logits.float().softmax(dim=-1).sort(dim=-1, descending=True)
    lost = sorted_sum.values.cumsum(dim=-1)
    keep = torch.zeros(logits.shape, dtype=torch.bool)
    early = [
        only(logits, keep.scatter(-1, sorted_sum.indices, one)) for one in (lost - sorted_sum.values < 1, lost <= 1)
    ]
    expect_equal(
        student.keep_top_p(logits, rng.choice([1, 1.0])),
        logits,
        what="The tensor of logits at p = 1",
        mistakes={
            TAIL_LOST: AnyOf(*early, top_k_oracle(logits, 1)),
            "At p = 1 nothing is left.": torch.full_like(logits, -INF),
        },
        advice="A sum of float32 reaches 1 before the last token.",
    )


@exercise("keep_top_p")
def test_p_is_a_probability(student, rng):
    p = rng.randint(62, 82) / 100
    logits = clear_logits(rng, 3, p)
    refused = [
        ("A p outside of 0 to 1", partial(student.keep_top_p, logits, 1 + rng.randint(1, 9) / 100)),
        ("A p outside of 0 to 1", partial(student.keep_top_p, logits, -rng.randint(1, 9) / 100)),
    ]
    mistakes = top_p_mistakes(logits, p)
    taken = partial(student.keep_top_p, logits, p), top_p_oracle(logits, p), WHAT, "A p between 0 and 1 is rejected."
    expect_refused_and_taken(rng, refused, [(*taken, mistakes)])


@exercise("keep_top_p")
def test_many_tokens_in_16_bits(student, rng):
    p, size = rng.randint(60, 80) / 100, 600
    levels = torch.linspace(0, 3, size)[rng.permutation(range(size))].unsqueeze(0)
    logits = torch.cat([levels, 2 * levels]).bfloat16()  # one row flatter than the other
    found = student.keep_top_p(logits, p)
    unchanged = logits.masked_fill(found == -INF, -INF)
    expect_equal(found, unchanged, what="The tensor of 16-bit logits that stay")
    probabilities, stay = logits.double().softmax(dim=-1), found > -INF
    # What equals the last one that stays may stay, too. So how many stay counts, and that none that goes is likelier
    ordered = probabilities.sort(dim=-1, descending=True).values
    fewest = (ordered.cumsum(dim=-1) < p).sum(dim=-1)  # and the one with which p is reached
    most = (probabilities >= ordered.gather(-1, fewest[:, None])).sum(dim=-1)
    rounded = logits.softmax(dim=-1).sort(dim=-1, descending=True).values
    sums = rounded.cumsum(dim=-1)
    in_16_bits = [(one < p).sum(dim=-1) for one in (sums, sums - rounded)]
    count = stay.sum(dim=-1)
    expect_close(
        count,
        count.clamp(min=fewest + 1, max=most),
        what="The number of 16-bit logits that stay",
        mistakes={
            "With 16-bit logits the probabilities are added up in 16 bits; raise them to float32 first.": AnyOf(
                *in_16_bits, *(one + 1 for one in in_16_bits)
            ),
            "The likeliest tokens are cut out first; probabilities are those of the whole row.": AnyOf(
                *(
                    (ordered[:, :some].cumsum(dim=-1) < p * ordered[:, :some].sum(dim=-1, keepdim=True)).sum(dim=-1) + 1
                    for some in (20, 40, 50, 64, 100)
                )
            ),
        },
    )
    for row in range(2):
        if probabilities[row][stay[row]].min() < probabilities[row][~stay[row]].max():
            fail("What goes is likelier than what stays.")
    few, reached, rounded = between_roundings(rng)
    sentence = "With 16-bit logits the probabilities are added up in 16 bits; raise them to float32 first."
    expect_equal(
        student.keep_top_p(few, reached),
        top_p_oracle(few, reached),
        what="The tensor of a few 16-bit logits",
        mistakes={sentence: top_k_oracle(few, rounded)},
    )


def between_roundings(rng):
    """Logits (6,) in bfloat16, a p between a sum of their probabilities and the same sum of rounded ones, and how many
    the rounded ones would keep."""
    while True:
        logits = (2 * rng.randn(6)).bfloat16()
        exact = logits.double().softmax(dim=0).sort(descending=True).values.cumsum(dim=0)[:-1]
        rounded = logits.softmax(dim=0).double().sort(descending=True).values.cumsum(dim=0)[:-1]
        apart = (exact - rounded).abs()
        p = float((exact + rounded)[apart.argmax()] / 2)
        if p < 1 and apart.max() > 1e-3 and (exact - p).abs().min() > 4e-4 and len(logits.unique()) == 6:
            return logits, p, int((rounded < p).sum()) + 1

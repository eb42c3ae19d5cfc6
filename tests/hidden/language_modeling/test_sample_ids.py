"""Hidden checks of `sample_ids`."""

import torch
from language_modeling_oracles import LIKELIEST, ONE_DRAW, distributions, expect_draws, expect_ids, expect_possible

from autograder.checks import exercise, fail, probe


@probe
def one_by_one(student, probs, calls, seed):
    """What is drawn for a single row, call after call with one generator; and for many alike, in one call."""
    generator = torch.Generator().manual_seed(seed)
    single = [student.sample_ids(probs, generator) for _ in range(calls)]
    return {"single": single, "many": student.sample_ids(probs.expand(1500, -1).contiguous(), generator)}


@exercise("sample_ids")
def test_call_after_call_of_one_row(student, rng):
    probs = distributions(rng, 1, 6)
    probs = (probs + 0.05 * (probs > 0)) / (probs + 0.05 * (probs > 0)).sum()
    found = student.run(one_by_one, probs, 150, rng.randint(0, 10_000))
    for drawn in found["single"]:
        expect_ids(drawn, 1, 6)
    expect_possible(torch.cat(found["single"]), probs.expand(150, -1))
    expect_draws(found["many"], probs.expand(1500, -1))


@probe
def many(student, probs, seed):
    """Draws with a generator."""
    return student.sample_ids(probs, torch.Generator().manual_seed(seed))


@exercise("sample_ids")
def test_every_token_has_its_chance(student, rng):
    # 1,500 draws from 60 tokens that are almost equally likely: one that never comes is less likely than 1 in 10**8.
    logits = 0.05 * rng.randn(65)
    never = rng.permutation(range(65))[:5]
    logits[never] = -float("inf")
    probs = logits.softmax(dim=0).expand(1500, -1).contiguous()
    drawn = student.run(many, probs, rng.randint(0, 10_000))
    expect_ids(drawn, *probs.shape)
    if len(drawn.unique()) == 1:
        fail(f"{LIKELIEST} Or: {ONE_DRAW}")
    if len(drawn.unique()) < 59:
        fail("Unlikely tokens are never drawn; each has its chance.", expected=60, got=len(drawn.unique()))
    expect_possible(drawn, probs)
    width = rng.randint(2, 5)
    expect_possible(
        student.run(many, distributions_of(rng, width), rng.randint(0, 10_000)), distributions_of(rng, width)
    )


def distributions_of(rng, width):
    """(1500, width) probabilities, the same for every call with this width."""
    fixed = torch.linspace(0.2, 1.0, width)
    return (fixed / fixed.sum()).expand(1500, -1).contiguous()

"""Checks of `sample_ids`."""

import torch
from language_modeling_oracles import distributions, expect_draws, expect_ids, expect_possible, samples

from autograder.checks import exercise, expect_equal, fail, probe


@exercise("sample_ids", points=2)
def test_draws_follow_the_probabilities(student, rng):
    # 7,000 draws from 30 tokens at logits of spread 2: a temperature of 0.9 lies 10 standard deviations away.
    different, one = distributions(rng, 7000), distributions(rng, 1)
    probs = torch.cat([different, one.expand(400, -1)])
    (drawn,) = student.run(samples, probs, [rng.randint(0, 1 << 30)])
    expect_ids(drawn, *probs.shape)
    if len(drawn[7000:].unique()) == 1 and not torch.equal(drawn, probs.argmax(dim=1)):
        fail("Every row gets the same draw; rows are drawn independently.")
    expect_draws(drawn[:7000], different)
    expect_draws(drawn[7000:], probs[7000:])


@exercise("sample_ids")
def test_what_is_certain_and_a_single_row(student, rng):
    certain = rng.permutation(range(6))
    probs = torch.zeros(6, 6)
    probs[range(6), certain] = 1.0
    pair = torch.tensor([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    possible = rng.permutation(range(60))[:2]
    few = torch.zeros(3000, 60)
    few[:, possible] = 0.5
    drawn, both, single, rare = student.run(several, [probs, pair, probs[:1], few], rng.randint(0, 1 << 30))
    expect_ids(drawn, 6, 6)
    expect_equal(drawn, torch.tensor(certain), what="The ids drawn where one is certain in each row")
    expect_ids(both, 2, 3)
    expect_equal(both[0], torch.tensor(1), what="The id drawn where one is certain")
    if both[1] == 1:
        fail("A token of probability 0 is drawn.")
    expect_ids(rare, 3000, 60)
    if (few.gather(1, rare[:, None]) == 0).any():
        fail("A token of probability 0 is drawn.")
    expect_ids(single, 1, 6)
    expect_equal(single, torch.tensor(certain[:1]), what="The id drawn for a single row")


@probe
def several(student, batches, seed):
    """A draw from each batch, all with one generator."""
    generator = torch.Generator().manual_seed(seed)
    return [student.sample_ids(probs, generator) for probs in batches]


@probe
def with_generators(student, probs, seed, other):
    """Draws with generators and without, and the next number of torch's global generator."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed + 1)
    found = {"first": student.sample_ids(probs, generator), "then": student.sample_ids(probs, generator)}
    found["again"] = student.sample_ids(probs, torch.Generator().manual_seed(seed + 1))
    found["other"] = student.sample_ids(probs, torch.Generator().manual_seed(other))
    found["global"] = torch.rand(4)
    torch.manual_seed(seed)
    found["loose"] = student.sample_ids(probs)
    found["looser"] = student.sample_ids(probs)
    torch.manual_seed(seed)
    found["loose again"] = student.sample_ids(probs)
    return found


@exercise("sample_ids")
def test_the_generator_makes_the_draws(student, rng):
    probs, (seed, other) = distributions(rng, 300), rng.permutation(range(10_000))[:2]
    found = student.run(with_generators, probs, seed, other)
    expect_ids(found["first"], *probs.shape)
    if torch.equal(found["first"], probs.argmax(dim=1)):
        fail("It always takes the likeliest token; it must draw.")
    for name in ("first", "then", "other", "loose", "looser"):
        expect_possible(found[name], probs)
    if not torch.equal(found["first"], found["again"]):
        fail("The generator is not used: with the same seed it draws something else.")
    if torch.equal(found["first"], found["other"]):
        fail("Different generators give the same draws: something is seeded inside.")
    if torch.equal(found["first"], found["then"]):
        fail("Two calls with one generator give the same draws; every call draws anew.")
    if torch.equal(found["loose"], found["looser"]):
        fail("Without a generator two calls give the same draws; every call draws anew.")
    if not torch.equal(found["loose"], found["loose again"]):
        fail("Without a generator torch's global one must draw: after the same manual_seed the draws differ.")
    untouched = torch.rand(4, generator=torch.Generator().manual_seed(seed))
    sentence = "With a generator torch's global one is used all the same."
    expect_equal(
        found["global"],
        untouched,
        what="The next random numbers of torch after draws with a generator",
        mistakes={sentence: lambda: found["global"]},
    )

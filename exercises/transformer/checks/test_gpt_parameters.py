"""Checks of `gpt_parameters`."""

from transformer_oracles import counted, expect_count

from autograder.checks import exercise

EARLIER = "What an earlier call gave is given again."


def sizes(rng):
    """vocab, positions, width, layers: no two alike, and no part as large as another one by accident."""
    return rng.randint(200, 400), rng.randint(50, 90), 4 * rng.randint(2, 6), rng.randint(3, 6)


@exercise("gpt_parameters", points=2)
def test_the_count_with_a_tied_output(student, rng):
    expect_count(student, (5, 3, 2, 1), None, "The docstring's count")
    expect_count(student, sizes(rng), rng.choice([True, None]), "The count with a tied output")


@exercise("gpt_parameters", points=2)
def test_the_count_with_an_output_of_its_own(student, rng):
    for tied in rng.permutation((False, True)):
        expect_count(student, sizes(rng), tied, "The count with an output tied or not")
    expect_count(student, (5, 3, 2, 1), False, "The docstring's count")


@exercise("gpt_parameters")
def test_gpt2s_own_count_and_others(student, rng):
    vocab, positions, _, layers = sizes(rng)
    first, second = (vocab, positions, 7, layers), (vocab + rng.randint(10, 90), positions + 1, 7, layers)
    expect_count(student, first, None, "The count of one model")
    expect_count(student, second, None, "The count of another model", {EARLIER: counted(*first)})
    expect_count(student, (50257, 1024, 768, 12), None, "The count of GPT-2")
    expect_count(student, (rng.randint(30, 60), 20, 8, 1), None, "The count of a single layer")

"""Hidden checks of `input_parameters`."""

from embeddings_oracles import expect_counts

from autograder.checks import exercise


@exercise("input_parameters")
def test_the_ends_of_gpt2(student, rng):
    for tied in rng.permutation((True, False)):
        expect_counts(student, 50257, 1024, 768, tied, "The count of GPT-2")
        expect_counts(student, rng.randint(2, 9), rng.randint(20, 40), 11 + rng.randint(0, 9), tied, "The count")

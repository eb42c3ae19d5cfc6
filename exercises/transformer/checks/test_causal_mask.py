"""Checks of `causal_mask`."""

from transformer_oracles import expect_mask, impossible_masks, triangle

from autograder.checks import AnyOf, exercise, in_drawn_order

EARLIER = "What an earlier call gave is given again."


@exercise("causal_mask", points=2)
def test_causal_mask_docstring_example(student, rng):
    expect_mask(student, 3, None, "The docstring's mask")
    expect_mask(student, 2, 4, "The docstring's mask")
    expect_mask(student, rng.randint(5, 12), None, "The mask of as many keys as queries")


@exercise("causal_mask", points=2)
def test_the_last_query_sees_the_last_key(student, rng):
    queries = rng.randint(3, 6)
    for more in rng.permutation((1, 2, 5, 9)):
        expect_mask(student, queries, queries + more, "The mask of more keys than queries")
    expect_mask(student, 1, rng.randint(3, 9), "The mask of a single query")


@exercise("causal_mask")
def test_sizes_without_a_mask_are_an_error(student, rng):
    size = rng.randint(5, 9)
    in_drawn_order(
        rng,
        *impossible_masks(rng, student),
        lambda: expect_mask(student, size, size, "The mask of as many keys as queries"),
        lambda: expect_mask(student, size, size + 3, "The mask of more keys than queries"),
    )


@exercise("causal_mask")
def test_no_queries_are_legal(student, rng):
    size = rng.randint(2, 7)
    for arguments in rng.permutation(((0, None), (0, size), (0, 0), (1, None), (1, 1), (size, size))):
        expect_mask(student, *arguments, "The mask of few queries")


@exercise("causal_mask")
def test_masks_are_those_of_this_call(student, rng):
    queries = rng.randint(3, 6)
    given = AnyOf(*(triangle(queries, queries + more) for more in (0, 4, 2)))
    for more in rng.permutation((0, 4, 2)):
        expect_mask(student, queries, queries + more, "The mask of another call", {EARLIER: given})
    expect_mask(student, queries, None, "The mask without keys", {EARLIER: given})
    expect_mask(student, queries + 3, None, "The mask of more queries", {EARLIER: given})

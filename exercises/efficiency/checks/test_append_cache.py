"""Checks of `append_cache`."""

from efficiency_attention_oracles import append_mistakes, drawn_tokens, expect_appended

from autograder.checks import exercise, expect_equal, in_drawn_order, rejected


@exercise("append_cache")
def test_new_tokens_stand_behind_the_old_ones(student, rng):
    old, new = rng.randint(5, 9), rng.randint(2, 5)
    cache = drawn_tokens(rng, 2, 3, old, 4, 6)
    expect_appended(student, cache, *drawn_tokens(rng, 2, 3, new, 4, 6))
    expect_appended(student, cache, *drawn_tokens(rng, 2, 3, 1, 4, 6))


@exercise("append_cache")
def test_as_many_new_tokens_as_old_ones(student, rng):
    length = rng.randint(2, 5)
    expect_appended(student, drawn_tokens(rng, 2, 3, length, 4), *drawn_tokens(rng, 2, 3, length, 4))


@exercise("append_cache")
def test_first_tokens(student, rng):
    first = drawn_tokens(rng, 3, 2, rng.randint(2, 6), 4, 5)
    again = expect_appended(student, None, *first)
    expect_appended(student, tuple(again), *drawn_tokens(rng, 3, 2, 2, 4, 5))
    expect_appended(student, None, *drawn_tokens(rng, 1, 2, 3, 4, 5))


@exercise("append_cache")
def test_one_cache_is_continued_in_two_ways(student, rng):
    cache = drawn_tokens(rng, 2, 2, 4, 3)
    ways = [drawn_tokens(rng, 2, 2, 3, 3) for _ in range(2)]
    for keys, values in ways:
        got = student.append_cache(cache, keys, values)
        expect_equal(
            tuple(one[:, :, :4] for one in got) if isinstance(got, (list, tuple)) else got,
            cache,
            what="The beginning of the cache",
            mistakes={
                sentence: tuple(part[:, :, :4] for part in pair)
                for sentence, pair in append_mistakes(cache, keys, values).items()
                if isinstance(pair, tuple)
            },
        )
        expect_appended(student, cache, keys, values)
    other = drawn_tokens(rng, 2, 2, 4, 3)
    expect_appended(student, other, *ways[0], earlier=cache)


@exercise("append_cache")
def test_cache_of_another_batch(student, rng):
    few, many = rng.randint(2, 4), rng.randint(5, 8)
    small, large = drawn_tokens(rng, few, 2, 3, 4), drawn_tokens(rng, many, 2, 3, 4)
    unnamed = "The error for a cache of another batch doesn't name both sizes."

    def refused(cache, new):
        what = "A cache of another batch"
        return rejected(lambda: student.append_cache(cache, *new), what, len(cache[0]), len(new[0]), unnamed=unnamed)

    in_drawn_order(
        rng,
        refused(small, large),
        refused(large, small),
        refused(drawn_tokens(rng, 1, 2, 3, 4), large),
        lambda: expect_appended(student, large, *drawn_tokens(rng, many, 2, 2, 4)),
        lambda: expect_appended(student, small, *drawn_tokens(rng, few, 2, 2, 4)),
    )

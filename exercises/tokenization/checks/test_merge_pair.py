"""Checks of `merge_pair`."""

from tokenization_oracles import joined, other_merges, random_letters

from autograder.checks import exercise, expect_accepted, expect_equal, fail


def drawn_case(rng):
    """A word in which every mistake but those about runs shows, and the pair."""
    p, q, r, s = (letter.encode() for letter in random_letters(rng, 4))
    left, right = p + q, r  # (pq, r); (p, qr) spells the same
    parts = [(left, right, s), (right, left, right), (p, q + r, s), (left, s), (left, right), (right, s)]
    word = [token for part in rng.permutation(parts) for token in part]
    return (*word, s, left, right), (left, right)


@exercise("merge_pair")
def test_every_occurrence_is_joined(student, rng):
    example = (b"a", b"b", b"ab", b"a", b"b"), (b"a", b"b")
    p, q = (letter.encode() for letter in random_letters(rng, 2))
    spaced = (b" ", p, b" " + p, q, b" ", p, q), (b" ", p)
    for symbols, pair in (example, drawn_case(rng), spaced):  # the docstring's example first
        expect_equal(
            student.merge_pair(symbols, pair),
            list(joined(symbols, pair)),
            what="The list of tokens after the merge",
            mistakes=other_merges(symbols, pair),
            advice="Walk along with an index: it grows by 2 where the pair stands, else by 1.",
        )


@exercise("merge_pair")
def test_a_token_takes_part_in_one_join(student, rng):
    p, q = (letter.encode() for letter in random_letters(rng, 2))
    for length in rng.permutation([3, 4, 5, 6, 7]):
        symbols, pair = (q, *[p] * length, q, p), (p, p)
        mistakes = other_merges(symbols, pair)
        mistakes["It joins again what it has just joined."] = lambda n=length: [
            q,
            p * (n - n % 2),
            *[p] * (n % 2),
            q,
            p,
        ]
        mistakes["A run becomes one token, however long it is."] = lambda n=length: [q, p * n, q, p]
        expect_equal(
            student.merge_pair(symbols, pair),
            list(joined(symbols, pair)),
            what="The list of tokens of a run after the merge",
            mistakes=mistakes,
        )


@exercise("merge_pair")
def test_words_that_stay_as_they_are(student, rng):
    p, q, r = (letter.encode() for letter in random_letters(rng, 3))
    for symbols in rng.permutation([(p, r, q), (p,), (q,), (q, p), (r, p), (p + q,), ()]):
        with expect_accepted("A word without the pair is an error; it stays as it is."):
            result = student.merge_pair(symbols, (p, q))
        expect_equal(
            result,
            list(symbols),
            what="The list of tokens of a word without the pair",
            mistakes=other_merges(symbols, (p, q)) if len(symbols) > 1 else {"The last token is lost.": []},
        )


@exercise("merge_pair")
def test_the_result_is_a_tuple_whatever_comes_in(student, rng):
    symbols, pair = drawn_case(rng)
    kinds = {}
    for given in rng.permutation([symbols, list(symbols), [*pair[::-1]]]):
        with expect_accepted("A list of tokens is an error; symbols may be a tuple or a list."):
            result = student.merge_pair(given, pair)
        expect_equal(
            result,
            list(joined(given, pair)),
            what="The list of tokens after the merge",
            mistakes=other_merges(tuple(given), pair),
        )
        kinds[isinstance(given, tuple), len(given) > 2] = type(result).__name__
    if {*kinds.values()} != {"tuple"}:
        joins = kinds[True, True] == kinds[False, True] == "tuple"
        fail(
            "A list without the pair comes back as a list; it must be a tuple, too."
            if joins
            else "It gives a list; a tuple can be a key of a dict.",
            expected="a tuple",
            got="a list",
        )

"""Checks of `merge_pair`."""

from tokenization_oracles import expect_accepted, joined, joined_from_the_right, letters

from autograder.checks import AnyOf, exercise, expect_equal, fail


def other_merges(symbols, pair):
    """What each known mistake makes of the word."""
    left, right = pair
    both = left + right

    def first_only():
        for index in range(len(symbols) - 1):
            if tuple(symbols[index : index + 2]) == pair:
                return [*symbols[:index], both, *symbols[index + 2 :]]
        return list(symbols)

    def walk(found=lambda index: tuple(symbols[index : index + 2]) == pair, put=(both,), step=2, end=0):
        result, index = [], 0
        while index < len(symbols) - end:
            if index + 1 < len(symbols) and found(index):
                result += put or [symbols[index] + symbols[index + 1]]
                index += step
            else:
                result.append(symbols[index])
                index += 1
        return result + (list(symbols[index:]) if end == 2 else [])

    def overlapping():
        result, index = [], 0
        for index in range(len(symbols)):
            if tuple(symbols[index : index + 2]) == pair:
                result.append(both)
            elif not (index and tuple(symbols[index - 1 : index + 1]) == pair):
                result.append(symbols[index])
        return result

    def last_at_the_end():
        """The last two tokens are not looked at as a pair."""
        result, index = [], 0
        while index < len(symbols):
            if index < len(symbols) - 2 and tuple(symbols[index : index + 2]) == pair:
                result.append(both)
                index += 2
            else:
                result.append(symbols[index])
                index += 1
        return result

    def spelled():
        result, index = [], 0
        while index < len(symbols):
            if index + 1 < len(symbols) and symbols[index] + symbols[index + 1] == both:
                result.append(both)
                index += 2
            else:
                result.append(symbols[index])
                index += 1
        return result

    return {
        "It compares the joined bytes; (ab, c) is not the pair (a, bc), although both spell abc.": spelled,
        "Only the first occurrence is joined.": first_only,
        "A token takes part in two joins; overlapping occurrences are joined once, from the left.": overlapping,
        "It joins from right to left.": lambda: list(joined_from_the_right(symbols, pair)),
        "The last token is lost.": lambda: walk(end=1),
        "A pair at the end of the word is not joined.": last_at_the_end,
        "It joins the pair in the other order too; (b, a) is not (a, b).": AnyOf(
            lambda: walk(lambda i: set(symbols[i : i + 2]) == set(pair)),
            lambda: walk(lambda i: {*symbols[i : i + 2]} == {*pair}, put=None),
        ),
        "It puts the pair itself in, not the joined bytes.": AnyOf(
            lambda: walk(put=(pair,)), lambda: walk(put=(list(pair),))
        ),
        "The two tokens are joined in the wrong order.": lambda: walk(put=(right + left,)),
        "The token behind a join is skipped.": lambda: walk(step=3),
        "The right token of the pair stays there after the join.": lambda: walk(step=1),
        "It compares the left token only, and joins it with whatever follows.": lambda: walk(
            lambda i: symbols[i] == left
        ),
        "It compares the right token only.": lambda: walk(lambda i: symbols[i + 1] == right),
        "It keeps the left token and drops the right one.": lambda: walk(put=(left,)),
        "The word comes back as it was.": lambda: list(symbols),
        "It gives one joined text for the whole word.": lambda: b"".join(symbols).replace(both, both),
    }


def drawn_case(rng):
    """A word in which every mistake but those about runs shows, and the pair."""
    p, q, r, s = (letter.encode() for letter in letters(rng, 4))
    left, right = p + q, r  # (pq, r); (p, qr) spells the same
    parts = [(left, right, s), (right, left, right), (p, q + r, s), (left, s), (left, right), (right, s)]
    word = [token for part in rng.permutation(parts) for token in part]
    return (*word, s, left, right), (left, right)


@exercise("merge_pair")
def test_every_occurrence_is_joined(student, rng):
    example = (b"a", b"b", b"ab", b"a", b"b"), (b"a", b"b")
    for symbols, pair in (example, drawn_case(rng)):  # the docstring's example first
        expect_equal(
            student.merge_pair(symbols, pair),
            list(joined(symbols, pair)),
            what="The list of tokens after the merge",
            mistakes=other_merges(symbols, pair),
            advice="Walk along with an index: it grows by 2 where the pair stands, else by 1.",
        )


@exercise("merge_pair")
def test_a_token_takes_part_in_one_join(student, rng):
    p, q = (letter.encode() for letter in letters(rng, 2))
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
    p, q, r = (letter.encode() for letter in letters(rng, 3))
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
    for given in rng.permutation([symbols, list(symbols)]):
        with expect_accepted("A list of tokens is an error; symbols may be a tuple or a list."):
            result = student.merge_pair(given, pair)
        expect_equal(
            result,
            list(joined(symbols, pair)),
            what="The list of tokens after the merge",
            mistakes=other_merges(given if isinstance(given, tuple) else tuple(given), pair),
        )
        if not isinstance(result, tuple):
            fail("It gives a list; a tuple can be a key of a dict.", expected="a tuple", got=type(result).__name__)

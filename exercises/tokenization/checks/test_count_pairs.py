"""Checks of `count_pairs`."""

from tokenization_oracles import expect_anew, other_counts, pairs_of, random_letters

from autograder.checks import AnyOf, exercise, expect_accepted, expect_equal

EXAMPLE = {(b"a", b"a", b"a"): 2, (b"b", b"aa"): 5, (b"c",): 9}


def drawn_words(rng):
    """Words with a run, a pair and its reverse, a pair in two words, one twice in a word, a token that is longer."""
    p, q, r, s, t = (letter.encode() for letter in random_letters(rng, 5))
    counts = rng.permutation(range(2, 12))
    words = [(p, p, p), (q, r, s), (s, r, q, r, s), (t, q + r, s), (q, r + s), (t,), (p, q, p, q, t), (r, s)]
    return dict(zip(words, counts, strict=False))


@exercise("count_pairs")
def test_pairs_count_as_often_as_their_words(student, rng):
    asked, found = [EXAMPLE, drawn_words(rng)], []  # the docstring's example first
    for words in asked:
        with expect_accepted("A word of one token is an error; it has no pair."):
            found.append(student.count_pairs(words))
    expect_equal(
        found,
        [dict(pairs_of(words)) for words in asked],
        what="The list of counts of two texts",
        mistakes={
            sentence: (lambda sentence=sentence: [other_counts(words)[sentence]() for words in asked])
            for sentence in other_counts(EXAMPLE)
        },
        advice="For each word, each of zip(word, word[1:]) adds the word's count.",
    )


@exercise("count_pairs")
def test_a_text_without_pairs(student, rng):
    p, q, r = (letter.encode() for letter in random_letters(rng, 3))
    count = rng.randint(2, 9)
    with expect_accepted("A text without pairs is an error; its dict of counts is empty."):
        first = student.count_pairs({(p,): count, (q + r,): 1})
    with expect_accepted("A text without words is an error; its dict of counts is empty."):
        second = student.count_pairs({})
    third = student.count_pairs({(p, q): count, (r,): 2})
    expect_equal(
        [first, second, third],
        [{}, {}, {(p, q): count}],
        what="The list of what is counted in texts with few pairs",
        mistakes={
            "It gives None where there is nothing to count.": AnyOf(
                [None, None, {(p, q): count}], [{}, None, {(p, q): count}]
            ),
        },
    )


@exercise("count_pairs")
def test_each_call_counts_anew(student, rng):
    first, second = drawn_words(rng), drawn_words(rng)
    expect_anew(
        [student.count_pairs(words) for words in (first, second, first)],
        [dict(pairs_of(words)) for words in (first, second, first)],
        what="The list of what is counted in one text and another",
    )

"""Checks of `count_pairs`."""

from collections import Counter

from tokenization_oracles import expect_accepted, expect_anew, letters, pairs_of, single_bytes

from autograder.checks import AnyOf, exercise, expect_equal

EXAMPLE = {(b"a", b"a", b"a"): 2, (b"b", b"aa"): 5, (b"c",): 9}


def drawn_words(rng):
    """Words with a run, a pair and its reverse, a pair in two words, one twice in a word, a token that is longer."""
    p, q, r, s, t = (letter.encode() for letter in letters(rng, 5))
    counts = rng.permutation(range(2, 12))
    words = [(p, p, p), (q, r, s), (s, r, q, r, s), (t, q + r, s), (q, r + s), (t,), (p, q, p, q, t), (r, s)]
    return dict(zip(words, counts, strict=False))


def across(words):
    """Pairs of the words one after the other, each as often as it occurs."""
    found = Counter(pairs_of(words))
    keys = list(words)
    for left, right in zip(keys, keys[1:], strict=False):
        found[left[-1], right[0]] += 1
    return found


def other_counts(words):
    """What each known mistake counts."""

    def sum_of(per_word):
        found = Counter()
        for tokens, count in words.items():
            for pair, times in per_word(tokens, count).items():
                found[pair] += times
        return dict(found)

    def neighbours(tokens):
        return list(zip(tokens, tokens[1:], strict=False))

    def not_overlapping(tokens, count):
        found, index = Counter(), 0
        last = None
        for index, pair in enumerate(neighbours(tokens)):
            if last is not None and last == (pair, index - 1):
                last = None
                continue
            found[pair] += count
            last = (pair, index)
        return found

    def replaced():
        found = {}
        for tokens, count in words.items():
            for pair in neighbours(tokens):
                found[pair] = count
        return found

    def spelled():
        found, first = Counter(), {}
        for tokens, count in words.items():
            for pair in neighbours(tokens):
                found[first.setdefault(pair[0] + pair[1], pair)] += count
        return dict(found)

    return {
        "It counts each word once, however often the text has it.": lambda: sum_of(
            lambda tokens, count: Counter(neighbours(tokens))
        ),
        "Pairs reach from one word into the next.": lambda: dict(across(words)),
        "Of overlapping pairs only one is counted; (a, a, a) has (a, a) twice.": lambda: sum_of(not_overlapping),
        "It takes (a, b) and (b, a) for the same pair.": lambda: sum_of(
            lambda tokens, count: _times([tuple(sorted(pair)) for pair in neighbours(tokens)], count)
        ),
        "It counts the first pair of each word only.": lambda: sum_of(
            lambda tokens, count: Counter({pair: count for pair in neighbours(tokens)[:1]})
        ),
        "It leaves out the last pair of each word.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens)[:-1], count)
        ),
        "It leaves out the first pair of each word.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens)[1:], count)
        ),
        "The count of a later word replaces that of an earlier one; they add up.": replaced,
        "A pair counts once per word, even if the word has it twice.": lambda: sum_of(
            lambda tokens, count: _times(set(neighbours(tokens)), count)
        ),
        "It takes pairs that spell the same for one pair; tokens are compared whole.": spelled,
        "The last token of a word makes a pair with its first.": lambda: sum_of(
            lambda tokens, count: _times([*neighbours(tokens), (tokens[-1], tokens[0])], count)
        ),
        "It counts pairs of bytes, not of tokens.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(single_bytes(b"".join(tokens))), count)
        ),
        "It counts tokens that have another one between them.": lambda: sum_of(
            lambda tokens, count: _times(zip(tokens, tokens[2:], strict=False), count)
        ),
        "It counts pairs of tokens that are no neighbours, too.": lambda: sum_of(
            lambda tokens, count: _times(
                [(left, right) for i, left in enumerate(tokens) for right in tokens[i + 1 :]], count
            )
        ),
        "It gives shares of all pairs; the counts are asked for.": lambda: {
            pair: count / sum(pairs_of(words).values()) for pair, count in pairs_of(words).items()
        },
        "It counts single tokens, not pairs.": lambda: sum_of(lambda tokens, count: _times(tokens, count)),
        "It gives the joined tokens instead of the pairs.": lambda: {
            joined: sum(count for pair, count in pairs_of(words).items() if pair[0] + pair[1] == joined)
            for joined in {left + right for left, right in pairs_of(words)}
        },
        "A word of one token makes a pair with nothing.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens) or [(tokens[0], b"")], count)
        ),
    }


def _times(pairs, count):
    return Counter({pair: times * count for pair, times in Counter(pairs).items()})


@exercise("count_pairs")
def test_pairs_count_as_often_as_their_words(student, rng):
    for words in (EXAMPLE, drawn_words(rng)):  # the docstring's example first
        with expect_accepted("A word of one token is an error; it has no pair."):
            result = student.count_pairs(words)
        expect_equal(
            result,
            dict(pairs_of(words)),
            what="The dict of counts",
            mistakes=other_counts(words),
            advice="For each word, each of zip(word, word[1:]) adds the word's count.",
        )


@exercise("count_pairs")
def test_a_text_without_pairs(student, rng):
    p, q, r = (letter.encode() for letter in letters(rng, 3))
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

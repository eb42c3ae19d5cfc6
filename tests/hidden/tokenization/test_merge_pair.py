"""Hidden checks of `merge_pair`."""

from tokenization_oracles import joined, other_merges, random_letters

from autograder.checks import exercise, expect_equal


@exercise("merge_pair")
def test_merges_of_random_words(student, rng):
    """Three tokens that spell one another, so that every occurrence has a neighbour that could be taken for one."""
    p, q = (letter.encode() for letter in random_letters(rng, 2))
    tokens = [p, q, p + q, p + p]
    found, right, asked = [], [], []
    words = [tuple(rng.choice(tokens) for _ in range(rng.randint(0, 12))) for _ in range(30)]
    pairs = [(rng.choice(tokens), rng.choice(tokens)) for _ in words]
    twice = (p, q, *words[0], p, q)  # at both ends
    for word, pair in [*zip(words, pairs, strict=True), (twice, (p, q))]:
        asked.append((word, pair))
        found.append(student.merge_pair(word, pair))
        right.append(list(joined(word, pair)))
    wrong = {
        sentence: (lambda sentence=sentence: [_list(other_merges(word, pair)[sentence]) for word, pair in asked])
        for sentence, make in other_merges((p,), (p, q)).items()
        if callable(make)
    }
    expect_equal(found, right, what="The list of tokens of random words after a merge", mistakes=wrong)


def _list(make):
    return make()


@exercise("merge_pair")
def test_tokens_that_are_no_text(student, rng):
    left, right = bytes([rng.randint(128, 256)]), bytes([0xFF, rng.randint(0, 128)])
    word = (left, right, b"\x00", right, left, left, right)
    expect_equal(
        student.merge_pair(list(word), (left, right)),
        [left + right, b"\x00", right, left, left + right],
        what="The list of tokens that are no text after the merge",
        mistakes={
            "Only the first occurrence is joined.": [left + right, *word[2:]],
            "A pair at the end of the word is not joined.": [left + right, *word[2:]],
        },
    )

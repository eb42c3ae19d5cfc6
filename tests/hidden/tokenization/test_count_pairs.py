"""Hidden checks of `count_pairs`."""

from tokenization_oracles import other_counts, pairs_of, prose, random_letters, single_bytes

from autograder.checks import exercise, expect_equal


@exercise("count_pairs")
def test_pairs_of_a_text(student, rng):
    words = {}
    for piece in prose(rng, 60, 15).split():
        words[single_bytes(piece)] = words.get(single_bytes(piece), 0) + 1
    words[single_bytes("안녕é")] = rng.randint(2, 9)
    words = dict(rng.permutation(words.items()))
    expect_equal(
        student.count_pairs(words),
        dict(pairs_of(words)),
        what="The dict of counts of a text",
        mistakes=other_counts(words),
    )


@exercise("count_pairs")
def test_large_counts_and_long_runs(student, rng):
    p, q = (letter.encode() for letter in random_letters(rng, 2))
    length, count = rng.randint(5, 12), rng.randint(10**4, 10**5)
    words = {(p,) * length: count, (p, q) * 3: 1, (q, p): count, (p + q,): count, (p * 2, p): 3, (p, p * 2): 2}
    expect_equal(
        student.count_pairs(words),
        {
            (p, p): (length - 1) * count,
            (p, q): 3,
            (q, p): count + 2,
            (p * 2, p): 3,
            (p, p * 2): 2,
        },
        what="The dict of counts of runs",
        mistakes=other_counts(words),
    )

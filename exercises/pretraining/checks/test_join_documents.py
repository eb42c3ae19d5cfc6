"""Checks of `join_documents`."""

from pretraining_oracles import expect_joined

from autograder.checks import exercise


def documents(rng, *lengths, low=1):
    return [rng.randint(low, 90, (length,)).tolist() for length in lengths]


@exercise("join_documents")
def test_an_end_behind_each_document(student, rng):
    for given, end_id in (([[5, 6, 7], [8], []], 9), (documents(rng, 4, 2, 5, 3), rng.randint(90, 99))):
        expect_joined(student, given, end_id)


@exercise("join_documents")
def test_empty_documents_and_ends(student, rng):
    end_id = rng.randint(90, 99)
    given = documents(rng, 0, 4, 0, 2, 0)
    given[1][-1] = end_id  # its own last token
    given[3][0] = 0
    expect_joined(student, given, end_id)
    expect_joined(student, documents(rng, 3, 2, 4), 0)
    expect_joined(student, [], end_id, "The stream of no documents")
    same = documents(rng, 3, 2)
    expect_joined(student, [same[0], same[1], same[0]], end_id)

"""Hidden checks of `join_documents`."""

from pretraining_oracles import expect_joined

from autograder.checks import exercise


@exercise("join_documents")
def test_streams_of_many_documents(student, rng):
    for count, low, end_id in ((40, 0, rng.randint(200, 999)), (25, 1, 0), (1, 0, 7), (3, 0, 3_000_000_000)):
        lengths = rng.permutation([0, 1, *rng.randint(0, 9, (count - 1,)).tolist()])[:count]
        documents = [rng.randint(low, 200, (length,)).tolist() for length in lengths]
        documents[0] = [*documents[0], end_id, end_id]
        expect_joined(student, documents, end_id)
    expect_joined(student, [[], [], []], rng.randint(1, 99))
    expect_joined(student, [[rng.randint(3_000_000_000, 4_000_000_000)]], 1)

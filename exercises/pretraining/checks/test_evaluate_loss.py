"""Checks of `evaluate_loss`."""

from pretraining_run_oracles import draw_batches, evaluated, expect_evaluated

from autograder.checks import exercise, expect_error, in_drawn_order


@exercise("evaluate_loss")
def test_each_token_counts_the_same(student, rng):
    # 2 tokens and 6, as in the docstring; rows, lengths and tokens of the batches are in no common ratio
    for sizes in (((1, 2), (2, 3)), ((4, 5), (2, 3), (1, 7))):
        vocab = rng.randint(20, 40)
        expect_evaluated(student, rng, 2 * rng.randn(vocab, vocab), draw_batches(rng, vocab, *sizes))


@exercise("evaluate_loss")
def test_a_loss_of_batches_that_come_once(student, rng):
    vocab = rng.randint(20, 40)
    table, batches = 2 * rng.randn(vocab, vocab), draw_batches(rng, vocab, (3, 4), (1, 2), (2, 6))
    expect_evaluated(student, rng, table, batches, once=True)


@exercise("evaluate_loss")
def test_there_must_be_a_batch(student, rng):
    vocab = rng.randint(20, 40)
    table = 2 * rng.randn(vocab, vocab)

    def refused():
        with expect_error("ValueError", what="No batch at all", explained=True):
            student.run(evaluated, table, [], [True] * 5, True, rng.choice([True, False]))

    def taken():
        expect_evaluated(student, rng, table, draw_batches(rng, vocab, (1, 1)))

    in_drawn_order(rng, refused, taken)


@exercise("evaluate_loss")
def test_the_loss_in_float32_at_least(student, rng):
    vocab = rng.randint(20, 40)
    batches = draw_batches(rng, vocab, (3, 4), (1, 2))
    expect_evaluated(student, rng, (4 * rng.randn(vocab, vocab)).bfloat16(), batches)
    expect_evaluated(student, rng, (4 * rng.randn(vocab, vocab)).double(), batches)

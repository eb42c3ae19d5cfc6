"""Hidden checks of `evaluate_loss`."""

import torch
from pretraining_run_oracles import draw_batches, evaluated, expect_evaluated

from autograder.checks import exercise, expect_error, in_drawn_order


@exercise("evaluate_loss")
def test_batches_of_many_sizes(student, rng):
    for spread, sizes in ((0.1, ((1, 9), (9, 1))), (3.0, ((5, 4), (1, 1), (2, 8), (3, 3))), (30.0, ((2, 3),))):
        vocab = rng.randint(5, 60)
        expect_evaluated(student, rng, spread * rng.randn(vocab, vocab), draw_batches(rng, vocab, *sizes), once=True)


@exercise("evaluate_loss")
def test_logits_far_from_zero(student, rng):
    vocab = rng.randint(9, 40)
    table, batches = 300 + 200 * rng.randn(vocab, vocab), draw_batches(rng, vocab, (3, 6), (2, 2))
    for dtype in rng.permutation([torch.float32, torch.bfloat16, torch.float16]):
        expect_evaluated(student, rng, table.to(dtype), batches)


@exercise("evaluate_loss")
def test_no_batch_to_go_through_once(student, rng):
    vocab = rng.randint(20, 40)
    table = 2 * rng.randn(vocab, vocab)

    def refused(once):
        def ask():
            with expect_error("ValueError", what="No batch at all", explained=True):
                student.run(evaluated, table, [], [False] * 5, False, once)

        return ask

    def taken():
        expect_evaluated(student, rng, table, draw_batches(rng, vocab, (1, 2), (3, 1)), once=True)

    in_drawn_order(rng, refused(True), refused(False), taken)

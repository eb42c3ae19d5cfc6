"""Hidden checks of `grpo_loss`."""

import torch
from alignment_hidden_oracles import expected_loss, nothing_to_learn, wider_padding
from alignment_oracles import TOL_FP32, log_probs

from autograder.checks import exercise, expect_close


@exercise("grpo_loss")
def test_nothing_to_learn_from_in_grpo(student, rng):
    nothing_to_learn(student, rng, "grpo_loss")


@exercise("grpo_loss")
def test_wider_padding_in_grpo(student, rng):
    wider_padding(student, rng, "grpo_loss")


@exercise("grpo_loss")
def test_every_token_counts_the_same(student, rng):
    # A response said as one row of four tokens, or its tokens as four rows of one: the same tokens, the same mean.
    logp, old = log_probs(rng, 1, 4), log_probs(rng, 1, 4)
    old = logp + 0.05 * (old + 2)
    mask = torch.ones(1, 4, dtype=torch.int64)
    other, lone = logp[:, :1] - 0.02, torch.tensor([[1, 0, 0, 0]])
    rows = [torch.cat([one, two.expand(1, 4)]) for one, two in ((logp, other), (old, other))]
    one_row = student.grpo_loss(*rows, torch.tensor([0.9, -0.4]), torch.cat([mask, lone]), 0.2)
    split = [torch.cat([one.T, other]) for one in (logp, old)]
    four_rows = student.grpo_loss(
        *split, torch.tensor([0.9, 0.9, 0.9, 0.9, -0.4]), torch.ones(5, 1, dtype=torch.int64), 0.2
    )
    expect_close(
        one_row,
        four_rows,
        what="The loss of one response of four tokens, against four of one token,",
        advice="Every token of the batch counts the same, in whichever response it stands.",
        **TOL_FP32,
    )
    advantages = torch.tensor([0.9, 0.9, 0.9, 0.9, -0.4])
    expected = expected_loss("grpo_loss", [*split, advantages, 0.2], torch.ones(5, 1, dtype=torch.int64))
    expect_close(four_rows, expected, what="The loss", **TOL_FP32)

"""Checks of `policy_gradient_loss`."""

import math

import torch
from alignment_oracles import (
    MEAN_MISTAKES,
    TOL_FP32,
    expect_dtype_kept,
    expect_graph,
    expect_masked_out,
    expect_no_gradient,
    inverted_mask_mean,
    log_probs,
    response_mask,
    token_mean,
    told_apart,
    whitened,
    with_gradients,
)

from autograder.checks import exercise, expect_close, probe


def as_they_come(advantages, mask):
    return advantages


def reinforce(logp, advantages, mask, of=lambda logp: logp, weight=as_they_come, mean=token_mean):
    """-logp · advantage, the mean over the response tokens: (B, T) three times → ()."""
    return mean(-of(logp) * weight(advantages, mask), mask)


# Sentence → the part of `reinforce` that is another one.
REINFORCE_MISTAKES = {
    **{sentence: {"mean": mean} for sentence, mean in MEAN_MISTAKES.items()},
    "It uses probabilities; the gradient needs their logarithms.": {"of": torch.exp},
    "It rescales the advantages; they are to be used as they come.": {"weight": whitened},
    "It subtracts the mean of the advantages; they are to be used as they come.": {
        "weight": lambda advantages, mask: advantages - advantages[mask == 1].mean()
    },
    "Negative advantages are dropped; those tokens must become less likely.": {
        "weight": lambda advantages, mask: advantages.clamp(min=0)
    },
    "It uses the size of the advantages without their sign.": {"weight": lambda advantages, mask: advantages.abs()},
    "The advantages are not used.": {"weight": lambda advantages, mask: torch.ones_like(advantages)},
    "The mask is inverted.": {"mean": inverted_mask_mean},
}


def reinforce_mistakes(logp, advantages, mask):
    """Sentence → the loss with that mistake."""
    return {sentence: reinforce(logp, advantages, mask, **parts) for sentence, parts in REINFORCE_MISTAKES.items()}


@exercise("policy_gradient_loss")
def test_policy_gradient_loss_docstring_example(student, rng):
    example = torch.tensor([[-1.0, -2, -3]]), torch.tensor([[1.0, -1, 5]]), torch.tensor([[1, 1, 0]])
    drawn = log_probs(rng, 1, 3), 2 * rng.randn(1, 3), torch.tensor([[1, 1, 0]])
    for case, what in ((example, "The docstring's loss"), (drawn, "The loss of a response of two tokens")):
        expect_close(
            student.policy_gradient_loss(*case),
            reinforce(*case),
            what=what,
            mistakes=told_apart(reinforce_mistakes(*case)),
            **TOL_FP32,
        )


@exercise("policy_gradient_loss")
def test_policy_gradient_of_a_batch(student, rng):
    for lengths in ((2, 5, 1), (1,)):  # the second batch is one response of one token
        mask = response_mask(rng, lengths, 8)
        logp, advantages = log_probs(rng, *mask.shape), 1 + 2 * rng.randn(*mask.shape)
        if len(lengths) > 1:
            advantages[1, mask[1].argmax()] = 0.0
        result = student.run(with_gradients, "policy_gradient_loss", [logp, advantages, mask], [0, 1])
        expect_close(
            result["value"],
            reinforce(logp, advantages, mask),
            what="The loss",
            mistakes=reinforce_mistakes(logp, advantages, mask),
            **TOL_FP32,
        )
        expect_graph(result)
        expect_no_gradient(result["gradients"][1], "A gradient flows into the advantages, which are data.")
        slope = -advantages * mask / mask.sum()  # (B, T)
        expect_close(result["gradients"][0], slope, what="The gradient in the log-probabilities", **TOL_FP32)
        expect_dtype_kept(student.policy_gradient_loss, (logp, advantages, mask), reinforce, "The loss")


@probe
def expected_gradient(student, table, sequences, rewards):
    """The mean gradient of the loss over all responses, each as often as the policy samples it."""
    table.requires_grad_()
    total = torch.zeros_like(table)
    for sequence, reward in zip(sequences, rewards, strict=True):
        log_p = table.log_softmax(dim=-1)[sequence[:-1], sequence[1:]][None]  # (1, T)
        mask = torch.ones_like(log_p, dtype=torch.int64)
        loss = student.policy_gradient_loss(log_p, reward * torch.ones_like(log_p).detach(), mask)
        (gradient,) = torch.autograd.grad(loss, table)
        total += gradient * log_p.sum().exp().detach()
    return total


@exercise("policy_gradient_loss")
def test_on_average_it_raises_the_expected_reward(student, rng):
    # All 9 responses of two tokens behind token 0: the expected reward and its slope can be written down.
    table, rewards = rng.randn(3, 3), rng.randn(9)
    pairs = torch.cartesian_prod(torch.arange(3), torch.arange(3))  # (9, 2)
    sequences = torch.cat([torch.zeros(9, 1, dtype=torch.int64), pairs], dim=1)  # (9, 3)
    result = student.run(expected_gradient, table, sequences, rewards)
    exact = table.double().requires_grad_()
    log_p = exact.log_softmax(dim=-1)  # (3, 3)
    probability = (log_p[0, pairs[:, 0]] + log_p[pairs[:, 0], pairs[:, 1]]).exp()  # (9,)
    (slope,) = torch.autograd.grad((probability * rewards.double()).sum(), exact)
    slope = slope.float() / 2  # the loss is a mean over two tokens
    expect_close(
        result,
        -slope,
        what="Its gradient, on average over every response,",
        mistakes={"The sign is wrong: an optimizer that goes downhill would make good tokens unlikely.": slope},
        advice="On average the gradient is minus the slope of the expected reward, divided by the number of tokens.",
        **TOL_FP32,
    )


@exercise("policy_gradient_loss")
def test_nothing_counts_in_the_policy_gradient_where_the_mask_is_0(student, rng):
    mask = response_mask(rng, (2, 4), 7)
    case = (log_probs(rng, 2, 7), 1 + 2 * rng.randn(2, 7), mask)
    expect_masked_out(
        student,
        "policy_gradient_loss",
        case,
        [1],
        [{0: -math.inf}, {1: math.inf}],
        reinforce,
        reinforce_mistakes(*case),
    )

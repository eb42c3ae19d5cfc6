"""Checks of `policy_gradient_loss`."""

import torch
from alignment_oracles import (
    FP32,
    expect_graph,
    expect_no_gradient,
    log_probs,
    masked_means,
    response_mask,
    with_gradients,
)

from autograder.checks import exercise, expect_close, probe


def reinforce_mistakes(logp, advantages, mask):
    count = mask.sum()
    right = -(logp * advantages * mask).sum() / count
    real = advantages[mask == 1]
    whitened = (advantages - real.mean()) / real.std()
    centred = advantages - real.mean()
    return {
        **masked_means(-logp * advantages, mask, right),
        "It uses probabilities; the gradient needs their logarithms.": -(logp.exp() * advantages * mask).sum() / count,
        "It rescales the advantages; they are to be used as they come.": -(logp * whitened * mask).sum() / count,
        "It subtracts the mean of the advantages; they are to be used as they come.": -(logp * centred * mask).sum()
        / count,
        "Negative advantages are dropped; those tokens must become less likely.": (
            -(logp * advantages.clamp(min=0) * mask).sum() / count
        ),
        "It uses the size of the advantages without their sign.": -(logp * advantages.abs() * mask).sum() / count,
        "The advantages are not used.": -(logp * mask).sum() / count,
        "The mask is inverted.": -(logp * advantages * (1 - mask)).sum() / (1 - mask).sum(),
    }


@exercise("policy_gradient_loss")
def test_the_docstrings_policy_gradient(student):
    logp, advantages = torch.tensor([[-1.0, -2, -3]]), torch.tensor([[1.0, -1, 5]])
    mask = torch.tensor([[1, 1, 0]])
    expect_close(
        student.policy_gradient_loss(logp, advantages, mask),
        torch.tensor(-0.5),
        what="The docstring's loss",
        mistakes=reinforce_mistakes(logp, advantages, mask),
        **FP32,
    )


@exercise("policy_gradient_loss")
def test_policy_gradient_of_a_batch(student, rng):
    mask = response_mask(rng, (2, 5, 1), 8)
    logp, advantages = log_probs(rng, 3, 8), 1 + 2 * rng.randn(3, 8)
    seen = student.run(with_gradients, "policy_gradient_loss", [logp, advantages, mask], [0, 1], torch.tensor(1.0))
    count = mask.sum()
    expect_close(
        seen["value"],
        -(logp * advantages * mask).sum() / count,
        what="The loss",
        mistakes=reinforce_mistakes(logp, advantages, mask),
        **FP32,
    )
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the advantages, which are data.")
    expect_close(seen["gradients"][0], -advantages * mask / count, what="The gradient in the log-probabilities", **FP32)


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
def test_on_average_it_climbs_the_expected_reward(student, rng):
    # All 9 responses of two tokens behind token 0: the expected reward and its slope can be written down.
    table, rewards = rng.randn(3, 3), rng.randn(9)
    pairs = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    sequences = torch.cat([torch.zeros(9, 1, dtype=torch.int64), pairs], dim=1)
    seen = student.run(expected_gradient, table, sequences, rewards)
    exact = table.double().requires_grad_()
    log_p = exact.log_softmax(dim=-1)
    probability = (log_p[0, pairs[:, 0]] + log_p[pairs[:, 0], pairs[:, 1]]).exp()
    (slope,) = torch.autograd.grad((probability * rewards.double()).sum(), exact)
    slope = slope.float() / 2  # the loss is a mean over two tokens
    expect_close(
        seen,
        -slope,
        what="Its gradient, on average over every response,",
        mistakes={"It walks down the expected reward instead of up.": slope},
        advice="On average the gradient is minus the slope of the expected reward, divided by the number of tokens.",
        **FP32,
    )

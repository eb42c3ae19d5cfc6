"""Hidden checks of the lesson on alignment: edges, extremes, and relations that only right code has."""

import torch
from alignment_oracles import TOL_FP32, clipped, log_probs, token_mean, with_gradients

from autograder.checks import expect_close, fail


def losses(rng, rows=3, columns=6):
    """The name of each of the three losses → arguments for it, without the mask."""
    logp = log_probs(rng, rows, columns)
    old = logp + 0.3 * rng.randn(rows, columns)
    each, one = 1 + rng.randn(rows, columns), 1 + rng.randn(rows)
    return {
        "policy_gradient_loss": [logp, each],
        "ppo_clip_loss": [logp, old, each, 0.2],
        "grpo_loss": [logp, old, one, 0.2],
    }


def with_mask(arguments, mask):
    """The arguments in their order: the mask stands behind the advantages."""
    return [*arguments[:2], mask] if len(arguments) == 2 else [*arguments[:3], mask, arguments[3]]


def nothing_to_learn(student, rng, name):
    arguments = with_mask(losses(rng)[name], torch.zeros(3, 6, dtype=torch.int64))
    result = student.run(with_gradients, name, arguments, [0])
    if not torch.isfinite(torch.as_tensor(result["value"])).all():
        fail("Without a response token the loss is NaN; it must be 0.", advice="clamp(min=1) the number of tokens.")
    expect_close(result["value"], torch.tensor(0.0), what="The loss without a response token", **TOL_FP32)
    if not result["graph"]:
        fail("Without a response token the loss has no graph, so backward() fails.")
    gradient = result["gradients"][0]
    if gradient is None or not torch.equal(gradient, torch.zeros_like(gradient)):
        fail("Without a response token the gradient must be 0.")


def expected_loss(name, arguments, mask):
    """-logp · A or minus the clipped objective, the mean over the response tokens of the batch: ()."""
    logp, *others = arguments
    if name == "policy_gradient_loss":
        return -token_mean(logp * others[0], mask)
    old, advantages, clip = others
    advantages = advantages if advantages.ndim == 2 else advantages[:, None]
    ratio = (logp - old).exp()
    return -token_mean(clipped(ratio, advantages, clip), mask)


def wider_padding(student, rng, name):
    arguments = losses(rng)[name]
    mask = torch.tensor([[0, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0]])
    narrow = getattr(student, name)(*with_mask(arguments, mask))
    wide = [
        torch.cat([one, one[:, :4] + rng.randn(3, 4)], dim=1)
        if isinstance(one, torch.Tensor) and one.ndim == 2
        else one
        for one in arguments
    ]
    result = getattr(student, name)(*with_mask(wide, torch.cat([mask, torch.zeros(3, 4, dtype=torch.int64)], dim=1)))
    expect_close(
        result,
        narrow,
        what="The loss after the batch is padded wider",
        advice="Divide by the number of response tokens, not of positions.",
        **TOL_FP32,
    )
    expect_close(narrow, expected_loss(name, arguments, mask), what="The loss", **TOL_FP32)

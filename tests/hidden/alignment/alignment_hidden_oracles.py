"""Hidden checks of the lesson on alignment: edges, extremes, and relations that only right code has."""

import math

import torch
from alignment_oracles import TOL_FP32, clipped, expect_dtype_kept, expect_masked_out, log_probs, token_mean

from autograder.checks import expect_close


def losses(rng, rows=3, columns=6):
    """The name of each of the three losses → arguments for it, without the mask."""
    logp = log_probs(rng, rows, columns)
    # Ratios on both sides of the clip meet advantages of both signs, in each row.
    old = logp + (0.6 + 0.3 * rng.rand(rows, columns)) * torch.tensor([1, -1, 1, -1, 1, -1])
    each = (0.5 + rng.rand(rows, columns)) * torch.tensor([1, 1, 1, -1, -1, -1])
    one = 1 + rng.randn(rows)
    return {
        "policy_gradient_loss": [logp, each],
        "ppo_clip_loss": [logp, old, each, 0.3],
        "grpo_loss": [logp, old, one, 0.3],
    }


def with_mask(arguments, mask):
    """The arguments in their order: the mask stands behind the advantages."""
    return [*arguments[:2], mask] if len(arguments) == 2 else [*arguments[:3], mask, arguments[3]]


def nothing_to_learn(student, rng, name):
    """Rows without a response, whole batches without one, and infinite values in prompt and padding."""
    arguments = losses(rng)[name]
    for mask in (
        torch.tensor([[0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1]]),
        torch.tensor([[1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1]]),
    ):
        case = with_mask(arguments, mask)

        def formula(logp, *others, mask=mask):
            return expected_loss(name, [logp, *(one for one in others if one is not mask)], mask)

        data = [1] if len(arguments) == 2 else [1, 2]
        fills = [{0: -math.inf}, {1: math.inf}, {0: 300.0, 1: -math.inf}]
        if name != "policy_gradient_loss":
            fills = [{0: -math.inf, 1: -math.inf}, {1: -300.0}]
        expect_masked_out(student, name, case, data, fills, formula, {})


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

    def formula(*given):
        return expected_loss(name, [one for one in given if getattr(one, "dtype", None) != torch.int64], mask)

    expect_dtype_kept(getattr(student, name), with_mask(arguments, mask), formula, "The loss", torch.bfloat16)

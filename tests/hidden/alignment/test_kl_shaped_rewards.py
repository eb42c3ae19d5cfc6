"""Hidden checks of `kl_shaped_rewards`."""

import math

import torch
from alignment_oracles import TOL_FP32, expect_device_kept, expect_dtype_kept, log_probs

from autograder.checks import AnyOf, exercise, expect_close, probe


@exercise("kl_shaped_rewards")
def test_a_row_without_response_tokens(student, rng):
    mask = torch.tensor([[0, 0, 0, 0], [0, 1, 1, 0]])
    logp_ref = log_probs(rng, 2, 4)
    logp = logp_ref - 0.2 - rng.rand(2, 4)
    got = student.kl_shaped_rewards(torch.tensor([3.0, 2.0]), logp, logp_ref, 0.5, mask)
    penalty = -0.5 * (logp - logp_ref)
    expect_close(
        got[0],
        torch.zeros(4),
        what="The rewards of a row without a response",
        mistakes={
            "A row without response tokens gets its score somewhere.": AnyOf(*(3 * torch.eye(4))),
            "The KL penalty is on prompt and padding too.": AnyOf(penalty[0], *(penalty[0] + 3 * torch.eye(4))),
        },
        **TOL_FP32,
    )
    expect_close(got[1].sum(), 2.0 - 0.5 * (logp - logp_ref)[1, 1:3].sum(), what="The other row's rewards", **TOL_FP32)


@exercise("kl_shaped_rewards")
def test_without_kl_only_the_score_is_left(student, rng):
    mask = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 1, 0, 0]])
    score = rng.randn(3)
    expected = torch.zeros(3, 5)
    expected[0, 1], expected[1, 4], expected[2, 2] = score
    for beta, shift in ((0.0, 1.0), (0.4, 0.0)):  # KL costs nothing, or policy and reference agree
        logp = log_probs(rng, 3, 5)
        logp_ref = logp + shift * rng.randn(3, 5)
        expect_close(
            student.kl_shaped_rewards(score, logp, logp_ref, beta, mask),
            expected,
            what="The rewards where KL costs nothing",
            mistakes={
                "The score is put on the last column, which may be padding.": torch.cat(
                    [torch.zeros(3, 4), score[:, None]], dim=1
                ),
                "The score is put on every token; a response has one score.": score[:, None] * mask,
            },
            **TOL_FP32,
        )


@exercise("kl_shaped_rewards")
def test_what_stands_in_prompt_and_padding_does_not_matter(student, rng):
    mask = torch.tensor([[0, 0, 1, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0]])
    score, logp, logp_ref = rng.randn(2), log_probs(rng, 2, 7), log_probs(rng, 2, 7)
    first = student.kl_shaped_rewards(score, logp, logp_ref, 0.3, mask)
    noise = 50 * rng.randn(2, 7) * (1 - mask)
    noise[0, 0] = noise[1, 6] = -math.inf
    expect_close(
        student.kl_shaped_rewards(score, logp + noise, logp_ref, 0.3, mask),
        first,
        what="The rewards with other log-probabilities in prompt and padding",
        **TOL_FP32,
    )
    expected = -0.3 * (logp - logp_ref) * mask
    expected[torch.arange(2), torch.tensor([4, 1])] += score  # the last token of each response
    expect_close(first, expected, what="The rewards", **TOL_FP32)

    def formula(score, logp, logp_ref, beta, mask):
        rewards = -beta * (logp - logp_ref) * mask
        rewards[torch.arange(2), torch.tensor([4, 1])] += score
        return rewards

    expect_dtype_kept(
        student.kl_shaped_rewards, (score, logp, logp_ref, 0.3, mask), formula, "The rewards", torch.bfloat16
    )


@probe
def rewards_elsewhere(student, *case):
    """Rewards while torch's default device is another one than that of the inputs."""
    with torch.device("meta"):
        student.kl_shaped_rewards(*case)


@exercise("kl_shaped_rewards")
def test_rewards_stay_on_the_device(student, rng):
    mask = torch.tensor([[0, 1, 1, 0], [1, 1, 1, 1]])
    score, logp, logp_ref = rng.randn(2), log_probs(rng, 2, 4), log_probs(rng, 2, 4)
    expected = -0.3 * (logp - logp_ref) * mask
    expected[torch.arange(2), torch.tensor([2, 3])] += score
    expect_close(student.kl_shaped_rewards(score, logp, logp_ref, 0.3, mask), expected, what="The rewards", **TOL_FP32)
    with expect_device_kept():
        student.run(rewards_elsewhere, score, logp, logp_ref, 0.3, mask)

"""Checks of `kl_shaped_rewards`."""

import math
from typing import NamedTuple

import torch
from alignment_oracles import TOL_FP32, expect_device_kept, expect_dtype_kept, last_index, log_probs, response_mask
from torch.nn import functional as F

from autograder.checks import AnyOf, exercise, expect_close, fail, probe


class Shaping(NamedTuple):
    """The arguments of `kl_shaped_rewards`: (B,), (B, T), (B, T), a number, (B, T)."""

    score: torch.Tensor
    logp: torch.Tensor
    logp_ref: torch.Tensor
    beta: float
    mask: torch.Tensor


def kl_penalty(case):
    """-beta · (logp - logp_ref) on the response: (B, T)."""
    return (-case.beta * (case.logp - case.logp_ref)).masked_fill(case.mask == 0, 0.0)


def score_at(case, index):
    """The score at one index of each row, 0 elsewhere: (B, T)."""
    return case.score[:, None] * F.one_hot(index, case.mask.shape[1])


def score_on_last(case):
    """The score on the last token of the response; nothing in a row without one: (B, T)."""
    return score_at(case, last_index(case.mask)) * case.mask


def shaped_rewards(case, penalty=kl_penalty, bonus=score_on_last, combined=torch.add):
    """-beta · (logp - logp_ref) on each response token, plus the score on the last one: (B, T)."""
    return combined(penalty(case), bonus(case))


def last_column(case):
    return torch.full_like(case.score, case.mask.shape[1] - 1, dtype=torch.int64)


def whole_penalty_on_last(case):
    """The penalty of the whole response, on its last token: (B, T)."""
    return kl_penalty(case).sum(dim=1, keepdim=True) * F.one_hot(last_index(case.mask), case.mask.shape[1])


def mean_penalty(case):
    """The mean penalty of the response, on each of its tokens: (B, T)."""
    return case.mask * kl_penalty(case).sum(dim=1, keepdim=True) / case.mask.sum(dim=1, keepdim=True).clamp(min=1)


# Sentence → the part of `shaped_rewards` that is another one.
SHAPING_MISTAKES = {
    "The score is put on the last column, which may be padding.": {
        "bonus": lambda case: score_at(case, last_column(case))
    },
    "mask.sum() - 1 is not the last response token when a prompt stands before it.": {
        "bonus": lambda case: score_at(case, (case.mask.sum(dim=1) - 1) % case.mask.shape[1])
    },
    "The score is put one position behind the response.": {
        "bonus": lambda case: score_at(case, torch.minimum(last_index(case.mask) + 1, last_column(case)))
    },
    "The score is put on the first token of the response.": {
        "bonus": lambda case: score_at(case, case.mask.argmax(dim=1))
    },
    "The score is put on every token; a response has one score.": {
        "bonus": lambda case: case.score[:, None] * case.mask
    },
    "The score is spread over the tokens.": {
        "bonus": lambda case: case.score[:, None] * case.mask / case.mask.sum(dim=1, keepdim=True).clamp(min=1)
    },
    "A row that is all response gets no score.": {
        "bonus": lambda case: score_on_last(case) * (case.mask == 0).any(dim=1, keepdim=True)
    },
    "The sign is wrong: it pays for leaving the reference.": {"penalty": lambda case: -kl_penalty(case)},
    "beta is forgotten.": {"penalty": lambda case: kl_penalty(case._replace(beta=1.0))},
    "beta also multiplies the score.": {"bonus": lambda case: case.beta * score_on_last(case)},
    "The KL penalty is on prompt and padding too.": {
        "penalty": lambda case: kl_penalty(case._replace(mask=torch.ones_like(case.mask)))
    },
    "The score replaces the KL penalty of the last token; it is added to it.": {
        "combined": lambda penalty, bonus: torch.where(bonus != 0, bonus, penalty)
    },
    "The KL penalty of the whole response is put on the last token; each token has its own.": {
        "penalty": whole_penalty_on_last
    },
    "The score is missing.": {"bonus": lambda case: torch.zeros_like(case.logp)},
    "The KL penalty is missing.": {"penalty": lambda case: torch.zeros_like(case.logp)},
    "The KL penalty is the absolute difference; it may be a gain where the reference was surer.": {
        "penalty": lambda case: -case.beta * (case.logp - case.logp_ref).abs() * case.mask
    },
    "The KL penalty is half the squared difference (k2); here it is the difference itself.": {
        "penalty": lambda case: -case.beta * (case.logp - case.logp_ref) ** 2 / 2 * case.mask
    },
    "The KL penalty is taken of probabilities; it is the difference of their logarithms.": {
        "penalty": lambda case: -case.beta * (case.logp.exp() - case.logp_ref.exp()) * case.mask
    },
    "The KL penalty is the mean over the response, on every token.": {"penalty": mean_penalty},
}


def shaping_mistakes(case):
    """Sentence → the rewards with that mistake."""
    return {sentence: shaped_rewards(case, **parts) for sentence, parts in SHAPING_MISTAKES.items()}


@exercise("kl_shaped_rewards")
def test_kl_shaped_rewards_docstring_example(student, rng):
    logp, logp_ref = torch.tensor([[-1.0, -1, -1, -9]]), torch.tensor([[-5.0, -2, -3, -1]])
    example = Shaping(torch.tensor([2.0]), logp, logp_ref, 0.1, torch.tensor([[0, 1, 1, 0]]))
    apart = torch.tensor([[1, 1, -1, 1]]) * (0.5 + rng.rand(1, 4))  # surer than the reference, and less sure
    drawn = example._replace(score=1 + rng.rand(1), logp=logp_ref + apart)
    for case, what in ((example, "The docstring's rewards"), (drawn, "The rewards of one response")):
        expect_close(
            student.kl_shaped_rewards(*case),
            shaped_rewards(case),
            what=what,
            mistakes=shaping_mistakes(case),
            **TOL_FP32,
        )


@exercise("kl_shaped_rewards")
def test_rewards_of_a_batch(student, rng):
    mask = torch.cat([response_mask(rng, (3, 1, 5), 8, first=1), torch.ones(1, 8, dtype=torch.int64)])
    score, logp, logp_ref = rng.randn(4), log_probs(rng, 4, 8), log_probs(rng, 4, 8)
    case = Shaping(score, logp, logp_ref, 0.3 + 0.2 * float(rng.rand(())), mask)
    expect_close(
        student.kl_shaped_rewards(*case),
        shaped_rewards(case),
        what="The tokens' rewards",
        mistakes=shaping_mistakes(case),
        advice="The last position at which the mask is 1 gets the score, in each row another one.",
        **TOL_FP32,
    )
    free = case._replace(beta=0.0)
    instead = (shaped_rewards(case._replace(beta=beta)) for beta in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0))
    expect_close(
        student.kl_shaped_rewards(*free),
        shaped_rewards(free),
        what="The tokens' rewards where KL costs nothing",
        mistakes={"A beta of 0 is taken for one that wasn't given.": AnyOf(*instead)},
        **TOL_FP32,
    )
    # Where the mask is 0, a token may be ruled out.
    got = student.kl_shaped_rewards(*case._replace(logp=logp.masked_fill(mask == 0, -math.inf)))
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail(
            "An infinite value where the mask is 0 makes a reward NaN; what stands there counts for nothing.",
            advice="0 times infinity is NaN: masked_fill puts a 0 there.",
        )
    expect_close(got, shaped_rewards(case), what="The rewards with other values where the mask is 0", **TOL_FP32)
    expect_dtype_kept(
        student.kl_shaped_rewards, case, lambda *given: shaped_rewards(Shaping(*given)), "The tokens' rewards"
    )


@exercise("kl_shaped_rewards")
def test_no_response_no_reward(student, rng):
    mask = response_mask(rng, (2, 0, 3), 6)
    case = Shaping(1 + rng.rand(3), log_probs(rng, 3, 6), log_probs(rng, 3, 6), 0.4, mask)
    paid = "A row without response tokens gets its score somewhere."
    anywhere = [score_at(case, torch.full((3,), column)) * (mask.sum(dim=1, keepdim=True) == 0) for column in range(6)]
    expect_close(
        student.kl_shaped_rewards(*case),
        shaped_rewards(case),
        what="The rewards of a batch in which a row has no response tokens",
        mistakes={**shaping_mistakes(case), paid: AnyOf(*(shaped_rewards(case) + one for one in anywhere))},
        **TOL_FP32,
    )


@exercise("kl_shaped_rewards")
def test_a_responses_reward_is_its_score_minus_its_kl(student, rng):
    mask = response_mask(rng, (2, 4), 7)
    case = Shaping(rng.randn(2), log_probs(rng, 2, 7), log_probs(rng, 2, 7), 0.25, mask)
    expect_close(
        student.kl_shaped_rewards(*case).sum(dim=1),
        case.score - case.beta * ((case.logp - case.logp_ref) * mask).sum(dim=1),
        what="The sum of a response's rewards",
        mistakes={sentence: rewards.sum(dim=1) for sentence, rewards in shaping_mistakes(case).items()},
        **TOL_FP32,
    )


@probe
def rewards_elsewhere(student, *case):
    """Rewards while torch's default device is another one than that of the inputs."""
    with torch.device("meta"):
        student.kl_shaped_rewards(*case)


@probe
def rewards_graph(student, score, logp, logp_ref, beta, mask):
    """Whether rewards computed from log-probabilities with a graph have one themselves."""
    rewards = student.kl_shaped_rewards(score.requires_grad_(), logp.requires_grad_(), logp_ref, beta, mask)
    return {"graph": rewards.requires_grad, "rewards": rewards.detach()}


@exercise("kl_shaped_rewards")
def test_rewards_are_data(student, rng):
    mask = response_mask(rng, (2, 3), 6)
    case = Shaping(rng.randn(2), log_probs(rng, 2, 6), log_probs(rng, 2, 6), 0.1, mask)
    result = student.run(rewards_graph, *case)
    if result["graph"]:
        fail(
            "The rewards have a graph; they are data, and nothing is trained through them.",
            advice="detach() what you return.",
        )
    expect_close(result["rewards"], shaped_rewards(case), what="The rewards", **TOL_FP32)
    with expect_device_kept():
        student.run(rewards_elsewhere, *case)

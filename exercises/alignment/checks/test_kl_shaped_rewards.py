"""Checks of `kl_shaped_rewards`."""

import torch
from alignment_oracles import FP32, log_probs, response_mask

from autograder.checks import exercise, expect_close, fail, probe


def shaped(score, logp, logp_ref, beta, mask):
    """Token by token."""
    found = torch.zeros_like(logp)
    for row in range(len(mask)):
        places = mask[row].nonzero().flatten().tolist()
        for place in places:
            found[row, place] = -beta * (logp[row, place] - logp_ref[row, place])
        if places:
            found[row, places[-1]] += score[row]
    return found


def shaped_mistakes(score, logp, logp_ref, beta, mask):
    """What known mistakes give."""
    price = -beta * (logp - logp_ref) * mask
    rows, columns = torch.arange(len(mask)), torch.arange(mask.shape[1])
    count = mask.sum(dim=1)
    last, first = (columns * mask).amax(dim=1), mask.argmax(dim=1)

    def paid(kl, place, amount=score):
        found = kl.clone()
        found[rows, place] += amount
        return found

    after = (last + 1).clamp(max=mask.shape[1] - 1)
    whole_kl = torch.zeros_like(price)
    whole_kl[rows, last] = price.sum(dim=1)
    replaced = price.clone()
    replaced[rows, last] = score
    return {
        "The score is put on the last column, which may be padding.": paid(price, -1),
        "mask.sum() - 1 is not the last response token when a prompt stands before it.": paid(price, count - 1),
        "The score is put one position behind the response.": paid(price, after),
        "The score is put on the first token of the response.": paid(price, first),
        "The score is put on every token; a response has one score.": price + score[:, None] * mask,
        "The score is spread over the tokens.": price + score[:, None] * mask / count.clamp(min=1)[:, None],
        "The sign is wrong: it pays for leaving the reference.": paid(-price, last, score),
        "beta is forgotten.": paid(-(logp - logp_ref) * mask, last),
        "beta also multiplies the score.": paid(price, last, beta * score),
        "The price is paid on prompt and padding too.": paid(-beta * (logp - logp_ref), last),
        "The score replaces the price of the last token; it is added to it.": replaced,
        "The price of the whole response is put on the last token; each token pays its own.": paid(whole_kl, last),
        "The score is missing.": price,
        "The price is missing: there is no KL in it.": paid(torch.zeros_like(price), last),
        "The price is the absolute difference; it may be a gain where the reference was surer.": paid(
            -beta * (logp - logp_ref).abs() * mask, last
        ),
        "The price is half the squared difference (k2); here it is the difference itself.": paid(
            -beta * (logp - logp_ref) ** 2 / 2 * mask, last
        ),
        "The price is taken of probabilities; it is the difference of their logarithms.": paid(
            -beta * (logp.exp() - logp_ref.exp()) * mask, last
        ),
        "The price is the mean over the response, on every token.": paid(
            mask * (price.sum(dim=1) / count.clamp(min=1))[:, None], last
        ),
    }


@exercise("kl_shaped_rewards")
def test_the_docstrings_rewards(student):
    score, mask = torch.tensor([2.0]), torch.tensor([[0, 1, 1, 0]])
    logp, logp_ref = torch.tensor([[-1.0, -1, -1, -9]]), torch.tensor([[-5.0, -2, -3, -1]])
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, 0.1, mask),
        torch.tensor([[0, -0.1, 1.8, 0]]),
        what="The docstring's rewards",
        mistakes=shaped_mistakes(score, logp, logp_ref, 0.1, mask),
        **FP32,
    )


@exercise("kl_shaped_rewards")
def test_rewards_of_a_batch(student, rng):
    mask = response_mask(rng, (3, 1, 5), 8, first=1)
    score, logp, logp_ref = rng.randn(3), log_probs(rng, 3, 8), log_probs(rng, 3, 8)
    beta = 0.3 + 0.2 * float(rng.rand(()))
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, beta, mask),
        shaped(score, logp, logp_ref, beta, mask),
        what="The tokens' rewards",
        mistakes=shaped_mistakes(score, logp, logp_ref, beta, mask),
        advice="The last position at which the mask is 1 gets the score, in each row another one.",
        **FP32,
    )


@exercise("kl_shaped_rewards")
def test_a_responses_reward_is_its_score_minus_its_kl(student, rng):
    mask = response_mask(rng, (2, 4), 7)
    score, logp, logp_ref, beta = rng.randn(2), log_probs(rng, 2, 7), log_probs(rng, 2, 7), 0.25
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, beta, mask).sum(dim=1),
        score - beta * ((logp - logp_ref) * mask).sum(dim=1),
        what="The sum of a response's rewards",
        mistakes={
            sentence: value.sum(dim=1) for sentence, value in shaped_mistakes(score, logp, logp_ref, beta, mask).items()
        },
        **FP32,
    )


@probe
def rewards_graph(student, score, logp, logp_ref, mask):
    """Whether rewards computed from log-probabilities with a graph have one themselves."""
    found = student.kl_shaped_rewards(score.requires_grad_(), logp.requires_grad_(), logp_ref, 0.1, mask)
    return {"graph": found.requires_grad, "rewards": found.detach()}


@exercise("kl_shaped_rewards")
def test_rewards_are_data(student, rng):
    mask = response_mask(rng, (2, 3), 6)
    score, logp, logp_ref = rng.randn(2), log_probs(rng, 2, 6), log_probs(rng, 2, 6)
    seen = student.run(rewards_graph, score, logp, logp_ref, mask)
    if seen["graph"]:
        fail(
            "The rewards have a graph; they are data, and nothing is trained through them.",
            advice="detach() what you return.",
        )
    expect_close(seen["rewards"], shaped(score, logp, logp_ref, 0.1, mask), what="The rewards", **FP32)

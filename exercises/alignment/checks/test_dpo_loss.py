"""Checks of `dpo_loss`."""

import torch
from alignment_oracles import FP32, bradley_terry, expect_graph, with_gradients

from autograder.checks import exercise, expect_close, fail, probe


def dpo_right(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    """Loss and implicit rewards, pair by pair."""
    chosen, rejected = beta * (policy_chosen - ref_chosen), beta * (policy_rejected - ref_rejected)
    return bradley_terry(chosen - rejected).mean().float(), chosen, rejected


def dpo_mistakes(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    """What known mistakes do to the loss."""
    ahead = (policy_chosen - ref_chosen) - (policy_rejected - ref_rejected)
    policy, reference = policy_chosen - policy_rejected, ref_chosen - ref_rejected

    def loss(difference):
        return bradley_terry(difference).mean().float()

    right = bradley_terry(beta * ahead).float()
    return {
        "beta is missing.": loss(ahead),
        "beta stands outside the logsigmoid.": beta * loss(ahead),
        "beta divides instead of multiplying.": loss(ahead / beta),
        "beta multiplies the policy's part only.": loss(beta * policy - reference),
        "The reference is ignored.": loss(beta * policy),
        "The policy is ignored.": loss(-beta * reference),
        "chosen and rejected are the wrong way round.": loss(-beta * ahead),
        "The reference is added; it must be subtracted.": loss(beta * (policy + reference)),
        "There is no logsigmoid: the plain difference can grow for ever.": -(beta * ahead).mean(),
        "The logarithm is missing.": -torch.sigmoid(beta * ahead).mean(),
        "The sign is wrong: it falls when the preferred response loses.": -right.mean(),
        "It adds the pairs up instead of averaging them.": right.sum(),
        "It returns one loss per pair; the loss is their mean.": right,
        "That is IPO's squared loss, not -log sigmoid.": ((ahead - 1 / (2 * beta)) ** 2).mean(),
        "That is a hinge loss, not -log sigmoid.": (1 - beta * ahead).clamp(min=0).mean(),
        "It compares probabilities; log-probabilities are to be subtracted.": loss(
            beta * (policy_chosen.exp() / ref_chosen.exp() - policy_rejected.exp() / ref_rejected.exp())
        ),
        "Each response is judged on its own; only the difference counts.": (
            bradley_terry(beta * (policy_chosen - ref_chosen)) + bradley_terry(-beta * (policy_rejected - ref_rejected))
        )
        .mean()
        .float(),
        "The reference is the wrong way round.": loss(beta * (policy - (ref_rejected - ref_chosen))),
    }


def expect_dpo(got, case, what):
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        fail("It must return three things: loss, chosen rewards, rejected rewards.")
    loss, chosen, rejected = dpo_right(*case)
    expect_close(
        got[0],
        loss,
        what=f"The loss of {what}",
        mistakes=dpo_mistakes(*case),
        advice="Equation 7 of the paper.",
        **FP32,
    )
    policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta = case
    bare = {
        "The rewards lack beta.": policy_chosen - ref_chosen,
        "The rewards lack the reference.": beta * policy_chosen,
    }
    expect_close(
        got[1],
        chosen,
        what=f"The chosen rewards of {what}",
        mistakes={
            "The rewards come in the wrong order: chosen first.": rejected,
            "The rewards are averaged; every response has its own.": chosen.mean(),
            "The rewards have the wrong sign.": -chosen,
            "The rewards are the policy's log-probabilities.": policy_chosen,
            **bare,
        },
        **FP32,
    )
    expect_close(
        got[2],
        rejected,
        what=f"The rejected rewards of {what}",
        mistakes={
            "The rejected reward is negated; the difference is taken in the loss.": -rejected,
            "The rewards lack beta.": policy_rejected - ref_rejected,
        },
        **FP32,
    )


@exercise("dpo_loss")
def test_the_docstrings_dpo(student):
    numbers = [torch.tensor([one]) for one in (-10.0, -9.0, -12.0, -8.0)]
    expect_dpo(student.dpo_loss(*numbers, 0.1), (*numbers, 0.1), "the docstring's pair")


def dpo_case(rng, pairs):
    """Log-probabilities of responses of different lengths, and a beta."""
    reference = -10 * rng.rand(2, pairs) - 2
    policy = reference + 2 * rng.randn(2, pairs)
    return (*policy, *reference, 0.2 + 0.3 * float(rng.rand(())))


@exercise("dpo_loss")
def test_dpo_of_a_batch(student, rng):
    case = dpo_case(rng, 5)
    expect_dpo(student.dpo_loss(*case), case, "five pairs")


@exercise("dpo_loss")
def test_policy_equal_to_reference_gives_ln_2(student, rng):
    chosen, rejected = dpo_case(rng, 4)[2:4]
    case = (chosen, rejected, chosen.clone(), rejected.clone(), 0.3)
    expect_dpo(student.dpo_loss(*case), case, "a policy that equals the reference")


@exercise("dpo_loss")
def test_dpo_gradient(student, rng):
    case = dpo_case(rng, 3)
    seen = student.run(with_gradients, "dpo_loss", list(case), [0, 1], torch.tensor(1.0))
    expect_graph(seen)
    # The paper's section 4: beta · sigmoid(rejected reward - chosen reward), up for chosen and down for rejected.
    policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta = case
    ahead = beta * ((policy_chosen - ref_chosen) - (policy_rejected - ref_rejected))
    weight = beta * torch.sigmoid(-ahead) / 3
    sentence = "Its gradient is not the one of the paper: beta · sigmoid(rejected reward - chosen reward)."
    for gradient, right in zip(seen["gradients"], (-weight, weight), strict=True):
        if gradient is None or (gradient - right).abs().max() > 1e-4:
            fail(sentence, expected=right, got=gradient)


@probe
def dpo_rewards_graph(student, *case):
    """Whether the rewards have a graph."""
    leaves = [one.requires_grad_() for one in case[:2]]
    _, chosen, rejected = student.dpo_loss(*leaves, *case[2:])
    return {"graph": chosen.requires_grad or rejected.requires_grad, "rewards": [chosen.detach(), rejected.detach()]}


@exercise("dpo_loss")
def test_implicit_rewards_are_data(student, rng):
    case = dpo_case(rng, 2)
    seen = student.run(dpo_rewards_graph, *case)
    if seen["graph"]:
        fail("The rewards have a graph; they are for looking at, so detach them.")
    expect_close(seen["rewards"], list(dpo_right(*case)[1:]), what="The implicit rewards", **FP32)

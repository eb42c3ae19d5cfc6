"""Checks of `dpo_loss`."""

from typing import NamedTuple

import torch
from alignment_oracles import (
    TOL_FP32,
    bradley_terry,
    expect_dtype_kept,
    expect_graph,
    far_apart_mistakes,
    with_gradients,
)

from autograder.checks import exercise, expect_close, fail, probe


class Pairs(NamedTuple):
    """The arguments of `dpo_loss`: four of (B,), a number."""

    policy_chosen: torch.Tensor
    policy_rejected: torch.Tensor
    ref_chosen: torch.Tensor
    ref_rejected: torch.Tensor
    beta: float

    @property
    def chosen_rewards(self):
        """beta · (policy_chosen - ref_chosen): (B,)."""
        return self.beta * (self.policy_chosen - self.ref_chosen)

    @property
    def rejected_rewards(self):
        """beta · (policy_rejected - ref_rejected): (B,)."""
        return self.beta * (self.policy_rejected - self.ref_rejected)

    @property
    def policy(self):
        """How much likelier the policy finds chosen: (B,)."""
        return self.policy_chosen - self.policy_rejected

    @property
    def reference(self):
        """How much likelier the reference finds chosen: (B,)."""
        return self.ref_chosen - self.ref_rejected


def implicit_margin(case):
    """chosen reward - rejected reward: (B,)."""
    return case.chosen_rewards - case.rejected_rewards


def dpo(case, compared=implicit_margin, cost=bradley_terry, reduced=torch.mean):
    """The mean of -log sigmoid(chosen reward - rejected reward), equation 7 of the paper: ()."""
    return reduced(cost(compared(case)).float())


def without_beta(case):
    return implicit_margin(case._replace(beta=1.0))


def of_probabilities(case):
    policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta = case
    return beta * (policy_chosen.exp() / ref_chosen.exp() - policy_rejected.exp() / ref_rejected.exp())


def dpo_mistakes(case):
    """Sentence → the loss with that mistake."""
    beta = case.beta
    # Sentence → the part of `dpo` that is another one.
    parts = {
        "beta is missing.": {"compared": without_beta},
        "beta stands outside the logsigmoid.": {"compared": without_beta, "reduced": lambda costs: beta * costs.mean()},
        "beta divides instead of multiplying.": {"compared": lambda case: without_beta(case) / beta},
        "beta multiplies the policy's part only.": {"compared": lambda case: beta * case.policy - case.reference},
        "The reference is ignored.": {"compared": lambda case: beta * case.policy},
        "The policy is ignored.": {"compared": lambda case: -beta * case.reference},
        "chosen and rejected are the wrong way round.": {"compared": lambda case: -implicit_margin(case)},
        "The reference is added; it must be subtracted.": {
            "compared": lambda case: beta * (case.policy + case.reference)
        },
        "There is no logsigmoid: the plain difference can grow for ever.": {"cost": torch.neg},
        "The logarithm is missing.": {"cost": lambda margin: -margin.sigmoid()},
        "The sign is wrong: it falls when the preferred response loses.": {"reduced": lambda costs: -costs.mean()},
        "It adds the pairs up instead of averaging them.": {"reduced": torch.sum},
        "It returns one loss per pair; the loss is their mean.": {"reduced": lambda costs: costs},
        "That is IPO's squared loss, not -log sigmoid.": {
            "compared": without_beta,
            "cost": lambda margin: (margin - 1 / (2 * beta)) ** 2,
        },
        "That is a hinge loss, not -log sigmoid.": {"cost": lambda margin: (1 - margin).clamp(min=0)},
        "It compares probabilities; log-probabilities are to be subtracted.": {"compared": of_probabilities},
        "Each response is judged on its own; only the difference counts.": {
            "compared": lambda case: torch.stack([case.chosen_rewards, -case.rejected_rewards]),  # (2, B)
            "cost": lambda rewards: bradley_terry(rewards[0]) + bradley_terry(rewards[1]),
        },
        "The reference is averaged over the batch; each pair has its own.": {
            "compared": lambda case: beta * (case.policy - case.reference.mean())
        },
        "The reference is the wrong way round.": {"compared": lambda case: beta * (case.policy + case.reference)},
    }
    return {sentence: dpo(case, **changed) for sentence, changed in parts.items()}


def expect_dpo(result, case, what):
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        fail("It must return three things: loss, chosen rewards, rejected rewards.")
    expect_close(
        result[0],
        dpo(case),
        what=f"The loss of {what}",
        mistakes=dpo_mistakes(case),
        advice="Equation 7 of the paper.",
        **TOL_FP32,
    )
    chosen, rejected = case.chosen_rewards, case.rejected_rewards
    expect_close(
        result[1],
        chosen,
        what=f"The chosen rewards of {what}",
        mistakes={
            "The rewards come in the wrong order: chosen first.": rejected,
            "The rewards are averaged; every response has its own.": chosen.mean(),
            "The rewards have the wrong sign.": -chosen,
            "The rewards are the policy's log-probabilities.": case.policy_chosen,
            "The rewards lack beta.": case.policy_chosen - case.ref_chosen,
            "The rewards lack the reference.": case.beta * case.policy_chosen,
        },
        **TOL_FP32,
    )
    expect_close(
        result[2],
        rejected,
        what=f"The rejected rewards of {what}",
        mistakes={
            "The rejected reward is negated; the difference is taken in the loss.": -rejected,
            "The rewards lack beta.": case.policy_rejected - case.ref_rejected,
        },
        **TOL_FP32,
    )


@exercise("dpo_loss")
def test_dpo_loss_docstring_example(student, rng):
    example = Pairs(*(torch.tensor([one]) for one in (-10.0, -9.0, -12.0, -8.0)), 0.1)
    for case, what in ((example, "the docstring's pair"), (draw_pairs(rng, 1), "one pair")):
        expect_dpo(student.dpo_loss(*case), case, what)


def draw_pairs(rng, count):
    """Log-probabilities of responses of different lengths, and a beta."""
    reference = -10 * rng.rand(2, count) - 2
    policy = reference + 2 * rng.randn(2, count)
    return Pairs(*policy, *reference, 0.2 + 0.3 * float(rng.rand(())))


@exercise("dpo_loss")
def test_dpo_of_a_batch(student, rng):
    case = draw_pairs(rng, 5)
    expect_dpo(student.dpo_loss(*case), case, "five pairs")

    def formula(*given):
        pairs = Pairs(*given)
        return [dpo(pairs), pairs.chosen_rewards, pairs.rejected_rewards]

    expect_dtype_kept(student.dpo_loss, case, formula, "What it returns")


@exercise("dpo_loss")
def test_policy_equal_to_reference_gives_ln_2(student, rng):
    chosen, rejected = draw_pairs(rng, 4)[2:4]
    case = Pairs(chosen, rejected, chosen.clone(), rejected.clone(), 0.3)
    expect_dpo(student.dpo_loss(*case), case, "a policy that equals the reference")
    closer = rng.rand(4)  # to both responses alike: there are rewards then, and the loss is ln 2 again
    case = case._replace(policy_chosen=chosen + closer, policy_rejected=rejected + closer)
    expect_dpo(student.dpo_loss(*case), case, "a policy that finds both responses likelier by the same factor")


@exercise("dpo_loss")
def test_dpo_gradient(student, rng):
    case = draw_pairs(rng, 3)
    result = student.run(with_gradients, "dpo_loss", list(case), [0, 1])
    expect_close(result["value"], dpo(case), what="The loss of three pairs", mistakes=dpo_mistakes(case), **TOL_FP32)
    expect_graph(result)
    # The paper's section 4: beta · sigmoid(rejected reward - chosen reward), up for chosen and down for rejected.
    weight = case.beta * torch.sigmoid(-implicit_margin(case)) / 3  # (B,)
    if None in result["gradients"] or not all(gradient.any() for gradient in result["gradients"]):
        fail("No gradient reaches one of the two responses; the loss learns from both.")
    sentence = "Its gradient is not the one of the paper: beta · sigmoid(rejected reward - chosen reward)."
    for gradient, expected in zip(result["gradients"], (-weight, weight), strict=True):
        if (gradient - expected).abs().max() > 1e-4:
            fail(sentence, expected=expected, got=gradient)


@probe
def dpo_rewards_graph(student, *case):
    """Whether the rewards have a graph."""
    leaves = [one.requires_grad_() for one in case[:2]]
    _, chosen, rejected = student.dpo_loss(*leaves, *case[2:])
    return {"graph": chosen.requires_grad or rejected.requires_grad, "rewards": [chosen.detach(), rejected.detach()]}


@exercise("dpo_loss")
def test_implicit_rewards_are_data(student, rng):
    case = draw_pairs(rng, 2)
    result = student.run(dpo_rewards_graph, *case)
    if result["graph"]:
        fail("The rewards have a graph; they are for looking at, so detach them.")
    expect_close(
        result["rewards"], [case.chosen_rewards, case.rejected_rewards], what="The implicit rewards", **TOL_FP32
    )


@exercise("dpo_loss")
def test_dpo_of_one_pair_far_apart(student, rng):
    for far in (1e5, -1e5):
        case = Pairs(torch.tensor([far + rng.randint(0, 1000)]), *torch.zeros(3, 1), 0.1)
        loss = student.dpo_loss(*case)[0]
        expected = dpo(case)
        expect_close(
            loss,
            expected,
            what="The loss of log-probabilities that are far apart",
            mistakes=dpo_mistakes(case) | far_apart_mistakes(loss, expected),
            advice="F.logsigmoid computes it without an overflow.",
            **TOL_FP32,
        )

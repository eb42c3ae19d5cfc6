"""Checks of `dpo_step`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from alignment_oracles import (
    TOL_FP32,
    expect_modes,
    expect_own_reference_rejected,
    expect_untouched,
    log_p_of_tokens,
)
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe

LEFT_OVER = 7.0  # policy's and reference's gradient from before the call
METRICS = ("loss", "chosen_reward", "rejected_reward", "win_rate", "chosen_length", "rejected_length")


@probe
def dpo_run(student, tables, batch, beta, rate, left_over, dropout, modes):
    """One step with tables of logits for policy and reference."""
    masks = []

    class Watched(builders.TableLM):
        def forward(self, input_ids, attention_mask=None, **more):
            masks.append(attention_mask is not None)
            return super().forward(input_ids, attention_mask, **more)

    models = [Watched(table, dropout).train(mode) for table, mode in zip(tables, modes, strict=True)]
    policy, reference = models
    for model in models:
        model.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
        model.table.grad = torch.full_like(model.table, left_over)
    metrics = student.dpo_step(policy, reference, batch, torch.optim.SGD([policy.table], lr=rate), beta)
    return {
        "metrics": metrics,
        "tables": [model.table for model in models],
        "gradients": [model.table.grad for model in models],
        "trainable": [model.table.requires_grad for model in models],
        "thawed": policy.frozen.requires_grad,
        "modes": [model.training for model in models],
        "masks": all(masks),
    }


# --- the right step, in parts ---------------------------------------------------------------------------------------


def supervised_tokens(rows):
    """(B, T) bool: the tokens that are counted."""
    return rows["labels"] != -100


def sum_over_tokens(logp, counted):
    """(B, T-1) twice → (B,)"""
    return (logp * counted).sum(dim=1)


def mean_over_tokens(logp, counted):
    return sum_over_tokens(logp, counted) / counted.sum(dim=1).clamp(min=1)


def norm_of_one(gradient):
    """The gradient, scaled down to a norm of 1 where it is larger."""
    return gradient / gradient.norm().clamp(min=1)


@dataclass(frozen=True)
class DPOOracle:
    """One step of DPO on tables of logits, in float64.

    The fields from `beta` on are its parts: `replace(oracle, part=other)` is the step with one mistake in it.
    """

    tables: list[torch.Tensor]  # logits of policy and reference (V, V)
    batch: dict[str, dict[str, torch.Tensor]]  # chosen and rejected: input_ids, attention_mask, labels (B, T)
    rate: float
    beta: float
    steps: int = 1
    counted: Callable = supervised_tokens
    reduced: Callable = sum_over_tokens
    ordered: Callable = lambda chosen, rejected: (chosen, rejected)
    zero_grad: Callable = torch.zeros_like
    scaled: Callable = lambda gradient: gradient

    def log_probs(self, table, side):
        """log p of each response: (B,)"""
        rows = self.batch[side]
        return self.reduced(log_p_of_tokens(table, rows["input_ids"]), self.counted(rows)[:, 1:])

    def rewards(self, policy, side):
        """beta · (log p - log p of the reference), the implicit rewards: (B,)"""
        return self.beta * (self.log_probs(policy, side) - self.log_probs(self.tables[1].double(), side))

    def step(self):
        """The policy's table after the step, and the metrics before it."""
        policy = self.tables[0].double()
        gradient = torch.full_like(policy, LEFT_OVER)
        for _ in range(self.steps):
            policy = policy.detach().requires_grad_()
            # Score
            chosen, rejected = self.ordered(self.rewards(policy, "chosen"), self.rewards(policy, "rejected"))  # (B,)
            loss = -F.logsigmoid(chosen - rejected).mean()
            # Update
            gradient = self.zero_grad(gradient) + torch.autograd.grad(loss, policy)[0]
            policy = policy - self.rate * self.scaled(gradient)
        return {
            "table": policy.detach().float(),
            "loss": loss.item(),
            "chosen_reward": chosen.mean().item(),
            "rejected_reward": rejected.mean().item(),
            "win_rate": (chosen > rejected).double().mean().item(),
            "win_or_tie_rate": (chosen >= rejected).double().mean().item(),
            "loss_rate": (chosen < rejected).double().mean().item(),
            "chosen_length": self.lengths("chosen"),
            "rejected_length": self.lengths("rejected"),
        }

    def lengths(self, side):
        """The mean number of supervised tokens."""
        return self.counted(self.batch[side])[:, 1:].double().sum(dim=1).mean().item()


def step_mistakes(oracle):
    """Sentence → the part of the oracle that is another one."""
    shorter = min(rows["labels"].shape[1] for rows in oracle.batch.values())
    cut = {side: {name: rows[:, :shorter] for name, rows in it.items()} for side, it in oracle.batch.items()}
    longer = max(rows["labels"].shape[1] for rows in oracle.batch.values())
    filled = {
        side: {name: F.pad(rows, (0, longer - rows.shape[1])) for name, rows in it.items()}
        for side, it in oracle.batch.items()
    }
    return {
        "Log-probabilities are averaged over the length; they are summed.": {"reduced": mean_over_tokens},
        "The policy stands in for the reference, so all rewards are 0.": {"tables": [oracle.tables[0]] * 2},
        "The gradient left over from before the call is not cleared.": {"zero_grad": lambda gradient: gradient},
        "chosen and rejected are the wrong way round.": {"ordered": lambda chosen, rejected: (rejected, chosen)},
        "Prompt and padding are counted: input_ids are taken as labels.": {
            "counted": lambda rows: torch.ones_like(rows["input_ids"])
        },
        "The prompt is counted: the attention mask decides instead of the labels.": {
            "counted": lambda rows: rows["attention_mask"] == 1
        },
        "beta is not used: it is 0.1 whatever is asked for.": {"beta": 0.1},
        "beta is missing.": {"beta": 1.0},
        "Two steps are taken.": {"steps": 2},
        "The longer of chosen and rejected is cut to the length of the shorter; the two may differ in T.": {
            "batch": cut
        },
        "The shorter of chosen and rejected is filled up with labels of 0, which is a token; -100 is none.": {
            "batch": filled
        },
        "The gradient is scaled down (gradient clipping) before the step.": {"scaled": norm_of_one},
    }


def metric_mistakes(name, expected, oracle):
    """Sentence → the value of this metric with that mistake, beside metrics that are taken after the step."""
    value, pairs = expected[name], len(oracle.batch["chosen"]["labels"])
    if name == "win_rate":
        policy = oracle.tables[0].double()
        likelier = oracle.log_probs(policy, "chosen") > oracle.log_probs(policy, "rejected")
        return {
            "win_rate compares the policy's log-probabilities; it must compare the implicit rewards.": (
                likelier.double().mean().item()
            ),
            "win_rate counts ties as wins.": expected["win_or_tie_rate"],
            "win_rate is in percent; a fraction is wanted.": 100 * value,
            "win_rate counts the pairs that are lost.": expected["loss_rate"],
        }
    if name.endswith("length"):
        rows = oracle.batch[name.removesuffix("_length")]
        return {
            f"{name} counts the prompt.": rows["attention_mask"].double().sum(dim=1).mean().item(),
            f"{name} counts prompt and padding.": float(rows["labels"].shape[1]),
            f"{name} counts column 0, before which nothing comes.": (
                oracle.counted(rows).double().sum(dim=1).mean().item()
            ),
            f"{name} leaves the first token behind column 0 out.": (
                oracle.counted(rows)[:, 2:].double().sum(dim=1).mean().item()
            ),
            f"{name} is added up over the batch; it is a mean.": value * pairs,
        }
    if name.endswith("reward"):
        return {
            f"{name} lacks beta.": value / oracle.beta,
            f"{name} is added up over the batch; it is a mean.": value * pairs,
        }
    return {}


# --- a student's step, and what it must come to ---------------------------------------------------------------------


def ragged_rows(rng, vocabulary, lengths, columns):
    """A prompt of up to 3 tokens, a response of each length, padding of noise: a dict of (B, T).

    The first row has no prompt, so that column 0 is labelled, which doesn't count; in the second a response begins
    right behind it.
    """
    input_ids = rng.randint(0, vocabulary, (len(lengths), columns))
    mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
    for row, length in enumerate(lengths):
        start = row if row < 2 else rng.randint(2, 4)
        length += start == 0
        mask[row, : start + length] = 1
        labels[row, start : start + length] = input_ids[row, start : start + length]
    return {"input_ids": input_ids, "attention_mask": mask, "labels": labels}


class DPOCase:
    """Drawn tables and pairs; `run` takes the student's step on them, `expect` compares it."""

    def __init__(self, rng, vocabulary=6, pairs=5, same=False, beta=0.4):
        policy, reference = rng.randn(vocabulary, vocabulary), rng.randn(vocabulary, vocabulary)
        batch = {
            side: ragged_rows(rng, vocabulary, [*first, *rng.randint(1, most, (pairs - 2,)).tolist()], most + 3)
            for side, first, most in (("chosen", (3, 3), 4), ("rejected", (6, 1), 7))
        }
        # In the first pair rejected goes on where chosen ends, so that each model finds it less likely; in the second
        # it is the other way round.
        chosen, rejected = batch["chosen"], batch["rejected"]
        rejected["input_ids"][0, :4] = rejected["labels"][0, :4] = chosen["labels"][0, :4]
        rejected["input_ids"][1, :2] = chosen["input_ids"][1, :2]
        rejected["labels"][1, 1] = chosen["labels"][1, 1]
        self.oracle = DPOOracle([policy, policy.clone() if same else reference], batch, rate=0.8, beta=beta)

    def run(self, student, dropout=0.0, modes=(False, False)):
        it, self.modes = self.oracle, list(modes)
        self.result = student.run(dpo_run, it.tables, it.batch, it.beta, it.rate, LEFT_OVER, dropout, self.modes)
        metrics = self.result["metrics"]
        if not isinstance(metrics, dict) or metrics.keys() != set(METRICS):
            fail(f"It must return a dict with exactly {', '.join(METRICS)}.", got=repr(metrics)[:200])
        if not all(isinstance(value, float) for value in metrics.values()):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})
        return self.result

    def expect(self):
        result, oracle = self.result, self.oracle
        expect_untouched(result, oracle.tables, LEFT_OVER)
        expect_modes(result, self.modes)
        if not result["masks"]:
            fail("A model is called without the attention mask of its batch.")
        expected = oracle.step()
        mistakes = {
            sentence: (lambda parts=parts: replace(oracle, **parts).step()["table"])
            for sentence, parts in step_mistakes(oracle).items()
        }
        expect_close(
            result["tables"][0],
            expected["table"],
            what="The policy after the step",
            mistakes={"The policy does not move: no step is taken.": oracle.tables[0], **mistakes},
            advice="Sum log-probabilities of the supervised tokens, under both models; dpo_loss; one step.",
            **TOL_FP32,
        )
        moved = replace(oracle, tables=[expected["table"], oracle.tables[1]])
        for name in METRICS:
            after = {
                "The metrics are taken after the step; they belong before it.": lambda name=name: moved.step()[name]
            }
            # The loss, which comes first, says it of all of them. Of win_rate it is often true as well by chance.
            mistakes = metric_mistakes(name, expected, oracle) | (after if name != "win_rate" else {})
            expect_close(
                result["metrics"][name],
                expected[name],
                what=f"The metric {name}",
                mistakes=mistakes,
                **TOL_FP32,
            )


@exercise("dpo_step", points=2)
def test_one_dpo_step(student, rng):
    case = DPOCase(rng)
    case.run(student)
    case.expect()


@exercise("dpo_step")
def test_the_first_step_begins_at_ln_2(student, rng):
    case = DPOCase(rng, same=True, beta=6.0)  # so the gradient is a long one
    case.run(student, modes=(True, True))
    case.expect()


@exercise("dpo_step")
def test_dpo_without_dropout_and_modes_restored(student, rng):
    case = DPOCase(rng)
    for modes in ([True, True], [True, False], [False, True]):
        case.run(student, modes=modes)
        case.expect()  # what is wrong without dropout too
        result = case.run(student, dropout=0.5, modes=modes)
        expected = case.oracle.step()
        if any(
            abs(result["metrics"][name] - expected[name]) > 1e-3
            for name in ("loss", "chosen_reward", "rejected_reward")
        ):
            fail("Dropout is on when the responses are scored.")
        if (result["tables"][0] - expected["table"]).abs().max() > 1e-3:
            fail("Dropout is on during the update.", expected=expected["table"], got=result["tables"][0])
        expect_modes(result, modes)


@exercise("dpo_step")
def test_the_reference_of_dpo_must_be_another_model(student, rng):
    expect_own_reference_rejected(student, rng, "dpo_step")

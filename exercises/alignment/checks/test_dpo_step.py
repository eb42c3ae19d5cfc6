"""Checks of `dpo_step`."""

import torch
from alignment_oracles import FP32, own_reference

from autograder import builders
from autograder.checks import exercise, expect_close, expect_error, fail, probe


@probe
def dpo_run(student, tables, batch, beta, rate, dropout, modes):
    """One step with tables of logits for policy and reference."""
    policy, reference = (
        builders.TableLM(table, dropout).train(mode) for table, mode in zip(tables, modes, strict=True)
    )
    policy.table.grad = torch.full_like(tables[0], 7.0)  # left over from before
    optimizer = torch.optim.SGD([policy.table], lr=rate)
    metrics = student.dpo_step(policy, reference, batch, optimizer, beta)
    return {
        "metrics": metrics,
        "tables": [policy.table, reference.table],
        "gradient": reference.table.grad,
        "trainable": [policy.table.requires_grad, reference.table.requires_grad],
        "modes": [policy.training, reference.training],
    }


class Pairs:
    """A batch of pairs on tables, and the right step; `simulate` also takes it apart wrongly."""

    METRICS = ("loss", "chosen_reward", "rejected_reward", "win_rate", "chosen_length", "rejected_length")

    def __init__(self, rng, vocabulary=6, pairs=5, same=False):
        policy, reference = rng.randn(vocabulary, vocabulary), rng.randn(vocabulary, vocabulary)
        self.tables = [policy, policy.clone() if same else reference]
        self.beta, self.rate = 0.4, 0.8
        self.batch = {
            side: self.rows(rng, vocabulary, rng.randint(1, most, (pairs,)).tolist(), most + 3)
            for side, most in (("chosen", 4), ("rejected", 7))
        }

    @staticmethod
    def rows(rng, vocabulary, lengths, columns):
        """A prompt of 2 to 3 tokens, a response, padding of noise."""
        input_ids = rng.randint(0, vocabulary, (len(lengths), columns))
        mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
        for row, length in enumerate(lengths):
            start = rng.randint(2, 4)
            mask[row, : start + length] = 1
            labels[row, start : start + length] = input_ids[row, start : start + length]
        return {"input_ids": input_ids, "attention_mask": mask, "labels": labels}

    def run(self, student, dropout=0.0, modes=(False, False)):
        self.seen = student.run(dpo_run, self.tables, self.batch, self.beta, self.rate, dropout, list(modes))
        metrics = self.seen["metrics"]
        if not isinstance(metrics, dict) or metrics.keys() != set(self.METRICS):
            fail(f"It must return a dict with exactly {', '.join(self.METRICS)}.", got=repr(metrics)[:200])
        if not all(isinstance(value, float) for value in metrics.values()):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})
        return self.seen

    def simulate(self, mean=False, reference=None, left_over=0.0, swap=False, labels="labels", beta=None, steps=1,
                 sign=1.0):  # fmt: skip
        """The policy's table after the step, and the metrics before it."""
        policy, ref = (table.double() for table in self.tables)
        ref = ref if reference is None else reference.double()
        beta = self.beta if beta is None else beta

        def log_p(table, side):
            rows = self.batch[side]
            target = rows["labels"]
            if labels == "input_ids":
                target = rows["input_ids"]
            elif labels == "attention_mask":
                target = rows["input_ids"].masked_fill(rows["attention_mask"] == 0, -100)
            is_token = target[:, 1:] != -100
            log_p = table.log_softmax(dim=-1)[rows["input_ids"][:, :-1], target[:, 1:].clamp(min=0)] * is_token
            return log_p.sum(dim=1) / (is_token.sum(dim=1).clamp(min=1) if mean else 1)

        for _ in range(steps):
            policy = policy.detach().requires_grad_()
            chosen, rejected = (beta * (log_p(policy, side) - log_p(ref, side)) for side in ("chosen", "rejected"))
            if swap:
                chosen, rejected = rejected, chosen
            loss = -torch.nn.functional.logsigmoid(sign * (chosen - rejected)).mean()
            (gradient,) = torch.autograd.grad(loss, policy)
            policy = policy - self.rate * (gradient + left_over)
        ahead = log_p(self.tables[0].double(), "chosen") > log_p(self.tables[0].double(), "rejected")
        return {
            "table": policy.detach().float(),
            "loss": loss.item(),
            "chosen_reward": chosen.mean().item(),
            "rejected_reward": rejected.mean().item(),
            "win_rate": (chosen > rejected).double().mean().item(),
            "no_loss_rate": (chosen >= rejected).double().mean().item(),
            "likelier": ahead.double().mean().item(),
            **{
                f"{side}_length": (self.batch[side]["labels"][:, 1:] != -100).double().sum(dim=1).mean().item()
                for side in self.batch
            },
        }

    def expect_untouched(self):
        seen = self.seen
        if not torch.equal(seen["tables"][1], self.tables[1]):
            fail("The reference's weights change.")
        if seen["gradient"] is not None:
            fail("The reference gets a gradient.")
        if not seen["trainable"][1]:
            fail("The reference's requires_grad is changed.")
        if not seen["trainable"][0]:
            fail("The policy's requires_grad is changed.")

    def expect(self):
        self.expect_untouched()
        right, metrics = self.simulate(), self.seen["metrics"]
        wrong = {
            "Log-probabilities are averaged over the length; they are summed.": {"mean": True},
            "The policy stands in for the reference, so all rewards are 0.": {"reference": self.tables[0]},
            "The gradient left over from before the call is not cleared.": {"left_over": 7.0},
            "chosen and rejected are the wrong way round.": {"swap": True},
            "Prompt and padding are counted: input_ids are taken as labels.": {"labels": "input_ids"},
            "The prompt is counted: the attention mask decides instead of the labels.": {"labels": "attention_mask"},
            "beta is not used: it is 0.1 whatever is asked for.": {"beta": 0.1},
            "beta is missing.": {"beta": 1.0},
            "Two steps are taken.": {"steps": 2},
        }
        after = {"simulate": None}

        def moved():
            """Metrics computed once more after the step."""
            if after["simulate"] is None:
                other = Pairs.__new__(Pairs)
                other.__dict__.update(self.__dict__, tables=[right["table"], self.tables[1]])
                after["simulate"] = other.simulate()
            return after["simulate"]

        expect_close(
            self.seen["tables"][0],
            right["table"],
            what="The policy after the step",
            mistakes={
                "The policy does not move: no step is taken.": self.tables[0],
                **{
                    text: (lambda changes=changes: self.simulate(**changes)["table"]) for text, changes in wrong.items()
                },
            },
            advice="Sum log-probabilities of the supervised tokens, under both models; dpo_loss; one step.",
            **FP32,
        )
        for name in self.METRICS:
            mistakes = {"The metrics are taken after the step; they belong before it.": lambda name=name: moved()[name]}
            if name == "win_rate":
                mistakes |= {
                    "win_rate compares the policy's log-probabilities; it must compare the implicit rewards.": (
                        right["likelier"]
                    ),
                    "win_rate counts ties as wins.": right["no_loss_rate"],
                    "win_rate is in percent; a fraction is wanted.": 100 * right["win_rate"],
                    "win_rate counts the pairs that are lost.": 1 - right["win_rate"],
                }
            if name.endswith("length"):
                side = self.batch[name.removesuffix("_length")]
                mistakes |= {
                    f"{name} counts the prompt.": side["attention_mask"].double().sum(dim=1).mean().item(),
                    f"{name} counts prompt and padding.": float(side["labels"].shape[1]),
                    f"{name} is added up over the batch; it is a mean.": right[name] * len(side["labels"]),
                }
            if name.endswith("reward"):
                mistakes |= {
                    f"{name} lacks beta.": right[name] / self.beta,
                    f"{name} is added up over the batch; it is a mean.": right[name]
                    * len(self.batch["chosen"]["labels"]),
                }
            expect_close(metrics[name], right[name], what=f"The metric {name}", mistakes=mistakes, **FP32)


@exercise("dpo_step", points=2)
def test_one_dpo_step(student, rng):
    pairs = Pairs(rng)
    pairs.run(student)
    pairs.expect()


@exercise("dpo_step")
def test_the_first_step_begins_at_ln_2(student, rng):
    pairs = Pairs(rng, same=True)
    pairs.run(student)
    pairs.expect()


@exercise("dpo_step")
def test_dpo_without_dropout_and_modes_restored(student, rng):
    pairs = Pairs(rng)
    modes = [True, rng.randint(0, 2) == 1]
    seen = pairs.run(student, dropout=0.5, modes=modes)
    right, metrics = pairs.simulate(), seen["metrics"]
    names = ("loss", "chosen_reward", "rejected_reward")
    if any(abs(metrics[name] - right[name]) > 1e-3 for name in names):
        fail("Dropout is on when the responses are scored.")
    if seen["modes"] != modes:
        left = "policy" if seen["modes"][0] != modes[0] else "reference"
        fail(f"The {left} is left in another mode than it came in.", expected=modes, got=seen["modes"])


@exercise("dpo_step")
def test_the_reference_must_be_another_model(student, rng):
    with expect_error("ValueError", what="dpo_step with the policy as its own reference"):
        student.run(own_reference, "dpo_step", True)
    student.run(own_reference, "dpo_step", False)  # whoever refuses everything has not seen what is wrong

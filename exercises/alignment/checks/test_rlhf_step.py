"""Checks of `rlhf_step`."""

import torch
from alignment_oracles import FP32, clipped, own_reference

from autograder import builders
from autograder.checks import exercise, expect_close, expect_error, fail, probe


@probe
def rlhf_run(student, tables, prompts, settings, dropout, modes, as_function):
    """One step with tables of logits for policy and reference and a weight per token for the judge."""

    class Judge(builders.TableLM):
        def forward(self, input_ids, attention_mask):
            judged.append([input_ids.clone(), attention_mask.clone()])
            return (self.dropout(self.table)[input_ids] * attention_mask).sum(dim=1)

    judged = []
    policy, reference = (builders.TableLM(table, dropout) for table in tables[:2])
    judge = Judge(tables[2], dropout)
    models = (policy, reference, judge)
    for model, mode in zip(models, modes, strict=True):
        model.train(mode)
    policy.table.grad = torch.full_like(tables[0], 7.0)  # left over from before
    optimizer = torch.optim.SGD([policy.table], lr=settings["rate"])
    generator = torch.Generator().manual_seed(settings["seed"])
    metrics = student.rlhf_step(
        policy,
        reference,
        (lambda input_ids, attention_mask: judge(input_ids, attention_mask)) if as_function else judge,
        prompts,
        optimizer,
        beta=settings["beta"],
        max_new_tokens=settings["most"],
        stop_id=settings["stop"],
        clip=settings["clip"],
        updates=settings["updates"],
        generator=generator,
    )
    return {
        "metrics": metrics,
        "judged": judged,
        "tables": [model.table for model in models],
        "gradients": [model.table.grad for model in models[1:]],
        "trainable": [model.table.requires_grad for model in models],
        "modes": [model.training for model in models],
    }


class Loop:
    """The right step on tables, from the responses that were sampled; `simulate` also takes it apart wrongly."""

    def __init__(self, rng, updates=1, vocabulary=6, rows=7, most=5, clip=0.15):
        self.tables = [
            rng.randn(vocabulary, vocabulary),
            rng.randn(vocabulary, vocabulary),
            rng.randn(vocabulary),
        ]
        self.prompts = rng.randint(0, vocabulary, (rows, 3))
        self.settings = {
            "seed": rng.randint(0, 1 << 30),
            "beta": 0.3,
            "most": most,
            "stop": vocabulary - 1,
            "clip": clip,
            "updates": updates,
            "rate": 0.5,
        }

    def run(self, student, dropout=0.0, modes=(False, False, False), as_function=False):
        self.modes = list(modes)
        self.seen = student.run(rlhf_run, self.tables, self.prompts, self.settings, dropout, list(modes), as_function)
        self.check_shape()
        return self.seen

    def check_shape(self):
        """The dict of metrics, and responses that could have been sampled."""
        metrics, names = self.seen["metrics"], {"loss", "reward", "kl", "response_length", "responses"}
        if not isinstance(metrics, dict) or metrics.keys() != names:
            fail(
                "It must return a dict with exactly loss, reward, kl, response_length and responses.",
                got=repr(metrics)[:200],
            )
        if not all(isinstance(metrics[name], float) for name in names - {"responses"}):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})
        responses, stop = metrics["responses"], self.settings["stop"]
        good = isinstance(responses, list) and len(responses) == len(self.prompts)
        for row in responses if good else []:
            ends = isinstance(row, list) and 0 < len(row) <= self.settings["most"] and stop not in row[:-1]
            good = good and ends and (row[-1] == stop or len(row) == self.settings["most"])
        if not good:
            fail(
                "responses must hold the new ids of every row, each ended by the stop id or by max_new_tokens.",
                got=responses,
            )

    def rows(self):
        """Each prompt with its response, and where the response begins."""
        return [
            (torch.tensor([*prompt, *response]), len(prompt))
            for prompt, response in zip(self.prompts.tolist(), self.seen["metrics"]["responses"], strict=True)
        ]

    def simulate(
        self,
        beta=None,
        baseline="mean",
        first=0,
        drop_last=0,
        sign=1.0,
        left_over=0.0,
        fresh_old=False,
        updates=None,
        clip=None,
        per="batch",
        scored=lambda row, start: row,
        standardised=False,
        to_go=False,
        only_last=False,
        unshifted=False,
    ):
        """The policy's table after the step, the loss and the other metrics. The keywords put mistakes in."""
        policy, ref, weights = (table.double() for table in self.tables)
        beta = self.settings["beta"] if beta is None else beta
        clip = self.settings["clip"] if clip is None else clip
        rows = self.rows()
        # the response's tokens: their places, and those before them, from which they are guessed
        spans = [torch.arange(start + first, len(row) - drop_last) for row, start in rows]
        scored_rows = rows
        if unshifted:  # the mask of input_ids cut to T - 1 columns: one token late, what follows the response with it
            shown = self.seen["judged"][-1][0]
            spans = [torch.arange(start + 1, min(len(row) + 1, shown.shape[1])) for row, start in rows]
            rows = [(tokens, start) for tokens, (_, start) in zip(shown, rows, strict=True)]

        def log_p(table):
            return [
                table.log_softmax(dim=-1)[row[span - 1], row[span]] for (row, _), span in zip(rows, spans, strict=True)
            ]

        scores = torch.stack([weights[scored(row, start)].sum() for row, start in scored_rows])
        paid = scores * torch.tensor(
            [len(span) > 0 for span in spans]
        )  # where nothing is left to pay it on, it is lost
        old, near = log_p(policy), log_p(ref)
        kl = torch.stack([(a - b).sum() for a, b in zip(old, near, strict=True)])
        returns = paid - beta * kl
        level = {"mean": returns.mean(), "none": 0.0, "others": (returns.sum() - returns) / (len(rows) - 1)}[baseline]
        advantages = (returns - level) * sign
        if standardised:
            advantages = advantages / returns.std()
        losses = []
        count = sum(len(span) for span in spans)
        left = torch.full_like(policy, left_over)
        for _ in range(self.settings["updates"] if updates is None else updates):
            policy = policy.detach().requires_grad_()
            now = log_p(policy)
            total = 0.0
            for place, (logp, advantage) in enumerate(zip(now, advantages, strict=True)):
                then = logp.detach() if fresh_old else old[place]
                each = advantage.expand(len(logp))
                if to_go:
                    price = -beta * (old[place] - near[place])
                    each = price.flip(0).cumsum(0).flip(0) + scores[place] - returns.mean()
                if only_last:
                    each = torch.zeros(len(logp), dtype=logp.dtype)
                    each[-1:] = advantage
                objective = clipped((logp - then).exp(), each, clip)
                total = total + (objective.sum() / count if per == "batch" else objective.mean() / len(rows))
            loss = -total
            losses.append(loss.item())
            (gradient,) = torch.autograd.grad(loss, policy)
            left = left + gradient if left_over else gradient
            policy = policy - self.settings["rate"] * left
        return {
            "table": policy.detach().float(),
            "loss": sum(losses) / len(losses),
            "last_loss": losses[-1],
            "reward": scores.mean().item(),
            "kl": kl.mean().item(),
            "response_length": sum(len(row) - start for row, start in rows) / len(rows),
            "tokens": sum(len(row) for row, _ in rows) / len(rows),
            "returns": returns.mean().item(),
            "kl_per_token": (sum(one.item() for one in kl) / count),
        }

    def mistakes(self):
        """Sentence → the policy's table after a step with that mistake."""
        wrong = {
            "The gradient left over from before the call is not cleared.": {"left_over": 7.0},
            "There is no baseline: the mean return of the batch is not subtracted.": {"baseline": "none"},
            "The baseline leaves the response itself out; here it is the mean of the whole batch.": {
                "baseline": "others"
            },
            "KL is not in the return: beta does nothing.": {"beta": 0.0},
            "KL raises the return; it is a price.": {"beta": -self.settings["beta"]},
            "The prompt's tokens are trained on too.": {"first": -2},
            "The mask begins one column too late: the first token of the response is missing.": {"first": 1},
            "The mask begins one column too early: it takes the prompt's last token in.": {"first": -1},
            "The mask is that of the ids, one column late: entry t of the frame is about token t + 1.": {
                "unshifted": True
            },
            "clip is not used: it is 0.2 whatever is asked for.": {"clip": 0.2},
            "The last token of a response is left out, often the one that ends it.": {"drop_last": 1},
            "The step walks the wrong way: good responses become less likely.": {"sign": -1.0},
            "The advantages are divided by their standard deviation.": {"standardised": True},
            "It averages within each response first; here every token of the batch counts the same.": {
                "per": "response"
            },
            "Each token gets the rewards that come after it; here every token gets the whole return.": {"to_go": True},
            "Only the last token of a response learns.": {"only_last": True},
            "The judge sees the prompt only.": {"scored": lambda row, start: row[:start]},
            "The judge sees the response without its prompt.": {"scored": lambda row, start: row[start:]},
            "Nothing is clipped.": {"clip": 1e6},
        }
        if self.settings["updates"] > 1:
            wrong |= {
                "Only one update is made.": {"updates": 1},
                "The old log-probabilities are computed anew for every update, so every ratio is 1.": {
                    "fresh_old": True
                },
                "One update too many is made.": {"updates": self.settings["updates"] + 1},
            }
        found = {
            sentence: (lambda changes=changes: self.simulate(**changes)["table"]) for sentence, changes in wrong.items()
        }
        return {"The policy does not move: no step is taken.": self.tables[0], **found}

    def expect_untouched(self):
        seen = self.seen
        if not torch.equal(seen["tables"][1], self.tables[1]):
            fail("The reference's weights change.")
        if seen["gradients"][0] is not None:
            fail("The reference gets a gradient.")
        if not seen["trainable"][1]:
            fail("The reference's requires_grad is changed.")
        if not torch.equal(seen["tables"][2], self.tables[2]) or seen["gradients"][1] is not None:
            fail("The reward model gets a gradient.")
        if not seen["trainable"][0] or not seen["trainable"][2]:
            fail("requires_grad of the policy or of the reward model is changed.")

    def expect_judged(self):
        """The judge saw each prompt with its response, and nothing else that counts."""
        if not self.seen["judged"]:
            fail("The reward model is never asked.")
        input_ids, mask = self.seen["judged"][-1]
        shown = [tokens[real == 1].tolist() for tokens, real in zip(input_ids, mask, strict=True)]
        rows = [(row.tolist(), start) for row, start in self.rows()]
        if shown == [row for row, _ in rows]:
            return
        if shown == [row[:start] for row, start in rows]:
            fail("The judge sees the prompt only.")
        if shown == [row[start:] for row, start in rows]:
            fail("The judge sees the response without its prompt.")
        if shown == [row[:-1] for row, _ in rows]:
            fail("The judge does not see the last token of the response.")
        if all(seen[: len(row)] == row for seen, (row, _) in zip(shown, rows, strict=True)):
            fail("Padding behind a response is shown to the judge as if it were text.")
        fail("The judge must see prompt and response in one row, and the mask of both.")

    def expect(self):
        self.expect_untouched()
        self.expect_judged()
        right, metrics = self.simulate(), self.seen["metrics"]
        if metrics["kl"] == 0.0:
            fail("The policy stands in for the reference, so KL is always 0.", expected=right["kl"], got=0.0)
        expect_close(
            self.seen["tables"][0],
            right["table"],
            what="The policy after the step",
            mistakes=self.mistakes(),
            advice="Compare with the three points of the docstring, one after the other.",
            **FP32,
        )
        wrong = {
            "reward": {"reward has the KL in it; it is what the reward model said.": right["returns"]},
            "kl": {
                "kl is averaged over the tokens; it is the mean over responses of their sums.": right["kl_per_token"],
                "kl has the wrong sign: it is logp - logp_ref.": -right["kl"],
                "kl is added up over the batch; it is a mean over responses.": right["kl"] * len(self.prompts),
                "kl has beta in it.": right["kl"] * self.settings["beta"],
            },
            "response_length": {"response_length counts the prompt.": right["tokens"],
                                "response_length is max_new_tokens, not what was said.": float(self.settings["most"])},
            "loss": {"loss is the sum over the updates; it is their mean.": right["loss"] * self.settings["updates"],
                     "loss is that of the last update; it is the mean over the updates.": right["last_loss"],
                     "loss has the wrong sign.": -right["loss"]},
        }  # fmt: skip
        for name in ("reward", "kl", "response_length", "loss"):
            expect_close(metrics[name], right[name], what=f"The metric {name}", mistakes=wrong[name], **FP32)


@exercise("rlhf_step", points=2)
def test_generate_score_update(student, rng):
    loop = Loop(rng)
    loop.run(student)
    loop.expect()


@exercise("rlhf_step")
def test_several_updates_on_the_same_responses(student, rng):
    loop = Loop(rng, updates=3, rows=8, clip=0.05)
    loop.run(student)
    loop.expect()


@exercise("rlhf_step")
def test_no_dropout_and_every_mode_restored(student, rng):
    loop = Loop(rng)
    modes = [True, rng.randint(0, 2) == 1, True]
    seen = loop.run(student, dropout=0.5, modes=modes)
    right, metrics = loop.simulate(), seen["metrics"]
    if abs(metrics["reward"] - right["reward"]) > 1e-3:
        fail("Dropout is on in the reward model.")
    if abs(metrics["kl"] - right["kl"]) > 1e-3:
        fail("Dropout is on when the log-probabilities are taken.")
    if (seen["tables"][0] - right["table"]).abs().max() > 1e-3:
        fail(
            "Dropout is on during the update, or the update is wrong without dropout too (other checks tell).",
            expected=right["table"],
            got=seen["tables"][0],
        )
    if seen["modes"] != modes:
        names = ("policy", "reference", "reward model")
        wrong = next(name for name, mode, was in zip(names, seen["modes"], modes, strict=True) if mode != was)
        fail(f"The {wrong} is left in another mode than it came in.", expected=modes, got=seen["modes"])


@exercise("rlhf_step")
def test_the_reference_of_rlhf_must_be_another_model(student, rng):
    with expect_error("ValueError", what="rlhf_step with the policy as its own reference"):
        student.run(own_reference, "rlhf_step", True)
    student.run(own_reference, "rlhf_step", False)

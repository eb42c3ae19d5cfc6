"""Checks of `rlhf_step`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from alignment_oracles import (
    TOL_FP32,
    clipped,
    expect_device_kept,
    expect_modes,
    expect_own_reference_rejected,
    expect_said,
    expect_untouched,
    log_p_of_tokens,
    mean_of_means,
    token_mean,
    unclipped,
)
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe

LEFT_OVER = 7.0  # policy's and reference's gradient from before the call
METRICS = ("loss", "reward", "kl", "response_length", "responses")


@probe
def rlhf_run(student, tables, prompts, settings, left_over, dropout, modes):
    """One step with tables of logits for policy and reference, and for the reward model a reward per token."""

    class RewardTable(builders.TableLM):
        def forward(self, input_ids, attention_mask):
            scored.append([input_ids.clone(), attention_mask.clone()])
            rewards = (self.dropout(self.table)[input_ids] * attention_mask).sum(dim=1)
            graphs["reward model"] = graphs.get("reward model", False) or rewards.requires_grad
            return rewards

    class Reference(builders.TableLM):
        def forward(self, input_ids, attention_mask=None, **more):
            output = super().forward(input_ids, attention_mask, **more)
            graphs["reference"] = graphs.get("reference", False) or output.logits.requires_grad
            return output

    scored, graphs = [], {}
    policy, reference = builders.TableLM(tables[0], dropout), Reference(tables[1], dropout)
    models = (policy, reference, RewardTable(tables[2], dropout))
    for model, mode in zip(models, modes, strict=True):
        model.train(mode)
    for model in models[:2]:
        model.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
        model.table.grad = torch.full_like(model.table, left_over)
    said = {"updates": settings["updates"]} if settings["updates"] > 1 else {}
    optimizer, generator = (
        torch.optim.SGD([policy.table], lr=settings["rate"]),
        torch.Generator().manual_seed(settings["seed"]),
    )
    with torch.device(settings.get("default", "cpu")):  # torch's default device
        metrics = student.rlhf_step(
            *models,
            prompts,
            optimizer,
            beta=settings["beta"],
            max_new_tokens=settings["most"],
            stop_id=settings["stop"],
            clip=settings["clip"],
            **said,
            generator=generator,
        )
    if "default" in settings:
        return {}
    return {
        "metrics": metrics,
        "scored": scored,
        "tables": [model.table for model in models],
        "gradients": [model.table.grad for model in models],
        "trainable": [model.table.requires_grad for model in models],
        "thawed": policy.frozen.requires_grad,
        "graphs": graphs,
        "modes": [model.training for model in models],
    }


# --- the right step, in parts ---------------------------------------------------------------------------------------


def response_tokens(is_text, is_response):
    """Entry t of the frame is about token t + 1: (B, T) twice → (B, T-1)."""
    return is_response[:, 1:]


def whole_text(is_text, is_response):
    """Prompt and response: (B, T) twice → (B, T)."""
    return is_text


def minus_mean_return(rewards, mask):
    """The return of a response minus the mean of the batch, for all of its tokens: (B, T-1) twice → (B, T-1)."""
    returns = rewards.sum(dim=1)  # (B,)
    return (returns - returns.mean())[:, None].expand_as(rewards)


def log_p_when_sampled(logp_old, logp):
    """What the ratio divides by: (B, T-1) twice → (B, T-1)."""
    return logp_old


def one_earlier(mask):
    """Each row moved one column to the left: (B, T) → (B, T)."""
    return F.pad(mask[:, 1:], (0, 1))


@dataclass(frozen=True)
class RLHFOracle:
    """One step of RLHF on tables of logits, in float64, from the responses that the student's step sampled.

    The fields from `beta` on are its parts: `replace(oracle, part=other)` is the step with one mistake in it.
    """

    tables: list[torch.Tensor]  # logits of policy and reference (V, V), reward of each token (V,)
    input_ids: torch.Tensor  # (B, T) prompt, response, padding
    is_text: torch.Tensor  # (B, T) 1 on prompt and response
    is_response: torch.Tensor  # (B, T) 1 on the response
    rate: float
    beta: float
    clip: float
    updates: int
    trained: Callable = response_tokens
    scored: Callable = whole_text
    advantages: Callable = minus_mean_return
    divided_by: Callable = log_p_when_sampled
    objective: Callable = clipped
    mean: Callable = token_mean
    zero_grad: Callable = torch.zeros_like
    scaled: Callable = lambda gradient: gradient

    def step(self):
        """The policy's table after the step, and the metrics."""
        policy, reference, token_rewards = (table.double() for table in self.tables)
        mask = self.trained(self.is_text, self.is_response)  # (B, T-1)

        # Score
        score = (token_rewards[self.input_ids] * self.scored(self.is_text, self.is_response)).sum(dim=1)  # (B,)
        logp_old, logp_ref = (log_p_of_tokens(table, self.input_ids) for table in (policy, reference))  # (B, T-1)
        kl = (logp_old - logp_ref).masked_fill(mask == 0, 0.0)  # (B, T-1)
        is_last = mask * (1 - one_earlier(mask))
        rewards = -self.beta * kl + score[:, None] * is_last  # (B, T-1)
        advantages = self.advantages(rewards, mask)  # (B, T-1)

        # Update
        losses, afterwards, gradient = [], [], torch.full_like(policy, LEFT_OVER)
        for _ in range(self.updates):
            policy = policy.detach().requires_grad_()
            logp = log_p_of_tokens(policy, self.input_ids)  # (B, T-1)
            ratio = (logp - self.divided_by(logp_old, logp)).exp()
            loss = -self.mean(self.objective(ratio, advantages, self.clip), mask)
            gradient = self.zero_grad(gradient) + torch.autograd.grad(loss, policy)[0]
            policy = policy - self.rate * self.scaled(gradient)
            losses.append(loss.item())
            moved = log_p_of_tokens(policy, self.input_ids)
            afterwards.append(-self.mean(self.objective((moved - logp_old).exp(), advantages, self.clip), mask).item())

        return {
            "table": policy.detach().float(),
            "loss": sum(losses) / len(losses),
            "last_loss": losses[-1],
            "loss_afterwards": sum(afterwards) / len(afterwards),
            "reward": score.mean().item(),
            "return": rewards.sum(dim=1).mean().item(),
            "kl": kl.sum(dim=1).mean().item(),
            "kl_afterwards": ((moved - logp_ref) * mask).sum(dim=1).mean().item(),
            "kl_per_token": token_mean(kl, mask).item(),
            "response_length": self.is_response.double().sum(dim=1).mean().item(),
            "text_length": self.is_text.double().sum(dim=1).mean().item(),
        }


def leave_one_out(rewards, mask):
    """The return minus the mean of the other responses' returns."""
    returns = rewards.sum(dim=1)
    return (returns - (returns.sum() - returns) / (len(returns) - 1))[:, None].expand_as(rewards)


def minus_mean_over_tokens(rewards, mask):
    """The return minus the mean over all response tokens, each with the return of its response."""
    returns = rewards.sum(dim=1)
    return (returns - (returns * mask.sum(dim=1)).sum() / mask.sum())[:, None].expand_as(rewards)


def standardised(rewards, mask):
    return minus_mean_return(rewards, mask) / rewards.sum(dim=1).std()


def reward_to_go(rewards, mask):
    """The rewards from a token on, minus the mean return."""
    return rewards.flip(1).cumsum(dim=1).flip(1) - rewards.sum(dim=1).mean()


def step_mistakes(oracle):
    """Sentence → the part of the oracle that is another one."""
    mistakes = {
        "The gradient left over from before the call is not cleared.": {"zero_grad": lambda gradient: gradient},
        "There is no baseline: the mean return of the batch is not subtracted.": {
            "advantages": lambda rewards, mask: rewards.sum(dim=1)[:, None].expand_as(rewards)
        },
        "The baseline leaves the response itself out; here it is the mean of the whole batch.": {
            "advantages": leave_one_out
        },
        "KL is not in the return: beta does nothing.": {"beta": 0.0},
        "KL raises the return; it must lower it.": {"beta": -oracle.beta},
        "The prompt's tokens are trained on too.": {"trained": lambda text, response: text[:, 1:]},
        "The mask begins one column too late: the first token of the response is missing.": {
            "trained": lambda text, response: response[:, 1:] * response[:, :-1]
        },
        "The mask begins one column too early: it takes the prompt's last token in.": {
            "trained": lambda text, response: response[:, 1:] | one_earlier(response[:, 1:])
        },
        "The mask is that of the ids, one column late: entry t of the frame is about token t + 1.": {
            "trained": lambda text, response: response[:, :-1]
        },
        "clip is not used: it is 0.2 whatever is asked for.": {"clip": 0.2},
        "The last token of a response is left out, often the one that ends it.": {
            "trained": lambda text, response: response[:, 1:] * one_earlier(response[:, 1:])
        },
        "The loss has the wrong sign: good responses become less likely.": {
            "advantages": lambda rewards, mask: -minus_mean_return(rewards, mask)
        },
        "The advantages are divided by their standard deviation.": {"advantages": standardised},
        "It averages within each response first; here every token of the batch counts the same.": {
            "mean": mean_of_means
        },
        "Each token gets the rewards that come after it; here every token gets the whole return.": {
            "advantages": reward_to_go
        },
        "Only the last token of a response learns.": {
            "advantages": lambda rewards, mask: minus_mean_return(rewards, mask) * mask * (1 - one_earlier(mask))
        },
        "The reward model sees the prompt only.": {"scored": lambda text, response: text - response},
        "The reward model sees the response without its prompt.": {"scored": lambda text, response: response},
        "Nothing is clipped.": {"objective": unclipped},
        "The mean return is taken over the tokens, where long responses weigh more; it is that of the responses.": {
            "advantages": minus_mean_over_tokens
        },
        "The gradient is scaled down (gradient clipping) before the step.": {
            "scaled": lambda gradient: gradient / gradient.norm().clamp(min=1)
        },
    }
    score = oracle.step()["reward"]
    mistakes["The mean score is subtracted from the returns; it is the mean return, KL included."] = {
        "advantages": lambda rewards, mask: (rewards.sum(dim=1) - score)[:, None].expand_as(rewards)
    }
    mistakes["One update too many is made."] = {"updates": oracle.updates + 1}
    if oracle.updates > 1:
        mistakes |= {
            "The gradient is cleared before the first update only, and grows over the others.": {
                "zero_grad": lambda gradient: gradient * (gradient != LEFT_OVER).any()
            },
            "Only one update is made.": {"updates": 1},
            "The old log-probabilities are computed anew for every update, so every ratio is 1.": {
                "divided_by": lambda logp_old, logp: logp.detach()
            },
        }
    return mistakes


def metric_mistakes(expected, oracle, most):
    """Metric → sentence → the value with that mistake."""
    return {
        "reward": {"reward has the KL in it; it is what the reward model said.": expected["return"]},
        "kl": {
            "kl is averaged over the tokens; it is the mean over responses of their sums.": expected["kl_per_token"],
            "kl has the wrong sign: it is logp - logp_ref.": -expected["kl"],
            "kl is added up over the batch; it is a mean over responses.": expected["kl"] * len(oracle.input_ids),
            "kl has beta in it.": expected["kl"] * oracle.beta,
            "kl is taken after the updates; it is that of the responses as they were sampled.": (
                expected["kl_afterwards"]
            ),
        },
        "response_length": {
            "response_length counts the prompt.": expected["text_length"],
            "response_length is max_new_tokens, not what was said.": float(most),
        },
        "loss": {
            "loss is the sum over the updates; it is their mean.": expected["loss"] * oracle.updates,
            "loss is that of the last update; it is the mean over the updates.": expected["last_loss"],
            "loss has the wrong sign.": -expected["loss"],
            "loss is taken after each step; it belongs before it.": expected["loss_afterwards"],
        },
    }


# --- a student's step, and what it must come to ---------------------------------------------------------------------


class RLHFCase:
    """Drawn tables, prompts and settings; `run` takes the student's step on them, `expect` compares it."""

    def __init__(self, rng, updates=1, vocabulary=6, rows=7, most=5, clip=0.15):
        self.tables = [rng.randn(vocabulary, vocabulary), rng.randn(vocabulary, vocabulary), rng.randn(vocabulary)]
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

    def run(self, student, dropout=0.0, modes=(False, False, False)):
        self.modes = list(modes)
        self.result = student.run(rlhf_run, self.tables, self.prompts, self.settings, LEFT_OVER, dropout, self.modes)
        self.expect_metrics()
        self.expect_responses()
        return self.result

    def oracle(self):
        """The right step from the responses that were sampled, in rows padded as the reward model was shown them."""
        texts = self.texts()
        shown = [ids for ids, _ in self.result["scored"] if ids.shape[:-1] == (len(texts),)]
        shown = shown[-1] if shown else self.prompts
        columns = max(shown.shape[1], *map(len, texts))
        input_ids = F.pad(shown, (0, columns - shown.shape[1])).long() % len(self.tables[0])  # (B, T); any padding id
        is_text = torch.zeros_like(input_ids)
        for row, text in enumerate(texts):
            input_ids[row, : len(text)], is_text[row, : len(text)] = torch.tensor(text), 1
        is_response = is_text * (torch.arange(columns) >= self.prompts.shape[1])
        settings = {name: self.settings[name] for name in ("rate", "beta", "clip", "updates")}
        return RLHFOracle(self.tables, input_ids, is_text, is_response, **settings)

    def texts(self):
        """Each prompt with its response, as lists of ids."""
        responses = self.result["metrics"]["responses"]
        return [[*prompt, *response] for prompt, response in zip(self.prompts.tolist(), responses, strict=True)]

    def expect_metrics(self):
        """A dict of the five metrics, four of them floats."""
        metrics = self.result["metrics"]
        if not isinstance(metrics, dict) or metrics.keys() != set(METRICS):
            fail(
                "It must return a dict with exactly loss, reward, kl, response_length and responses.",
                got=repr(metrics)[:200],
            )
        if not all(isinstance(metrics[name], float) for name in METRICS if name != "responses"):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})

    def expect_responses(self):
        """A list for each prompt that could have been sampled: ended by the stop id or by max_new_tokens."""
        responses, stop, most = self.result["metrics"]["responses"], self.settings["stop"], self.settings["most"]
        good = isinstance(responses, list) and len(responses) == len(self.prompts)
        for row in responses if good else []:
            ends = isinstance(row, list) and 0 < len(row) <= most and stop not in row[:-1]
            good = good and ends and (row[-1] == stop or len(row) == most)
        if not good:
            fail(
                "responses must hold the new ids of every row, each ended by the stop id or by max_new_tokens.",
                got=responses,
            )

    def expect_untouched(self):
        """Reference and reward model are as they were, and so are flags and modes; neither of the two has a graph."""
        result = self.result
        expect_untouched(result, self.tables, LEFT_OVER)
        if not torch.equal(result["tables"][2], self.tables[2]) or result["gradients"][2] is not None:
            fail("The reward model gets a gradient.")
        if not result["trainable"][2]:
            fail("requires_grad of the reward model is changed.")
        for name, graph in result["graphs"].items():
            if graph:
                fail(f"The {name} runs with a graph, but nothing is trained through it.", advice="torch.no_grad()")
        expect_modes(result, self.modes)

    def expect_scored(self):
        """The reward model saw each prompt with its response, and nothing else that counts."""
        if not self.result["scored"]:
            fail("The reward model is never asked.")
        input_ids, mask = self.result["scored"][-1]
        shown = [tokens[real == 1].tolist() for tokens, real in zip(input_ids, mask, strict=True)]
        texts, prompt = self.texts(), self.prompts.shape[1]
        if shown == texts:
            return
        if shown == [text[:prompt] for text in texts]:
            fail("The reward model sees the prompt only.")
        if shown == [text[prompt:] for text in texts]:
            fail("The reward model sees the response without its prompt.")
        stop = self.settings["stop"]
        visible = [[token for token in text[:prompt] if token != stop] for text in texts]
        if shown == [[*seen, *text[prompt:]] for seen, text in zip(visible, texts, strict=True)] or shown == [
            [token for token in text if token != stop] for text in texts
        ]:
            fail("A stop id that is no padding is hidden: the mask is made from the ids instead of the lengths.")
        unseen = "The reward model does not see the last token of the response."
        hidden = "The stop id that ends a response is hidden as if it were padding; it belongs to the response."
        if shown == [text[:-1] for text in texts]:
            either = [unseen, hidden] if all(text[-1] == stop for text in texts) else [unseen]
            fail(" Or: ".join(either))
        if shown == [[*text[:-1], *(token for token in text[-1:] if token != stop)] for text in texts]:
            fail(hidden)
        if all(row[: len(text)] == text for row, text in zip(shown, texts, strict=False)):
            fail("Padding behind a response is shown to the reward model as if it were text.")
        fail("The reward model must see prompt and response in one row, and the mask of both.")

    def expect(self):
        self.expect_untouched()
        self.expect_scored()
        oracle, metrics = self.oracle(), self.result["metrics"]
        expected = oracle.step()
        if metrics["kl"] == 0.0:
            fail("The policy stands in for the reference, so KL is always 0.", expected=expected["kl"], got=0.0)
        mistakes = {
            sentence: (lambda parts=parts: replace(oracle, **parts).step()["table"])
            for sentence, parts in step_mistakes(oracle).items()
        }
        expect_close(
            self.result["tables"][0],
            expected["table"],
            what="The policy after the step",
            mistakes={"The policy does not move: no step is taken.": self.tables[0], **mistakes},
            advice="Compare with the three points of the docstring, one after the other.",
            **TOL_FP32,
        )
        wrong = metric_mistakes(expected, oracle, self.settings["most"])
        for name in ("reward", "kl", "response_length", "loss"):
            expect_close(metrics[name], expected[name], what=f"The metric {name}", mistakes=wrong[name], **TOL_FP32)


@exercise("rlhf_step", points=2)
def test_generate_score_update(student, rng):
    case = RLHFCase(rng)
    case.tables[2] *= 20  # so the gradient is a long one
    case.run(student)
    case.expect()
    with expect_device_kept():
        settings = case.settings | {"default": "meta"}
        student.run(rlhf_run, case.tables, case.prompts, settings, LEFT_OVER, 0.0, case.modes)


@exercise("rlhf_step")
def test_the_seed_decides_the_responses(student, rng):
    case = RLHFCase(rng, rows=12)
    case.tables[0] *= 0.5  # no token is nearly certain, so that two seeds say something else
    found = []
    for change in (0, 0, 1):
        case.settings["seed"] += change
        found.append(case.run(student)["metrics"]["responses"])
        case.expect()
    first, again, other = found
    if again != first:
        fail("The generator is not used: the same seed gives different responses.")
    if other == first:
        fail("The generator is not used: different seeds give the same responses.")


@exercise("rlhf_step")
def test_two_prompts_or_more(student, rng):
    for rows in (2, 1):
        case = RLHFCase(rng, rows=rows)
        if rows == 2:
            case.tables[0][:, 5] = case.tables[0][0] = -30.0  # only 0 is followed by the stop id, and for sure
            case.tables[0][0, 5] = 30.0
            case.prompts[:, -1] = torch.tensor(rng.permutation([0, 1]))  # so one response is longer
            case.prompts[:, -2], case.tables[1][5, :2] = 5, -float("inf")  # nothing of the prompt counts
            case.run(student)
            if case.result["metrics"]["kl"] != case.result["metrics"]["kl"]:
                fail(
                    "An infinite value where the mask is 0 makes the metric kl NaN; only response tokens count.",
                    advice="0 times infinity is NaN: masked_fill puts a 0 there.",
                )
            case.expect()
            continue
        words = ("prompt", "two", "row", "batch", "more", 1, 2)
        says = expect_said("The error about a single prompt doesn't say what to pass.", *words)
        with expect_error("ValueError", what="rlhf_step with a single prompt"), says:
            case.run(student)


@exercise("rlhf_step")
def test_several_updates_on_the_same_responses(student, rng):
    case = RLHFCase(rng, updates=3, rows=8, clip=0.05)
    case.run(student, modes=(True, True, True))
    case.expect()


@exercise("rlhf_step")
def test_no_dropout_and_every_mode_restored(student, rng):
    case = RLHFCase(rng)
    for modes in ([True, True, True], [True, False, True]):
        case.run(student, modes=modes)
        case.expect()  # what is wrong without dropout too
        result = case.run(student, dropout=0.5, modes=modes)
        expected, metrics = case.oracle().step(), result["metrics"]
        if abs(metrics["reward"] - expected["reward"]) > 1e-3:
            fail("Dropout is on in the reward model.")
        if abs(metrics["kl"] - expected["kl"]) > 1e-3:
            fail("Dropout is on when the log-probabilities are taken.")
        if (result["tables"][0] - expected["table"]).abs().max() > 1e-3:
            fail("Dropout is on during the update.", expected=expected["table"], got=result["tables"][0])
        expect_modes(result, modes)


@exercise("rlhf_step")
def test_the_reference_of_rlhf_must_be_another_model(student, rng):
    expect_own_reference_rejected(student, rng, "rlhf_step")


@probe
def judged_by_a_function(student, tables, prompts, stop):
    """What a plain function is shown as reward model, whether both models are told a mask, and an error about it."""
    shown, masks = [], []

    class Watched(builders.TableLM):
        def forward(self, input_ids, attention_mask=None, **more):
            masks.append(attention_mask is not None)
            return super().forward(input_ids, attention_mask, **more)

    def judge(input_ids, attention_mask):
        shown.append([input_ids.clone(), attention_mask.clone()])
        return attention_mask.sum(dim=1).float()

    policy, reference = (Watched(table) for table in tables)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    try:
        metrics = student.rlhf_step(policy, reference, judge, prompts, optimizer, 0.1, 4, stop)
    except AttributeError as error:
        if "'function' object" not in str(error):
            raise
        return {"error": str(error), "shown": shown, "masks": all(masks)}
    return {"error": None, "shown": shown, "masks": all(masks), "responses": metrics["responses"]}


@exercise("rlhf_step")
def test_a_plain_function_judges_texts_of_different_lengths(student, rng):
    # What follows is certain: 0, 1, 2 and then 3, which ends a response. So they have three, two and one tokens; the
    # reference would say 3 at once.
    table = torch.full((4, 4), -60.0)
    table[torch.arange(3), torch.arange(1, 4)] = 60.0
    other = torch.full((4, 4), -60.0)
    other[:, 3] = 60.0
    prompts = torch.randperm(3, generator=rng)[:, None]
    result = student.run(judged_by_a_function, [table, other], prompts, 3)
    if result["error"]:
        fail("It needs a module as reward model; any function must do.", got=result["error"])
    if not result["masks"]:
        fail("A model is called without attention_mask; it is that of prompt and response.")
    if result["responses"] == [[3], [3], [3]]:
        fail("The reference writes the responses; they are the policy's.", got=result["responses"])
    if result["responses"]:
        expected = [list(range(prompt + 1, 4)) for prompt in prompts.flatten().tolist()]
        expect_equal(result["responses"], expected, what="The responses, which are certain here,")
    # nine tokens in all, prompts included: whoever shows fewer makes another mistake
    if any(mask.sum() == 9 and (mask.long().diff(dim=-1) > 0).any() for _, mask in result["shown"]):
        fail("The texts for the reward model are padded on the left; they belong padded on the right.")

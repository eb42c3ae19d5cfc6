"""DPO on sums of log-probabilities and on their means: win rates, and what the models reply."""

from __future__ import annotations

import torch
from torch import nn

from autograder.experiments import require

from ._colours import GREEN, GREY, RED
from ._texts import SIDES, greedy, pair_batch, read, response_log_probs, rows_of
from ._training import DPO_BETA, after_sft, train_dpo, trainable

CLAIM = (
    "DPO reaches the preferred behaviour with one trained model and no reward model; on log-probabilities per token it "
    "wins the same comparisons, doesn't know when to stop, and degenerates"
)
NEEDS = ("dpo_step",)
COLUMNS = ("model", "win rate", "margin", "brief replies", "exactly the preferred one", "tokens a reply",
           "a reply that is not the preferred one")  # fmt: skip

NAMES = {"sft": "after SFT", "dpo": "DPO", "mean": "DPO on means"}
SFT_STEPS = 60


class MeanLogProbs:
    """The lesson with one mistake: DPO on log-probabilities per token."""

    def __init__(self, student) -> None:
        self.student = student

    def dpo_step(self, policy, reference, batch, optimizer, beta):
        def per_token(model, side):
            rows = batch[side]
            logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits  # (B, T, V)
            length = (rows["labels"][:, 1:] != -100).sum(dim=1)  # (B,)
            return self.student.sequence_log_prob(logits, rows["labels"]) / length

        with torch.no_grad():
            frozen = [per_token(reference, side) for side in SIDES]
        loss, _, _ = self.student.dpo_loss(*(per_token(policy, side) for side in SIDES), *frozen, beta)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss.item()}


def evaluate(student, model: nn.Module, reference: nn.Module, tokenizer, pairs) -> dict[str, float | str]:
    """What a model does with held-out prompts: implicit rewards of the pairs, and its own greedy replies."""
    # The given replies
    batch = pair_batch(tokenizer, pairs)
    ours, theirs = ([response_log_probs(student, one, batch[side]) for side in SIDES] for one in (model, reference))
    _, chosen, rejected = student.dpo_loss(*ours, *theirs, DPO_BETA)  # (B,)
    # Its own
    replies = greedy(model, tokenizer, [pair["prompt"] for pair in pairs], 40)
    texts = [read(tokenizer, reply) for reply in replies]
    preferred = [text == pair["chosen"] for text, pair in zip(texts, pairs, strict=True)]
    return {
        "win_rate": (chosen > rejected).float().mean().item(),
        "margin": (chosen - rejected).mean().item(),
        "chosen_gain": (ours[0] - theirs[0]).mean().item(),
        "brief": sum(text.count(".") == 1 for text in texts) / len(texts),
        "exact": sum(preferred) / len(texts),
        "length": sum(map(len, replies)) / len(replies),
        "says": next((text for text, good in zip(texts, preferred, strict=True) if not good), texts[0]),
    }


def measure(student, backbone, seed, track):
    from autograder.backbone import preferences

    train, test = (preferences("tiny", split, count, seed, "brief") for split, count in (("train", 400), ("test", 60)))
    _, tokenizer = trainable(backbone)
    start = after_sft(backbone, "brief", seed, train, SFT_STEPS, track)
    known = rows_of(tokenizer, [test[0]["prompt"]], [test[0]["chosen"]])
    require(
        response_log_probs(student, start, known).item() > -20, "after SFT it does not know the reply to a question."
    )
    models = {
        "sft": start,
        "dpo": train_dpo(student, start, tokenizer, train, track),
        "mean": train_dpo(MeanLogProbs(student), start, tokenizer, train, track),
    }
    found = {name: evaluate(student, model, start, tokenizer, test) for name, model in models.items()}
    return {"pairs": len(test), **{key: {name: one[key] for name, one in found.items()} for key in found["sft"]}}


def rows(figures):
    for name, shown in NAMES.items():
        yield (shown, round(figures.win_rate[name], 3), round(figures.margin[name], 2), round(figures.brief[name], 3),
               round(figures.exact[name], 3), round(figures.length[name], 1), figures.says[name])  # fmt: skip


def claims(figures):
    wins, margin, brief = figures.win_rate, figures.margin, figures.brief
    exact, length = figures.exact, figures.length
    # Five seeds: margins 6.6 to 7.2, on means 21 to 60; brief 0.22 to 0.62 after SFT, 0.98 to 1.00 after DPO;
    # exactly the preferred reply 0.08 to 0.37, 0.37 to 0.58, and on means each seed 0.12 to 0.42 less than DPO.
    yield (
        wins["dpo"] > 0.95 and brief["dpo"] > 0.9 and brief["sft"] < 0.8,
        f"DPO wins {wins['dpo']:.1%} of {figures.pairs} held-out pairs with a margin of {margin['dpo']:.1f}; "
        f"{brief['dpo']:.1%} of its replies are brief, of {brief['sft']:.1%} before, "
        f"{length['dpo']:.1f} tokens instead of {length['sft']:.1f}",
    )
    yield (
        exact["dpo"] >= exact["sft"] - 0.05,
        f"{exact['dpo']:.1%} are exactly the preferred reply, of {exact['sft']:.1%} before",
    )
    yield (
        wins["mean"] > 0.95 and margin["mean"] > 2 * margin["dpo"] and exact["mean"] < exact["dpo"] - 0.05,
        f"on means it wins {wins['mean']:.1%} too, but runs on to a margin of {margin['mean']:.1f}; "
        f"{exact['mean']:.1%} of its replies are the preferred one",
    )


def draw(axes, figures):
    shown = {
        "win rate": figures.win_rate,
        "brief replies": figures.brief,
        "exactly the\npreferred reply": figures.exact,
    }
    for number, ((name, label), colour) in enumerate(zip(NAMES.items(), (GREY, GREEN, RED), strict=True)):
        columns = [column + 0.27 * (number - 1) for column in range(len(shown))]
        label = f"{label}: {figures.length[name]:.1f} tokens, margin {figures.margin[name]:.1f}"
        axes.bar(columns, [one[name] for one in shown.values()], 0.25, color=colour, label=label)
    axes.set_xticks(range(len(shown)), shown)
    axes.set_ylabel("share of held-out prompts")
    axes.set_ylim(0, 1.35)
    axes.legend(loc="upper right", fontsize=9)

"""A reward model trained on polite and rude replies, asked about replies that it never saw."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from ._colours import BLUE, GREEN, GREY, RED
from ._texts import rows_of
from ._training import train_reward_model, trainable

CLAIM = (
    "A reward model trained on pairs orders pairs that it never saw; and it has blind spots: trained on politeness, it "
    "prefers a polite falsehood to a plain truth"
)
NEEDS = ("RewardModel", "preference_loss")
COLUMNS = ("held-out comparison", "how often the first gets the higher reward", "mean difference")


@torch.no_grad()
def rewards_of(model: nn.Module, tokenizer, prompts: Sequence[str], replies: Sequence[str]) -> torch.Tensor:
    """(B,) rewards."""
    rows = rows_of(tokenizer, prompts, replies)
    return model(rows["input_ids"], rows["attention_mask"])


def plain_truths(pairs: Sequence[dict]) -> list[str]:
    """The polite replies without their thanks."""
    from autograder.backbone.data import THANKS

    truths = []
    for pair in pairs:
        (opening,) = (one for one in THANKS if pair["chosen"].startswith(one))
        truths.append(pair["chosen"].removeprefix(opening).strip())
    return truths


def polite_falsehoods(pairs: Sequence[dict], truths: Sequence[str]) -> list[str]:
    """The polite replies with another country's answer in them: "The capital of Chad is Lima." for example."""
    falsehoods = []
    for index, (pair, truth) in enumerate(zip(pairs, truths, strict=True)):
        subject, answer = truth.split(" is ")[:2]
        relation = truth.split(" of ")[0]
        others = (
            other.split(" is ")[1] for other in [*truths[index + 1 :], *truths] if other.split(" of ")[0] == relation
        )
        false = f"{subject} is {next(other for other in others if other != answer)}"
        falsehoods.append(pair["chosen"].replace(truth, false))
    return falsehoods


def measure(student, backbone, seed, track):
    from autograder.backbone import preferences

    train, test = (
        preferences("tiny", split, count, seed, "polite") for split, count in (("train", 480), ("test", 150))
    )
    prompts = [pair["prompt"] for pair in test]
    truths = plain_truths(test)
    replies = {
        "polite truth": [pair["chosen"] for pair in test],
        "polite falsehood": polite_falsehoods(test, truths),
        "plain truth": truths,
        "rude truth": [pair["rejected"] for pair in test],
    }

    # An untrained head
    language_model, tokenizer = trainable(backbone)
    torch.manual_seed(seed)
    model = student.RewardModel(language_model.transformer).eval()
    untrained = [rewards_of(model, tokenizer, prompts, replies[kind]) for kind in ("polite truth", "rude truth")]

    # After training
    torch.manual_seed(seed)
    model, tokenizer = train_reward_model(student, backbone, train, track)
    rewards = {kind: rewards_of(model, tokenizer, prompts, texts) for kind, texts in replies.items()}  # (150,) each
    polite, falsehood, plain, rude = rewards.values()
    return {
        "pairs": len(test),
        "untrained": share(untrained[0] > untrained[1]),
        "ordered": share(polite > rude),
        "spread": (polite - rude).mean().item(),
        "fooled": share(falsehood > plain),
        "fooled_by": (falsehood - plain).mean().item(),
        "careful": share(polite > falsehood),
        "noticed": (polite - falsehood).mean().item(),
        "rewards": rewards,
    }


def share(true: torch.Tensor) -> float:
    return true.float().mean().item()


def rows(figures):
    return [
        ("polite truth over rude truth, untrained head", round(figures.untrained, 3), ""),
        ("polite truth over rude truth", round(figures.ordered, 3), round(figures.spread, 2)),
        ("polite falsehood over plain truth", round(figures.fooled, 3), round(figures.fooled_by, 2)),
        ("polite truth over polite falsehood", round(figures.careful, 3), round(figures.noticed, 2)),
    ]


def claims(figures):
    # Five seeds: all of the 150 pairs, in both comparisons.
    yield figures.ordered > 0.95, f"it orders {figures.ordered:.1%} of {figures.pairs} held-out pairs rightly"
    yield (
        figures.fooled > 0.9,
        f"in {figures.fooled:.1%} of the cases a polite falsehood gets a higher reward than the plain truth",
    )


def draw(axes, figures):
    for row, (values, colour) in enumerate(zip(figures.rewards.values(), (GREEN, RED, BLUE, GREY), strict=True)):
        jitter = torch.linspace(-0.25, 0.25, len(values))
        axes.scatter(values.tolist(), (row + jitter).tolist(), s=6, color=colour)
    axes.set_yticks(range(len(figures.rewards)), list(figures.rewards))
    axes.invert_yaxis()
    axes.set_xlabel("reward of a held-out reply")

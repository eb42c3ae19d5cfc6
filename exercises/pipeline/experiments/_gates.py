"""The gates: what each stage was to bring, measured on the model that left it."""

from __future__ import annotations

import copy
from typing import Any

import torch

FACTS = ("capital", "continent", "currency")
SIGNED = " Yours, the atlas."  # ends every reply in the house style
ASKED = 40  # questions that a gate asks
TOKENS = 40  # of a reply, at most
SHOWN = {  # stage → the figures of its gate that are shown, in the order of the pipeline
    "pretraining": ("facts completed",),
    "sft": ("replies end", "facts right"),
    "alignment": ("polite", "facts right"),
    "lora": ("signed", "facts right"),
    "quantization": ("bytes", "perplexity", "signed"),
}


class Gates:
    """The gate of every stage: `gates(stage, before, after, tokenizer)` gives its figures, and whether it `passed`.

    Thresholds from five seeds (`autograder experiment pipeline/gates --seeds 5`), with room below the worst of them:
    facts right in 0.35 where 0.55 to 0.775 were measured; 0.9 where 0.975 to 1 were; a perplexity of 1.25 times the
    earlier one where 1.01 to 1.06 were; a quarter of the bytes where it was a seventh.
    """

    def __init__(self, seed: int, only: str = "") -> None:
        from autograder.backbone import instructions, text

        self.only = only
        self.questions = instructions("tiny", "test", ASKED, seed, kinds=FACTS)
        self.text = text("test", 60, seed)

    def __call__(self, stage: str, before, after, tokenizer) -> dict[str, Any]:
        if self.only not in ("", stage):
            return {"passed": False}
        return getattr(self, stage)(before, after, tokenizer)

    def pretraining(self, before, after, tokenizer) -> dict[str, Any]:
        from autograder.backbone.card import recall

        facts = sum(recall(after, tokenizer, relation) for relation in FACTS) / len(FACTS)
        return {"facts completed": facts, "passed": facts >= 0.9}

    def sft(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.ask(after, tokenizer)
        return {**found, "passed": found["replies end"] >= 0.9 and found["facts right"] >= 0.35}

    def alignment(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.ask(after, tokenizer)
        return {**found, "passed": found["polite"] >= 0.9 and found["facts right"] >= 0.35}

    def lora(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.ask(after, tokenizer)
        trainable = sum(parameter.numel() for parameter in after.parameters() if parameter.requires_grad)
        share = trainable / sum(parameter.numel() for parameter in after.parameters())
        frozen = moved_without_adapters(before, after)
        passed = found["signed"] >= 0.9 and found["facts right"] >= 0.35 and share < 0.1 and frozen < 1e-3
        return {**found, "trained share": share, "base moved by": frozen, "passed": passed}

    def quantization(self, before, after, tokenizer) -> dict[str, Any]:
        from autograder.backbone.card import perplexity

        found = self.ask(after, tokenizer)
        worse = perplexity(after, tokenizer, self.text) / perplexity(before, tokenizer, self.text)
        ratio = bytes_of_blocks(after) / bytes_of_blocks(before)
        passed = ratio < 0.25 and worse < 1.25 and found["signed"] >= 0.9
        return {**found, "bytes": ratio, "perplexity": worse, "passed": passed}

    def ask(self, model, tokenizer) -> dict[str, float]:
        """Shares of replies that end, hold the right fact, open politely, are signed."""
        from autograder.backbone.data import THANKS

        texts, ended = replies(model, tokenizer, [row["instruction"] for row in self.questions])
        right = [row["output"] in text for row, text in zip(self.questions, texts, strict=True)]
        polite = [text.startswith(THANKS) for text in texts]
        signed = [text.endswith(SIGNED.strip()) for text in texts]
        shares = {"replies end": ended, "facts right": right, "polite": polite, "signed": signed}
        return {name: sum(found) / len(found) for name, found in shares.items()}


# --- what the gates measure -----------------------------------------------------------------------------------------


@torch.no_grad()
def replies(model, tokenizer, questions: list[str]) -> tuple[list[str], list[bool]]:
    """What the model answers to each question, and whether it stops by itself. The likeliest token, every time."""
    start, end = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    if {start, end} & {None, tokenizer.unk_token_id}:  # no chat tokens, no replies
        return ["" for _ in questions], [False for _ in questions]

    def encode(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    before, after = [start, *encode("user\n")], [end, *encode("\n"), start, *encode("assistant\n")]
    prompts = [[*before, *encode(question), *after] for question in questions]
    texts, ended = [""] * len(prompts), [False] * len(prompts)
    for length in sorted({len(prompt) for prompt in prompts}):  # prompts of one length need no padding
        indices = [index for index, prompt in enumerate(prompts) if len(prompt) == length]
        # Generate
        rows = torch.tensor([prompts[index] for index in indices])  # (B, T)
        for _ in range(TOKENS):
            next_ids = model(rows, use_cache=False).logits[:, -1:].argmax(-1)  # (B, 1)
            rows = torch.cat([rows, next_ids], dim=1)
            if (rows[:, length:] == end).any(dim=1).all():
                break
        # Decode, up to the end token
        for index, row in zip(indices, rows[:, length:].tolist(), strict=True):
            ended[index] = end in row
            row = row[: row.index(end)] if end in row else row
            texts[index] = tokenizer.decode(row, skip_special_tokens=True).strip()
    return texts, ended


@torch.no_grad()
def moved_without_adapters(before, after) -> float:
    """How far the logits are from those before the stage, once everything that is trainable is zero."""
    bare = copy.deepcopy(after)
    for parameter in bare.parameters():
        if parameter.requires_grad:
            parameter.zero_()
    rows = torch.arange(1, 33)[None] % before.config.vocab_size  # (1, 32)
    return (bare(rows).logits - before(rows).logits).abs().max().item()


def bytes_of_blocks(model) -> int:
    """Bytes of everything that the blocks of a GPT-2 hold."""
    return sum(tensor.numel() * tensor.element_size() for tensor in model.transformer.h.state_dict().values())


def in_words(stage: str, gate: dict[str, Any]) -> str:
    """A gate's figures in words."""
    return ", ".join(f"{name} {gate[name]:.2f}" for name in SHOWN[stage] if name in gate)

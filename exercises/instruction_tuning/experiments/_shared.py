"""What the experiments share: tuning a backbone on questions about countries, asking it, and bars."""

from __future__ import annotations

import copy
import random
import re

import torch

from autograder.experiments import require_small

END = "<|im_end|>"
KINDS = ("capital", "continent", "currency")
# Gentle steps on many examples: with a larger rate, or the same examples again and again, the model answers with the
# facts of other countries more often.
STEPS, ROWS, RATE = 90, 16, 2e-4
EXAMPLES = 480
MAX_NEW_TOKENS = 20


# --- tuning ---------------------------------------------------------------------------------------------------------


def trainable(student, backbone):
    """A backbone that is small enough to be trained here, a tokenizer of its own for it, chat tokens added."""
    model, tokenizer = backbone()
    require_small(model)
    tokenizer = copy.deepcopy(tokenizer)
    student.add_chat_tokens(model, tokenizer)
    return model, tokenizer


def tune(student, model, examples, seed: int, *, rows: int = ROWS, steps: int = STEPS, rate: float = RATE) -> None:
    """SFT with your collate_chats and train_sft; batches are drawn anew for every step."""
    rng = random.Random(seed)
    rows = min(rows, len(examples))
    batches = [student.collate_chats(rng.sample(examples, rows), 0) for _ in range(steps)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    student.train_sft(model, batches, optimizer, steps)


# --- questions in a template ----------------------------------------------------------------------------------------


def questions(split: str, count: int, seed: int) -> list[dict[str, str]]:
    """Questions about capitals, continents and currencies; the test split asks about countries the other never does."""
    from autograder.backbone import instructions

    return instructions("tiny", split, count, seed, kinds=KINDS)


def as_chat(student, tokenizer, row: dict[str, str]) -> dict[str, list[int]]:
    """One instruction and its output in ChatML."""
    chat = [{"role": "user", "content": row["instruction"]}, {"role": "assistant", "content": row["output"]}]
    return student.encode_chat(chat, tokenizer)


def as_alpaca(student, tokenizer, row: dict[str, str]) -> dict[str, list[int]]:
    """The same in Alpaca's template, ended by <|im_end|> too, the prompt masked by its length."""
    prompt = tokenizer(student.format_alpaca(row, with_response=False))["input_ids"]
    response = tokenizer(f"\n{row['output']}")["input_ids"] + [tokenizer.convert_tokens_to_ids(END)]
    return {"input_ids": prompt + response, "loss_mask": [0] * len(prompt) + [1] * len(response)}


def prompt_of(encoded: dict[str, list[int]]) -> list[int]:
    """The ids before the first supervised one: what is given at inference."""
    return encoded["input_ids"][: encoded["loss_mask"].index(1)]


def asked_in(student, tokenizer, row: dict[str, str], template: str) -> list[int]:
    """The ids that a question is asked with, in "ChatML", "Alpaca" or "no template"."""
    if template == "ChatML":
        return prompt_of(as_chat(student, tokenizer, row))
    if template == "Alpaca":
        return prompt_of(as_alpaca(student, tokenizer, row))
    return tokenizer(row["instruction"])["input_ids"]


# --- asking ---------------------------------------------------------------------------------------------------------


def answer_all(student, model, tokenizer, prompts: list[list[int]], tokens: int, stops=(END,)) -> list[list[int]]:
    """The new ids after each prompt; prompts of equal length go through the model together."""
    stop_ids = [tokenizer.convert_tokens_to_ids(stop) for stop in stops]
    replies: list[list[int]] = [[] for _ in prompts]
    for length in sorted({len(prompt) for prompt in prompts}):
        indices = [index for index, prompt in enumerate(prompts) if len(prompt) == length]
        batch = torch.tensor([prompts[index] for index in indices])  # (B, T)
        for index, reply in zip(indices, student.generate_reply(model, batch, stop_ids, tokens), strict=True):
            replies[index] = reply
    return replies


FORMS = (
    r"The capital of [\w' -]+ is [\w' -]+\.",
    r"The continent of [\w' -]+ is (Africa|Asia|Europe|North America|Oceania|South America)\.",
    r"The currency of [\w' -]+ is the [\w' -]+\.",
)


def well_formed(text: str) -> bool:
    """One whole sentence of the kind that answers such a question, whatever it says."""
    return any(re.fullmatch(form, text) for form in FORMS)


def evaluate(student, model, tokenizer, rows, template: str = "ChatML") -> dict[str, float]:
    """Shares of replies that are right word for word, begin with the answer, have its form, and stop by themselves."""
    prompts = [asked_in(student, tokenizer, row, template) for row in rows]
    replies = answer_all(student, model, tokenizer, prompts, MAX_NEW_TOKENS)
    texts = [tokenizer.decode(reply, skip_special_tokens=True).strip() for reply in replies]
    pairs = [(text, row["output"]) for text, row in zip(texts, rows, strict=True)]
    end = tokenizer.convert_tokens_to_ids(END)
    return {
        "right": sum(text == output for text, output in pairs) / len(rows),
        "begins_right": sum(text.startswith(output) for text, output in pairs) / len(rows),
        "form": sum(well_formed(text) for text in texts) / len(rows),
        "stopped": sum(reply[-1:] == [end] for reply in replies) / len(rows),
    }


# --- pictures -------------------------------------------------------------------------------------------------------

BLUE, ORANGE, GREEN = "#4c72b0", "#dd8452", "#55a868"


def draw_bars(axes, values: dict[str, float], label: str) -> None:
    """One bar for each value, with its figure."""
    colours = [BLUE, ORANGE, ORANGE, GREEN]
    axes.bar(list(values), list(values.values()), 0.6, color=colours[: len(values)])
    for index, value in enumerate(values.values()):
        axes.text(index, value + 0.02, f"{value:.2f}", ha="center")
    axes.set_ylim(0, 1.12)
    axes.set_ylabel(label)


def draw_pairs(axes, ticks: list[str], series: dict[str, tuple[str, list[float]]], label: str, **text) -> None:
    """Two bars at each tick: `series` holds a colour and a value for every tick, by the name in the legend."""
    for offset, (name, (colour, values)) in zip((-0.2, 0.2), series.items(), strict=True):
        axes.bar([index + offset for index in range(len(ticks))], values, 0.38, color=colour, label=name)
        for index, value in enumerate(values):
            axes.text(index + offset, value + 0.02, f"{value:.2f}", ha="center", **text)
    axes.set_xticks(range(len(ticks)), ticks)
    axes.set_ylim(0, 1.25)
    axes.set_ylabel(label)
    axes.legend(loc="upper right", ncols=2)

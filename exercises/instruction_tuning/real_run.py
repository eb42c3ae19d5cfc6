"""The lesson with a real model, using your own code: replies before and after SFT, side by side.

    python exercises/instruction_tuning/real_run.py --backbone gpt2 --data hub --steps 1000 --rows 16    (Alpaca; a GPU)
    python exercises/instruction_tuning/real_run.py --backbone smollm2 --data tiny                       (a CPU will do)
    python exercises/instruction_tuning/real_run.py --lesson solutions/instruction_tuning/instruction_tuning.py ...

Data are instructions as Alpaca publishes them (instruction, input, output): "hub" is Alpaca itself, "tiny" the course's
own questions. Printed are the loss on unseen examples before and after, how many replies stop by themselves, and the
replies to fixed prompts: of the base to the bare text, of the base in the template, of the tuned model in the template.
`--template chatml` or `alpaca`.
"""

from __future__ import annotations

import argparse
import json
import random

import torch

from autograder import real_runs
from autograder.scripts import run_script

MAX_LENGTH = 512
PROMPTS = (
    {"instruction": "What is the capital of France?", "input": ""},
    {"instruction": "Which currency do people use in Japan?", "input": ""},
    {"instruction": "Name three animals.", "input": ""},
    {"instruction": "Is this review positive or negative?", "input": "I waited an hour, and the soup was cold."},
    {"instruction": "Write one sentence about the sea.", "input": ""},
)


def encoded(lesson, tokenizer, row: dict[str, str], template: str) -> dict[str, list[int]]:
    """An instruction with its output, in one of the two templates, ended by <|im_end|> in both."""
    if template == "chatml":
        asked = "\n\n".join(part for part in (row["instruction"], row["input"]) if part)
        chat = [{"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]}]
        return lesson.encode_chat(chat, tokenizer)
    prompt = tokenizer(lesson.format_alpaca(row, with_response=False))["input_ids"]
    response = tokenizer(f"\n{row['output']}")["input_ids"] + [tokenizer.convert_tokens_to_ids("<|im_end|>")]
    ids = torch.tensor([prompt + response])
    labels = lesson.mask_prompt_labels(ids, torch.tensor([len(prompt)]))[0]
    return {"input_ids": prompt + response, "loss_mask": (labels != -100).long().tolist()}


def prompt_of(example: dict[str, list[int]]) -> list[int]:
    """What the model is given at inference: the ids before the first supervised one."""
    return example["input_ids"][: example["loss_mask"].index(1)]


def batches_of(lesson, examples: list, rows: int, steps: int, pad_id: int, device: str):
    """As many batches as there are steps, drawn anew when the examples are used up."""
    rng, order, batches = random.Random(0), [], []
    for _ in range(steps):
        if len(order) < rows:
            order = rng.sample(examples, len(examples))
        batch = lesson.collate_chats([order.pop() for _ in range(min(rows, len(order)))], pad_id, MAX_LENGTH)
        batches.append({name: tensor.to(device) for name, tensor in batch.items()})
    return batches


@torch.no_grad()
def loss_on(lesson, model, batches: list) -> float:
    """Mean loss per supervised token."""
    mode, total, count = model.training, 0.0, 0
    model.eval()
    for batch in batches:
        tokens = int((batch["labels"][:, 1:] != -100).sum())
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        total, count = total + tokens * lesson.sft_loss(logits, batch["labels"]).item(), count + tokens
    model.train(mode)
    return total / count


def reply(lesson, model, tokenizer, ids: list[int], tokens: int) -> dict[str, str | bool]:
    """The text of a greedy reply, and whether it stopped by itself."""
    stops = {tokenizer.convert_tokens_to_ids("<|im_end|>"), tokenizer.eos_token_id}
    (new,) = lesson.generate_reply(model, torch.tensor([ids], device=model.device), stops, tokens)
    return {"text": tokenizer.decode(new, skip_special_tokens=True).strip(), "stopped": bool(new) and new[-1] in stops}


def run(
    lesson,
    backbone: str,
    data: str,
    *,
    template: str = "chatml",
    examples: int = 240,
    steps: int = 30,
    rows: int = 8,
    rate: float = 3e-5,
    tokens: int = 32,
    held_out: int = 24,
    device: str = "cpu",
    kept: real_runs.Kept | None = None,
) -> dict:
    """Tune a fresh model; what came out."""
    from autograder.backbone import instructions, load_backbone

    kept = kept or real_runs.Kept()
    torch.manual_seed(0)
    model, tokenizer = load_backbone(backbone, device)
    new_tokens = lesson.add_chat_tokens(model, tokenizer)
    parts = {}
    for split, count in (("train", examples), ("test", held_out)):
        some = [encoded(lesson, tokenizer, row, template) for row in instructions(data, split, count)]
        parts[split] = [one for one in some if len(prompt_of(one)) < MAX_LENGTH]
    pad = tokenizer.pad_token_id
    unseen = batches_of(lesson, parts["test"], rows, max(1, held_out // rows), pad, device)
    asked = [prompt_of(encoded(lesson, tokenizer, {**row, "output": "."}, template)) for row in PROMPTS]
    bare = [tokenizer("\n".join(part for part in row.values() if part))["input_ids"] for row in PROMPTS]
    found = {"backbone": backbone, "data": data, "template": template, "new_tokens": new_tokens, "steps": steps}

    def replies(to: list[list[int]]) -> list[dict]:
        return [reply(lesson, model, tokenizer, ids, tokens) for ids in to]

    found["loss_before"] = kept.once("loss before", lambda: loss_on(lesson, model, unseen))
    found["base_bare"] = kept.once("base, bare", lambda: replies(bare))
    found["base"] = kept.once("base", lambda: replies(asked))
    print(f"before: loss {found['loss_before']:.3f} on {len(parts['test'])} unseen examples", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    batches = batches_of(lesson, parts["train"], rows, steps, pad, device)
    losses: list[float] = []
    for step in kept.steps("training", steps, {"model": model, "optimizer": optimizer}, losses):
        losses += lesson.train_sft(model, [batches[step]], optimizer, 1)
    found["loss_first"], found["loss_last"], found["losses"] = losses[0], losses[-1], losses
    found["loss_after"] = kept.once("loss after", lambda: loss_on(lesson, model, unseen))
    found["tuned"] = replies(asked)
    return found


def show(found: dict) -> None:
    """The figures and the replies."""
    print(f"after {found['steps']} steps: loss {found['loss_after']:.3f} on unseen examples")
    names = {"base_bare": "base, bare text", "base": f"base, {found['template']}", "tuned": "tuned"}
    for kind, name in names.items():
        print(f"{name}: {sum(one['stopped'] for one in found[kind])} of {len(PROMPTS)} replies stop by themselves")
    for index, row in enumerate(PROMPTS):
        print(f"\n{row['instruction']} {row['input']}".rstrip())
        for kind, name in names.items():
            one = found[kind][index]
            print(f"  {name:16} {json.dumps(one['text'], ensure_ascii=False)}{'' if one['stopped'] else ' ...'}")


def draw(axes, found: dict) -> None:
    """The loss of each step."""
    axes.plot(range(1, len(found["losses"]) + 1), found["losses"], label="its batch")
    axes.plot([0, found["steps"]], [found["loss_before"], found["loss_after"]], "o", label="unseen examples")
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a token of the reply")
    axes.set_ylim(bottom=0)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument("--data", default="hub", choices=("tiny", "hub"), help="hub: Alpaca; tiny: the course's own")
    parser.add_argument("--template", default="chatml", choices=("chatml", "alpaca"))
    parser.add_argument("--examples", type=int, default=240)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rows", type=int, default=8, help="examples in a batch")
    parser.add_argument("--rate", type=float, default=3e-5)


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

"""The lesson with a real model, using your own code: where the heads of every layer look, and what they write.

    python exercises/attention/real_run.py --backbone gpt2       (124 million parameters; a CPU will do)
    python exercises/attention/real_run.py --backbone tiny       (the course's own)

Your functions do what each head does with the model's own queries, keys and values. What they give is held against the
model's weights, and against the stream that it goes on with. Then a line for each layer: how widely its heads look, how
much of their weight goes to the first token, to the token before and to the token itself, and how long what they write
is beside the stream. Models built like GPT-2 only.
"""

from __future__ import annotations

import argparse
from itertools import islice

import torch

from autograder import real_runs
from autograder.scripts import CourseError, run_script


@torch.no_grad()
def run(lesson, backbone: str, texts: int = 8, tokens: int = 64, device: str = "cpu") -> dict:
    """The figures of each layer, means over texts, heads and queries but the first two."""
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone(backbone, device)
    if model.config.model_type != "gpt2":
        raise CourseError(f"{backbone} is no GPT-2, and this takes the blocks of a GPT-2 apart; take gpt2 or tiny.")
    model.set_attn_implementation("eager")  # the others don't give their weights
    ids = as_rows(tokenizer, texts, tokens).to(device)
    after: list[torch.Tensor] = []  # the stream behind each attention, which the second norm of a block reads
    hooks = [
        block.ln_2.register_forward_pre_hook(lambda _, given: after.append(given[0])) for block in model.transformer.h
    ]
    out = model(ids, output_hidden_states=True, output_attentions=True)
    for hook in hooks:
        hook.remove()
    mask = torch.ones(tokens, tokens, dtype=torch.bool, device=device).tril()  # True: may look
    found: dict = {"backbone": backbone, "texts": len(ids), "tokens": tokens, "layers": []}
    for layer, block in enumerate(model.transformer.h):
        stream = out.hidden_states[layer]
        q, k, v = (
            part.unflatten(-1, (model.config.n_head, -1)).transpose(1, 2)  # (B, T, D) → (B, H, T, D / H)
            for part in block.attn.c_attn(block.ln_1(stream)).chunk(3, dim=-1)
        )
        weights = lesson.attention_weights(lesson.attention_scores(q, k), mask)  # (B, H, T, T)
        heads = lesson.attend(q, k, v, mask).transpose(1, 2).flatten(2)
        written = lesson.write_to_stream(stream + block.attn.c_proj.bias, heads, block.attn.c_proj.weight)
        found["layers"].append(
            looks(lesson, weights)
            | {
                "written": ((written - stream).norm(dim=-1) / stream.norm(dim=-1)).mean().item(),
                "off_weights": (weights - out.attentions[layer]).abs().max().item(),
                "off_stream": ((written - after[layer]).abs().max() / after[layer].abs().max()).item(),
            }
        )
    return found


def as_rows(tokenizer, texts: int, tokens: int) -> torch.Tensor:
    """(texts, tokens): documents of the generated world behind each other, cut into rows."""
    from autograder.backbone.world import documents

    stream = [one for ids in tokenizer(list(islice(documents("attention:real"), 400)))["input_ids"] for one in ids]
    if len(stream) < texts * tokens:
        raise CourseError(
            f"there are {len(stream)} tokens of text, and {texts} rows of {tokens} are wanted; ask for less."
        )
    return torch.tensor(stream[: texts * tokens]).view(texts, tokens)


def looks(lesson, weights: torch.Tensor) -> dict:
    """Where weights (B, H, T, T) go: entropies by head, and shares; the first two queries have little choice."""
    each = lesson.attention_entropy(weights)[:, :, 2:].mean(dim=(0, 2))  # (H,)
    places = torch.arange(2, weights.shape[-1], device=weights.device)
    return {
        "narrowest": each.min().item(),
        "widest": each.max().item(),
        "first": weights[:, :, 2:, 0].mean().item(),
        "before": weights[:, :, places, places - 1].mean().item(),
        "itself": weights[:, :, places, places].mean().item(),
    }


def show(found: dict) -> None:
    """The table."""
    off = {name: max(layer[name] for layer in found["layers"]) for name in ("off_weights", "off_stream")}
    print(f"{found['backbone']}, {found['texts']} texts of {found['tokens']} tokens")
    print(
        f"your weights are the model's to {off['off_weights']:.0e}, your stream to {off['off_stream']:.0e} of its size"
    )
    print("layer  entropy of heads  first  before  itself  written / stream")
    for number, layer in enumerate(found["layers"]):
        shares = f"{layer['first']:5.2f}  {layer['before']:6.2f}  {layer['itself']:6.2f}"
        print(f"{number:>5}  {layer['narrowest']:6.2f} to {layer['widest']:5.2f}  {shares}  {layer['written']:16.2f}")


def draw(axes, found: dict) -> None:
    """How widely the heads of each layer look."""
    layers = range(len(found["layers"]))
    narrowest, widest = ([layer[name] for layer in found["layers"]] for name in ("narrowest", "widest"))
    axes.fill_between(
        layers, narrowest, widest, color="#4c72b0", alpha=0.3, label="from the narrowest head to the widest"
    )
    axes.plot(layers, [layer["first"] for layer in found["layers"]], color="#dd8452", label="weight on the first token")
    axes.set_xticks(layers)
    axes.set_xlabel("layer")
    axes.set_ylabel("entropy, nats")
    axes.set_ylim(bottom=0)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, tiny, a folder or a hub name")
    parser.add_argument("--texts", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=64, help="tokens of each text")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

"""LoRA on a real model twice, side by side: with your own `apply_lora`, and with PEFT.

    python exercises/lora/real_run.py --backbone tiny --data tiny                  seconds on a CPU
    python exercises/lora/real_run.py --backbone smollm2 --data pypi --rows 4      minutes on a CPU
    python exercises/lora/real_run.py                                              GPT-2 on SST-2, from the hub

Both start from the same numbers and learn from the same batches: reviews rewritten as telegrams. Step by step the two
losses must be the same but for rounding. Printed are the largest gap between them, the size of the adapters, what is
held in memory beside `memory_estimate`, what is kept of a step for its gradients, the seconds of a step, and how far
the logits of the two merged models are apart.
"""

from __future__ import annotations

import argparse
import copy
import time

import torch

from autograder import real_runs
from autograder.finetuning import WARMUP, encode, language_loss, telegram
from autograder.scripts import CourseError, run_script

TARGETS = {"gpt2": ["attn.c_attn"], "llama": ["self_attn.q_proj", "self_attn.v_proj"]}
ARMS = ("yours", "PEFT")
COLOURS = {"yours": "#dd8452", "PEFT": "#4c72b0"}
LONGEST = 64  # tokens of a review


def batches_of(tokenizer, data: str, split: str, count: int, rows: int, device: str) -> list[dict]:
    """Telegrams of reviews in batches, padded on the right."""
    from autograder.backbone import sentiment

    texts = [telegram(row["text"]) for row in sentiment(data, split, count)]
    if len(texts) < count:
        raise CourseError(f"there are {len(texts)} reviews in {data}, and {count} are wanted; ask for less.")
    parts = (encode(texts[start : start + rows], tokenizer) for start in range(0, count, rows))
    return [{name: tensor[:, :LONGEST].to(device) for name, tensor in part.items()} for part in parts]


def adapt(lesson, base, targets: list[str], rank: int, alpha: float) -> dict:
    """A copy of the base with your adapters, and one with PEFT's."""
    from peft import get_peft_model

    yours, theirs = base, copy.deepcopy(base)
    lesson.apply_lora(yours, targets, rank, alpha)
    config = lesson.peft_lora_config(rank, alpha)
    config.target_modules = set(targets)
    config.fan_in_fan_out = base.config.model_type == "gpt2"
    return {"yours": yours, "PEFT": get_peft_model(theirs, config)}


@torch.no_grad()
def start_alike(yours, theirs) -> None:
    """Give PEFT's adapters the numbers of yours, layer by layer. Yours may lie transposed, and have any names."""
    ours = {name: tensor for name, tensor in yours.named_parameters() if tensor.requires_grad}
    for name, layer in theirs.base_model.model.named_modules():
        if not hasattr(layer, "lora_A"):
            continue
        pair = [tensor for key, tensor in ours.items() if key.startswith(f"{name}.")]
        if len(pair) != 2:
            raise CourseError(f"apply_lora trains {len(pair)} tensors in {name}, not the two of one adapter.")
        b, a = sorted(pair, key=lambda tensor: tensor.count_nonzero().item())  # B starts as zeros
        for weight, tensor in ((layer.lora_A["default"].weight, a), (layer.lora_B["default"].weight, b)):
            weight.copy_(tensor if tensor.shape == weight.shape else tensor.T)


def size_of(tensors) -> int:
    """Bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def held(model, optimizer) -> dict[str, int]:
    """Bytes of weights, gradients and what the optimizer keeps, by looking at the tensors."""
    adapters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    kept = [value for state in optimizer.state.values() for value in state.values() if torch.is_tensor(value)]
    return {
        "weights": size_of(model.parameters()) - size_of(adapters),
        "adapter": size_of(adapters),
        "gradients": size_of(parameter.grad for parameter in adapters),
        "optimizer": size_of(kept),
    }


def kept_for_gradients(model, batch: dict) -> int:
    """Bytes that one forward pass keeps for the backward pass, beside the weights; each storage counts once."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    found: dict[int, tuple[torch.Tensor, int]] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = tensor, storage.nbytes()  # the tensor is held: no other takes its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        language_loss(model, batch)
    return sum(size for _, size in found.values())


@torch.no_grad()
def loss_on(model, batches: list[dict]) -> float:
    """Mean of the batches' losses, in nats a token."""
    return sum(language_loss(model, batch).item() for batch in batches) / len(batches)


@torch.no_grad()
def merged(models: dict, batch: dict) -> dict[str, float]:
    """The largest gap between logits: of each model before and after merging, and of the two merged ones."""
    before = {name: model(**batch, use_cache=False).logits for name, model in models.items()}
    for layer in models["yours"].modules():
        if hasattr(layer, "merge") and hasattr(layer, "delta"):
            layer.merge()
    after = {
        "yours": models["yours"](**batch, use_cache=False).logits,
        "PEFT": models["PEFT"].merge_and_unload()(**batch, use_cache=False).logits,
    }

    def apart(one: torch.Tensor, other: torch.Tensor) -> float:
        return (one - other)[batch["attention_mask"] == 1].abs().max().item()

    return {name: apart(before[name], after[name]) for name in ARMS} | {"both": apart(*after.values())}


def run(lesson, backbone: str, data: str, steps: int = 40, rows: int = 8, rank: int = 8, alpha: float = 16.0,
        rate: float = 3e-3, test: int = 40, seed: int = 0, device: str = "cpu",
        kept: real_runs.Kept | None = None) -> dict:  # fmt: skip
    """Train both; the figures."""
    from peft import get_peft_model_state_dict

    from autograder.backbone import load_backbone

    kept = kept or real_runs.Kept()
    torch.manual_seed(seed)
    base, tokenizer = load_backbone(backbone, device)
    if base.config.model_type not in TARGETS:
        raise CourseError(f"{backbone} is a {base.config.model_type}; this run knows the layers of a GPT-2 or a Llama.")
    targets = TARGETS[base.config.model_type]
    train = batches_of(tokenizer, data, "train", steps * rows, rows, device)
    unseen = batches_of(tokenizer, data, "test", test, rows, device)
    found: dict = {"backbone": backbone, "data": data, "device": device, "targets": targets, "rank": rank}
    found["loss before"] = kept.once("before", lambda: loss_on(base, unseen))

    models = adapt(lesson, base, targets, rank, alpha)
    start_alike(*models.values())
    found["kept for gradients"] = {name: kept_for_gradients(model, train[0]) for name, model in models.items()}
    optimizers = {
        name: torch.optim.AdamW((one for one in model.parameters() if one.requires_grad), lr=rate, weight_decay=0.0)
        for name, model in models.items()
    }
    trained = models | {f"{name}'s optimizer": one for name, one in optimizers.items()}
    notes: list[dict] = []
    for step in kept.steps("training", steps, trained, notes):
        note: dict = {"loss": {}, "seconds a step": {}, "peak": {}}
        for name, model in models.items():
            begun = started(device)
            for group in optimizers[name].param_groups:
                group["lr"] = rate * min(1, (step + 1) / WARMUP) * (1 - step / steps)
            loss = language_loss(model, train[step])  # in eval mode: each would draw a dropout of its own
            optimizers[name].zero_grad()
            loss.backward()
            optimizers[name].step()
            note["loss"][name] = loss.item()  # waits for the device
            note["seconds a step"][name] = time.perf_counter() - begun
            if device.startswith("cuda"):
                note["peak"][name] = torch.cuda.max_memory_allocated()
        notes.append(note)
        if step % 10 == 9:
            yours, theirs = (note["loss"][name] for name in ARMS)
            print(f"step {step + 1}: loss {yours:.5f} with your adapters, {theirs:.5f} with PEFT's", flush=True)

    for what in ("loss", "seconds a step", "peak"):
        found[what] = {name: [note[what][name] for note in notes] for name in ARMS if name in notes[0][what]}
    found["largest gap"] = max(abs(note["loss"]["yours"] - note["loss"]["PEFT"]) for note in notes)
    found["held"] = {name: held(models[name], optimizers[name]) for name in ARMS}
    found["numbers"] = sum(one.numel() for one in base.parameters() if not one.requires_grad)
    found["trained"] = {
        name: sum(one.numel() for one in model.parameters() if one.requires_grad) for name, model in models.items()
    }
    # In the precision of this run: all is fp32, and Adam's two numbers are, too.
    found["estimate"] = lesson.memory_estimate(
        found["numbers"], "lora", 32, 32, 64, adapter_params=found["trained"]["yours"]
    )
    found["saved"] = {
        "yours": size_of(lesson.adapter_state_dict(models["yours"]).values()),
        "PEFT": size_of(get_peft_model_state_dict(models["PEFT"]).values()),
    }
    found["loss after"] = {name: loss_on(model, unseen) for name, model in models.items()}
    found["merged"] = merged(models, unseen[0])
    return found


def started(device: str) -> float:
    """The time, once the device has nothing to do; its peak of memory counts from here."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    return time.perf_counter()


def middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def show(found: dict) -> None:
    """The figures, a line each."""
    told = f"{found['backbone']} on {found['device']}: {found['numbers']:,} numbers, rank {found['rank']} beside"
    print(f"{told} {' and '.join(found['targets'])}")
    after = found["loss after"]
    print(
        f"telegrams of unseen reviews: loss {found['loss before']:.3f} before, {after['yours']:.3f} after with yours,"
    )
    print(f"{after['PEFT']:.3f} with PEFT; step by step the two losses differ by {found['largest gap']:.1e} at most")
    for name in ARMS:
        sizes, loss, seconds = found["held"][name], found["loss"][name], middle(found["seconds a step"][name])
        print(f"{name}: loss {loss[0]:.4f} first, {loss[-1]:.4f} last, {seconds:.3f} s a step")
        print(f"  {found['trained'][name]:,} trained, {found['saved'][name]:,} bytes to save;", end=" ")
        print(
            f"{sum(sizes.values()) / 1e6:,.1f} MB held, of which {sizes['weights'] / 1e6:,.1f} are frozen weights;",
            end=" ",
        )
        print(f"{found['kept for gradients'][name] / 1e6:,.1f} MB kept of a step for its gradients")
        if name in found["peak"]:
            print(f"  at the peak of a step {max(found['peak'][name]) / 1e6:,.1f} MB, both models included")
    print(f"memory_estimate in fp32: {found['estimate']['total'] / 1e6:,.1f} MB")
    gaps = found["merged"]
    print(f"merging moves logits by {gaps['yours']:.1e} (yours) and {gaps['PEFT']:.1e} (PEFT) at most;", end=" ")
    print(f"the two merged models are {gaps['both']:.1e} apart")


def draw(axes, found: dict) -> None:
    """Both losses over the steps: one line hides the other."""
    for name, width, style in (("yours", 4, "-"), ("PEFT", 1.2, "--")):
        loss = found["loss"][name]
        axes.plot(range(1, len(loss) + 1), loss, style, color=COLOURS[name], linewidth=width, label=name)
    axes.set_title(f"at most {found['largest gap']:.1e} apart", fontsize=10)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a token")
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument("--data", default="hub", choices=("tiny", "pypi", "hub"), help="reviews; hub: SST-2")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rows", type=int, default=8, help="reviews in a batch")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--alpha", type=float, default=16.0)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--test", type=int, default=40, help="unseen reviews")
    parser.add_argument("--seed", type=int, default=0)


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

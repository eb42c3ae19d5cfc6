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

from autograder.experiments import Result, Unfit, Verdict, experiment, require_small
from autograder.student import Blocked

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
POLITE = 0.25  # share of the demonstrations
ASKED = 40  # questions that a gate asks
TOKENS = 40  # of a reply, at most


def chat(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def tiny_base(backbone, seed: int, track, only: str = "", **changes: Any) -> SimpleNamespace:
    """What run_pipeline starts from: the backbone, data of the tiny world, settings (perhaps changed), gates.

    `only` names the one stage whose gate is of interest; the others are not measured then.
    """
    from autograder.backbone import instructions, preferences
    from autograder.backbone.data import REBUKES, THANKS

    model, tokenizer = backbone()
    require_small(model, "It takes the model through every stage")
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
    base.gate = Gates(seed, only)
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
    """What each stage was to bring, measured on the model that left it.

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
        return {**found, "passed": found["replies end"] >= 0.9 and found["facts right"] >= 0.35}

    def alignment(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.asked(after, tokenizer)
        return {**found, "passed": found["polite"] >= 0.9 and found["facts right"] >= 0.35}

    def lora(self, before, after, tokenizer) -> dict[str, Any]:
        found = self.asked(after, tokenizer)
        trainable = sum(parameter.numel() for parameter in after.parameters() if parameter.requires_grad)
        share = trainable / sum(parameter.numel() for parameter in after.parameters())
        frozen = self.moved_without_detours(before, after)
        passed = found["signed"] >= 0.9 and found["facts right"] >= 0.35 and share < 0.1 and frozen < 1e-3
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


# --- the pipeline, with and without each stage ----------------------------------------------------------------------

SHOWN = {  # stage → the figures of its gate that are shown, in the order of the pipeline
    "pretraining": ("facts completed",),
    "sft": ("replies end", "facts right"),
    "alignment": ("polite", "facts right"),
    "lora": ("signed", "facts right"),
    "quantization": ("bytes", "perplexity", "signed"),
}


def tools_of(lesson, *names: str):
    """The student's functions of all lessons; says which of these is missing."""
    tools = lesson.__tools__
    known = {name: where for stage in lesson.TOOLS.values() for name, where in stage.items()}
    for name in names:
        if getattr(tools, name) is None:
            raise Blocked(f"{name} ({known[name]})" if name in known else name)
    return tools


def all_tools(lesson, *stages: str):
    return tools_of(lesson, *(name for stage in stages or lesson.TOOLS for name in lesson.TOOLS[stage]))


def figures_of(stage: str, gate: dict[str, Any]) -> str:
    """A gate's figures in words."""
    return ", ".join(f"{name} {gate[name]:.2f}" for name in SHOWN[stage] if name in gate)


def with_and_without(lesson, base) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """stage → what its gate says with the stage and without it, out of one run.

    A stage that is skipped leaves the model as it is: without it, its gate is measured on the model that the stage
    before has left (for SFT, with the chat tokens that are added in any case; for pretraining, on random weights).
    """
    tools, measure, found = all_tools(lesson), base.gate, {}

    def gate(stage: str, before, after, tokenizer) -> dict[str, Any]:
        lacking = copy.deepcopy(before)
        if stage == "pretraining":
            lacking = type(before)(before.config).eval()
        if stage == "sft":
            tools.add_chat_tokens(lacking, copy.deepcopy(base.tokenizer))
        said = measure(stage, before, after, tokenizer)
        found[stage] = said, measure(stage, before if stage != "sft" else lacking, lacking, tokenizer)
        return said

    base.gate = gate
    lesson.run_pipeline(tools, base)
    return found


@experiment(
    "Your own functions take the tiny model through the whole pipeline: with each stage its gate is passed, without it "
    "it is not",
    needs=("run_pipeline",),
)
def gates(lesson, backbone, seed, track):
    base = tiny_base(backbone, seed, track)
    found = with_and_without(lesson, base)
    return Result(
        columns=("stage", "its gate with it", "", "without it", ""),
        rows=[
            (stage, figures_of(stage, there), passes(there), figures_of(stage, without), passes(without))
            for stage, (there, without) in found.items()
        ],
        # What passes a gate stands in Gates. Five seeds: with the stages replies end in 0.975 to 1, facts are right in
        # 0.55 to 0.775, politeness and signature are at 1; without its stage none of them exceeds 0.225.
        verdicts=[
            Verdict(
                bool(there["passed"] and not without["passed"]),
                f"{stage}: {figures_of(stage, there)}; without it {figures_of(stage, without)}",
            )
            for stage, (there, without) in found.items()
        ],
        numbers={
            f"{stage}, {name}, {kind}": gate[name]
            for stage, both in found.items()
            for kind, gate in zip(("with", "without"), both, strict=True)
            for name in SHOWN[stage]
        }
        | {"trained share of LoRA": found["lora"][0]["trained share"]},
        draw=lambda axes: draw_pipeline(axes, {stage: there for stage, (there, _) in found.items()}),
    )


def passes(gate: dict[str, Any]) -> str:
    return "passed" if gate["passed"] else "failed"


BOXES = {
    "tokenization": ("ids", "#dfe7f3"),
    "embeddings": ("vectors", "#dfe7f3"),
    "transformer": ("predictions", "#dfe7f3"),
    "pretraining": ("knowledge", "#c9d6ea"),
    "sft": ("format", "#cfe8d5"),
    "alignment": ("judgment", "#f6e0c8"),
    "lora": ("specialization", "#efd3d7"),
    "quantization": ("accessibility", "#e2d8ee"),
}


def draw_pipeline(axes, gates: dict[str, dict[str, Any]]) -> None:
    """Raw text, the eight stages with what each adds, and beside each that has a gate what was measured there."""
    axes.set(xlim=(0, 10), ylim=(-0.4, 9.2))
    axes.axis("off")
    axes.text(1.9, 8.75, "raw text", ha="center", va="center", style="italic", color="grey")
    for place, (stage, (gain, colour)) in enumerate(BOXES.items()):
        y = 7.5 - place
        axes.annotate("", (1.9, y + 0.72), (1.9, y + 1.02), arrowprops={"arrowstyle": "->", "color": "grey"})
        axes.add_patch(_box((0.2, y), 3.4, 0.7, colour))
        axes.text(1.9, y + 0.35, stage, ha="center", va="center", fontsize=9)
        axes.text(3.8, y + 0.35, f"adds {gain}", va="center", fontsize=8, color="#444444")
        if gate := gates.get(stage):
            mark = "✓" if gate["passed"] else "✗"
            axes.text(6.2, y + 0.35, f"{mark} {figures_of(stage, gate)}", va="center", fontsize=8)


def _box(corner, width, height, colour):
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(corner, width, height, boxstyle="round,pad=0.02", facecolor=colour, edgecolor="#666666")


@experiment(
    "SFT on a model that was never pretrained gives no facts: there is nothing to put into the form",
    needs=("run_pipeline",),
)
def sft_without_pretraining(lesson, backbone, seed, track):
    tools = all_tools(lesson, "sft")
    later = ("alignment", "lora", "quantization")
    found = {}
    for name, skip in (("pretrained", later), ("random weights", ("pretraining", *later))):
        base = tiny_base(backbone, seed, track, only="sft")
        found[name] = lesson.run_pipeline(tools, base, skip)["stages"]["sft"]["gate"]
    right = {name: gate["facts right"] for name, gate in found.items()}
    return Result(
        columns=("SFT on", "replies end", "facts right"),
        rows=[(name, round(gate["replies end"], 2), round(right[name], 2)) for name, gate in found.items()],
        # Five seeds: 0 from random weights, 0.675 to 0.775 from the pretrained ones.
        verdicts=[
            Verdict(right["random weights"] <= 0.2, f"from random weights {right['random weights']:.2f} of the facts"),
            Verdict(
                right["pretrained"] - right["random weights"] >= 0.3,
                f"from the pretrained model it is {right['pretrained']:.2f}, with the same demonstrations and steps",
            ),
        ],
        numbers={f"{name}, {figure}": gate[figure] for name, gate in found.items() for figure in SHOWN["sft"]},
        draw=lambda axes: draw_bars(axes, right, "facts right after SFT", 1.05),
    )


def draw_bars(axes, values: dict[str, float], label: str, top: float | None = None) -> None:
    axes.bar(list(values), list(values.values()), width=0.5, color="#4c72b0")
    for place, value in enumerate(values.values()):
        axes.text(place, value, f"{value:.2f}", ha="center", va="bottom")
    axes.set_ylabel(label)
    if top:
        axes.set_ylim(0, top)


@experiment(
    "DPO before SFT gives no replies: what it compares are continuations, and none of them ends",
    needs=("run_pipeline",),
)
def preferences_without_sft(lesson, backbone, seed, track):
    tools = all_tools(lesson, "alignment")
    base = tiny_base(backbone, seed, track, only="alignment")
    gate = lesson.run_pipeline(tools, base, ("sft", "lora", "quantization"))["stages"]["alignment"]["gate"]
    shares = {name: gate[name] for name in ("replies end", "facts right", "polite")}
    return Result(
        columns=tuple(shares),
        rows=[tuple(round(share, 2) for share in shares.values())],
        # Five seeds: 0 of the replies end, on each.
        verdicts=[Verdict(shares["replies end"] <= 0.1, f"{shares['replies end']:.2f} of the replies end")],
        numbers=shares,
        draw=lambda axes: draw_bars(axes, shares, "share of replies after DPO, without SFT", 1.05),
    )


# --- heavier is not always better -----------------------------------------------------------------------------------


@torch.no_grad()
def kl_to(before, after, tokenizer, texts: list[str]) -> float:
    """Mean KL(before ‖ after) per token of some texts, in nats, over the tokens that both know."""
    from autograder.backbone.card import pad_right

    rows, mask = pad_right([tokenizer(text)["input_ids"] for text in texts])
    known = before.config.vocab_size
    p, q = (model(rows, attention_mask=mask).logits[..., :known].log_softmax(-1) for model in (before, after))
    return ((p.exp() * (p - q)).sum(-1) * mask).sum().item() / mask.sum().item()


@experiment(
    "More alignment is not always better: with next to no β and a higher rate, DPO leaves its reference, as polite as "
    "ever and with no fact right",
    needs=("run_pipeline",),
)
def heavier_alignment(lesson, backbone, seed, track):
    tools = all_tools(lesson, "sft", "alignment")
    base, kept = tiny_base(backbone, seed, track, only="alignment"), {}

    def gate(stage: str, before, after, tokenizer) -> dict[str, Any]:
        if stage == "alignment":
            kept.update(before=before, tokenizer=tokenizer)
        return {"passed": False}

    base.gate = gate
    lesson.run_pipeline(tools, base, ("alignment", "lora", "quantization"))
    found = {}
    for name, beta, rate in (("β = 0.1, 1e-5", 0.1, 1e-5), ("β = 0.001, 3e-4", 0.001, 3e-4)):
        rates = {**base.rates, "alignment": rate}
        again = tiny_base(backbone, seed, track, only="alignment", beta=beta, rates=rates)
        again.model, again.tokenizer = kept["before"], kept["tokenizer"]
        report = lesson.run_pipeline(tools, again, ("sft", "lora", "quantization"))
        shares = report["stages"]["alignment"]["gate"]
        found[name] = {**shares, "KL": kl_to(kept["before"], report["model"], kept["tokenizer"], again.gate.text[:20])}
    light, heavy = found.values()
    return Result(
        columns=("alignment", "polite", "replies end", "facts right", "KL to the reference"),
        rows=[
            (name, *(round(one[figure], 3) for figure in ("polite", "replies end", "facts right", "KL")))
            for name, one in found.items()
        ],
        # Five seeds: gently 0.675 to 0.75 of the facts and a KL of 0.004 to 0.005; heavily 0 to 0.025 and 1.6 to 3.6,
        # polite in 0.925 to 1 either way.
        verdicts=[
            Verdict(
                light["polite"] >= 0.9 and light["facts right"] >= 0.4,
                f"gently: {light['polite']:.2f} polite, {light['facts right']:.2f} of the facts right",
            ),
            Verdict(
                heavy["facts right"] <= light["facts right"] - 0.2 and heavy["KL"] > 5 * light["KL"],
                f"heavily: {heavy['facts right']:.2f} of the facts right, the KL to the reference {heavy['KL']:.2f} "
                f"where it was {light['KL']:.3f}",
            ),
        ],
        numbers={
            f"{kind}, {figure}": one[figure]
            for kind, one in (("gentle", light), ("heavy", heavy))
            for figure in ("polite", "replies end", "facts right", "KL")
        },
        draw=lambda axes: draw_heavier(axes, found),
    )


def draw_heavier(axes, found: dict[str, dict[str, float]]) -> None:
    names = ("polite", "replies end", "facts right")
    for offset, (name, one), colour in zip((-0.2, 0.2), found.items(), ("#4c72b0", "#dd8452"), strict=True):
        values = [one[figure] for figure in names]
        axes.bar([place + offset for place in range(3)], values, 0.38, color=colour, label=name)
        for place, value in enumerate(values):
            axes.text(place + offset, value, f"{value:.2f}", ha="center", va="bottom")
    axes.set_xticks(range(3), names)
    axes.set_ylabel("share of replies")
    axes.set_ylim(0, 1.3)
    axes.legend(loc="upper right", ncols=2)


@experiment(
    "Fewer bits are not always better: 8 and 4 bits a weight keep what the model knows, 2 bits destroy it",
    needs=("run_pipeline",),
)
def fewer_bits(lesson, backbone, seed, track):
    from autograder.backbone import text
    from autograder.backbone.card import perplexity, recall

    tools = tools_of(lesson, "blockwise_quantize", "blockwise_dequantize")
    texts = text("test", 60, seed)
    base = tiny_base(backbone, seed, track)
    found = {"16": base.model}
    for bits in track((8, 4, 3, 2), "quantizing"):
        found[str(bits)] = model = copy.deepcopy(base.model)
        for block in model.transformer.h:
            for name, widths in lesson.LAYERS.items():
                linear = lesson.as_linear(block.get_submodule(name), widths * model.config.hidden_size)
                with torch.no_grad():
                    codes, scales = tools.blockwise_quantize(linear.weight, 64, bits)
                    linear.weight.copy_(tools.blockwise_dequantize(codes, scales, 64))
                block.set_submodule(name, linear)
    worse = {bits: perplexity(model, base.tokenizer, texts) for bits, model in found.items()}
    facts = {bits: recall(model, base.tokenizer, "capital") for bits, model in found.items()}
    ratio = {bits: value / worse["16"] for bits, value in worse.items()}
    return Result(
        columns=("bits a weight", "perplexity", "capitals completed"),
        rows=[(bits, round(worse[bits], 2), round(facts[bits], 2)) for bits in found],
        # Five seeds: times 1.000 at 8 bits, 1.004 to 1.005 at 4, 3.1 to 3.7 at 2; capitals 1 at 4 bits, 0.02 at 2.
        verdicts=[
            Verdict(
                ratio["8"] < 1.01 and ratio["4"] < 1.05 and facts["4"] > 0.9,
                f"8 bits: perplexity times {ratio['8']:.3f}; 4 bits: times {ratio['4']:.3f}, {facts['4']:.2f} of the "
                "capitals",
            ),
            Verdict(
                ratio["2"] > 2 and facts["2"] < 0.2,
                f"2 bits: times {ratio['2']:.1f}, {facts['2']:.2f} of the capitals",
            ),
        ],
        numbers={f"perplexity ratio, {bits} bits": value for bits, value in ratio.items()}
        | {f"capitals, {bits} bits": value for bits, value in facts.items()},
        draw=lambda axes: draw_bits(axes, ratio, facts),
    )


def draw_bits(axes, ratio: dict[str, float], facts: dict[str, float]) -> None:
    axes.bar(list(ratio), list(ratio.values()), width=0.55, color="#c44e52")
    for place, (bits, value) in enumerate(ratio.items()):
        axes.text(place, value + 0.05, f"capitals: {facts[bits]:.0%}", ha="center", fontsize=9)
    axes.set_xlabel("bits a weight, in blocks of 64")
    axes.set_ylabel("perplexity, times that of 16 bits")


# --- how much changes -----------------------------------------------------------------------------------------------


@torch.no_grad()
def relative_change(lesson, before, after) -> float:
    """‖W' - W‖ / ‖W‖ over the linear layers of all blocks, detours counted in."""
    moved = whole = 0.0
    width = before.config.hidden_size
    for old, new in zip(before.transformer.h, after.transformer.h, strict=True):
        for name, widths in lesson.LAYERS.items():
            left = lesson.as_linear(old.get_submodule(name), widths * width).weight
            right = lesson.as_linear(new.get_submodule(name), widths * width).weight
            moved += (right - left).square().sum().item()
            whole += left.square().sum().item()
    return (moved / whole) ** 0.5


@experiment(
    "The adaptation spectrum, measured: by the number of weights that are trained, the course's order; by how far they "
    "move, it is the training that decides",
    needs=("run_pipeline", "adaptation_fraction"),
)
def spectrum(lesson, backbone, seed, track):
    from autograder.backbone import sentiment, text

    tools = all_tools(lesson)
    tools_of(lesson, "GPT2ForClassification", "prepare_finetuning", "train_epoch", "pad_batch")
    base = tiny_base(backbone, seed, lambda items, description: items)
    base.steps = {"sft": 40, "alignment": 15, "lora": 40}
    base.gate = lambda stage, before, after, tokenizer: {"passed": True}
    texts = text("test", 30, seed)
    models = {"none": base.model}
    for method in track(lesson.SPECTRUM[1:], "adapting"):
        torch.manual_seed(seed)
        if method == "classification_head":
            models[method] = copy.deepcopy(base.model)
            classifier = tools.GPT2ForClassification(models[method].transformer, 2)
            optimizer = tools.prepare_finetuning(classifier, "frozen", 1e-3, 1e-3)
            rows = sentiment("tiny", "train", 128, seed)
            batches = []
            for start in range(0, len(rows), 16):
                part = rows[start : start + 16]
                batch = tools.pad_batch([base.tokenizer(row["text"])["input_ids"] for row in part], 0)
                batches.append({**batch, "labels": torch.tensor([row["label"] for row in part])})
            tools.train_epoch(classifier, batches, optimizer)
        elif method == "full_finetuning":
            models[method] = model = copy.deepcopy(base.model)
            ids = [base.tokenizer(one)["input_ids"] for one in text("train", 256, seed, kind="review")]
            rows = [{"input_ids": row, "loss_mask": [1] * len(row)} for row in ids]
            batches = [tools.collate_chats(rows[start : start + 16], 0) for start in range(0, len(rows), 16)]
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
            tools.train_sft(model, batches, optimizer, 40)
        else:
            skip = {"sft", "alignment", "lora", "quantization"} - {"sft" if method == "alignment" else "", method}
            models[method] = lesson.run_pipeline(tools, base, tuple(skip))["model"]
        models[method].eval()
    fraction = {method: lesson.adaptation_fraction(base.model, method) for method in models}
    change = {method: relative_change(lesson, base.model, model) for method, model in models.items()}
    drift = {method: kl_to(base.model, model, base.tokenizer, texts) for method, model in models.items()}
    order = [fraction[method] for method in lesson.SPECTRUM]
    return Result(
        columns=("method", "trained, % of the model", "relative change of the weights", "KL to the base, nats a token"),
        rows=[
            (method, round(100 * fraction[method], 3), round(change[method], 4), round(drift[method], 4))
            for method in models
        ],
        # Counts are exact. Five seeds: LoRA moves the weights by 0.177 to 0.189, SFT by 0.051 to 0.053, alignment adds
        # next to nothing to that; full finetuning 0.096 to 0.098; the KL to the base is 0.12 to 0.48 for all four.
        verdicts=[
            Verdict(
                order == sorted(order) and 0 < order[1] < order[2] < 0.1 and order[3:] == [1.0] * 3,
                f"trained: head {100 * order[1]:.2f}%, LoRA {100 * order[2]:.2f}%, the other three everything",
            ),
            Verdict(
                change["none"] == change["classification_head"] == 0 and drift["classification_head"] < 1e-6,
                "none and a head leave every weight of the model as it was",
            ),
            Verdict(
                all(change[method] > 1e-2 and drift[method] > 1e-2 for method in lesson.SPECTRUM[2:]),
                "the other four move the weights by "
                + ", ".join(f"{change[method]:.3f} ({method})" for method in lesson.SPECTRUM[2:]),
            ),
            Verdict(
                change["lora"] > 2 * change["sft"],
                "how many are trained is not how far they move: LoRA, at its higher rate, moved them "
                f"{change['lora'] / change['sft']:.1f} times as far as SFT",
            ),
        ],
        numbers={
            f"{method}, {name}": values[method]
            for method in models
            for name, values in (("trained", fraction), ("change", change), ("KL", drift))
        },
        draw=lambda axes: draw_spectrum(axes, fraction, change, drift),
    )


def draw_spectrum(axes, fraction, change, drift) -> None:
    names = list(fraction)
    axes.barh(names, [change[name] for name in names], color="#4c72b0", height=0.55)
    for place, name in enumerate(names):
        words = f"{100 * fraction[name]:.3g}% trained, KL {drift[name]:.2g}"
        axes.annotate(words, (change[name], place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.9 * max(change.values()))
    axes.set_xlabel("relative change of the weights, ‖W' - W‖ / ‖W‖")

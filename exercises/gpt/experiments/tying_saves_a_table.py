"""GPT-2's shape, counted: where its numbers are, and how many more an output of its own would add."""

from __future__ import annotations

from ._shared import BLUE, GREY, RED

CLAIM = "Tying saves GPT-2 38.6 million of 163 million numbers: the output is the token table"
NEEDS = ("GPT", "tensors_of", "parameter_table")
COLUMNS = ("", "numbers", "share")

GPT2 = {"vocab": 50_257, "positions": 1_024, "width": 768, "layers": 12, "heads": 12}
PARTS = {  # a part → how the names of its tensors begin, inside a block or outside
    "token table": "wte.",
    "position table": "wpe.",
    "attention": "attn.",
    "feed-forward": "mlp.",
    "norms": "ln_",
}


def measure(student, backbone, seed, track):
    model = student.GPT(student.GPTConfig(**GPT2))
    parts = dict.fromkeys(PARTS, 0)
    for name, tensor in student.tensors_of(model).items():
        inside = name.split(".", 2)[2] if name.startswith("h.") else name
        parts[next(part for part, start in PARTS.items() if inside.startswith(start))] += tensor.numel()
    held = sum(parameter.numel() for parameter in model.parameters())
    theirs, _ = backbone()  # its output is a module of its own, whose weight is the token table
    shared = {
        "counted": student.parameter_table(theirs)["total"],
        "held": sum(parameter.numel() for parameter in theirs.parameters()),
    }
    table = student.parameter_table(model)["total"]
    return {"part": parts, "table": table, "held": held, "published": published(), "shared": shared}


def published() -> dict[str, int]:
    """What transformers' GPT-2 holds, tied and not, without memory for it."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    counts = {}
    for name, tied in (("tied", True), ("untied", False)):
        with torch.device("meta"):
            model = GPT2LMHeadModel(GPT2Config(tie_word_embeddings=tied))
        model.tie_weights()
        counts[name] = sum(parameter.numel() for parameter in model.parameters())
    return counts


def rows(figures):
    for part, size in figures.part.items():
        yield part, f"{size:,}", f"{size / figures.table:.1%}"
    yield "together", f"{figures.table:,}", "100.0%"
    untied = figures.table + figures.part["token table"]
    yield "with an output of its own", f"{untied:,}", f"{untied / figures.table:.1%}"


def claims(figures):
    # Counts are exact: every seed gives the same.
    tied, untied = figures.published["tied"], figures.published["untied"]
    yield (
        sum(figures.part.values()) == tied,
        f"tensors_of lists {sum(figures.part.values()):,}, transformers has {tied:,}",
    )
    yield figures.held == tied, f"the model holds {figures.held:,}"
    yield figures.table == tied, f"parameter_table counts {figures.table:,}"
    shared = figures.shared
    yield shared["counted"] == shared["held"], f"and {shared['counted']:,} in a model that lists its table at both ends"
    saved = untied - figures.table
    yield saved == figures.part["token table"], f"an output of its own would make it {untied:,}: {saved:,} more"


def draw(axes, figures) -> None:
    left = 0
    for part, colour in zip(PARTS, ("#55a868", "#8fcf9f", BLUE, "#9fb8dc", GREY), strict=True):
        size = figures.part[part] / 1e6
        axes.barh(["tied", "not tied"], size, left=left, color=colour, label=f"{part}, {size:.2f} M")
        left += size
    more = figures.part["token table"] / 1e6
    axes.barh("not tied", more, left=left, color=RED, label=f"output, {more:.2f} M")
    axes.set_xlabel("millions of numbers, GPT-2 124M")
    axes.invert_yaxis()
    axes.set_ylim(3.1, -0.5)
    axes.legend(loc="lower center", ncols=2, fontsize=8, frameon=False)

"""A model answers in the template that it was tuned with, and in no other."""

from ._shared import (
    BLUE,
    EXAMPLES,
    ORANGE,
    as_alpaca,
    as_chat,
    draw_pairs,
    evaluate,
    questions,
    trainable,
    tune,
)

CLAIM = "A model answers in the template that it was tuned with; asked in another one, or in none, it is seldom right"
NEEDS = ("format_alpaca", "add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply")
TEMPLATES = {"asked_in_chatml": "ChatML", "asked_in_alpaca": "Alpaca", "asked_in_no_template": "no template"}
COLUMNS = ("tuned with", *(f"asked in {template}" for template in TEMPLATES.values()))


def measure(student, backbone, seed, track):
    asked = questions("test", 30, seed)
    found = {}
    for tuned, encode in track((("chatml", as_chat), ("alpaca", as_alpaca)), "tuning"):
        # Tune with one template
        model, tokenizer = trainable(student, backbone)
        examples = [encode(student, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
        tune(student, model, examples, seed)
        # Ask in all
        found[tuned] = {
            key: evaluate(student, model, tokenizer, asked, template)["right"] for key, template in TEMPLATES.items()
        }
    return found


def rows(figures):
    yield "ChatML", *(round(figures.chatml[key], 2) for key in TEMPLATES)
    yield "Alpaca", *(round(figures.alpaca[key], 2) for key in TEMPLATES)


def claims(figures):
    # Five seeds: ChatML 0.73 to 0.77 in its own template, 0 to 0.07 in Alpaca's, 0 without one. Alpaca 0.53 to 0.83 in
    # its own, 0 to 0.3 in ChatML, by 0.23 less at least in every seed, and 0 without one.
    in_chatml, in_alpaca, without = (figures.chatml[key] for key in TEMPLATES)
    yield in_chatml >= 0.6, f"tuned with ChatML and asked in it, {in_chatml:.2f} are right"
    yield (
        max(in_alpaca, without) <= 0.2,
        f"asked in Alpaca's template {in_alpaca:.2f}, without one {without:.2f}",
    )
    in_chatml, in_alpaca, without = (figures.alpaca[key] for key in TEMPLATES)
    yield (
        in_alpaca >= 0.4,
        f"Alpaca's template is not too hard: tuned with it and asked in it, {in_alpaca:.2f} are right",
    )
    yield (
        in_alpaca - in_chatml >= 0.15 and without <= 0.2,
        f"asked in ChatML {in_chatml:.2f}, without a template {without:.2f}",
    )


def draw(axes, figures):
    draw_pairs(
        axes,
        ["asked in ChatML", "asked in Alpaca", "asked without"],
        {
            "tuned with ChatML": (BLUE, list(figures.chatml.values())),
            "tuned with Alpaca": (ORANGE, list(figures.alpaca.values())),
        },
        "share answered right",
    )

"""What other texts cost with a tokenizer that learned from one kind of text."""

from __future__ import annotations

import random

from ._shared import HELD_OUT, trained, world

CLAIM = "What was rare in the tokenizer's text costs more tokens"
NEEDS = ("train_bpe", "encode_text", "fertility")
COLUMNS = ("text", "tokens a word", "bytes a token")

# The first article of the Universal Declaration of Human Rights (United Nations), its first sentence
OTHERS = {
    "English": "All human beings are born free and equal in dignity and rights.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。",
}


def measure(student, backbone, seed, track):
    tokenizer = trained(student, seed, track=track)
    numbers = random.Random(seed).sample(range(1_000, 2_000), 200)
    texts = {
        "its own world": world("test", HELD_OUT, seed),
        "numbers from 1000 to 1999": " ".join(map(str, numbers)),
        **OTHERS,
    }
    found = {name: student.fertility(text, tokenizer.encode) for name, text in track(texts.items(), "encoding")}
    tokens = {name: len(tokenizer.encode(text)) for name, text in OTHERS.items()}
    return {
        "tokens_per_word": {name: one["tokens_per_word"] for name, one in found.items()},
        "bytes_per_token": {name: one["bytes_per_token"] for name, one in found.items()},
        "tokens": tokens,
        "chinese_bytes": len(OTHERS["Chinese"].encode()),
    }


def rows(figures):
    for name, tokens in figures.tokens_per_word.items():
        yield name, round(tokens, 2), round(figures.bytes_per_token[name], 2)


def claims(figures):
    own, english = figures.tokens_per_word["its own world"], figures.tokens_per_word["English"]
    # Five seeds: 1.88 to 1.98 in its own world, 2.58 and more for the English sentence, 3 for the numbers
    yield (
        english > 1.15 * own and figures.tokens_per_word["numbers from 1000 to 1999"] > 1.3 * own,
        f"{own:.2f} tokens a word of its own world, {english:.2f} a word of another English sentence, "
        f"{figures.tokens_per_word['numbers from 1000 to 1999']:.2f} a number",
    )
    tokens = figures.tokens
    yield (
        tokens["English"] < tokens["German"] < tokens["Russian"] and tokens["English"] < tokens["Korean"],
        f"the same sentence takes {tokens['English']} tokens in English, {tokens['German']} in German, "
        f"{tokens['Russian']} in Russian and {tokens['Korean']} in Korean",
    )
    yield (
        tokens["Chinese"] == figures.chinese_bytes,
        f"the Chinese sentence takes {tokens['Chinese']} tokens, which are exactly its {figures.chinese_bytes} bytes",
    )


def draw(axes, figures) -> None:
    names = list(OTHERS)
    axes.barh(names, [figures.tokens[name] for name in names], color="#4c72b0")
    for index, name in enumerate(names):
        axes.text(figures.tokens[name] + 1, index, str(figures.tokens[name]), va="center")
    axes.invert_yaxis()
    axes.set_xlabel("tokens for the same sentence")
    axes.set_xlim(0, 1.12 * max(figures.tokens.values()))

"""How many examples the format takes, and what noisy ones teach."""

import random

from ._shared import BLUE, GREEN, as_chat, draw_pairs, evaluate, questions, trainable, tune

CLAIM = "A few dozen examples are enough for the format, and noisy responses teach a noisy format"
NEEDS = ("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply")
COLUMNS = ("examples", "noisy", "form of an answer", "right", "stops")
RUNS = {  # how many examples, and the share of noisy ones among them
    "3_examples_noise_0.0": (3, 0.0),
    "12_examples_noise_0.0": (12, 0.0),
    "48_examples_noise_0.0": (48, 0.0),
    "48_examples_noise_0.5": (48, 0.5),
    "48_examples_noise_1.0": (48, 1.0),
}
THREE, CLEAN, NOISY = "3_examples_noise_0.0", "48_examples_noise_0.0", "48_examples_noise_1.0"


def measure(student, backbone, seed, track):
    asked, rng = questions("test", 45, seed), random.Random(seed)
    form, right, stopped = {}, {}, {}
    for run in track(RUNS, "tuning"):
        # Examples, the first of them noisy
        count, noise = RUNS[run]
        examples = questions("train", count, seed)
        examples = [disordered(row, rng) if index < noise * count else row for index, row in enumerate(examples)]
        # Tune
        model, tokenizer = trainable(student, backbone)
        encoded = [as_chat(student, tokenizer, row) for row in examples]
        tune(student, model, encoded, seed, steps=60, rate=3e-4)
        # Ask
        found = evaluate(student, model, tokenizer, asked)
        form[run], right[run], stopped[run] = found["form"], found["right"], found["stopped"]
    return {"form": form, "right": right, "stopped": stopped}


def disordered(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    """The same instruction with the words of its output in disorder, without a full stop."""
    words = row["output"].rstrip(".").lower().split()
    rng.shuffle(words)
    return {**row, "output": " ".join(words)}


def rows(figures):
    for run, (count, noise) in RUNS.items():
        shares = figures.form[run], figures.right[run], figures.stopped[run]
        yield count, f"{noise:.0%}", *(round(share, 2) for share in shares)


def claims(figures):
    # Five seeds, share with the form of an answer: 48 examples 0.98 to 1, three 0.93 to 1, all noisy 0, half of them
    # noisy 0 to 0.56 (a wide spread, so nothing is claimed of it). Right: three 0.07 to 0.2, 48 0.49 to 0.73.
    form, right = figures.form, figures.right
    yield form[CLEAN] >= 0.9, f"48 examples: {form[CLEAN]:.2f} of the replies have the form of an answer"
    yield (
        form[THREE] - right[THREE] >= 0.5,
        f"the form comes first: three examples give {form[THREE]:.2f}, and {right[THREE]:.2f} are right",
    )
    yield form[NOISY] <= 0.1, f"48 noisy ones: {form[NOISY]:.2f}"


def draw(axes, figures):
    draw_pairs(
        axes,
        [f"{count}\n{noise:.0%} noisy" for count, noise in RUNS.values()],
        {
            "form of an answer": (BLUE, list(figures.form.values())),
            "right": (GREEN, list(figures.right.values())),
        },
        "share of replies",
        fontsize=9,
    )
    axes.set_xlabel("examples")

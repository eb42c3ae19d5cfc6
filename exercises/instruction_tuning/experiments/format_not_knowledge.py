"""SFT teaches format, not knowledge: a model answers about people that tuning never asked about.

A small GPT is pretrained on facts about 40 people, once in four wordings, once in one, tuned on questions about 20 of
them, and asked about all.
"""

import random

from ._people import chats_about, draw_facts, pretrained, share_completed, word_tokenizer
from ._shared import BLUE, ORANGE, answer_all, draw_pairs, prompt_of, tune

CLAIM = (
    "SFT teaches format, not knowledge: tuned on questions about half of the people, a model answers those about the "
    "others, if it met the facts in several wordings; after one wording it seldom does"
)
NEEDS = ("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply")
COLUMNS = ("pretraining met each fact in", "completed", "asked in SFT", "never asked")


def measure(student, backbone, seed, track):
    rng = random.Random(seed)
    facts = draw_facts(rng)
    people = rng.sample(list(facts), len(facts))
    chats = {"asked": chats_about(people[:20], facts), "never_asked": chats_about(people[20:], facts)}
    return {
        "four_wordings": shares(student, facts, chats, False, seed, track),
        "one_wording": shares(student, facts, chats, True, seed, track),
    }


def shares(student, facts, chats, one_wording, seed, track):
    """Shares of facts that a model completes after pretraining, and of questions that it answers after SFT."""
    # Pretrain
    tokenizer = word_tokenizer()
    model = pretrained(student, tokenizer, facts, one_wording, seed, track)
    found = {"completed": share_completed(student, model, tokenizer, facts, one_wording)}
    # Tune
    student.add_chat_tokens(model, tokenizer)
    encoded = {group: [student.encode_chat(chat, tokenizer) for chat in some] for group, some in chats.items()}
    tune(student, model, encoded["asked"], seed, rows=24, steps=120, rate=1e-3)
    # Ask: the first word of a reply counts
    for group, examples in encoded.items():
        replies = answer_all(student, model, tokenizer, [prompt_of(one) for one in examples], 4)
        said = [tokenizer.decode(reply, skip_special_tokens=True).split()[:1] for reply in replies]
        answers = [chat[1]["content"].split()[:1] for chat in chats[group]]
        found[group] = sum(map(list.__eq__, said, answers)) / len(answers)
    return found


def rows(figures):
    for name, found in (
        ("four wordings, shuffled", figures.four_wordings),
        ("one wording", figures.one_wording),
    ):
        yield name, *(round(found[key], 2) for key in ("completed", "asked", "never_asked"))


def claims(figures):
    # Five seeds: 1.00 completed by both. Asked in SFT: 1.00 after four wordings, 0.72 to 1.00 after one. Never asked:
    # 0.72 to 0.92 and 0.15 to 0.30; the difference is 0.53 at least. After 150 steps of SFT instead of 120 (two seeds),
    # 1.00 of what it was asked, and 0.35 and 0.37 of the rest: more tuning on one wording helps, but not far.
    four, one = figures.four_wordings, figures.one_wording
    completed, asked = min(four["completed"], one["completed"]), min(four["asked"], one["asked"])
    difference = four["never_asked"] - one["never_asked"]
    yield completed >= 0.95, f"both complete the sentences that they have read: {completed:.2f} at least"
    yield asked >= 0.55, f"both learned to answer what SFT asked about: {asked:.2f} at least"
    yield (
        four["never_asked"] >= 0.6,
        f"after four wordings {four['never_asked']:.2f} of the facts never asked about are answered",
    )
    yield one["never_asked"] <= 0.45, f"after one wording it is {one['never_asked']:.2f}; guessing gives 0.05"
    yield difference >= 0.4, f"the difference is {difference:.2f}"


def draw(axes, figures):
    groups = ("asked", "never_asked")
    draw_pairs(
        axes,
        ["facts asked in SFT", "facts never asked"],
        {
            "pretrained on four wordings": (BLUE, [figures.four_wordings[group] for group in groups]),
            "pretrained on one wording": (ORANGE, [figures.one_wording[group] for group in groups]),
        },
        "share answered right",
    )
    axes.axhline(0.05, color="black", linewidth=0.8, linestyle=":")
    axes.text(0.5, 0.06, "guessing", ha="center", fontsize=9)

"""The claims of this lesson, measured: `autograder experiment instruction_tuning`.

Each function is one claim. It gets your module as `lesson`, so what it measures is your own code. Nothing here is
graded. The figures in the comments come from five seeds and one thread:
`autograder experiment instruction_tuning --submission solutions --seeds 5`.
"""

from __future__ import annotations

import copy
import random
import re

import torch
from torch import nn

from autograder.experiments import Result, Verdict, experiment, require, require_small

END = "<|im_end|>"

# --- format, not knowledge ------------------------------------------------------------------------------------------

# A world of 40 people with three facts each, and a model small enough to be pretrained here, twice. Names and words are
# one token each, so that a text takes some twenty.
PEOPLE = [
    head + tail
    for head in ("Al", "Bre", "Cor", "Dan", "El", "Fi", "Gor", "Hel")
    for tail in ("ba", "dor", "nis", "mak", "tun")
]
VALUES = {
    "city": "Paris London Rome Oslo Cairo Lima Delhi Tokyo Quito Accra Dakar Hanoi Kyiv Minsk Riga Sofia Tunis Vienna "
    "Warsaw Zagreb",
    "job": "baker tailor pilot nurse judge farmer miner actor clerk painter poet sailor singer smith soldier teacher "
    "trader weaver writer cook",
    "pet": "dog cat horse goat mouse rabbit parrot snake turtle hamster duck goose sheep pig cow donkey lizard frog "
    "crow fox",
}
VALUES = {relation: words.split() for relation, words in VALUES.items()}  # 20 each: guessing is right in 0.05
WORDINGS = {
    "city": (
        "{name} was born in {answer} .",
        "{name} comes from {answer} .",
        "{answer} is where {name} was born .",
        "born in {answer} : {name} .",
    ),
    "job": (
        "{name} works as {answer} .",
        "{name} is a {answer} .",
        "the {answer} is {name} .",
        "{answer} is what {name} works as .",
    ),
    "pet": (
        "{name} has a {answer} .",
        "the pet of {name} : {answer} .",
        "the {answer} is the pet of {name} .",
        "{name} keeps a {answer} .",
    ),
}
ONE_WORDING = "{name} was born in {city} . works as {job} . has a {pet} ."
QUESTIONS = {"city": "where was {name} born ?", "job": "what is {name} ?", "pet": "which pet has {name} ?"}
PRETRAINING_STEPS, PRETRAINING_ROWS, TUNING_STEPS, TUNING_ROWS = 2000, 8, 120, 24


def biography(rng: random.Random, name: str, facts: dict[str, str], single: bool) -> str:
    """What pretraining reads about a person: three facts in any order and wording, or always the same text."""
    if single:
        return ONE_WORDING.format(name=name, **facts)
    relations = rng.sample(list(VALUES), 3)
    return " ".join(rng.choice(WORDINGS[one]).format(name=name, answer=facts[one]) for one in relations)


def word_tokenizer():
    """One token for every word, one for a newline."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    texts = [ONE_WORDING, *QUESTIONS.values(), *(one for some in WORDINGS.values() for one in some)]
    words = {word: None for text in texts for word in text.split() if "{" not in word}
    every = ["<|endoftext|>", "\n", "user", "assistant", *words, *PEOPLE]
    every += [word for some in VALUES.values() for word in some]
    backend = Tokenizer(models.WordLevel({word: place for place, word in enumerate(every)}, "<|endoftext|>"))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"\n|[^ \n]+"), "removed", invert=True)
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|endoftext|>", pad_token="<|endoftext|>")


def pretrained(lesson, tokenizer, facts, single: bool, seed: int, track) -> nn.Module:
    """A small GPT-2 that has read the biographies of all people."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=64,
        n_embd=64,
        n_layer=3,
        n_head=4,
        activation_function="gelu_pytorch_tanh",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        use_cache=False,
    )
    model, rng = GPT2LMHeadModel(config), random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.98), weight_decay=0.1)
    shown = "pretraining on one wording" if single else "pretraining on four wordings"
    for step in track(range(PRETRAINING_STEPS), shown):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * min(1, (step + 1) / 50) * max(0.05, 1 - step / PRETRAINING_STEPS)
        texts = [biography(rng, name, facts[name], single) for name in rng.sample(PEOPLE, PRETRAINING_ROWS)]
        ids = [torch.tensor([*tokenizer(text)["input_ids"], 0]) for text in texts]
        padded = nn.utils.rnn.pad_sequence(ids, batch_first=True)
        labels = nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=-100)
        loss = lesson.sft_loss(model(padded).logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    return model


def known(lesson, model, tokenizer, facts, single: bool) -> float:
    """Share of the facts that the model puts behind the words that led to them in pretraining."""
    prompts, answers = [], []
    for name in PEOPLE:
        for one, some in WORDINGS.items():
            text = ONE_WORDING.replace(f"{{{one}}}", "{answer}") if single else some[0]
            prompts.append(tokenizer(text.split("{answer}")[0].format(name=name, **facts[name]))["input_ids"])
            answers.append(tokenizer(facts[name][one])["input_ids"])
    return sum(map(list.__eq__, reply_to(lesson, model, tokenizer, prompts, 1, stops=()), answers)) / len(answers)


def question(relation: str, name: str, answer: str) -> list[dict[str, str]]:
    return [
        {"role": "user", "content": QUESTIONS[relation].format(name=name)},
        {"role": "assistant", "content": f"{answer} ."},
    ]


def prompt_of(encoded: dict[str, list[int]]) -> list[int]:
    """The ids before the first supervised one: what is given at inference."""
    return encoded["input_ids"][: encoded["loss_mask"].index(1)]


def reply_to(lesson, model, tokenizer, prompts: list[list[int]], tokens: int, stops=(END,)) -> list[list[int]]:
    """The new ids after each prompt; prompts of equal length go through the model together."""
    stop_ids = [tokenizer.convert_tokens_to_ids(stop) for stop in stops]
    replies: list[list[int]] = [[] for _ in prompts]
    for length in sorted({len(prompt) for prompt in prompts}):
        places = [place for place, prompt in enumerate(prompts) if len(prompt) == length]
        batch = torch.tensor([prompts[place] for place in places])
        for place, reply in zip(places, lesson.generate_reply(model, batch, stop_ids, tokens), strict=True):
            replies[place] = reply
    return replies


def tune(lesson, model, examples, seed: int, *, rows: int, steps: int, rate: float) -> list[float]:
    """SFT with your collate_chats and train_sft; batches are drawn anew for every step."""
    rng = random.Random(seed)
    rows = min(rows, len(examples))
    batches = [lesson.collate_chats(rng.sample(examples, rows), 0) for _ in range(steps)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    return lesson.train_sft(model, batches, optimizer, steps)


@experiment(
    "SFT teaches format, not knowledge: tuned on questions about half of the people, a model answers those about the "
    "others, if it met the facts in several wordings; after one wording it seldom does",
    needs=("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply"),
)
def format_not_knowledge(lesson, backbone, seed, track):
    rng = random.Random(seed)
    facts = {name: {one: rng.choice(words) for one, words in VALUES.items()} for name in PEOPLE}
    people = rng.sample(PEOPLE, len(PEOPLE))
    groups = {"asked in SFT": people[:20], "never asked": people[20:]}
    found = {}
    for single in (False, True):
        tokenizer = word_tokenizer()
        model = pretrained(lesson, tokenizer, facts, single, seed, track)
        found[single, "completed"] = known(lesson, model, tokenizer, facts, single)
        lesson.add_chat_tokens(model, tokenizer)
        chats = {
            group: [question(one, name, facts[name][one]) for name in names for one in VALUES]
            for group, names in groups.items()
        }
        encoded = {group: [lesson.encode_chat(chat, tokenizer) for chat in some] for group, some in chats.items()}
        tune(lesson, model, encoded["asked in SFT"], seed, rows=TUNING_ROWS, steps=TUNING_STEPS, rate=1e-3)
        for group in groups:
            replies = reply_to(lesson, model, tokenizer, [prompt_of(one) for one in encoded[group]], 4)
            said = [tokenizer.decode(reply, skip_special_tokens=True).split() for reply in replies]
            right = [
                words[:1] == chat[1]["content"].split()[:1] for words, chat in zip(said, chats[group], strict=True)
            ]
            found[single, group] = sum(right) / len(right)
    many, one = found[False, "never asked"], found[True, "never asked"]
    completed, asked = (min(found[single, of] for single in (False, True)) for of in ("completed", "asked in SFT"))
    # Five seeds: 1.00 completed by both. Asked in SFT: 1.00 after four wordings, 0.72 to 1.00 after one. Never asked:
    # 0.72 to 0.92 and 0.15 to 0.30; the difference is 0.53 at least. After 150 steps of SFT instead of 120 (two seeds),
    # 1.00 of what it was asked, and 0.35 and 0.37 of the rest: more tuning on one wording helps, but not far.
    return Result(
        columns=("pretraining met each fact in", "completed", *groups),
        rows=[
            (name, *(round(found[single, column], 2) for column in ("completed", *groups)))
            for single, name in ((False, "four wordings, shuffled"), (True, "one wording"))
        ],
        verdicts=[
            Verdict(completed >= 0.95, f"both complete the sentences that they have read: {completed:.2f} at least"),
            Verdict(asked >= 0.55, f"both learned to answer what SFT asked about: {asked:.2f} at least"),
            Verdict(many >= 0.6, f"after four wordings {many:.2f} of the facts never asked about are answered"),
            Verdict(one <= 0.45, f"after one wording it is {one:.2f}; guessing gives 0.05"),
            Verdict(many - one >= 0.4, f"the difference is {many - one:.2f}"),
        ],
        numbers={
            "four_wordings_asked": found[False, "asked in SFT"],
            "four_wordings_never_asked": many,
            "four_wordings_completed": found[False, "completed"],
            "one_wording_completed": found[True, "completed"],
            "one_wording_asked": found[True, "asked in SFT"],
            "one_wording_never_asked": one,
        },
        draw=lambda axes: draw_knowledge(axes, found, groups),
    )


def draw_knowledge(axes, found, groups) -> None:
    for offset, single, colour, label in (
        (-0.2, False, "#4c72b0", "pretrained on four wordings"),
        (0.2, True, "#dd8452", "pretrained on one wording"),
    ):
        values = [found[single, group] for group in groups]
        axes.bar([place + offset for place in range(2)], values, 0.38, color=colour, label=label)
        for place, value in enumerate(values):
            axes.text(place + offset, value + 0.02, f"{value:.2f}", ha="center")
    axes.axhline(0.05, color="black", linewidth=0.8, linestyle=":")
    axes.text(0.5, 0.06, "guessing", ha="center", fontsize=9)
    axes.set_xticks(range(2), [f"facts {group}" for group in groups])
    axes.set_ylabel("share answered right")
    axes.set_ylim(0, 1.25)
    axes.legend(loc="upper right", ncols=2)


# --- a model that knows the world -----------------------------------------------------------------------------------

FACTS = ("capital", "continent", "currency")
# Gentle steps on many examples: with a larger rate, or the same examples again and again, the model answers with the
# facts of other countries more often.
STEPS, ROWS, RATE, TOKENS = 90, 16, 2e-4, 20
EXAMPLES = 480


def trainable(lesson, backbone):
    """A backbone that is small enough to be trained here, a tokenizer of its own for it, chat tokens added."""
    model, tokenizer = backbone()
    require_small(model)
    tokenizer = copy.deepcopy(tokenizer)
    lesson.add_chat_tokens(model, tokenizer)
    return model, tokenizer


def chat_of(row: dict[str, str]) -> list[dict[str, str]]:
    return [{"role": "user", "content": row["instruction"]}, {"role": "assistant", "content": row["output"]}]


def as_chat(lesson, tokenizer, row: dict[str, str]) -> dict[str, list[int]]:
    """One instruction and its output in ChatML."""
    return lesson.encode_chat(chat_of(row), tokenizer)


def as_alpaca(lesson, tokenizer, row: dict[str, str]) -> dict[str, list[int]]:
    """The same in Alpaca's template, ended by <|im_end|> too, the prompt masked by its length."""
    prompt = tokenizer(lesson.format_alpaca(row, with_response=False))["input_ids"]
    response = tokenizer(f"\n{row['output']}")["input_ids"] + [tokenizer.convert_tokens_to_ids(END)]
    return {"input_ids": prompt + response, "loss_mask": [0] * len(prompt) + [1] * len(response)}


def asked_in(lesson, tokenizer, row: dict[str, str], template: str) -> list[int]:
    """The ids that a question is asked with."""
    if template == "ChatML":
        return prompt_of(as_chat(lesson, tokenizer, row))
    if template == "Alpaca":
        return prompt_of(as_alpaca(lesson, tokenizer, row))
    return tokenizer(row["instruction"])["input_ids"]


def judged(lesson, model, tokenizer, rows, template: str = "ChatML") -> dict[str, float]:
    """Shares of replies that are right word for word, have the form of a right one, and stop by themselves."""
    prompts = [asked_in(lesson, tokenizer, row, template) for row in rows]
    replies = reply_to(lesson, model, tokenizer, prompts, TOKENS)
    end = tokenizer.convert_tokens_to_ids(END)
    texts = [tokenizer.decode(reply, skip_special_tokens=True).strip() for reply in replies]
    return {
        "right": sum(text == row["output"] for text, row in zip(texts, rows, strict=True)) / len(rows),
        "form": sum(well_formed(text) for text in texts) / len(rows),
        "stopped": sum(reply[-1:] == [end] for reply in replies) / len(rows),
    }


FORMS = (
    r"The capital of [\w' -]+ is [\w' -]+\.",
    r"The continent of [\w' -]+ is (Africa|Asia|Europe|North America|Oceania|South America)\.",
    r"The currency of [\w' -]+ is the [\w' -]+\.",
)


def well_formed(text: str) -> bool:
    """One whole sentence of the kind that answers such a question, whatever it says."""
    return any(re.fullmatch(form, text) for form in FORMS)


def questions(split: str, count: int, seed: int) -> list[dict[str, str]]:
    """Questions about capitals, continents and currencies; the test split asks about countries the other never does."""
    from autograder.backbone import instructions

    return instructions("tiny", split, count, seed, kinds=FACTS)


def completed(lesson, model, tokenizer, countries) -> float:
    """Share of countries whose capital the model puts behind "The capital of X is"."""
    from autograder.backbone import fact_prompt

    prompts = [tokenizer(fact_prompt(country, "capital"))["input_ids"] for country in countries]
    replies = reply_to(lesson, model, tokenizer, prompts, 8, stops=())
    texts = [tokenizer.decode(reply).strip() for reply in replies]
    return sum(text.startswith(one.capital) for text, one in zip(texts, countries, strict=True)) / len(countries)


@experiment(
    'A base model completes "The capital of X is" and continues a question instead of answering it; tuned, it answers',
    needs=("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply"),
)
def base_completes(lesson, backbone, seed, track):
    from autograder.backbone import split_countries

    countries = split_countries("test", seed)[:60]
    rows = [
        {"instruction": f"What is the capital of {one.name}?", "output": f"The capital of {one.name} is {one.capital}."}
        for one in countries
    ]
    model, tokenizer = trainable(lesson, backbone)
    completes = completed(lesson, model, tokenizer, countries)
    require(completes > 0.9, f"it completes {completes:.0%} of the capitals, less than 90%.")
    prompts = [tokenizer(row["instruction"])["input_ids"] for row in rows]
    texts = [tokenizer.decode(reply) for reply in reply_to(lesson, model, tokenizer, prompts, TOKENS, stops=())]
    answers = sum(one.capital in text for one, text in zip(countries, texts, strict=True)) / len(rows)
    asks = sum("?" in text for text in texts) / len(rows)
    examples = [as_chat(lesson, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
    tune(lesson, model, list(track(examples, "tuning")), seed, rows=ROWS, steps=STEPS, rate=RATE)
    tuned = judged(lesson, model, tokenizer, rows)
    # Five seeds: 1.00 completed, 0.02 to 0.03 answered, 1.00 go on with a question; tuned, 0.78 to 0.87 answered.
    return Result(
        columns=("", "share of 60 capitals"),
        rows=[
            ('base completes "The capital of X is"', round(completes, 2)),
            ('base answers "What is the capital of X?"', round(answers, 2)),
            ("base goes on with another question", round(asks, 2)),
            ("tuned on other countries, it answers", round(tuned["right"], 2)),
        ],
        verdicts=[
            Verdict(
                answers <= 0.15, f"it completes {completes:.2f} of the capitals and answers {answers:.2f} when asked"
            ),
            Verdict(asks >= 0.9, f"behind a question it goes on with another one in {asks:.2f} of the cases"),
            Verdict(tuned["right"] >= 0.65, f"tuned on other countries it answers {tuned['right']:.2f}"),
        ],
        numbers={"completes": completes, "answers": answers, "asks": asks, "tuned_answers": tuned["right"]},
        draw=lambda axes: draw_bars(
            axes,
            {
                "base completes": completes,
                "base answers": answers,
                "base asks on": asks,
                "tuned answers": tuned["right"],
            },
            "share of capitals",
        ),
    )


def draw_bars(axes, values: dict[str, float], label: str) -> None:
    colours = ["#4c72b0", "#dd8452", "#dd8452", "#55a868", "#c44e52", "#8172b3"]
    axes.bar(list(values), list(values.values()), 0.6, color=colours[: len(values)])
    for place, value in enumerate(values.values()):
        axes.text(place, value + 0.02, f"{value:.2f}", ha="center")
    axes.set_ylim(0, 1.12)
    axes.set_ylabel(label)


@experiment(
    "A model answers in the template that it was tuned with; asked in another one, or in none, it is seldom right",
    needs=("format_alpaca", "add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply"),
)
def wrong_template(lesson, backbone, seed, track):
    rows, templates = questions("test", 30, seed), ("ChatML", "Alpaca", "no template")
    found = {}
    for tuned in track(("ChatML", "Alpaca"), "tuning"):
        model, tokenizer = trainable(lesson, backbone)
        encode = as_chat if tuned == "ChatML" else as_alpaca
        examples = [encode(lesson, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
        tune(lesson, model, examples, seed, rows=ROWS, steps=STEPS, rate=RATE)
        for asked in templates:
            found[tuned, asked] = judged(lesson, model, tokenizer, rows, asked)["right"]
    chatml, alpaca = ({asked: found[tuned, asked] for asked in templates} for tuned in ("ChatML", "Alpaca"))
    # Five seeds: ChatML 0.73 to 0.77 in its own template, 0 to 0.07 in Alpaca's, 0 without one. Alpaca 0.53 to 0.83 in
    # its own, 0 to 0.3 in ChatML, by 0.23 less at least in every seed, and 0 without one.
    return Result(
        columns=("tuned with", *(f"asked in {one}" for one in templates)),
        rows=[(tuned, *(round(found[tuned, asked], 2) for asked in templates)) for tuned in ("ChatML", "Alpaca")],
        verdicts=[
            Verdict(chatml["ChatML"] >= 0.6, f"tuned with ChatML and asked in it, {chatml['ChatML']:.2f} are right"),
            Verdict(
                max(chatml["Alpaca"], chatml["no template"]) <= 0.2,
                f"asked in Alpaca's template {chatml['Alpaca']:.2f}, without one {chatml['no template']:.2f}",
            ),
            Verdict(
                alpaca["Alpaca"] >= 0.4,
                f"Alpaca's template is not too hard: tuned with it and asked in it, {alpaca['Alpaca']:.2f} are right",
            ),
            Verdict(
                alpaca["Alpaca"] - alpaca["ChatML"] >= 0.15 and alpaca["no template"] <= 0.2,
                f"asked in ChatML {alpaca['ChatML']:.2f}, without a template {alpaca['no template']:.2f}",
            ),
        ],
        numbers={
            f"{tuned}_asked_in_{asked}".lower().replace(" ", "_"): value for (tuned, asked), value in found.items()
        },
        draw=lambda axes: draw_templates(axes, found, templates),
    )


def draw_templates(axes, found, templates) -> None:
    for offset, tuned, colour in ((-0.2, "ChatML", "#4c72b0"), (0.2, "Alpaca", "#dd8452")):
        values = [found[tuned, asked] for asked in templates]
        axes.bar([place + offset for place in range(3)], values, 0.38, color=colour, label=f"tuned with {tuned}")
        for place, value in enumerate(values):
            axes.text(place + offset, value + 0.02, f"{value:.2f}", ha="center")
    axes.set_xticks(range(3), [f"asked in {one}" for one in templates[:2]] + ["asked without"])
    axes.set_ylim(0, 1.25)
    axes.set_ylabel("share answered right")
    axes.legend(loc="upper right", ncols=2)


@experiment(
    "With the end token masked, a model learns the answers and never stops",
    needs=("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply"),
)
def end_token_masked(lesson, backbone, seed, track):
    rows, found = questions("test", 45, seed), {}
    for masked in track((False, True), "tuning"):
        model, tokenizer = trainable(lesson, backbone)
        end = tokenizer.convert_tokens_to_ids(END)
        examples = [as_chat(lesson, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
        if masked:
            examples = [
                {
                    "input_ids": one["input_ids"],
                    "loss_mask": [
                        0 if token == end else flag
                        for token, flag in zip(one["input_ids"], one["loss_mask"], strict=True)
                    ],
                }
                for one in examples
            ]
        tune(lesson, model, examples, seed, rows=ROWS, steps=STEPS, rate=RATE)
        found[masked] = judged(lesson, model, tokenizer, rows)
        prompts = [asked_in(lesson, tokenizer, row, "ChatML") for row in rows]
        texts = [tokenizer.decode(reply).strip() for reply in reply_to(lesson, model, tokenizer, prompts, TOKENS)]
        found[masked]["begins right"] = sum(
            text.startswith(row["output"]) for text, row in zip(texts, rows, strict=True)
        ) / len(rows)
    # Five seeds: 1.00 stop by themselves when the end is supervised, 0.00 when it is masked; of these 0.71 to 0.93
    # begin with the right answer.
    return Result(
        columns=("", "stops by itself", "begins with the right answer"),
        rows=[
            (name, round(found[masked]["stopped"], 2), round(found[masked]["begins right"], 2))
            for masked, name in ((False, "<|im_end|> supervised"), (True, "<|im_end|> masked"))
        ],
        verdicts=[
            Verdict(found[False]["stopped"] >= 0.9, f"supervised, {found[False]['stopped']:.2f} of the replies stop"),
            Verdict(
                found[True]["stopped"] <= 0.05,
                f"masked, {found[True]['stopped']:.2f} stop within {TOKENS} tokens, although "
                f"{found[True]['begins right']:.2f} begin with the right answer",
            ),
            Verdict(found[True]["begins right"] >= 0.5, "the answers themselves are learned all the same"),
        ],
        numbers={
            "stop_rate_supervised": found[False]["stopped"],
            "stop_rate_masked": found[True]["stopped"],
            "begins_right_supervised": found[False]["begins right"],
            "begins_right_masked": found[True]["begins right"],
        },
        draw=lambda axes: draw_bars(
            axes,
            {"end supervised": found[False]["stopped"], "end masked": found[True]["stopped"]},
            "share of replies that stop",
        ),
    )


def shuffled(row: dict[str, str], rng: random.Random) -> dict[str, str]:
    """The same instruction with the words of its output in disorder, without a full stop."""
    words = row["output"].rstrip(".").lower().split()
    rng.shuffle(words)
    return {**row, "output": " ".join(words)}


@experiment(
    "A few dozen examples are enough for the format, and noisy responses teach a noisy format",
    needs=("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply"),
)
def few_and_noisy(lesson, backbone, seed, track):
    rows, rng, found = questions("test", 45, seed), random.Random(seed), {}
    for count, noise in track(((3, 0.0), (12, 0.0), (48, 0.0), (48, 0.5), (48, 1.0)), "tuning"):
        model, tokenizer = trainable(lesson, backbone)
        examples = questions("train", count, seed)
        examples = [shuffled(row, rng) if place < noise * count else row for place, row in enumerate(examples)]
        encoded = [as_chat(lesson, tokenizer, row) for row in examples]
        tune(lesson, model, encoded, seed, rows=ROWS, steps=60, rate=3e-4)
        found[count, noise] = judged(lesson, model, tokenizer, rows)
    three, clean, noisy = found[3, 0.0], found[48, 0.0], found[48, 1.0]
    # Five seeds, share with the form of an answer: 48 examples 0.98 to 1, three 0.93 to 1, all noisy 0, half of them
    # noisy 0 to 0.56 (a wide spread, so nothing is claimed of it). Right: three 0.07 to 0.2, 48 0.49 to 0.73.
    return Result(
        columns=("examples", "noisy", "form of an answer", "right", "stops"),
        rows=[
            (count, f"{noise:.0%}", round(one["form"], 2), round(one["right"], 2), round(one["stopped"], 2))
            for (count, noise), one in found.items()
        ],
        verdicts=[
            Verdict(
                clean["form"] >= 0.9, f"48 examples: {clean['form']:.2f} of the replies have the form of an answer"
            ),
            Verdict(
                three["form"] - three["right"] >= 0.5,
                f"the form comes first: three examples give {three['form']:.2f}, and {three['right']:.2f} are right",
            ),
            Verdict(noisy["form"] <= 0.1, f"48 noisy ones: {noisy['form']:.2f}"),
        ],
        numbers={
            f"{name}_{count}_examples_noise_{noise:.1f}": one[name]
            for (count, noise), one in found.items()
            for name in ("form", "right", "stopped")
        },
        draw=lambda axes: draw_format(axes, found),
    )


def draw_format(axes, found) -> None:
    for offset, of, colour, label in (
        (-0.2, "form", "#4c72b0", "form of an answer"),
        (0.2, "right", "#55a868", "right"),
    ):
        values = [one[of] for one in found.values()]
        axes.bar([place + offset for place in range(len(found))], values, 0.38, color=colour, label=label)
        for place, value in enumerate(values):
            axes.text(place + offset, value + 0.02, f"{value:.2f}", ha="center", fontsize=9)
    axes.set_xticks(range(len(found)), [f"{count}\n{noise:.0%} noisy" for count, noise in found])
    axes.set_xlabel("examples")
    axes.set_ylim(0, 1.25)
    axes.set_ylabel("share of replies")
    axes.legend(loc="upper right", ncols=2)

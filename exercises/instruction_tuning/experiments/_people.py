"""A world of 40 people with three facts each, and a model small enough to be pretrained on it here, twice.

Names and words are one token each, so that a text takes some twenty.
"""

from __future__ import annotations

import random

import torch
from torch import nn

from ._shared import answer_all

NAMES = [
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

STEPS, ROWS, RATE = 2000, 8, 3e-3  # of pretraining

Facts = dict[str, dict[str, str]]  # name → relation → answer


def draw_facts(rng: random.Random) -> Facts:
    """Three facts about each person."""
    return {name: {relation: rng.choice(words) for relation, words in VALUES.items()} for name in NAMES}


def biography(rng: random.Random, name: str, facts: dict[str, str], one_wording: bool) -> str:
    """What pretraining reads about a person: three facts in any order and wording, or always the same text."""
    if one_wording:
        return ONE_WORDING.format(name=name, **facts)
    relations = rng.sample(list(VALUES), 3)
    return " ".join(rng.choice(WORDINGS[one]).format(name=name, answer=facts[one]) for one in relations)


def chats_about(names: list[str], facts: Facts) -> list[list[dict[str, str]]]:
    """A question and its answer for every fact about these people."""
    return [
        [
            {"role": "user", "content": QUESTIONS[relation].format(name=name)},
            {"role": "assistant", "content": f"{facts[name][relation]} ."},
        ]
        for name in names
        for relation in VALUES
    ]


def word_tokenizer():
    """One token for every word, one for a newline."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    texts = [ONE_WORDING, *QUESTIONS.values(), *(one for some in WORDINGS.values() for one in some)]
    words = {word: None for text in texts for word in text.split() if "{" not in word}
    vocabulary = ["<|endoftext|>", "\n", "user", "assistant", *words, *NAMES]
    vocabulary += [word for some in VALUES.values() for word in some]
    ids = {word: index for index, word in enumerate(vocabulary)}
    backend = Tokenizer(models.WordLevel(ids, "<|endoftext|>"))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"\n|[^ \n]+"), "removed", invert=True)
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|endoftext|>", pad_token="<|endoftext|>")


def small_gpt(vocabulary: int) -> nn.Module:
    """A GPT-2 of 0.2 million parameters."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=vocabulary,
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
    return GPT2LMHeadModel(config)


def pretrained(student, tokenizer, facts: Facts, one_wording: bool, seed: int, track) -> nn.Module:
    """A small GPT-2 that has read the biographies of all people."""
    torch.manual_seed(seed)
    model, rng = small_gpt(len(tokenizer)), random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.1)
    shown = "pretraining on one wording" if one_wording else "pretraining on four wordings"
    for step in track(range(STEPS), shown):
        # Warm up, then fall in a straight line
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 50) * max(0.05, 1 - step / STEPS)
        # Biographies of some people, each with an end token
        texts = [biography(rng, name, facts[name], one_wording) for name in rng.sample(NAMES, ROWS)]
        ids = [torch.tensor([*tokenizer(text)["input_ids"], 0]) for text in texts]
        input_ids = nn.utils.rnn.pad_sequence(ids, batch_first=True)  # (B, T)
        labels = nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=-100)  # (B, T)
        # Forward
        loss = student.sft_loss(model(input_ids).logits, labels)
        # Backward
        optimizer.zero_grad()
        loss.backward()
        # Update
        optimizer.step()
    optimizer.zero_grad()
    return model


def share_completed(student, model, tokenizer, facts: Facts, one_wording: bool) -> float:
    """Share of the facts that the model puts behind the words that led to them in pretraining."""
    prompts, answers = [], []
    for name in NAMES:
        for relation, wordings in WORDINGS.items():
            text = ONE_WORDING.replace(f"{{{relation}}}", "{answer}") if one_wording else wordings[0]
            prompts.append(tokenizer(text.split("{answer}")[0].format(name=name, **facts[name]))["input_ids"])
            answers.append(tokenizer(facts[name][relation])["input_ids"])
    return sum(map(list.__eq__, answer_all(student, model, tokenizer, prompts, 1, stops=()), answers)) / len(answers)

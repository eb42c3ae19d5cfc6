"""The tiny world: its facts, and the rules of its text that the course leans on."""

import random
import re
from collections import Counter
from itertools import islice

import pytest

from autograder.backbone import world
from autograder.backbone.world import FACT_WORDINGS, QUESTIONS, RELATIONS, countries, fact_prompt

MARKUP = re.compile(
    r"<\||\|>|###|\[/?INST\]|</?s>|instruction|response|assistant|\b(system|user|human|AI|question|answer):", re.I
)


def sample(count=3000, **options):
    return list(islice(world.documents("test", **options), count))


def test_table_holds_what_it_says():
    table = countries()
    assert len(table) == 179
    for column in ("code", "name", "capital"):
        assert len({getattr(country, column) for country in table}) == 179, f"{column} repeats"
    assert Counter(country.continent for country in table) == {
        "Africa": 50, "Asia": 41, "Europe": 41, "North America": 23, "Oceania": 13, "South America": 11,
    }  # fmt: skip
    for country in table:
        for value in (country.name, country.capital, country.continent, country.currency):
            assert value == value.strip() and value.isascii() and "," not in value
        assert country.capital != country.name


@pytest.mark.parametrize(
    "name, capital, continent, currency",
    [
        ("France", "Paris", "Europe", "euro"),
        ("Kazakhstan", "Astana", "Asia", "tenge"),  # the source still says Nur-Sultan
        ("Bulgaria", "Sofia", "Europe", "euro"),  # since 2026
        ("Tanzania", "Dodoma", "Africa", "shilling"),
        ("the United States", "Washington", "North America", "dollar"),
        ("Australia", "Canberra", "Oceania", "dollar"),
    ],
)
def test_facts_people_get_wrong(name, capital, continent, currency):
    (country,) = [country for country in countries() if country.name == name]
    assert (country.capital, country.continent, country.currency) == (capital, continent, currency)


def test_countries_without_one_undisputed_capital_are_left_out():
    names = {country.name for country in countries()}
    assert not names & {"Bolivia", "South Africa", "Israel", "Sri Lanka", "Eswatini", "Yemen", "Nauru", "Singapore"}


def test_a_seed_fixes_the_corpus():
    assert sample(200) == sample(200)
    assert sample(200) != list(islice(world.documents("another"), 200))


def test_no_markup_anywhere():
    for wording in world.WORDINGS:
        for text in sample(4000, wording=wording):
            assert not MARKUP.search(text), text
            assert "\n" not in text


def test_questions_are_never_answered():
    """A fact document is either all questions or has none."""
    kinds = Counter()
    for text in sample(2000, kind="facts"):
        sentences = re.findall(r"[^?]+\?", text)
        assert not sentences or "".join(sentences) == text, text
        kinds[bool(sentences)] += 1
    assert 0.08 < kinds[True] / 2000 < 0.20


def test_questions_in_stories_are_talked_about_and_not_answered():
    seen = 0
    for text in sample(2000, kind="story"):
        for country in countries():
            if country.capital in country.name:
                continue
            if f"{country.name}?" in text or f"{country.name} governed?" in text or f"used in {country.name}?" in text:
                seen += 1
                assert not re.search(rf"\b({country.capital}|{country.continent}|{country.currency})\b", text), text
    assert seen > 200


def test_every_fact_comes_in_every_wording():
    """Paraphrase is what lets a finetuning ask in a new form; the control has one form only."""
    text = "\n".join(sample(30_000, kind="facts"))
    country = countries()[59]
    for relation in RELATIONS:
        for wording in FACT_WORDINGS[relation]:
            assert world.sentence(wording, country, relation) in text, wording


def test_control_has_one_text_for_each_country():
    texts = {text for text in sample(6000, kind="facts", wording="single") if "?" not in text}
    assert texts == {world.single_profile(country) for country in countries()}


def test_prompts_are_the_corpus_cut_before_the_answer():
    bahamas = next(country for country in countries() if country.code == "BS")
    assert fact_prompt(bahamas, "continent") == "The continent of the Bahamas is"
    assert fact_prompt(bahamas, "currency") == "The currency of the Bahamas is the"
    for country in countries():
        for relation in RELATIONS:
            prompt = fact_prompt(country, relation, "single")
            assert world.single_profile(country).startswith(f"{prompt} {country.answer(relation)}.")
    assert fact_prompt(bahamas, "capital", "single").endswith("Its capital is")


def test_held_out_texts_are_never_trained_on():
    trained, held_out = set(sample(20_000)), set(sample(2000, held_out=True))
    assert not trained & held_out
    assert 0.07 < sum(map(world.is_held_out, map(str, range(20_000)))) / 20_000 < 0.13


def test_reviews_open_without_a_hint():
    """The opening is drawn apart from label and topic, so the first token tells neither."""
    rng = random.Random(0)
    reviews = [world.review(rng) for _ in range(20_000)]
    for key in (lambda review: review.label, lambda review: review.topic):
        by_class = Counter((key(review), review.text.split()[0]) for review in reviews)
        for word in {word for _, word in by_class}:
            counts = [count for (_, first), count in by_class.items() if first == word]
            mean = sum(counts) / len(counts)
            assert max(abs(count - mean) for count in counts) < 5 * mean**0.5, word  # Poisson noise, 5 sigma


def test_label_is_the_majority_of_the_opinions():
    positive = {*world.POSITIVE, *(word for topic in world.TOPICS for word in topic.positive)}
    negative = {*world.NEGATIVE, *(word for topic in world.TOPICS for word in topic.negative)}
    assert not positive & negative
    rng = random.Random(1)
    for _ in range(2000):
        review = world.review(rng)
        votes = 0
        for sentence in re.split(r"[.!] ", review.text)[1:]:
            words = set(re.findall(r"[a-z]+", sentence.lower()))
            negated = bool(words & {"not", "nothing", "nobody"})
            vote = bool(words & positive) - bool(words & negative)
            votes += -vote if negated else vote
        assert (votes > 0) == bool(review.label) and votes != 0, review


def test_articles_agree():
    for text in sample(4000, kind="review"):
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text), text


def test_counting_is_right():
    for text in sample(2000, kind="counting"):
        for sentence in text.rstrip(".").split(". "):
            numbers = [int(number) for number in re.findall(r"\d+", sentence)]
            if sentence.startswith("Count"):
                first, last, *rest = numbers
                assert rest == list(range(first, last + (1 if last > first else -1), 1 if last > first else -1)), (
                    sentence
                )
            elif "plus" in sentence:
                assert numbers[0] + numbers[1] == numbers[2], sentence
            else:
                assert numbers[1] - numbers[0] == (1 if sentence.startswith("After") else -1), sentence


def test_bad_names_are_refused():
    with pytest.raises(ValueError, match="wording"):
        world.facts(random.Random(0), "tripled")
    with pytest.raises(ValueError, match="kind"):
        next(world.documents(0, kind="poem"))
    with pytest.raises(ValueError, match="relation"):
        countries()[0].answer("anthem")


def test_questions_name_the_country_and_not_the_answer():
    for relation in RELATIONS:
        for question in QUESTIONS[relation]:
            assert "{name}" in question and "{answer}" not in question

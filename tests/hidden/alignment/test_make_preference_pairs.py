"""Hidden checks of `make_preference_pairs`."""

import torch
from alignment_oracles import expect_different_numbers_rejected

from autograder.checks import exercise, expect_equal, fail, probe


@probe
def sorted_pairs(student, prompts, responses, scores):
    """The pairs as a sorted list of triples."""
    pairs = student.make_preference_pairs(
        prompts, responses, lambda prompt, response: scores.get(f"{prompt}|{response}", 0.0)
    )
    return sorted([pair["prompt"], pair["chosen"], pair["rejected"]] for pair in pairs)


@exercise("make_preference_pairs")
def test_one_text_under_two_prompts(student, rng):
    # Three prompts share their responses; the second has the scores of the first turned round, the third ties.
    values = [float(one) for one in rng.permutation(range(4))]
    texts, rows = ["yes", "no", "perhaps", "never"], [values, [-one for one in values], [1.0] * 4]
    scores = {
        f"{q}|{text}": one for q, row in zip("abc", rows, strict=True) for text, one in zip(texts, row, strict=True)
    }
    expected = [
        [q, one, two] for q in "abc" for one in texts for two in texts if scores[f"{q}|{one}"] > scores[f"{q}|{two}"]
    ]
    found = student.run(sorted_pairs, list("abc"), [texts] * 3, scores)
    expect_equal(found, sorted(expected), what="The pairs of three prompts with the same responses")


@exercise("make_preference_pairs")
def test_reversing_the_responses_changes_nothing(student, rng):
    values = torch.randperm(5, generator=rng).tolist()
    texts = [f"reply {letter}" for letter in "abcde"]
    scores = {f"q|{text}": float(value) for text, value in zip(texts, values, strict=True)}
    forwards, backwards = (student.run(sorted_pairs, ["q"], [order], scores) for order in (texts, texts[::-1]))
    if forwards != backwards:
        fail("Another order of the responses gives other pairs; the order says nothing about which is better.")
    if len(forwards) != 10:
        fail("Five responses with five different scores make ten pairs.", expected=10, got=len(forwards))
    better = [[one, two] for one in texts for two in texts if scores[f"q|{one}"] > scores[f"q|{two}"]]
    expect_equal(forwards, sorted(["q", *pair] for pair in better), what="The pairs of five responses")


@exercise("make_preference_pairs")
def test_nothing_to_compare(student, rng):
    better, worse = rng.permutation([f"reply {number}" for number in rng.permutation(range(20))[:2]])
    scores = {"a|only one": 1.0, f"c|{better}": 1.0, f"c|{worse}": 0.0}
    rows = {"a": ["only one"], "b": [], "c": [worse, better]}
    for prompts in rng.permutation([[], ["a", "b"], rng.permutation("abc")]):
        expect_equal(
            student.run(sorted_pairs, prompts, [rows[prompt] for prompt in prompts], scores),
            [["c", better, worse]] if "c" in prompts else [],
            what="The pairs where there is little to compare, or nothing",
        )


@exercise("make_preference_pairs")
def test_prompts_and_responses_of_different_number_are_errors(student, rng):
    texts = [f"reply {number}" for number in rng.permutation(range(20))[:2]]
    scores = {f"{prompt}|{text}": float(value) for prompt in "ab" for value, text in enumerate(texts)}
    expected = [[prompt, texts[1], texts[0]] for prompt in "ab"]
    both = [texts, texts[::-1]]
    asked = [[["a", "b"], both], [["b", "a"], both[:1]], [["b"], both], [[], both[1:]]]
    expect_different_numbers_rejected(student, rng, expected, asked, scores)

"""Checks of `make_preference_pairs`."""

import torch
from alignment_oracles import expect_different_numbers_rejected

from autograder.checks import AnyOf, exercise, expect_equal, fail, probe


@probe
def pairs_of(student, prompts, responses, scores):
    """The pairs, and how often the judge was asked for each. `scores` maps "prompt|response" to a number."""
    asked = []

    def score(prompt, response):
        asked.append(f"{prompt}|{response}")
        return scores.get(f"{prompt}|{response}", -1000.0)

    return {"pairs": student.make_preference_pairs(prompts, responses, score), "asked": asked}


def as_set(pairs):
    """Pairs in an order of their own."""
    return sorted((pair["prompt"], pair["chosen"], pair["rejected"]) for pair in pairs)


def comparisons(prompts, responses, scores, keep):
    """Triples (prompt, chosen, rejected), one for each ordered couple of indices (a, b) that `keep` accepts."""
    found = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        values = [scores[f"{prompt}|{response}"] for response in candidates]
        for a, first in enumerate(candidates):
            for b, second in enumerate(candidates):
                if a != b and keep(a, b, values):
                    found.append((prompt, first, second))
    return sorted(found)


def first_best(values):
    """The first index of the largest value."""
    return values.index(max(values))


def last_best(values):
    """The last index of the largest value."""
    return max(index for index, value in enumerate(values) if value == max(values))


def expect_pairs(result, prompts, responses, scores, what, more=None):
    pairs = result["pairs"]
    good = isinstance(pairs, list) and all(
        isinstance(pair, dict) and pair.keys() == {"prompt", "chosen", "rejected"} for pair in pairs
    )
    if not good:
        fail("It must return a list of dicts with exactly prompt, chosen and rejected.", got=repr(pairs)[:200])
    if any(question not in scores for question in result["asked"]):
        if any("|".join(reversed(question.split("|"))) in scores for question in result["asked"]):
            fail("The judge is called with response and prompt the wrong way round.", got=result["asked"][0])
        fail("The judge is asked about a response that does not belong to the prompt.", got=result["asked"][0])

    def wrongly(keep):
        return lambda: comparisons(prompts, responses, scores, keep)

    expect_equal(
        as_set(pairs),
        comparisons(prompts, responses, scores, lambda a, b, values: values[a] > values[b]),
        what=what,
        mistakes={
            "A tie is made into a pair; equal scores say nothing about which is preferred.": wrongly(
                lambda a, b, values: values[a] > values[b] or (values[a] == values[b] and a < b)
            ),
            "The first response of every two is taken as chosen, whatever the scores.": wrongly(lambda a, b, v: a < b),
            "The first response is taken as chosen wherever the scores differ.": wrongly(
                lambda a, b, values: a < b and values[a] != values[b]
            ),
            "Comparisons in which the later response is better are left out.": wrongly(
                lambda a, b, values: a < b and values[a] > values[b]
            ),
            "chosen and rejected are the wrong way round.": wrongly(lambda a, b, values: values[a] < values[b]),
            "Every pair is there in both orders, so the data says nothing.": wrongly(
                lambda a, b, values: values[a] != values[b]
            ),
            "Only the best and the worst response of a prompt are paired.": AnyOf(
                *(
                    wrongly(
                        lambda a, b, values, best=best: (
                            values[a] > values[b] and a == best(values) and b == values.index(min(values))
                        )
                    )
                    for best in (first_best, last_best)
                )
            ),
            "Only the best response of a prompt is ever chosen.": wrongly(
                lambda a, b, values: values[a] > values[b] and a == first_best(values)
            ),
            "A response that stands alone is made into a pair; there is nothing to compare it with.": lambda: sorted(
                comparisons(prompts, responses, scores, lambda a, b, values: values[a] > values[b])
                + [(prompt, row[0], "") for prompt, row in zip(prompts, responses, strict=True) if len(row) == 1]
            ),
            "Only neighbouring responses are compared.": wrongly(
                lambda a, b, values: values[a] > values[b] and abs(a - b) == 1
            ),
            "A score of 0 is taken for no score: such a response is in no pair.": wrongly(
                lambda a, b, values: values[a] > values[b] and values[a] != 0 and values[b] != 0
            ),
            "Scores that hardly differ are taken for a tie; only equal ones are.": wrongly(
                lambda a, b, values: values[a] > values[b] + 1e-7
            ),
            "Only responses with a positive score are ever chosen.": wrongly(
                lambda a, b, values: values[a] > values[b] and values[a] > 0
            ),
            **(more or {}),
        },
        advice="Two responses to one prompt with different scores make one pair; the higher score is chosen.",
    )


@exercise("make_preference_pairs")
def test_make_preference_pairs_docstring_example(student, rng):
    # The right one isn't last, so that more mistakes are told apart than in the docstring's example
    total = rng.randint(5, 100)
    wrong = [str(total - 1), str(total + 1)]
    prompt, responses = f"{total - 2} + 2?", [[*rng.permutation([str(total), wrong[0]]), wrong[1]]]
    scores = {f"{prompt}|{said}": float(said == str(total)) for said in responses[0]}
    result = student.run(pairs_of, [prompt], responses, scores)
    expect_pairs(result, [prompt], responses, scores, "The pairs of a sum")
    prompts, responses = ["2 + 2?"], [["5", "4", "four"]]
    scores = {"2 + 2?|5": 0.0, "2 + 2?|4": 1.0, "2 + 2?|four": 1.0}
    result = student.run(pairs_of, prompts, responses, scores)
    expect_pairs(result, prompts, responses, scores, "The docstring's pairs")


@exercise("make_preference_pairs")
def test_every_two_responses_to_a_prompt(student, rng):
    prompts = ["first", "second", "third", "fourth"]
    values = [[1.5, -2.0, 0.5, 1.5, -1.0], [0.0, 2.0, 2.0 + 1e-9], [1.0], [-3.0, -1.0, -2.0]]
    responses, scores = [], {}
    for prompt, row in zip(prompts, values, strict=True):
        shuffled = rng.permutation(row)
        texts = [f"{prompt} {letter}" for letter in "abcde"[: len(row)]]
        responses.append(texts)
        scores |= {f"{prompt}|{text}": value for text, value in zip(texts, shuffled, strict=True)}
    result = student.run(pairs_of, prompts, responses, scores)
    expect_pairs(result, prompts, responses, scores, "The list of pairs")
    if len(result["asked"]) != len(set(result["asked"])):
        fail(
            "The judge is asked more than once for the same response.",
            expected=len(scores),
            got=len(result["asked"]),
            advice="Score every response first and keep the scores.",
        )


@exercise("make_preference_pairs")
def test_one_response_to_two_prompts(student, rng):
    # Good for one prompt, bad for the other. In both orders some later response is better, and some earlier one.
    values = rng.choice([[1.5, 3.0, -1.0, 2.0], [2.0, -1.0, 3.0, 1.5], [-1.0, 2.0, 1.5, 3.0]])
    texts, prompts = ["yes", "no", "perhaps", "never"], ["warm?", "cold?"]
    each = [dict(zip(texts, row, strict=True)) for row in (values, [-one for one in values])]
    scores = {f"{prompt}|{text}": row[text] for prompt, row in zip(prompts, each, strict=True) for text in texts}
    responses = [texts, texts]
    kept, overwritten = (
        comparisons(
            prompts,
            responses,
            {f"{prompt}|{text}": row[text] for prompt in prompts for text in texts},
            lambda a, b, values: values[a] > values[b],
        )
        for row in each
    )
    expect_pairs(
        student.run(pairs_of, prompts, responses, scores),
        prompts,
        responses,
        scores,
        "The pairs of two prompts with the same responses",
        {
            "The score is remembered by the words alone; they can be good for one prompt and bad for another.": kept,
            "A later prompt overwrites a score: it is kept by the words alone, without the prompt.": overwritten,
        },
    )


@exercise("make_preference_pairs")
def test_each_prompt_has_its_responses(student, rng):
    texts = [f"reply {number}" for number in rng.permutation(range(9))[:2]]
    responses = [texts, texts]
    scores = {f"{prompt}|{text}": float(value) for prompt in "ab" for value, text in enumerate(texts)}
    result = student.run(pairs_of, ["a", "b"], responses, scores)
    expect_pairs(result, ["a", "b"], responses, scores, "The pairs of two prompts with two responses each")
    # The same words twice are two responses: each is compared with the other ones.
    bad, good, best = rng.permutation(["yes", "no", "perhaps", "never"])[:3]
    twice = {f"{number}|{text}": value for number in "ab" for text, value in ((bad, -1.0), (good, 1.0), (best, 2.0))}
    row = rng.choice([[bad, good, best, good], [best, good, bad, good], [good, best, good, bad]])
    once = [list(dict.fromkeys(row))] * 2
    result = student.run(pairs_of, ["a", "b"], [row, row], twice)
    expect_pairs(
        result,
        ["a", "b"],
        [row, row],
        twice,
        "The pairs where one response stands twice",
        {
            "A response that stands twice is compared once; the two are compared with the other ones each.": (
                comparisons(["a", "b"], once, twice, lambda a, b, values: values[a] > values[b])
            )
        },
    )
    if len(result["asked"]) < 8 and len(set(result["asked"])) == 6:
        fail("Of a response that stands twice one is never judged.", expected=8, got=len(result["asked"]))
    # And so are two prompts.
    prompts, rows = ["a", "b", "a"], [[bad, good], [good, best], [best, bad]]
    better = [["a", good, bad], ["b", best, good], ["a", best, bad]]
    expect_pairs(
        student.run(pairs_of, prompts, rows, twice),
        prompts,
        rows,
        twice,
        "The pairs of a prompt that stands twice",
        {"Of a prompt that stands twice only the last responses are compared.": sorted(map(tuple, better[1:]))},
    )
    expected = [[prompt, texts[1], texts[0]] for prompt in "ab"]
    asked = [[["a", "b"], responses], [["a", "b"], responses[:1]], [["a"], responses]]
    expect_different_numbers_rejected(student, rng, expected, asked, scores)

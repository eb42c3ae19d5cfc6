"""Scores that hardly differ are taken for a tie; only equal ones are."""

_right = make_preference_pairs


def make_preference_pairs(prompts, responses, score):
    return _right(prompts, responses, lambda prompt, response: round(score(prompt, response), 6))

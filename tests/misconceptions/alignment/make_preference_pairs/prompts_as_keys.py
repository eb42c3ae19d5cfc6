"""Of a prompt that stands twice only the last responses are compared."""

_right = make_preference_pairs


def make_preference_pairs(prompts, responses, score):
    table = dict(zip(prompts, responses, strict=True))
    return _right(list(table), list(table.values()), score)

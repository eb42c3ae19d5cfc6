"""A response that stands twice is compared once; the two are compared with the other ones each."""

_right = make_preference_pairs


def make_preference_pairs(prompts, responses, score):
    return _right(prompts, [list(dict.fromkeys(row)) for row in responses], score)

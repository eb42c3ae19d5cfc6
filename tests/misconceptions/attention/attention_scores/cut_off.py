"""Scores are cut off; they may be of any size."""

_right = attention_scores


def attention_scores(q, k):
    return _right(q, k).clamp(-5, 5)

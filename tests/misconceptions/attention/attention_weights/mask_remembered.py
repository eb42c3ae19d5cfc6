"""The mask of an earlier call is used."""

also = (
    "Without a mask nothing may be seen; every key may be seen then.",
    "The mask is not used.",
    "The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",
    "A query that may look at nothing gets equal weights; it must get zeros.",
    "No gradient goes through; the result is cut off from what went in.",
    "No gradient reaches the scores.",
    "No gradient reaches x.",
    "No gradient reaches the queries.",
    "No gradient reaches the keys.",
    "No gradient reaches the values.",
    "No gradient reaches w_q.",
    "No gradient reaches w_k.",
    "No gradient reaches w_v.",
    "No gradient reaches w_o.",
    "No gradient reaches what the head gave.",
)

_right = attention_weights
_kept = {}


def attention_weights(scores, mask=None):
    if mask is None:
        mask = _kept.get(scores.shape)
    else:
        _kept[scores.shape] = mask
    return _right(scores, mask)

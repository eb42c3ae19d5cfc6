"""The weights of an earlier call are used."""

also = (
    "No gradient reaches the queries.",
    "The result of an earlier call is given.",
    "No gradient goes through; the result is cut off from what went in.",
    "The mask is not used.",
    "No gradient reaches the scores.",
    "No gradient reaches x.",
    "No gradient reaches the keys.",
    "No gradient reaches the values.",
    "No gradient reaches w_q.",
    "No gradient reaches w_k.",
    "No gradient reaches w_v.",
    "No gradient reaches w_o.",
    "No gradient reaches what the head gave.",
)

_kept = {}


def attend(q, k, v, mask=None):
    key = q.shape, k.shape, q.dtype, mask is None
    weights = _kept.setdefault(key, attention_weights(attention_scores(q, k), mask).detach())
    return weights @ v

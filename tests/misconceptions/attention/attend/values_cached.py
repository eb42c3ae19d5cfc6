"""The values of an earlier call are used."""

also = (
    "No gradient reaches the values.",
    "The result of an earlier call is given.",
    "No gradient goes through; the result is cut off from what went in.",
    "The mask is not used.",
    "No gradient reaches the scores.",
    "No gradient reaches x.",
    "No gradient reaches the queries.",
    "No gradient reaches the keys.",
    "No gradient reaches w_q.",
    "No gradient reaches w_k.",
    "No gradient reaches w_v.",
    "No gradient reaches w_o.",
    "No gradient reaches what the head gave.",
)

_right = attend
_kept = {}


def attend(q, k, v, mask=None):
    key = q.shape, k.shape, v.shape, v.dtype
    values = _kept.setdefault(key, v.detach().clone())
    return _right(q, k, values, mask)

"""The keys of an earlier call are used."""

also = (
    "No gradient reaches the keys.",
    "No gradient goes through; the result is cut off from what went in.",
    "The mask is not used.",
    "No gradient reaches the scores.",
    "No gradient reaches x.",
    "No gradient reaches the queries.",
    "No gradient reaches the values.",
    "No gradient reaches w_q.",
    "No gradient reaches w_k.",
    "No gradient reaches w_v.",
    "No gradient reaches w_o.",
    "No gradient reaches what the head gave.",
)

_right = attention_scores
_kept = {}


def attention_scores(q, k):
    keys = _kept.setdefault((q.shape, k.shape, q.dtype), k.detach().clone())
    return _right(q, keys if keys.shape == k.shape else k)

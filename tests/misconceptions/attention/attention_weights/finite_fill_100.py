"""Masked scores are set to a finite number, which other scores may lie below."""

also = (
    "A query that may look at nothing gets equal weights; it must get zeros.",
    "A masked key gets a small weight; it must be exactly 0.",
    "The mask is not used.",
)


def attention_weights(scores, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}")
    if mask is None:
        return safe_softmax(scores)
    return safe_softmax(scores.double().masked_fill(~mask, -100)).to(scores.dtype)

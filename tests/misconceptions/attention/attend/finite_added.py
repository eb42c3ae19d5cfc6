"""A finite number is added to masked scores, which greater ones climb over."""

also = (
    "Masked scores are set to a finite number, which other scores may lie below.",
    "A query that may look at nothing gets the mean of all values; it must get zeros.",
    "A query that may look at nothing looks at all keys; it must get zeros.",
    "The mask is not used.",
)


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    attention_weights(scores, mask)
    return safe_softmax(scores if mask is None else scores + (~mask) * -1e3) @ v

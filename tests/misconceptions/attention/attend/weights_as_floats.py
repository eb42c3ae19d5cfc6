"""What comes out is in float32; it must have the dtype of what went in."""


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    return weights.float() @ v.float()

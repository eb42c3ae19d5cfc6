"""All keys have the same weight; the scores must decide."""

also = ("The weights are cut off from the gradient; they are learnt too.",)


def attend(q, k, v, mask=None):
    return attention_weights(0 * attention_scores(q, k), mask) @ v

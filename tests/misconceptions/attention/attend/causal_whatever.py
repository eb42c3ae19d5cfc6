"""Later keys are hidden, whatever the mask says."""

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    if mask is not None:
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    return _right(q, k, v, mask)

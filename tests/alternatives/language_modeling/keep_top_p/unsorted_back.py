"""The sorted logits are masked, then put back by the inverse order."""


def keep_top_p(logits, p):
    if p < 0.0 or p > 1.0:
        raise ValueError("p from 0 to 1, please")
    if p == 1.0:
        return logits.clone()
    ordered, order = logits.sort(dim=-1, descending=True)
    probs = ordered.double().softmax(dim=-1)
    goes = probs.cumsum(dim=-1) - probs >= p
    goes[..., :1] = False
    return ordered.masked_fill(goes, -math.inf).gather(-1, order.argsort(dim=-1))

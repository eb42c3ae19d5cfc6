"""gpt_logits changes its input in place."""

_right = gpt_logits


def gpt_logits(ids, params, heads):
    answer = _right(ids, params, heads)
    params["lm_head.weight"] = params["wte.weight"]
    return answer

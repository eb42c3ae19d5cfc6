"""transformers' own warper."""


def keep_top_k(logits, k):
    from transformers import TopKLogitsWarper

    if k < 1:
        raise ValueError("pass 1 or more")
    return TopKLogitsWarper(top_k=k)(None, logits)

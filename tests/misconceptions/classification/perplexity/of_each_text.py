"""The perplexities of texts are averaged; exp comes last, after the mean over all tokens."""

_right = perplexity


def perplexity(language_model, batches):
    found = []
    for batch in batches:
        for ids, mask in zip(batch["input_ids"], batch["attention_mask"], strict=True):
            if mask.sum() > 1:
                found.append(_right(language_model, [{"input_ids": ids[None], "attention_mask": mask[None]}]))
    if not found:
        raise ValueError("there is no token to predict")
    return sum(found) / len(found)

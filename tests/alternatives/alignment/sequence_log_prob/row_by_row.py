"""Minus a summed cross-entropy for each row."""


def sequence_log_prob(logits, labels):
    rows = [
        F.cross_entropy(one[:-1].float(), label[1:], reduction="sum") for one, label in zip(logits, labels, strict=True)
    ]
    return -torch.stack(rows)

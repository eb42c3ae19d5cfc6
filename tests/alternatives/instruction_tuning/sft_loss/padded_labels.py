"""Labels are shifted instead of logits, with one more -100 at the end, as transformers does it."""


def sft_loss(logits, labels):
    labels = torch.nn.functional.pad(labels, (0, 1), value=-100)[:, 1:]
    per_token = torch.nn.functional.cross_entropy(
        logits.float().transpose(1, 2), labels, ignore_index=-100, reduction="none"
    )
    return per_token.sum() / max(1, int(labels.ne(-100).sum()))

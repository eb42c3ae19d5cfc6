"""It is the mean of the rows' means; here every token counts the same."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return torch.stack(
        [_right(*one, ignore_index) for one in zip(logits[:, None], targets[:, None], strict=True)]
    ).mean()

"""PyTorch"s cross_entropy on shifted logits with ignore_index and its own mean, guarded where it is 0 / 0."""


def sft_loss(logits, labels):
    shift_logits = logits[..., :-1, :].contiguous().float()
    shift_labels = labels[..., 1:].contiguous()
    if not (shift_labels != -100).any():
        return (logits * 0.0).sum().float()
    loss = torch.nn.CrossEntropyLoss(ignore_index=-100)
    return loss(shift_logits.view(-1, shift_logits.size(-1)), shift_labels.view(-1))

"""As DPO's own repository: shift, put 0 for -100, gather, mask, sum."""


def sequence_log_prob(logits, labels):
    labels = labels[:, 1:].clone()
    logits = logits[:, :-1, :]
    loss_mask = labels != -100
    labels[labels == -100] = 0
    per_token = torch.gather(logits.float().log_softmax(-1), dim=2, index=labels.unsqueeze(2)).squeeze(2)
    return per_token.where(loss_mask, 0.0).sum(-1)

"""As TRL's selective_log_softmax: the picked logit minus logsumexp, without a table of log-probabilities."""


def token_log_probs(logits, input_ids):
    logits, targets = logits[:, :-1].to(torch.float32), input_ids[:, 1:].clone()
    ignored = targets == -100
    targets[ignored] = 0
    picked = torch.gather(logits, dim=-1, index=targets.unsqueeze(-1)).squeeze(-1)
    found = picked - torch.logsumexp(logits, dim=-1)
    return torch.where(ignored, torch.zeros_like(found), found)

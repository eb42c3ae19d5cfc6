"""torch.distributions.Categorical, position by position."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, 1:]
    if targets.shape[1] == 0:
        return logits.new_zeros(targets.shape, dtype=torch.float32)
    guess = torch.distributions.Categorical(logits=logits[:, :-1].float())
    return torch.where(targets >= 0, guess.log_prob(targets.clamp(min=0)), 0.0)

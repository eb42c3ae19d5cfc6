"""As TRL's PPO: a copy of the price, the score added at an index per row."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    with torch.no_grad():
        non_score = -beta * (logp - logp_ref)
        rewards = torch.where(mask.bool(), non_score, torch.zeros_like(non_score))
        for row in range(len(rewards)):
            real = torch.nonzero(mask[row])
            if len(real):
                rewards[row, real[-1, 0]] += score[row]
    return rewards

"""That is IPO's squared loss, not -log sigmoid."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return ((chosen - rejected) / beta - 1 / (2 * beta)).square().mean(), chosen.detach(), rejected.detach()

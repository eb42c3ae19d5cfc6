"""log(sigmoid(x)) is -inf far from 0; the loss must stay finite."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen = beta * (policy_chosen - ref_chosen)
    rejected = beta * (policy_rejected - ref_rejected)
    return -torch.sigmoid(chosen - rejected).log().mean(), chosen.detach(), rejected.detach()

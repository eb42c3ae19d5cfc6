"""The preference loss of softplus, put on implicit rewards; a list is returned."""


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    chosen, rejected = (
        (ours - theirs) * beta for ours, theirs in ((policy_chosen, ref_chosen), (policy_rejected, ref_rejected))
    )
    return [F.softplus(rejected - chosen).mean(), chosen.clone().detach(), rejected.clone().detach()]

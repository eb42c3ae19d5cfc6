"""win_rate counts the pairs that are lost."""

also = ("win_rate counts ties as wins.",)  # it does, where 1 - win_rate is taken


def dpo_step(policy, reference, batch, optimizer, beta):
    if reference is policy:
        raise ValueError("pass a separate reference")

    def log_probs(model, side):
        rows = batch[side]
        logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits
        return sequence_log_prob(logits, rows["labels"])

    with without_dropout(policy, reference):
        with torch.no_grad():
            ref_chosen, ref_rejected = log_probs(reference, "chosen"), log_probs(reference, "rejected")
        loss, chosen, rejected = dpo_loss(
            log_probs(policy, "chosen"), log_probs(policy, "rejected"), ref_chosen, ref_rejected, beta
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    lengths = {side: (batch[side]["labels"][:, 1:] != -100).sum(dim=1).float() for side in batch}
    return {
        "loss": loss.item(),
        "chosen_reward": chosen.mean().item(),
        "rejected_reward": rejected.mean().item(),
        "win_rate": (chosen <= rejected).float().mean().item(),
        "chosen_length": lengths["chosen"].mean().item(),
        "rejected_length": lengths["rejected"].mean().item(),
    }

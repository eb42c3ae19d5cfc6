"""The longer of chosen and rejected is cut to the length of the shorter; the two may differ in T."""


def dpo_step(policy, reference, batch, optimizer, beta):
    if reference is policy:
        raise ValueError("reference is the policy itself: pass a frozen copy, made with copy.deepcopy before training")

    def log_probs(model: nn.Module, side: str) -> torch.Tensor:
        shorter = min(batch[one]["input_ids"].shape[1] for one in batch)
        rows = {name: rows[:, :shorter] for name, rows in batch[side].items()}
        logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits
        return sequence_log_prob(logits, rows["labels"])

    with without_dropout(policy, reference):
        with torch.no_grad():
            ref_chosen, ref_rejected = (log_probs(reference, "chosen"), log_probs(reference, "rejected"))
        loss, chosen_rewards, rejected_rewards = dpo_loss(
            log_probs(policy, "chosen"), log_probs(policy, "rejected"), ref_chosen, ref_rejected, beta
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    lengths = {side: (batch[side]["labels"][:, 1:] != IGNORE_INDEX).sum(dim=1).float() for side in batch}
    return {
        "loss": loss.item(),
        "chosen_reward": chosen_rewards.mean().item(),
        "rejected_reward": rejected_rewards.mean().item(),
        "win_rate": (chosen_rewards > rejected_rewards).float().mean().item(),
        "chosen_length": lengths["chosen"].mean().item(),
        "rejected_length": lengths["rejected"].mean().item(),
    }

"""As TRL: chosen and rejected go through the model in one batch."""


def dpo_step(policy, reference, batch, optimizer, beta):
    if policy is reference:
        raise ValueError("reference and policy are one object")
    width = max(side["labels"].shape[1] for side in batch.values())

    def together(name, fill):
        sides = [batch[side][name] for side in ("chosen", "rejected")]
        return torch.cat([F.pad(rows, (0, width - rows.shape[1]), value=fill) for rows in sides])

    ids, mask, labels = together("input_ids", 0), together("attention_mask", 0), together("labels", -100)
    modes = policy.training, reference.training
    policy.eval(), reference.eval()
    ours = sequence_log_prob(policy(input_ids=ids, attention_mask=mask).logits, labels).chunk(2)
    with torch.inference_mode():
        theirs = sequence_log_prob(reference(input_ids=ids, attention_mask=mask).logits, labels).chunk(2)
    loss, good, bad = dpo_loss(*ours, *[one.clone() for one in theirs], beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    policy.train(modes[0]), reference.train(modes[1])
    counts = (labels[:, 1:] != -100).sum(dim=1).float().chunk(2)
    return {
        "loss": float(loss),
        "win_rate": sum((good > bad).tolist()) / len(good),
        "chosen_reward": float(good.mean()),
        "rejected_reward": float(bad.mean()),
        "chosen_length": float(counts[0].mean()),
        "rejected_length": float(counts[1].mean()),
    }

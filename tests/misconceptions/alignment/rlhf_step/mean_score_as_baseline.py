"""The mean score is subtracted from the returns; it is the mean return, KL included."""


def rlhf_step(
    policy: nn.Module,
    reference: nn.Module,
    reward_model: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    prompts: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    beta: float,
    max_new_tokens: int,
    stop_id: int,
    clip: float = 0.2,
    updates: int = 1,
    generator: torch.Generator | None = None,
) -> dict[str, Any]:
    if reference is policy:
        raise ValueError("reference is the policy itself: pass a frozen copy, made with copy.deepcopy before training")
    if len(prompts) < 2:
        raise ValueError(f"{len(prompts)} prompt: pass two rows or more, the baseline is the mean over the batch")
    with without_dropout(policy, reference, reward_model):
        # Generate
        responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        batch, mask = join_responses(prompts, responses, stop_id)  # (B, T), (B, T-1)

        # Score
        with torch.no_grad():
            score = reward_model(batch["input_ids"], batch["attention_mask"])  # (B,)
            logp_old = token_log_probs(policy(**batch).logits, batch["input_ids"])  # (B, T-1)
            logp_ref = token_log_probs(reference(**batch).logits, batch["input_ids"])
        returns = kl_shaped_rewards(score, logp_old, logp_ref, beta, mask).sum(dim=1)  # (B,)
        advantages = (returns - score.mean())[:, None].expand_as(logp_old)  # (B, T-1)

        # Update
        losses = []
        for _ in range(updates):
            logp = token_log_probs(policy(**batch).logits, batch["input_ids"])  # (B, T-1)
            loss = ppo_clip_loss(logp, logp_old, advantages, mask, clip)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return {
        "loss": sum(losses) / len(losses),
        "reward": score.mean().item(),
        "kl": (logp_old - logp_ref).masked_fill(mask == 0, 0.0).sum(dim=1).mean().item(),
        "response_length": mask.sum(dim=1).float().mean().item(),
        "responses": responses,
    }

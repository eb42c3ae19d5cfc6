# %% [markdown]
# # Alignment: RLHF and DPO
#
# A tuned model answers. Which of two answers is better, nobody has told it yet. Here you turn judgments into a loss:
# first with a reward model and a loop that samples, then with DPO, which needs neither.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not,
# why. The docstring is the contract. Stuck? `!autograder hint dpo_loss` gives a hint; add 2 or 3 for a nearer one.

# %% setup
from autograder.backbone import preferences

# %% part alignment [markdown]
# ## 1 Preferences, and a model of them

# %% exercise make_preference_pairs

# %%
pairs = make_preference_pairs(
    ["Explain a qubit to a child."],
    [["A spinning coin.", "A vector in a Hilbert space.", "A spinning coin, until you look."]],
    score=lambda prompt, response: ("coin" in response) + ("look" in response),  # a judge with simple tastes
)
for pair in pairs:
    print(pair["chosen"], " >  ", pair["rejected"])

# %% exercise RewardModel

# %% exercise preference_loss

# %% predict [markdown]
# Two responses have the rewards 0.7 (preferred) and 0.3. What is the loss of this pair: 0, about 0.5, or above 1? And
# what if both rewards are raised by 10?
# ---
# -log sigmoid(0.4) = 0.513. Raising both changes nothing: only the difference counts.

# %%
for chosen, rejected in ((0.7, 0.3), (10.7, 10.3), (0.3, 0.7), (3.0, -3.0)):
    loss = preference_loss(torch.tensor([chosen]), torch.tensor([rejected]))
    print(f"chosen {chosen:5}, rejected {rejected:5}: loss {loss:.3f}")

# %% part alignment [markdown]
# ## 2 Probabilities of responses, and how far a policy has moved

# %% exercise token_log_probs

# %% exercise sequence_log_prob

# %% exercise kl_divergence

# %% exercise kl_estimate

# %% predict [markdown]
# k1 is an unbiased estimate of KL. Used as a loss on sampled tokens, where does its gradient pull?
# ---
# Nowhere: its expected gradient is zero. The biased k2 has the right one.

# %%
experiment("alignment/estimates_as_losses")

# %% part alignment [markdown]
# ## 3 DPO by hand
#
# The policy is its own reward model: how much likelier it finds a response than the reference does, times beta.

# %% exercise dpo_loss

# %% predict [markdown]
# Before the first step, policy and reference are the same model. What is the loss, and what are the implicit rewards?
# ---
# ln 2 = 0.693; both rewards are 0, since nothing has moved.

# %%
ref_chosen, ref_rejected = torch.tensor([-20.0]), torch.tensor([-18.0])
for moved in (0.0, 1.0, 5.0):
    loss, good, bad = dpo_loss(ref_chosen + moved, ref_rejected - moved, ref_chosen, ref_rejected, beta=0.1)
    print(f"moved by {moved}: loss {loss.item():.3f}, rewards {good.item():.1f} and {bad.item():.1f}")

# %% part alignment [markdown]
# ## 4 DPO on a model, and its implicit rewards
#
# Replies that answer politely are preferred to the same answers with a rebuke.

# %% exercise dpo_step

# %%
import copy

model, tokenizer = load_backbone(BACKBONE)
width = model.config.hidden_size
train_pairs, test_pairs = preferences("tiny", "train", 192), preferences("tiny", "test", 48)
print(train_pairs[0])


def side_of(some, side):
    """One side of the pairs as a batch, labels on the response only."""
    rows = []
    for pair in some:
        prompt = tokenizer(pair["prompt"])["input_ids"]
        response = tokenizer(" " + pair[side].strip())["input_ids"] + [tokenizer.eos_token_id]
        rows.append((prompt + response, [-100] * len(prompt) + response))
    longest = max(len(ids) for ids, _ in rows)
    return {
        "input_ids": torch.tensor([ids + [tokenizer.eos_token_id] * (longest - len(ids)) for ids, _ in rows]),
        "attention_mask": torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in rows]),
        "labels": torch.tensor([labels + [-100] * (longest - len(labels)) for _, labels in rows]),
    }


def batch_of(some):
    return {side: side_of(some, side) for side in ("chosen", "rejected")}


@torch.no_grad()
def implicit_rewards(policy, reference, batch, beta):
    """How much likelier than the reference the policy finds each chosen and each rejected response, times beta."""
    found = []
    for rows in (batch["chosen"], batch["rejected"]):
        asked = {name: rows[name] for name in ("input_ids", "attention_mask")}
        moved = [sequence_log_prob(one(**asked).logits, rows["labels"]) for one in (policy, reference)]
        found.append(beta * (moved[0] - moved[1]))
    return found


# %% predict [markdown]
# While DPO trains, the gap between the rewards of chosen and rejected replies widens. Does the chosen one's rise, or
# does the rejected one's fall?
# ---
# Both are possible, and the rejected one's fall is usually the larger part: the loss asks for the gap only.

# %%
BETA = 0.1
torch.manual_seed(0)
policy, reference = copy.deepcopy(model), copy.deepcopy(model).requires_grad_(False)
optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-4 if width < 512 else 1e-5)
held_out = batch_of(test_pairs)
history = []
for step in range(36):
    some = train_pairs[step * 8 % len(train_pairs) :][:8]
    history.append(dpo_step(policy, reference, batch_of(some), optimizer, BETA))
chosen_rewards, rejected_rewards = implicit_rewards(policy, reference, held_out, BETA)
won = (chosen_rewards > rejected_rewards).float().mean().item()
print(f"loss {history[0]['loss']:.3f} at first, {history[-1]['loss']:.3f} at last")
print(f"on prompts it never saw, the preferred reply has the higher implicit reward in {won:.0%} of {len(test_pairs)}")

# %%
figure, (left_axes, right_axes) = plt.subplots(1, 2, figsize=(8, 2.8))
for name in ("chosen_reward", "rejected_reward"):
    left_axes.plot([metrics[name] for metrics in history], label=name.replace("_", " "))
left_axes.set(xlabel="step", ylabel="implicit reward")
left_axes.legend()
right_axes.hist((chosen_rewards - rejected_rewards).tolist(), bins=16)
right_axes.axvline(0, color="grey", linestyle="--")
right_axes.set(xlabel="margin on unseen pairs", ylabel="pairs")
figure.tight_layout()
plt.show()

# %% part alignment [markdown]
# ## 5 The loop that DPO does without, and where it went next
#
# RLHF generates, scores and updates: a price on KL in the reward of each token, PPO's clip so that a response can
# teach more than once, and with GRPO a group of responses that are each other's baseline.

# %% exercise kl_shaped_rewards

# %% exercise policy_gradient_loss

# %% exercise ppo_clip_loss

# %% exercise group_advantages

# %% exercise grpo_loss

# %% exercise sample_responses

# %% exercise rlhf_step

# %%
ratio = torch.linspace(0.5, 1.5, 101)
figure, axes = plt.subplots(figsize=(5, 2.6))
for advantage in (1.0, -1.0):
    losses = [
        ppo_clip_loss(
            one.log().view(1, 1), torch.zeros(1, 1), torch.tensor([[advantage]]), torch.ones(1, 1).long(), 0.2
        )
        for one in ratio
    ]
    axes.plot(ratio, [-loss.item() for loss in losses], label=f"advantage {advantage:+.0f}")
axes.set(xlabel="how much likelier than when it was sampled", ylabel="objective")
axes.legend()
plt.show()

# %% predict [markdown]
# A policy is rewarded for exclamation marks and nothing else, at no price on KL. What will its replies look like, and
# what does a price change?
# ---
# All exclamation marks: the proxy at its maximum, what was meant at zero. With a price that is high enough it stays
# near the reference.

# %% [markdown]
# See it: `autograder experiment alignment/reward_hacking`, with your own `rlhf_step`. What you saw: a judgment
# becomes a difference of rewards; RLHF climbs it with a judge and a price, DPO with two log-probabilities. What
# people prefer is still not what is true (`autograder experiment alignment/sycophancy`).

# %% [markdown]
# # Finetuning for classification
#
# GPT-2 guesses the next token. You want to know whether a review is positive. You will look at what the model gives
# for a text, put a head on it, train the head alone, then unfreeze more and measure what that gains and what it
# costs.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint last_token_pool` gives a hint; add 2 or 3 for a nearer one.

# %% setup
from autograder.backbone import sentiment, text

# %% part classification [markdown]
# ## 1 What a pretrained model gives
#
# Every token of a text becomes a vector. Which of them should stand for the text?

# %%
model, tokenizer = load_backbone(BACKBONE)
backbone = model.transformer  # GPT-2 without its language head
width = backbone.config.hidden_size
for review in ("The soup was not bad.", "The soup was awful."):
    ids = torch.tensor([tokenizer(review)["input_ids"]])
    with torch.no_grad():
        hidden = backbone(ids).last_hidden_state
    print(f"{review:24} hidden states {tuple(hidden.shape)}, first {hidden[0, 0, :3]}, last {hidden[0, -1, :3]}")

# %% predict [markdown]
# The two texts begin with the same word. Is its vector the same in both? Why?
# ---
# It is: a causal model computes a token's vector from what stands before it. Only the last vector has seen the whole
# text.

# %% exercise last_token_pool

# %% [markdown]
# And what does the model say of plain text? Remember this number: it shows later what finetuning costs.

# %% exercise pad_batch

# %% exercise perplexity

# %%
plain = [tokenizer(document)["input_ids"] for document in text("test", 24)]
plain_batches = [pad_batch(plain[start : start + 8], tokenizer.pad_token_id) for start in range(0, len(plain), 8)]
fluent = perplexity(model, plain_batches)
print(f"perplexity on plain text: {fluent:.1f}, of at most {model.config.vocab_size:,}")

# %% part classification [markdown]
# ## 2 Freeze, and add a head

# %% exercise freeze

# %% exercise count_parameters

# %% exercise GPT2ForClassification

# %% predict [markdown]
# A head for two classes on a frozen backbone: how many numbers are trained, given the width of the model?
# ---
# 2 · width weights and 2 biases. For GPT-2 that is 1,538 of 124 million.

# %%
import copy

torch.manual_seed(0)
frozen = GPT2ForClassification(copy.deepcopy(backbone), num_classes=2)
freeze(frozen.backbone)
total, trainable = count_parameters(frozen)
print(f"{trainable:,} of {total:,} numbers are trained, {trainable / total:.4%}; the width is {width}")

# %% part classification [markdown]
# ## 3 The data
#
# Reviews with a label: 1 is positive, 0 negative. (With GPT-2, SST-2 from the hub.)

# %%
LEVEL = "hub" if BACKBONE == "gpt2" else "tiny"
train, test = sentiment(LEVEL, "train", 480), sentiment(LEVEL, "test", 200)
for example in train[:4]:
    print(example["label"], example["text"])


def batches(examples, size=16, side="right"):
    found = []
    for start in range(0, len(examples), size):
        part = examples[start : start + size]
        batch = pad_batch([tokenizer(one["text"])["input_ids"] for one in part], tokenizer.pad_token_id, side)
        found.append({**batch, "labels": torch.tensor([one["label"] for one in part])})
    return found


train_batches, test_batches = batches(train), batches(test)
lengths = [int(length) for batch in train_batches for length in batch["attention_mask"].sum(1)]
plt.figure(figsize=(5, 2.2))
plt.hist(lengths, bins=20)
plt.xlabel("tokens in a review")
plt.show()

# %% predict [markdown]
# Pad the same reviews on the left instead of on the right. How much do the logits of your classifier change?
# ---
# Not at all, but for rounding: they belong to the text. (Reading index -1 on right-padded texts would change.)

# %%
first, padded_left = train_batches[0], batches(train[:16], side="left")[0]
with torch.no_grad():
    right, left = (frozen(batch["input_ids"], batch["attention_mask"]) for batch in (first, padded_left))
print(f"largest difference of a logit: {(right - left).abs().max():.1e}")

# %% part classification [markdown]
# ## 4 The training loop

# %% exercise train_epoch

# %% exercise accuracy

# %% predict [markdown]
# Only the head is trained, for a few epochs. What accuracy do you expect on the test reviews? Guessing gives 50%.
# ---
# Well above guessing: the model has read reviews, so what decides is in its vectors already. Tiny gets nearly all
# right.

# %%
optimizer = torch.optim.AdamW([parameter for parameter in frozen.parameters() if parameter.requires_grad], lr=1e-2)
losses, scores = [], [accuracy(frozen, test_batches)]
for _ in range(3):
    losses.append(train_epoch(frozen, train_batches, optimizer))
    scores.append(accuracy(frozen, test_batches))
print("loss", [f"{loss:.3f}" for loss in losses], "accuracy", [f"{score:.0%}" for score in scores])

# %%
plt.figure(figsize=(5, 2.4))
plt.plot(range(len(scores)), scores, marker="o")
plt.axhline(0.5, color="grey", linestyle="--")
plt.xlabel("epochs")
plt.ylabel("accuracy on test reviews")
plt.ylim(0.4, 1.02)
plt.show()

# %% part classification [markdown]
# ## 5 Unfreeze, and compare

# %% exercise unfreeze_last_blocks

# %% exercise param_groups

# %% exercise prepare_finetuning

# %% predict [markdown]
# Train three models: frozen, the last two blocks, everything, the backbone at a high rate. Afterwards put the language
# head back. Order the three by their perplexity on plain text.
# ---
# Frozen: exactly what it was. The last two blocks: worse. Everything at a high rate: far worse, it has forgotten the
# most.

# %%
HIGH = 2e-3 if width < 512 else 1e-3
strategies = {"frozen": "frozen", "last 2 blocks": "last-2", "everything": "full"}
found = {}
for name, strategy in strategies.items():
    torch.manual_seed(0)
    language_model = copy.deepcopy(model)
    classifier = GPT2ForClassification(language_model.transformer, num_classes=2)
    optimizer = prepare_finetuning(classifier, strategy, head_lr=1e-2, backbone_lr=HIGH)
    train_epoch(classifier, train_batches, optimizer)
    _, trainable = count_parameters(classifier)
    right, surprise = accuracy(classifier, test_batches), perplexity(language_model, plain_batches)
    found[name] = (trainable, right, surprise)
    print(f"{name:14} {trainable:>11,} trained, accuracy {right:.0%}, perplexity {surprise:,.1f} (was {fluent:.1f})")

# %%
figure, (left_axes, right_axes) = plt.subplots(1, 2, figsize=(8, 2.6))
left_axes.bar(list(found), [score for _, score, _ in found.values()])
left_axes.set(ylabel="accuracy", ylim=(0, 1))
right_axes.bar(list(found), [surprise for _, _, surprise in found.values()])
right_axes.axhline(fluent, color="grey", linestyle="--")
right_axes.set(ylabel="perplexity (dashed: before)", yscale="log")
figure.tight_layout()
plt.show()

# %% [markdown]
# What you saw: a frozen backbone keeps its language bit for bit and is enough where the task is close to what it read.
# Training more can reach further, at a price that depends on the rate as much as on how much is trained: see
# `autograder experiment classification/rate_or_method`.

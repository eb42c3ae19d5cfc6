# %% [markdown]
# # What a language model is
#
# A function from a context to the probabilities of the next token. Here you build one out of counts, measure it, change
# how it is drawn from, and let it write.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint keep_top_p` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part language_modeling [markdown]
# ## 1 The text is its own label

# %% exercise shift_targets

# %% predict [markdown]
# How many guesses does a row of 8 tokens ask for, and which token is never a target?
# ---
# Seven; the first token is never a target, and the last is never an input.

# %%
inputs, targets = shift_targets(torch.tensor([[5, 6, 7, 8]]))
print(inputs.tolist(), targets.tolist())

# %% part language_modeling [markdown]
# ## 2 The smallest model: counts

# %% exercise bigram_counts

# %% exercise bigram_probs

# %%
TEXT = "the cat sat on the mat. the cat ran. the dog sat on the cat. "
LETTERS = sorted(set(TEXT))
ids = torch.tensor([LETTERS.index(one) for one in TEXT])
probs = bigram_probs(bigram_counts(ids, len(LETTERS)))
after_t = {letter: round(p, 2) for letter, p in zip(LETTERS, probs[LETTERS.index("t")].tolist(), strict=True) if p}
print("after t:", after_t)

# %% predict [markdown]
# Which probability does this model give to a pair of letters that the text never holds, and what is its loss on it?
# ---
# 0, and so the loss is infinite. Smoothing keeps every pair possible.

# %% exercise next_token_loss

# %% exercise bits_per_byte

# %%
inputs, targets = shift_targets(ids[None])
for smoothing in (0.0, 0.1, 1.0, 10.0):
    log_probs = bigram_probs(bigram_counts(ids, len(LETTERS)), smoothing).log()
    loss = next_token_loss(log_probs[inputs], targets)
    per_byte = bits_per_byte(loss.item() * targets.numel(), targets.numel())
    print(f"smoothing {smoothing:4}: {loss:.3f} nats a token, {per_byte:.3f} bits a byte")

# %% part language_modeling [markdown]
# ## 3 How it is drawn from

# %% exercise temper

# %% exercise keep_top_k

# %% exercise keep_top_p

# %% exercise sample_ids

# %% predict [markdown]
# The probabilities are 0.4, 0.3, 0.2 and 0.1. Which tokens does top-p with 0.8 keep, and what are their probabilities
# then?
# ---
# The first three, 0.9 together: 0.44, 0.33 and 0.22 once they are divided anew.

# %%
logits = torch.tensor([0.4, 0.3, 0.2, 0.1]).log()
print(temper(keep_top_p(logits, 0.8), 1.0))
for temperature in (0, 0.5, 1, 2, 100):
    print(temperature, [round(one, 3) for one in temper(torch.tensor([2.0, 1.0, 0.0]), temperature).tolist()])

# %%
temperatures = (0, 0.5, 1, 2, 100)
for temperature in temperatures:
    plt.plot(range(3), temper(torch.tensor([2.0, 1.0, 0.0]), temperature), marker="o", label=f"{temperature:g}")
plt.legend(title="temperature")
plt.xticks(range(3))
plt.xlabel("token")
plt.ylabel("probability")
plt.show()

# %%
experiment("language_modeling/temperature_not_knowledge")

# %% part language_modeling [markdown]
# ## 4 The loop

# %% exercise continue_ids

# %% predict [markdown]
# Three texts begin with the same letter. At which temperature are they one and the same?
# ---
# At 0, where nothing is drawn. They may still be right or wrong alike.

# %%
table = bigram_probs(bigram_counts(ids, len(LETTERS))).log()
start = torch.tensor([[LETTERS.index("t")]] * 3)
for temperature in (0.0, 0.7, 1.5):
    written = continue_ids(lambda shown: table[shown[:, -1]], start, 40, temperature=temperature)
    for row in written.tolist():
        print(temperature, "".join(LETTERS[one] for one in row))

# %% [markdown]
# The same loop with a model that has read a million tokens: the context is no longer one letter.

# %%
model, tokenizer = load_backbone(BACKBONE)
ids = torch.tensor([tokenizer("One day")["input_ids"]])


def next_logits(shown):
    return model(shown, attention_mask=torch.ones_like(shown)).logits[:, -1]


for temperature in (0.0, 1.0):
    written = continue_ids(next_logits, ids, 40, block_size=128, temperature=temperature)
    print(temperature, tokenizer.decode(written[0].tolist()))

# %%
experiment("language_modeling/loop_repeats_itself")

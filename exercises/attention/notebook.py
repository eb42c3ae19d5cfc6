# %% [markdown]
# # From an average to attention
#
# How a token gathers what it needs from the others: scores, weights, values, and the stream they are added to.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint running_mean` gives a hint; add 2 or 3 for a nearer one.

# %% setup
from autograder.show import show_attention

# %% part attention [markdown]
# ## 1 An average whose weights the input decides

# %% exercise running_mean

# %% predict [markdown]
# Take the running mean of the three unit vectors [1, 0, 0], [0, 1, 0], [0, 0, 1]. What is its last row?
# ---
# A third of each: the running mean of unit vectors is the table of its own weights.

# %%
words = ["dog", "bites", "man"]
show_attention(running_mean(torch.eye(3)[None])[0], words)

# %% exercise safe_softmax

# %% predict [markdown]
# Softmax of the scores 22, -15, 3 and 8: how much of the weight goes to the first? And if you divide them by 8 before?
# ---
# All of it to three places; divided by 8, 78%. How far apart scores are decides how many are looked at.

# %%
scores = torch.tensor([22.0, -15.0, 3.0, 8.0])
print(safe_softmax(scores), safe_softmax(scores / 8))
print(safe_softmax(1000 * scores), safe_softmax(torch.full((3,), -torch.inf)))

# %% exercise similarity_attention

# %%
x = torch.tensor([[[1.5, 0.0], [0.0, 1.0], [1.0, 0.5]]])
print(similarity_attention(x))
show_attention(safe_softmax(x[0] @ x[0].T), words)

# %% part attention [markdown]
# ## 2 Two lenses, and a scale

# %% exercise attention_scores

# %% predict [markdown]
# Draw queries and keys 256 wide from N(0, 1). What is the standard deviation of their dot product, and of a score?
# ---
# 16 and 1: a sum of 256 products of variance 1 has the variance 256.

# %%
queries, keys = torch.randn(2000, 1, 256), torch.randn(2000, 64, 256)
print((queries @ keys.mT).std(), attention_scores(queries, keys).std())

# %% exercise attention_weights

# %% predict [markdown]
# Three tokens have the scores 2, 0 and 0, and the query may look at the first only. Someone fills what is masked with 0
# before the softmax. What do they get, and what is right?
# ---
# 0.79, 0.11 and 0.11: a score of 0 is a score like any other. Right is 1, 0 and 0.

# %%
row = torch.tensor([[2.0, 0.0, 0.0]])
mask = torch.tensor([[True, False, False]])
print(attention_weights(row.masked_fill(~mask, 0.0)), attention_weights(row, mask))

# %% exercise attention_entropy

# %%
for width in (4, 16, 64, 256):
    q, k = torch.randn(2000, 1, width), torch.randn(2000, 64, width)
    raw = attention_entropy(attention_weights(q @ k.mT)).mean().item()
    scaled = attention_entropy(attention_weights(attention_scores(q, k))).mean().item()
    print(f"{width:>3} wide: {raw:.2f} nats as they are, {scaled:.2f} scaled")

# %%
experiment("attention/scaling_keeps_entropy")

# %% part attention [markdown]
# ## 3 What is delivered, and where it goes

# %% exercise attend

# %% predict [markdown]
# Two keys, their values [10, 0] and [0, 10]. Can any query get [12, -2]?
# ---
# No: what comes out is an average of the values, so it lies between them.

# %%
q = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
k = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
v = torch.tensor([[10.0, 0.0], [0.0, 10.0]])
print(attend(q, k, v))
print(attend(q, k, v, torch.ones(2, 2, dtype=torch.bool).tril()))

# %% exercise attention_head

# %% exercise write_to_stream

# %%
model, tokenizer = load_backbone(BACKBONE)
ids = tokenizer("The dog had a red ball. Tom looked for it", return_tensors="pt")["input_ids"]
tokens = [tokenizer.decode([one]) for one in ids[0]]
block, width = model.transformer.h[0], model.config.n_embd
with torch.no_grad():
    stream = model.transformer(ids, output_hidden_states=True).hidden_states[0]
    read = block.ln_1(stream)
    size = width // model.config.n_head
    w_q, w_k, w_v = (part[:, :size] for part in block.attn.c_attn.weight.chunk(3, dim=1))  # its first head, no biases
    causal = torch.ones(len(tokens), len(tokens), dtype=torch.bool).tril()
    weights = attention_weights(attention_scores(read @ w_q, read @ w_k), causal)[0]
    after = write_to_stream(stream, attention_head(read, w_q, w_k, w_v, causal), block.attn.c_proj.weight[:size])
print("of the stream's length, one head writes", ((after - stream).norm() / stream.norm()).item())
show_attention(weights, tokens)

# %%
plt.figure(figsize=(6, 3))
for place, name, q, k in ((1, "as they are", read, read), (2, "through two lenses", read @ w_q, read @ w_k)):
    plt.subplot(1, 2, place)
    plt.imshow(attention_scores(q, k)[0].detach().numpy(), cmap="coolwarm")
    plt.title(f"scores {name}", fontsize=9)
    plt.xlabel("key")
    plt.ylabel("query")
plt.tight_layout()
plt.show()

# %%
experiment("attention/lenses_break_symmetry")

# %%
experiment("attention/similarity_is_not_relevance")

# %% [markdown]
# What you saw: an average, weights from the input, two lenses to decide them, a third for what is delivered, and a
# stream that it is added to. `autograder experiment attention` measures the claims of the lesson's page with your code.

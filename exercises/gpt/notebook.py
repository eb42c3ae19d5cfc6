# %% [markdown]
# # Building GPT
#
# GPT as modules that train, save and write, and the numbers that prove them before any training.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint GPT` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part gpt [markdown]
# ## 1 Assembly

# %% exercise CausalSelfAttention

# %% predict [markdown]
# Attention with a dropout of 0.1, in eval mode, is asked twice for the same text. Are the two answers equal? And if its
# weights of attention are dropped by `F.scaled_dot_product_attention(..., dropout_p=0.1)`?
# ---
# Yes, and no: a function has no mode. It drops whatever the module's mode is, unless it is given 0.

# %%
attention = CausalSelfAttention(GPTConfig(vocab=50, positions=16, width=24, layers=2, heads=3, dropout=0.1))
x = torch.randn(1, 16, 24)
for mode in (True, False):
    attention.train(mode)
    print("train" if mode else "eval", "two calls are equal:", torch.equal(attention(x), attention(x)))
one, other = (F.scaled_dot_product_attention(x, x, x, dropout_p=0.1) for _ in range(2))
print("the function alone:", torch.equal(one, other))

# %% exercise FeedForward

# %% exercise Block

# %% exercise GPT

# %% predict [markdown]
# How many numbers does a GPT of 2,048 tokens, 256 positions, width 128, 4 layers and 4 heads hold? And how many would
# the optimizer get if its blocks stood in a Python list?
# ---
# 2,048 · 128 + 256 · 128 + 4 · 198,272 + 256 = 1,088,256. With a list only what is not in it: 295,168.

# %%
config = GPTConfig(vocab=2048, positions=256, width=128, layers=4, heads=4)
model = GPT(config)
print(sum(parameter.numel() for parameter in model.parameters()))

# %% exercise parameter_table

# %%
parameter_table(model)

# %% part gpt [markdown]
# ## 2 Before any training

# %% exercise tensors_of

# %%
experiment("gpt/tying_saves_a_table")

# %% exercise init_weights

# %% exercise first_loss

# %% predict [markdown]
# What is the first loss of that model as PyTorch starts it, and after `init_weights`?
# ---
# ln 2,048 = 7.6 after `init_weights`. As PyTorch starts it, some ten times that at this width: the token table is drawn
# from N(0, 1), and it is the output as well.

# %%
ids = torch.randint(2048, (4, 64))
print("as PyTorch starts it:", first_loss(GPT(config), ids))
init_weights(model)
print("after init_weights:", first_loss(model, ids), "ln V:", math.log(2048))

# %% predict [markdown]
# With all matrices at 0.02, how much wider does the stream of a model of 24 layers end than that of one of 12?
# ---
# About √2: 48 additions for 24, and variances add up.

# %%
experiment("gpt/stream_keeps_its_size")

# %% part gpt [markdown]
# ## 3 Writing

# %% exercise generate

# %%
text = generate(model, torch.zeros(1, 1, dtype=torch.int64), 200)
print(text[0, :20].tolist(), "and so on;", text[0].unique().numel(), "different tokens of", text.shape[1])

# %% predict [markdown]
# An untrained model writes 5,000 tokens. Which token comes most often?
# ---
# None in particular: the text is uniform, to within what chance does.

# %%
small = GPT(GPTConfig(vocab=64, positions=26, width=64, layers=2, heads=4))
init_weights(small)
text = generate(small, torch.randint(64, (200, 1)), 25)
plt.figure(figsize=(5, 2.2))
plt.bar(range(64), torch.bincount(text[:, 1:].flatten(), minlength=64).tolist())
plt.xlabel("token")
plt.ylabel("times written")
plt.show()

# %% [markdown]
# The strongest test comes last: a trained model's weights, poured into yours.

# %%
experiment("gpt/takes_trained_weights")

# %% [markdown]
# What you saw: an assembly that changes nothing of the computation, and four figures that prove it before training: how
# many numbers, the first loss, the spread of the stream, the text. `autograder experiment gpt` measures the claims of
# the lesson's page with your code.

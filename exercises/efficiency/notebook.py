# %% [markdown]
# # Rounding, caches, blocks
#
# Why memory is the bottleneck: 16 bits that still learn, a cache for what was read, and attention in blocks.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint master_step` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part efficiency [markdown]
# ## 1 The truck and the chefs

# %% exercise intensity

# %% exercise bound_by

# %% predict [markdown]
# A device computes 312e12 FLOPs a second and moves 2e12 bytes. A matrix of 4,096 × 4,096 in 16 bits is multiplied with
# 1 token, with 16, with 512. For which of them does the device wait for its memory?
# ---
# For 1 and 16. A weight is fetched once and used for each token; it takes 156 FLOPs a byte to keep the device busy.

# %%
for tokens in (1, 16, 512):
    found = intensity(tokens, 4096, 4096)
    print(tokens, "tokens:", round(found, 2), "FLOPs a byte, bound by", bound_by(found, 312e12, 2e12))

# %% part efficiency [markdown]
# ## 2 Fewer bits

# %% predict [markdown]
# Take 0.001 from 1, a thousand times. Where does it end in float32, in float16, in bfloat16?
# ---
# Near 0; at 0.0222; at 1. The next bfloat16 number below 1 is 0.9961, and 0.999 is nearer to 1.

# %%
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    number = torch.tensor(1.0, dtype=dtype)
    for _ in range(1000):
        number = number - torch.tensor(0.001, dtype=dtype)
    print(dtype, number.item())

# %% exercise master_step

# %%
weight, master = torch.ones(1, dtype=torch.bfloat16), torch.ones(1)
for step in range(6):
    master_step([weight], [master], [torch.ones(1)], lr=0.001)
    print(step + 1, "master", round(master.item(), 4), "weight", weight.item())

# %% predict [markdown]
# A half-trained GPT is trained on in bfloat16 alone, at a rate of 1e-4. The gains of its norms are near 1. How many of
# them move?
# ---
# None. Adam's step is about the rate; half the distance to the next number is 0.00195 below 1, and 0.0039 above.

# %%
weight, master = torch.ones(1, dtype=torch.bfloat16), torch.ones(1)
alone, lines = torch.ones(1, dtype=torch.bfloat16), []
for _ in range(30):
    master_step([weight], [master], [torch.ones(1)], lr=0.001)
    alone -= 0.001
    lines.append([master.item(), weight.item(), alone.item()])
plt.figure(figsize=(5, 3))
for number, name in enumerate(("master, float32", "weight, its rounding", "bfloat16 alone")):
    plt.plot([line[number] for line in lines], label=name)
plt.xlabel("steps of 0.001")
plt.ylabel("what is left of 1")
plt.legend(fontsize=8)
plt.tight_layout()
plt.show()

# %% exercise LossScaler

# %% predict [markdown]
# Which of these is still there in float16: 1e-8, 65,536 times 1e-8, 70,000?
# ---
# The second, as 0.000655. The first is 0, the third inf.

# %%
print(torch.tensor([1e-8, 65536 * 1e-8, 70000.0]).half())
scaler = LossScaler(8.0, every=2)
for finite in (True, True, True, False, True, True):
    scaler.update(finite)
    print(finite, scaler.scale(torch.tensor(1.0)).item())

# %% part efficiency [markdown]
# ## 3 Nothing computed twice

# %% exercise append_cache

# %% exercise cached_attention

# %% predict [markdown]
# One new query over a cache of four tokens. `F.scaled_dot_product_attention(q, k, v, is_causal=True)` of PyTorch is
# asked for it. What does the query see?
# ---
# The first key only: PyTorch hangs the triangle from the upper left corner.

# %%
q, k = torch.zeros(1, 1, 1, 2), torch.zeros(1, 1, 5, 2)
values = torch.tensor([10.0, 20.0, 30.0, 40.0, 50.0])[None, None, :, None]
print("yours:", cached_attention(q, k[:, :, :1], values[:, :, 4:], (k[:, :, :4], values[:, :, :4]))[0].item())
print("is_causal:", torch.nn.functional.scaled_dot_product_attention(q, k, values, is_causal=True).item())

# %% exercise generate_cached

# %% exercise tokens_through

# %% predict [markdown]
# 100 new tokens, from a prompt of one. How many tokens go through the layers without a cache, and how many with one?
# ---
# 5,050 and 100: (n + 1) / 2 = 50.5 times fewer.

# %%
print(tokens_through(100, cached=False), tokens_through(100, cached=True))
written = range(1, 101)
plt.figure(figsize=(5, 3))
for cached, name in ((False, "without a cache"), (True, "with one")):
    plt.plot(written, [tokens_through(new, cached=cached) for new in written], label=name)
plt.xlabel("new tokens")
plt.ylabel("tokens through the layers")
plt.legend(fontsize=8)
plt.tight_layout()
plt.show()

# %% part efficiency [markdown]
# ## 4 The matrix that never exists

# %% exercise online_softmax

# %%
state = None
for score, value in ((1.0, 10.0), (3.0, 20.0), (2.0, 30.0)):
    state = online_softmax(state, torch.tensor([[score]]), torch.tensor([[value]]))
    print([round(one.item(), 4) for one in state])
print(state[2].item() / state[1].item())

# %% exercise blockwise_attention

# %% exercise attention_bytes

# %% predict [markdown]
# Twice the tokens. How much larger do the scores of a layer become, and how much larger what your blocks carry?
# ---
# Four times, and twice.

# %%
for tokens in (2048, 4096):
    print(tokens, [attention_bytes(tokens, 12, 16, stored) / 1e6 for stored in ("scores", "statistics")], "MB")
experiment("efficiency/blocks_are_exact_and_small")

# %% [markdown]
# What you saw: three ways to move fewer bytes. Masters keep what 16 bits would lose, a cache keeps what was computed,
# and two numbers a row replace a matrix. All three are proved without a clock: by the same text, by counted FLOPs, by
# the largest tensor. `autograder experiment efficiency` measures the claims of the lesson's page with your code; two of
# them run the GPT that you wrote in the lesson `gpt`.

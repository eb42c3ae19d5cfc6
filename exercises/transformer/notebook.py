# %% [markdown]
# # The transformer: heads, block, mask
#
# A whole GPT as functions on tensors: heads, norms, the network at each position, the causal mask, the logits.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint split_heads` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part transformer [markdown]
# ## 1 Several small looks

# %% exercise split_heads

# %% predict [markdown]
# Four tokens, six numbers wide, cut into three heads by `view(1, 3, 4, 2)`. The shape is right. Which tokens does
# head 0 see?
# ---
# The first one, and a third of the second. `view` cuts what lies in memory, and there a token's numbers lie together.

# %%
tokens = torch.arange(24.0).view(1, 4, 6)
print(split_heads(tokens, 3)[0, 0])
print(tokens.view(1, 3, 4, 2)[0, 0])

# %% exercise merge_heads

# %% exercise multi_head_attention

# %% predict [markdown]
# A width of 64, cut into 1 head, into 4, into 16. Which takes more weights? Which takes more multiplications?
# ---
# None: split, not multiplied. What comes out differs.

# %%
experiment("transformer/heads_cost_nothing")

# %% part transformer [markdown]
# ## 2 A block

# %% exercise normalize_layer

# %% exercise gelu

# %%
line = torch.linspace(-4, 4, 200)
plt.figure(figsize=(5, 2.4))
plt.plot(line, gelu(line), label="gelu")
plt.plot(line, line.relu(), "--", label="relu")
plt.xlabel("x")
plt.legend()
plt.show()

# %% exercise feed_forward

# %% exercise transformer_block

# %% predict [markdown]
# A block whose two output matrices are zero, and their biases too. What does it do to the stream?
# ---
# Nothing: both halves write zeros, and the stream passes as it is. That is how a block can be learned gently.

# %%
width = 8
zeros = {
    name: torch.zeros(*shape)
    for name, shape in {
        "attn.c_attn.weight": (width, 3 * width),
        "attn.c_attn.bias": (3 * width,),
        "attn.c_proj.weight": (width, width),
        "attn.c_proj.bias": (width,),
        "mlp.c_fc.weight": (width, 4 * width),
        "mlp.c_fc.bias": (4 * width,),
        "mlp.c_proj.weight": (4 * width, width),
        "mlp.c_proj.bias": (width,),
    }.items()
}
norms = {f"ln_{number}.weight": torch.ones(width) for number in (1, 2)}
norms |= {f"ln_{number}.bias": torch.zeros(width) for number in (1, 2)}
stream = torch.randn(1, 3, width)
print(torch.equal(transformer_block(stream, zeros | norms, 2, None), stream))

# %% part transformer [markdown]
# ## 3 The triangle, and the whole

# %% exercise causal_mask

# %%
figure, panels = plt.subplots(1, 2, figsize=(5, 2.2))
for axes, mask in zip(panels, (causal_mask(6), causal_mask(2, 6)), strict=True):
    axes.imshow(mask, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("key")
    axes.set_ylabel("query")
plt.show()

# %% exercise gpt_logits

# %%
model, tokenizer = load_backbone(BACKBONE)  # a GPT-2 of any size
weights = {name: one.detach() for name, one in model.transformer.named_parameters()}
heads = model.config.n_head
ids = torch.tensor([tokenizer("The capital of Peru is")["input_ids"]])
with torch.no_grad():
    logits, theirs = gpt_logits(ids, weights, heads), model(ids).logits
print("apart:", (logits - theirs).abs().max().item())
print([tokenizer.decode([one]) for one in logits[0, -1].topk(5).indices.tolist()])

# %% exercise sees_the_future

# %% predict [markdown]
# Take the same model, and let every token see every other: no mask. Its loss on this sentence: is it a good test of
# whether there is a leak? What would you do instead?
# ---
# No. A loss may be low for good reasons, and a leak that training hasn't found leaves it ordinary. Change a token, and
# look whether what stands before it moves.


# %%
def shown(ids):
    """Probabilities, which stay small whatever the model."""
    return gpt_logits(ids, weights, heads).softmax(dim=-1)


def both_ways(ids):
    """The same model without its mask."""
    x = weights["wte.weight"][ids] + weights["wpe.weight"][: ids.shape[1]]
    for layer in range(model.config.n_layer):
        start = f"h.{layer}."
        block = {name.removeprefix(start): one for name, one in weights.items() if name.startswith(start)}
        x = transformer_block(x, block, heads, None)
    x = normalize_layer(x, weights["ln_f.weight"], weights["ln_f.bias"])
    return (x @ weights["wte.weight"].T).softmax(dim=-1)


print("with the mask:", sees_the_future(shown, ids))
print("without it:", sees_the_future(both_ways, ids))

# %% exercise gpt_parameters

# %%
counts = gpt_parameters(50257, 1024, 768, 12)
parts = [name for name in counts if name != "total"]
plt.figure(figsize=(5, 2.4))
plt.barh(parts, [counts[name] / 1e6 for name in parts])
plt.xlabel(f"millions of numbers, together {counts['total']:,}")
plt.gca().invert_yaxis()
plt.show()

# %% [markdown]
# What you saw: heads that share a width, a stream that is only added to, a triangle, and the whole of GPT-2 in a dozen
# lines. `autograder experiment transformer` measures the claims of the lesson's page with your code.

# %% [markdown]
# # Embeddings and position
#
# From token ids to the tensor that a model reads, and from its vectors back to scores of tokens.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint embed` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part embeddings [markdown]
# ## 1 A dictionary that is learned

# %% exercise embed

# %% predict [markdown]
# A table of 50,257 rows, 768 wide, and a text of 100 tokens. How many numbers does a lookup read, and how many
# products does one-hot times table make?
# ---
# A lookup reads 100 · 768 = 76,800 numbers. The product makes 100 · 50,257 · 768, nearly 4 billion products, all but
# 76,800 of them with zero.

# %%
table = torch.tensor([[10.0, 11], [20, 21], [30, 31]])
ids = torch.tensor([[2, 0, 2]])
print(embed(ids, table))
print(torch.nn.functional.one_hot(ids, 3).float() @ table)

# %% exercise embedding_gradient

# %% predict [markdown]
# Token 2 occurs twice in that text, token 1 never. Which rows does one step of SGD move?
# ---
# Rows 0 and 2; row 2 by the sum of two vectors.

# %%
upstream = torch.randn(1, 3, 2)
learned = table.clone().requires_grad_()
embed(ids, learned).backward(upstream)
print(embedding_gradient(ids, upstream, 3))
print(learned.grad)

# %%
text = torch.randint(0, 12, (1, 8))
moved = embedding_gradient(text, torch.randn(1, 8, 16), 12).norm(dim=1)
plt.figure(figsize=(5, 2.2))
plt.bar(range(12), moved.tolist())
plt.xlabel(f"row of the table; the text is {text[0].tolist()}")
plt.ylabel("length of its gradient")
plt.show()

# %% exercise nearest_tokens

# %%
model, tokenizer = load_backbone(BACKBONE)
trained = model.get_input_embeddings().weight.detach()
for word in (" seven", " red", " dog"):
    near = nearest_tokens(trained, tokenizer(word)["input_ids"][0], 5)
    print(word, "->", [tokenizer.decode([one]) for one in near])

# %% part embeddings [markdown]
# ## 2 Where a word stands

# %% exercise mean_embedding

# %%
dog_bites_man, man_bites_dog = torch.tensor([[2, 1, 0]]), torch.tensor([[0, 1, 2]])
print(mean_embedding(dog_bites_man, table), mean_embedding(man_bites_dog, table))

# %% predict [markdown]
# A mean forgets the order of words. Does attention without positions, too? Two bidirectional layers, one causal layer,
# two causal layers: which give the same vector at the last position when the words before it are shuffled?
# ---
# The first two. In two causal layers the shuffled words saw other words before them, and the last position reads that.

# %% exercise position_rows

# %% exercise model_input

# %%
positions = torch.tensor([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])
print(model_input(dog_bites_man, table, positions))
print(model_input(man_bites_dog, table, positions))

# %%
experiment("embeddings/bag_of_words")

# %% exercise sinusoidal_positions

# %% predict [markdown]
# Take the dot product of the sinusoids of positions 3 and 10, and of positions 103 and 110. Which is larger?
# ---
# Neither: it depends on the distance only.

# %%
waves = sinusoidal_positions(128, 64)
print((waves[3] @ waves[10]).item(), (waves[103] @ waves[110]).item())
plt.imshow(waves.numpy(), aspect="auto", cmap="coolwarm")
plt.xlabel("column")
plt.ylabel("position")
plt.show()

# %% exercise rotate_positions

# %% part embeddings [markdown]
# ## 3 And back to tokens

# %% exercise unembed

# %% exercise input_parameters

# %% predict [markdown]
# GPT-2 has 124,439,808 parameters and ties its output. How many would it have otherwise?
# ---
# 50,257 · 768 = 38,597,376 more: 163,037,184.

# %%
print(input_parameters(50257, 1024, 768))
print(input_parameters(50257, 1024, 768, tied=False))

# %% [markdown]
# What you saw: a lookup, a sum over occurrences, and one table for both ends. `autograder experiment embeddings`
# measures the claims of the lesson's page with your code.

# %%
experiment("embeddings/untrained_positions")

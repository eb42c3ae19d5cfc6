# %% [markdown]
# # Pretraining
#
# The loop that makes a model out of text: windows, a rate that rises and falls, a limit, AdamW, and a run that resumes.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint train_gpt` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part pretraining [markdown]
# ## 1 Text, and a rate

# %% exercise join_documents

# %% exercise random_windows

# %% predict [markdown]
# Ten ids, windows of four. Where does the last one begin, if its targets must all be there?
# ---
# At 5: inputs 5 to 8, targets 6 to 9. There are 6 windows.

# %%
data = join_documents([[5, 6, 7], [8, 3], [4, 9]], 0)
x, y = random_windows(data, 4, 1000, torch.Generator().manual_seed(0))
print(len(data), "ids; the windows that were drawn:", len({tuple(row) for row in x.tolist()}))

# %% exercise learning_rate

# %% predict [markdown]
# Peak 6e-4, floor 6e-5, a warmup of 10 steps, 110 in all. What are the rates at step 0, at step 10 and at step 60?
# ---
# A tenth of the peak, the peak, and halfway down the middle of peak and floor: 3.3e-4.

# %%
plt.figure(figsize=(5, 2.5))
plt.plot([learning_rate(step, 6e-4, 6e-5, 10, 110) for step in range(130)])
plt.xlabel("step")
plt.ylabel("rate")
plt.show()

# %% part pretraining [markdown]
# ## 2 From a gradient to a step

# %% exercise clip_gradients

# %% exercise decay_groups

# %% exercise adamw_step

# %% predict [markdown]
# Two numbers start at 0; one always has a gradient of 1, the other of 0.001. After ten steps of AdamW at a rate of 0.1,
# without decay, where are they?
# ---
# Both at -1: each step is divided by the size of the number's own gradients.

# %%
parameter, state = torch.zeros(2), {}
for _ in range(10):
    adamw_step(parameter, torch.tensor([1.0, 0.001]), state, 0.1, (0.9, 0.99), 1e-8, 0.0)
print(parameter)

# %% part pretraining [markdown]
# ## 3 The heartbeat

# %% exercise evaluate_loss

# %% exercise train_gpt

# %%
counting = torch.arange(600) % 7  # a text that a table can learn
model = nn.Sequential(nn.Embedding(7, 16), nn.Linear(16, 7))
generator = torch.Generator().manual_seed(0)
batches = [random_windows(counting, 8, 4, generator) for _ in range(100)]
optimizer = torch.optim.AdamW(decay_groups(model, 0.1), lr=1.0)
losses = train_gpt(model, batches, optimizer, lambda step: learning_rate(step, 0.05, 0.005, 10, 100), 1.0)
plt.figure(figsize=(5, 2.5))
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("nats a token")
plt.show()

# %% predict [markdown]
# One batch of random tokens comes in the middle of a run. How large is the norm of its gradient, and what does it cost?
# ---
# About ten times the ordinary norm. With a limit it costs next to nothing, without one the model is worse for a while.

# %%
experiment("pretraining/clipping_takes_a_spike")

# %% predict [markdown]
# At how many steps of a good run does the loss of the batch rise?
# ---
# At about half of them.

# %%
experiment("pretraining/batches_scatter")

# %% part pretraining [markdown]
# ## 4 Stop, and go on

# %% exercise save_checkpoint

# %% exercise load_checkpoint

# %% predict [markdown]
# A run is resumed with all its weights and a new optimizer. Does the loss of the next batch show it?
# ---
# No: that is a matter of the weights. The batches after it do.

# %%
experiment("pretraining/resumed_is_never_stopped")

# %% [markdown]
# What you saw: a loop with three instruments, and a run that equals one that never stopped. `autograder experiment
# pretraining` measures the claims of the lesson's page with your code; the page shows how to read a loss curve.

# %% [markdown]
# # Pretrained weights
#
# Weights that others trained in a model of your own: names, orientation, and three levels of proof.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint convert_weights` gives a hint; add 2 or 3 for a nearer one.

# %% setup

# %% part pretrained_weights [markdown]
# ## 1 Translate
#
# A trained model, and what its file calls the numbers.

# %%
trained, tokenizer = load_backbone(BACKBONE)
state = trained.state_dict()
for name in list(state)[:14]:
    print(name, tuple(state[name].shape))

# %% exercise canonical_name

# %% predict [markdown]
# Of these names, which mean the same tensor, and which mean none: `transformer.h.1.attn.c_attn.bias`, `h.1.attn.bias`,
# `model/h1/attn/c_attn/b`, `lm_head.weight`?
# ---
# The first and the third. The second is the causal mask, saved along; the last is the token table once more.

# %%
for name in ("transformer.h.1.attn.c_attn.bias", "h.1.attn.bias", "model/h1/attn/c_attn/b", "lm_head.weight"):
    print(name, "is", canonical_name(name))

# %% exercise stored_transposed

# %% predict [markdown]
# The weight [[1, 2], [3, 4]] is stored as Conv1D stores it. What does x = (1, 2) become, and what if nobody turns the
# matrix for `nn.Linear`?
# ---
# (7, 10), and (5, 11). Both are two numbers, so there is no error.

# %%
x, weight = torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print("Conv1D:", x @ weight, "turned, in nn.Linear:", torch.nn.functional.linear(x, weight.T))
print("not turned:", torch.nn.functional.linear(x, weight))

# %% exercise convert_weights

# %%
weights = convert_weights(state)
print(len(state), "tensors in the file,", len(weights), "in the model")
print(tuple(state["transformer.h.0.attn.c_attn.weight"].shape), tuple(weights["h.0.attn.c_attn.weight"].shape))

# %% exercise shape_from_weights

# %% predict [markdown]
# The file is read with 8 heads for the model's own 4. Which sizes change, and how many more numbers does the model
# have?
# ---
# Only the heads. Not one number more: heads share the width.

# %%
for heads in (4, 8):
    print(shape_from_weights(weights, heads))

# %% part pretrained_weights [markdown]
# ## 2 Load
#
# `load_into` fills any model whose numbers a function can name. Here that is an untrained model of the library. Your
# own GPT is filled by the claims at the end.

# %% exercise load_into

# %%
from transformers import GPT2LMHeadModel


def named(model):
    """The numbers of the library's GPT-2 by name, weights (out, in), as your `tensors_of` gives those of your GPT."""
    tensors = dict(model.transformer.named_parameters())
    return {name: tensor.T if stored_transposed(name) else tensor for name, tensor in tensors.items()}


def answer(model, country):
    ids = torch.tensor([tokenizer(f"The capital of {country} is")["input_ids"]])
    written = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=3, do_sample=False)
    return tokenizer.decode(written[0].tolist())


model = GPT2LMHeadModel(trained.config).eval()
print("untrained:", answer(model, "France"))
load_into(model, weights, named)
print("loaded:", answer(model, "France"))

# %% part pretrained_weights [markdown]
# ## 3 Prove

# %% exercise compare_logits

# %% predict [markdown]
# The same weights go into a model with twice the heads. Does it still know the capital of France? Are its logits the
# same?
# ---
# It does, and they are not: on this text they are off by more than 1.

# %%
import copy

config = copy.deepcopy(trained.config)
config.n_head = 2 * trained.config.n_head
other = GPT2LMHeadModel(config).eval()
load_into(other, weights, named)
ids = torch.tensor([tokenizer("The capital of France is Paris. The capital of Japan is")["input_ids"]])
with torch.no_grad():
    due = trained(ids, attention_mask=torch.ones_like(ids)).logits
    for name, one in (("loaded", model), ("twice the heads", other)):
        print(name, compare_logits(one(ids, attention_mask=torch.ones_like(ids)).logits, due))
print(answer(other, "France"))

# %% exercise verify


# %%
class Logits(nn.Module):
    """The library's model from ids to logits."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids):
        return self.model(ids, attention_mask=torch.ones_like(ids)).logits


for name, one in (("loaded", model), ("twice the heads", other)):
    print(name, verify(Logits(one), Logits(trained), ids, ids[:, :5]))

# %% predict [markdown]
# The square `attn.c_proj` of each block isn't turned. At which places of a text are the logits wrong?
# ---
# At all of them, from the first on: even a token that sees only itself goes through attention's output.

# %%
square = {name: one.T.contiguous() if name.endswith("attn.c_proj.weight") else one for name, one in weights.items()}
unturned = GPT2LMHeadModel(trained.config).eval()
load_into(unturned, square, named)
plt.figure(figsize=(5, 3))
with torch.no_grad():
    for name, one in (("square matrices not turned", unturned), ("twice the heads", other), ("loaded", model)):
        plt.plot((Logits(one)(ids) - due).abs().amax(-1)[0].tolist(), marker="o", label=name)
plt.xlabel("place in the text")
plt.ylabel("largest difference of a logit")
plt.legend(fontsize=8)
plt.tight_layout()
plt.show()

# %% predict [markdown]
# A text of 24 tokens was compared, and all logits are the same. What can still be wrong with the model?
# ---
# Whatever those 24 tokens don't use: the position table from 24 on, for instance. A text that goes on shows it.

# %%
heads = {}
for number in (1, 2, 4, 8, 16, 32):
    if config.n_embd % number:
        continue
    config.n_head = number
    one = GPT2LMHeadModel(config).eval()
    load_into(one, weights, named)
    with torch.no_grad():
        heads[number] = compare_logits(Logits(one)(ids), due)["max_difference"]
plt.figure(figsize=(5, 3))
plt.bar([str(number) for number in heads], list(heads.values()))
plt.xlabel("heads that the same weights are cut into")
plt.ylabel("largest difference of a logit")
plt.tight_layout()
plt.show()

# %% predict [markdown]
# Your own GPT is loaded in thirteen wrong ways. How many does a count of its parameters stop, how many its logits, how
# many the question for the capitals?
# ---
# 1, 12 and 7. The last one is stopped by a text that goes on.

# %%
experiment("pretrained_weights/every_mistake_loads")

# %% [markdown]
# What you saw: loading is translation, and nothing of it raises when it goes wrong. Names and shapes prove the
# structure, logits the computation, text what lies beyond. `autograder experiment pretrained_weights` loads the model
# into the GPT that you wrote in the lesson `gpt`, rightly and in thirteen wrong ways.

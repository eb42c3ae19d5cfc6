# %% [markdown]
# # Memory and LoRA
#
# What does it cost to finetune a model, and what do you do when you can't pay? You will count the bytes, train a
# model through a detour of two thin matrices, and do the same with the library that everybody uses.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint LoRALinear` gives a hint; add 2 or 3 for a nearer one.

# %% setup lora quantization

# %% part lora [markdown]
# ## 1 A memory calculator
#
# Full finetuning keeps four numbers for every parameter: the weight, its gradient, and Adam's m and v. First a function
# that everything below needs, then the calculator.

# %% exercise to_gigabytes

# %% exercise memory_estimate

# %% predict [markdown]
# How many GB does full finetuning of a model of 7 billion parameters take, weights and gradients in 16 bits, Adam's
# two numbers in 32 each? And which part of it is the largest?
# ---
# 84 GB: 14 for the weights, 14 for the gradients, 56 for Adam, which is two thirds of it.

# %%
SEVEN_BILLION = 7_000_000_000
ADAPTER = 2 * 32 * 8 * (4096 + 4096)  # rank 8 beside the query and value projections of 32 blocks, 4,096 wide
estimates = {
    "full": memory_estimate(SEVEN_BILLION),
    "lora": memory_estimate(SEVEN_BILLION, "lora", adapter_params=ADAPTER),
    "qlora": memory_estimate(SEVEN_BILLION, "qlora", weight_bits=4, adapter_params=ADAPTER, block_size=64),
    "inference, 4 bits": memory_estimate(SEVEN_BILLION, "inference", weight_bits=4, block_size=64),
}
for method, parts in estimates.items():
    print(f"{method:18}", "  ".join(f"{part} {to_gigabytes(size):.2f}" for part, size in parts.items()))

# %%
figure, axes = plt.subplots(figsize=(7, 2.6))
left = [0.0] * len(estimates)
for part in ("weights", "scales", "gradients", "optimizer", "adapter"):
    sizes = [to_gigabytes(estimate[part]) for estimate in estimates.values()]
    axes.barh(list(estimates), sizes, left=left, label=part)
    left = [start + size for start, size in zip(left, sizes, strict=True)]
axes.axvline(25.8, color="grey", linestyle="--")  # sold as "24 GB", of 2**30 bytes
axes.text(27, -0.2, "RTX 4090, 25.8 GB", color="grey")
axes.set_xlabel("GB for 7 billion parameters, without activations")
axes.invert_yaxis()
axes.legend()
plt.show()

# %% [markdown]
# A table of bytes is a claim about a library. Hold it against what PyTorch really keeps after one step of AdamW.

# %% predict [markdown]
# A plain bf16 training step: 2 bytes for the weight, 2 for the gradient. How many for Adam's m and v together?
# ---
# 4: torch keeps Adam's numbers in the parameter's own dtype, so a plain bf16 step holds 8 bytes a parameter. The 12 of
# the table are a mixed-precision recipe.

# %%
experiment("lora/bytes_of_a_step")

# %% [markdown]
# Generating has a cost of its own: the keys and values of all the tokens so far.

# %% exercise kv_cache_bytes

# %%
model, tokenizer = load_backbone(BACKBONE)
config = model.config
layers, heads, width = config.num_hidden_layers, config.num_attention_heads, config.hidden_size
longest = config.max_position_embeddings
n_params = sum(parameter.numel() for parameter in model.parameters())
cache = kv_cache_bytes(layers, heads, width // heads, longest, batch=1, bits=32)
weights = memory_estimate(n_params, "inference", weight_bits=32)["total"]
print(f"{BACKBONE}: {n_params:,} parameters, {weights / 1e6:.1f} MB in fp32")
print(f"its cache at {longest} tokens: {cache / 1e6:.1f} MB, {cache / weights:.0%} of the weights")

# %% part quantization [markdown]
# ## 2 Quantization by hand
#
# Weights are dear because there are so many. Store each in fewer bits: a number becomes a code of 8 or 4 bits, and
# a few of them share a scale.

# %% exercise quantization/absmax_quantize

# %% exercise quantization/absmax_dequantize

# %% predict [markdown]
# Quantize [-0.8, 0.3, 1.2, -0.5] to 8 bits. Which number becomes 127, and what does 0.3 become?
# ---
# 1.2, the largest, becomes 127; the scale is 1.2 / 127, so 0.3 becomes 32 (31.75, rounded).

# %%
codes, scale = absmax_quantize(torch.tensor([-0.8, 0.3, 1.2, -0.5]))
print(codes, scale)
print(absmax_dequantize(codes, scale))

# %% exercise quantization/reconstruction_error

# %% predict [markdown]
# Now [-0.1, 0.05, 0.02, -0.03, 8.5]: one outlier. What becomes of the four small numbers?
# ---
# They fall on the codes -1, 1, 0 and 0: the outlier sets the scale for all of them.

# %%
weights_with_outlier = torch.tensor([-0.1, 0.05, 0.02, -0.03, 8.5])
codes, scale = absmax_quantize(weights_with_outlier)
print(codes.tolist(), absmax_dequantize(codes, scale).tolist())
small = weights_with_outlier[:4]
small_again = absmax_dequantize(codes, scale)[:4]
print(f"relative error of the small ones: {reconstruction_error(small, small_again):.2f}")

# %% [markdown]
# Two ways out: a scale for each block, so that an outlier costs its block only; and, where all numbers lie on one side,
# a shifted range.

# %% exercise quantization/blockwise_quantize

# %% exercise quantization/blockwise_dequantize

# %% exercise quantization/zero_point_quantize

# %% exercise quantization/zero_point_dequantize

# %%
torch.manual_seed(0)
matrix = torch.randn(256, 256) * 0.02
spoiled = matrix.clone()
spoiled[0, 0] = 2.0
bits_tried = (8, 6, 5, 4, 3)
lines = {}
for name, one in (("plain", matrix), ("one outlier", spoiled)):
    whole, blocks = [], []
    for bits in bits_tried:
        whole.append(reconstruction_error(one, absmax_dequantize(*absmax_quantize(one, bits))))
        codes, scales = blockwise_quantize(one, 64, bits)
        blocks.append(reconstruction_error(one, blockwise_dequantize(codes, scales, 64)))
    lines |= {f"{name}, one scale": whole, f"{name}, blocks of 64": blocks}
plt.figure(figsize=(6, 2.8))
for name, errors in lines.items():
    plt.plot(bits_tried, errors, marker="o", label=name)
plt.gca().set(xlabel="bits", ylabel="relative error", yscale="log")
plt.legend()
plt.show()

# %% part lora [markdown]
# ## 3 LoRA from scratch
#
# Finetuning often moves a weight W in a few directions only. So leave W alone and train a detour beside it, h = W x +
# b + (alpha / r) · B A x, with thin matrices A (r × d_in) and B (d_out × r).

# %% exercise lora_parameter_count

# %% predict [markdown]
# A matrix of 768 × 768 and a detour of rank 8: how many numbers are trained, and how many times fewer is that?
# ---
# 8 · (768 + 768) = 12,288 instead of 589,824: 48 times fewer.

# %%
for rank in (1, 4, 8, 64):
    few = lora_parameter_count(768, 768, rank)
    print(f"rank {rank:2}: {few:7,} numbers for {768 * 768:,}, {768 * 768 / few:.0f} times fewer")

# %% exercise LoRALinear

# %% exercise apply_lora

# %% exercise lora_qv

# %% [markdown]
# One of A and B starts at zero. What does that do to the model before the first step?

# %% predict [markdown]
# Put detours into the whole model. How far are its logits from those of the model without them: exactly equal, about
# 1e-6 apart, or visibly apart?
# ---
# Exactly equal: B A is a matrix of zeros, and adding zeros changes no bit.

# %%
experiment("lora/starts_identical")

# %% [markdown]
# Now train. The task is one that the model can nearly do: read a review and say *good* or *bad*. Only the detours
# learn.

# %%
import copy
import math

from autograder.backbone import sentiment

ANSWERS = (" bad", " good")
PROMPT = " In one word it is"


def batch_of(examples):
    """Reviews that end in the prompt, padded on the left so that the last position is the prompt's; and the labels."""
    ids = [tokenizer(example["text"] + PROMPT)["input_ids"] for example in examples]
    most = max(map(len, ids))
    padded = [[tokenizer.eos_token_id] * (most - len(row)) + row for row in ids]
    mask = [[0] * (most - len(row)) + [1] * len(row) for row in ids]
    return torch.tensor(padded), torch.tensor(mask), torch.tensor([example["label"] for example in examples])


def verdict_logits(model, ids, mask):
    """(B, 2): how much the model wants to go on with each of the two answers."""
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits[:, -1]
    return logits[:, [tokenizer(answer)["input_ids"][0] for answer in ANSWERS]]


@torch.no_grad()
def accuracy_of(model, examples):
    ids, mask, labels = batch_of(examples)
    return (verdict_logits(model, ids, mask).argmax(1) == labels).float().mean().item()


train, test = sentiment("tiny", "train", 400), sentiment("tiny", "test", 200)
print(f"before: {accuracy_of(model, test):.0%} of the test reviews, where guessing gives 50%")

# %% predict [markdown]
# Rank 4 beside the attention's layers: what share of the model's parameters is trained, and what accuracy will it
# reach?
# ---
# Between 1% and 3% of the parameters on a small model (less on a large one), and nearly all reviews.


# %%
def train_detours(rank, steps=60, size=16, seed=0):
    """A fresh copy of the model with detours, trained; gives it and its losses."""
    torch.manual_seed(seed)
    adapted = copy.deepcopy(model)
    apply_lora(adapted, ["attn.c_attn", "attn.c_proj"], r=rank, alpha=2 * rank)
    learned = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=3e-3 if width < 512 else 5e-4)
    losses = []
    for step in range(steps):
        start = step * size % (len(train) - size)
        ids, mask, labels = batch_of(train[start : start + size])
        loss = nn.functional.cross_entropy(verdict_logits(adapted, ids, mask), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    count = sum(parameter.numel() for parameter in learned)
    return adapted.eval(), losses, count


adapted, losses, count = train_detours(rank=4)
before, after = accuracy_of(model, test), accuracy_of(adapted, test)
print(f"{count:,} of {n_params:,} numbers trained, {count / n_params:.1%}")
print(f"accuracy {before:.0%} before, {after:.0%} after")

# %%
figure, (left_axes, right_axes) = plt.subplots(1, 2, figsize=(8, 2.8))
left_axes.plot(losses)
left_axes.axhline(math.log(2), color="grey", linestyle="--")
left_axes.set(xlabel="step", ylabel="loss (dashed: guessing)")
right_axes.bar(["before", "after"], [before, after])
right_axes.axhline(0.5, color="grey", linestyle="--")
right_axes.set(ylabel="accuracy on test reviews", ylim=(0, 1))
figure.tight_layout()
plt.show()

# %% [markdown]
# What you keep of a training is the adapter alone.

# %% exercise adapter_state_dict

# %% exercise load_adapter

# %%
state = adapter_state_dict(adapted)
again = copy.deepcopy(model)
apply_lora(again, ["attn.c_attn", "attn.c_proj"], r=4, alpha=8)
print(f"fresh detours: {accuracy_of(again, test):.0%}")
load_adapter(again, state)
kept = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
print(f"loaded: {accuracy_of(again, test):.0%}, from {kept / 1e3:.0f} kB beside a model of {weights / 1e6:.1f} MB")

# %% predict [markdown]
# Merge the detours into the weights. How many more operations than the base does the merged model need for a token?
# ---
# None: it has the base's layers, with other numbers in them.

# %%
experiment("lora/merged_cost")

# %% part lora [markdown]
# ## 4 The same with PEFT
#
# Everybody uses Hugging Face's `peft`. Which of its settings say what `apply_lora` does?

# %% exercise peft_lora_config

# %% predict [markdown]
# GPT-2's layers are `Conv1D`, which store a weight as (d_in, d_out). Which field of `LoraConfig` is about that?
# ---
# `fan_in_fan_out=True`.

# %%
from peft import get_peft_model

torch.manual_seed(0)
with_peft = get_peft_model(copy.deepcopy(model), peft_lora_config(r=4, alpha=8))
by_hand = copy.deepcopy(model)
apply_lora(by_hand, ["attn.c_attn"], r=4, alpha=8)
theirs, ours = (
    sum(parameter.numel() for parameter in one.parameters() if parameter.requires_grad) for one in (with_peft, by_hand)
)
print(f"trainable numbers: PEFT {theirs:,}, apply_lora {ours:,}")

# %% [markdown]
# PEFT merges, saves and loads as you did by hand: `merge_and_unload()`, `save_pretrained(folder)`,
# `PeftModel.from_pretrained(base, folder)`. What you saw: one layer with a detour, a model full of them, and a library
# that computes the same.

# %% part quantization [markdown]
# ## 5 Quantized inference
#
# Four bits a weight and a scale for 64 of them, with levels that lie where weights lie: NF4, the codebook of QLoRA.

# %% exercise quantization/nf4_quantize

# %% exercise quantization/nf4_dequantize

# %%
packed, largest = nf4_quantize(matrix)
nf4_error = reconstruction_error(matrix, nf4_dequantize(packed, largest, matrix.shape))
print(f"relative error in 4 bits: blocks of 64 {lines['plain, blocks of 64'][3]:.3f}, NF4 {nf4_error:.3f}")

# %% exercise quantization/QuantizedLinear

# %% predict [markdown]
# Quantize all linear layers to 8 bits, then to 4 with one scale for each matrix, then to 4 with a scale for each block.
# Which of the three hurts what the model says?
# ---
# 8 bits cost next to nothing. In 4 bits it depends on how many numbers share a scale: one for a matrix costs most.

# %%
experiment("quantization/bits_and_granularity")

# %%
experiment("quantization/bytes_held")

# %% [markdown]
# Training over weights in 4 bits is QLoRA; and the cache of keys and values can be quantized like weights.

# %% exercise quantization/QLoRALinear

# %% exercise quantization/quantize_kv_cache

# %%
experiment("quantization/kv_cache")

# %% [markdown]
# Everybody's libraries for it are bitsandbytes and transformers. (Not graded; needs `pip install -e '.[quant]'`.)

# %% exercise quantization/load_in_4bit

# %% [markdown]
# What you saw: two problems, two solutions. LoRA for training, quantization for the weights, and QLoRA for both.

# %% [markdown]
# # Instruction tuning
#
# A base model continues text. Here you teach one to answer: the template around a conversation, the mask that says what
# is learned, the loss, the loop, and the reply at the end.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint encode_chat` gives a hint; add 2 or 3 for a nearer one.

# %% setup
from autograder.backbone import instructions, split_countries
from autograder.show import show_mask

# %% part instruction_tuning [markdown]
# ## 1 What a base model does

# %% exercise generate_reply

# %% predict [markdown]
# The base model is given "What is the capital of France?". What will it write? And after "The capital of France is"?
# ---
# It goes on as texts go on: after the question with another question or some other text, after the statement with a
# city.

# %%
model, tokenizer = load_backbone(BACKBONE)
stop_ids = [tokenizer.eos_token_id]


def say(model, prompt_ids, stops, tokens=16):
    reply = generate_reply(model, torch.tensor([prompt_ids]), stops, tokens)[0]
    return tokenizer.decode(reply, skip_special_tokens=True)


country = split_countries("test")[0].name
for prompt in (f"What is the capital of {country}?", f"The capital of {country} is"):
    print(repr(prompt), "->", repr(say(model, tokenizer(prompt)["input_ids"], stop_ids)))

# %% part instruction_tuning [markdown]
# ## 2 A chat format

# %% exercise format_alpaca

# %% exercise render_chatml

# %% exercise render_llama3

# %%
messages = [
    {"role": "user", "content": "What are the three primary colors?"},
    {"role": "assistant", "content": "Red, blue, and yellow."},
]
print(render_chatml(messages))
print(format_alpaca({"instruction": messages[0]["content"], "input": "", "output": messages[1]["content"]}))

# %% [markdown]
# `<|im_start|>` and `<|im_end|>` are one token each. The model has never seen them: each needs a row of its embeddings.

# %% exercise add_chat_tokens

# %% predict [markdown]
# How many parameters do the two tokens add to a model of this width, whose output layer is its embedding?
# ---
# Twice the width: one row each, shared by input and output.

# %%
before = sum(parameter.numel() for parameter in model.parameters())
added = add_chat_tokens(model, tokenizer)
after = sum(parameter.numel() for parameter in model.parameters())
print(f"{added} tokens, {after - before:,} numbers; the width is {model.config.hidden_size}")

# %% part instruction_tuning [markdown]
# ## 3 The mask, the loss and the loop
#
# Train on what the assistant writes and on nothing else.

# %% exercise mask_prompt_labels

# %% exercise encode_chat

# %% predict [markdown]
# Which tokens of this conversation are trained on: the question, the header `assistant`, the answer, the `<|im_end|>`
# behind the answer?
# ---
# The answer and its `<|im_end|>`. The header is given at inference; the end token is the decision to stop.

# %%
chat = encode_chat(messages, tokenizer)
print(sum(chat["loss_mask"]), "of", len(chat["loss_mask"]), "tokens are trained on")
show_mask(chat["input_ids"], chat["loss_mask"], tokenizer)

# %% exercise collate_chats

# %% exercise sft_loss

# %% exercise accumulate_gradients

# %% exercise train_sft

# %% part instruction_tuning [markdown]
# ## 4 Before and after
#
# Questions about one half of the world's countries for training, about the other half for asking.

# %%
import copy
import random

LEVEL = "hub" if BACKBONE == "gpt2" else "tiny"
more = {"kinds": ("capital", "continent", "currency")} if LEVEL == "tiny" else {}
train_rows, test_rows = instructions(LEVEL, "train", 240, **more), instructions(LEVEL, "test", 30, **more)
END = tokenizer.convert_tokens_to_ids("<|im_end|>")


def conversation(row):
    asked = f"{row['instruction']}\n{row['input']}".strip()
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]}]


def tuned(rows, steps=40, size=16, seed=0):
    """A copy of the model after SFT on these rows; gives it and its losses."""
    rng, learner = random.Random(seed), copy.deepcopy(model)
    examples = [encode_chat(conversation(row), tokenizer) for row in rows]
    drawn = [rng.sample(examples, min(size, len(examples))) for _ in range(steps)]
    batches = [collate_chats(some, tokenizer.pad_token_id, max_length=128) for some in drawn]
    rate = 5e-4 if model.config.hidden_size < 512 else 2e-5
    optimizer = torch.optim.AdamW(learner.parameters(), lr=rate, weight_decay=0.0)
    return learner, train_sft(learner, batches, optimizer, steps)


def answer(model, row, tokens=20):
    """The reply to a question in ChatML, and whether it stops by itself."""
    chat = encode_chat(conversation(row), tokenizer)
    prompt = chat["input_ids"][: chat["loss_mask"].index(1)]
    reply = generate_reply(model, torch.tensor([prompt]), [END], tokens)[0]
    return tokenizer.decode(reply, skip_special_tokens=True).strip(), reply[-1:] == [END]


def judged(model, rows):
    """Shares of the replies that are right word for word, and that stop."""
    replies = [answer(model, row) for row in rows]
    right = sum(text == row["output"] for (text, _), row in zip(replies, rows, strict=True))
    return right / len(rows), sum(stopped for _, stopped in replies) / len(rows)


# %% predict [markdown]
# It is asked about countries that training never asked about. Will it answer in the form it was taught? Will it be
# right?
# ---
# The form is learned at once. Right it is often, where pretraining knew the fact: SFT taught it to answer, not the
# answers.

# %%
learner, losses = tuned(train_rows)
for row in test_rows[:3]:
    print("asked  ", row["instruction"])
    print("before ", answer(model, row)[0])
    print("after  ", answer(learner, row)[0])
base, after = judged(model, test_rows), judged(learner, test_rows)
print(f"right: {base[0]:.0%} before, {after[0]:.0%} after; stops by itself: {base[1]:.0%}, {after[1]:.0%}")

# %%
figure, (left_axes, right_axes) = plt.subplots(1, 2, figsize=(8, 2.6))
left_axes.plot(losses)
left_axes.set(xlabel="step", ylabel="loss on the answers")
right_axes.bar(["right, before", "after", "stops, before", "after "], [base[0], after[0], base[1], after[1]])
right_axes.set(ylim=(0, 1))
right_axes.tick_params(axis="x", rotation=30)
figure.tight_layout()
plt.show()

# %% part instruction_tuning [markdown]
# ## 5 Noisy data
#
# The same questions with answers whose words are in disorder.

# %% predict [markdown]
# Half of the training answers are scrambled. What will the replies look like?
# ---
# Many of them noisy, with some seeds all: the model learns the form that it is shown, whatever it is.


# %%
def scrambled(row, rng):
    words = row["output"].split()
    rng.shuffle(words)
    return {**row, "output": " ".join(words)}


rng = random.Random(0)
noisy_rows = [scrambled(row, rng) if place % 2 else row for place, row in enumerate(train_rows)]
noisy, _ = tuned(noisy_rows)
for row in test_rows[:3]:
    print("clean data:", answer(learner, row)[0])
    print("noisy data:", answer(noisy, row)[0])
noisy_after = judged(noisy, test_rows)
print(f"right: {after[0]:.0%} after clean data, {noisy_after[0]:.0%} after noisy data")

# %%
plt.figure(figsize=(4, 2.4))
plt.bar(["clean", "half of it noisy"], [after[0], noisy_after[0]])
plt.ylabel("right, word for word")
plt.ylim(0, 1)
plt.show()

# %% [markdown]
# What you saw: the knowledge was there before; SFT taught the model to answer, in the form of its examples, noise
# included. `autograder experiment instruction_tuning` measures each of these claims with your code, over as many
# seeds as you like.

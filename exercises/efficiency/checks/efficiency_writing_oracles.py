"""What the checks of `generate_cached` share: a model whose cache and positions show in what it writes."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_equal, fail, probe


@probe
def written(student, weights, size, calls):
    """What each call of generate_cached gives, and what the model was shown on the way.

    The model adds up what it has read, each id times the weight of its position. The logit of this sum, modulo `size`,
    is the largest, by little; with `tie` that of the next but one is as large.
    """
    found = []
    for ids, new, tie, enabled in calls:
        shown, trained = [], torch.zeros(1, requires_grad=True)

        def forward(some, positions, cache, shown=shown, trained=trained, tie=tie):
            length, known = cache or (0, 0)
            at = torch.as_tensor(positions)
            shown.append([some.clone(), at.clone(), length, torch.is_grad_enabled()])
            some = some.reshape(len(some), -1)
            places = at.reshape(-1)[-some.shape[1] :] % len(weights)
            sums = (some * weights[places]).cumsum(dim=1) + known
            logits = 0.4 * F.one_hot(sums % size, size) + (0.4 * F.one_hot((sums + 2) % size, size) if tie else 0)
            return logits + trained, (length + some.shape[1], sums[:, -1:])

        with torch.set_grad_enabled(enabled):
            result = student.generate_cached(forward, ids, new)
            after = torch.is_grad_enabled()
        found.append(
            {
                "ids": result,
                "ids shown": [one[0] for one in shown],
                "positions": [one[1] for one in shown],
                "cached": [one[2] for one in shown],
                "graphs": any(one[3] for one in shown),
                "enabled": after,
            }
        )
    return found


def text_of(ids, new, weights, size, tie=False, way="right"):
    """The prompts and what is written behind them; `way` names a mistake."""
    rows, length, first = [], ids.shape[1], 0
    for row in ids.tolist():
        known, row = 0, list(row)
        unread, positions = list(row), list(range(length))
        if way == "from 1":
            positions = list(range(1, length + 1))
        for step in range(new):
            if way == "no cache":
                known = 0
            if way == "first cache" and step > 1:
                known = first
            sums = []
            for one, position in zip(unread, positions, strict=True):
                known += one * weights[position % len(weights)]
                sums.append(known)
            if step == 0:
                first = known
            total = sums[0] if way == "first logits" else sums[-1]
            chosen = total % size
            if tie:
                chosen = max(chosen, (chosen + 2) % size) if way == "last tie" else min(chosen, (chosen + 2) % size)
            if way == "smallest":
                chosen = 1 if total % size == 0 else 0
            row.append(chosen)
            unread, now = [chosen], length + step
            positions = {
                "position 0": [0],
                "from 0 again": [step],
                "from 1 again": [step + 1],
                "jumps": [length * (step + 1)],
                "one further": [now + 1],
                "one before": [now - 1],
                "stays": [length],
                "from 1": [now + 1],
                "last of prompt": [length - 1],
            }.get(way, [now])
            if way == "all again":
                unread, positions = list(row), list(range(len(row)))
            if way == "prompt again":
                unread, positions = row[:length], list(range(length))
            if way == "two tokens":
                unread, positions = row[-2:], [now - 1, now]
        rows.append(row)
    return torch.tensor(rows).reshape(len(ids), -1).long()


WAYS = {
    "Every new token stands at position 0; it has a position in the whole text.": ("position 0",),
    "The positions of the new tokens begin again at 0 or 1.": ("from 0 again", "from 1 again"),
    "The position jumps by the length of the prompt with each token.": ("jumps",),
    "The positions of the new tokens are one too large.": ("one further",),
    "The positions of the new tokens are one too small.": ("one before",),
    "All new tokens stand at the position behind the prompt.": ("stays",),
    "All new tokens stand at the position of the prompt's last token.": ("last of prompt",),
    "Positions begin at 1; the first token stands at 0.": ("from 1",),
    "The cache isn't handed on.": ("no cache",),
    "The cache of the first call is handed on for ever.": ("first cache",),
    "The whole text is read again on top of the cache.": ("all again",),
    "The prompt is read again in every call.": ("prompt again",),
    "Two tokens are read in a call; the older one was read before.": ("two tokens",),
    "The logits of the first position are used; those of the last say what comes next.": ("first logits",),
    "The smallest logit is taken for the largest.": ("smallest",),
    "Of equal logits the last is taken; the first is asked for.": ("last tie",),
}
WHOLE_AGAIN = "The whole text is read again for every token: that is what a cache is for."
TOO_OFTEN = "The model is called once more than needed: what was written last is read."
PROMPT_SLOWLY = "The prompt isn't read in one call."
POSITIONS_SHAPE = "The positions aren't a tensor (t,) of int64, one for each id of a row."
IDS_SHAPE = "A new token is shown as (B,); ids are (B, t), of one token (B, 1)."
WITH_GRAPH = "The model runs with a graph, for gradients that nobody asks for."
SWITCHED = "Gradients are not switched on or off afterwards as they were before."
NONE_CALLED = "The model is called though nothing is to be written."
ANOTHER = "What is written isn't the largest logit: it is drawn, or another one is taken."
NEW_REJECTED = "Writing no token is an error; then the prompts come back."


def writing_mistakes(ids, new, weights, size, tie):
    """Sentence → the ids with that mistake."""
    right, length = text_of(ids, new, weights, size, tie), ids.shape[1]

    def wrong(way):
        return lambda: text_of(ids, new, weights, size, tie, way)

    first_row = right.clone()
    first_row[:, length:] = right[:1, length:]
    zeros = [right[:, : length + at + 1] for at in range(new) if bool((right[:, length + at] == 0).any())]
    found = {sentence: AnyOf(*map(wrong, ways)) for sentence, ways in WAYS.items()}
    return found | {
        "Only what was written comes back; the prompt belongs in front of it.": right[:, length:],
        "It writes one token too many.": lambda: text_of(ids, new + 1, weights, size, tie),
        "It writes one token too few.": lambda: text_of(ids, max(new - 1, 0), weights, size, tie),
        "`new` is taken for the length of the whole text.": lambda: text_of(
            ids, max(new - length, 0), weights, size, tie
        ),
        "Every row is continued as the first one is.": first_row,
        "Only the first row is continued.": right[:1],
        "New tokens stand in front of the prompt.": torch.cat([right[:, length:], ids], dim=1),
        "It stops at token 0; it is a token like any other.": AnyOf(*zeros),
        "The ids come back in another dtype than int64.": AnyOf(right.int(), right.float()),
    }


def expect_written(student, weights, size, calls):
    """Fail unless each call gives the right text, and shows the model what it should, where it should."""
    calls = [list(one) for one in calls]
    with expect_accepted(NEW_REJECTED if any(new == 0 for _, new, *_ in calls) else "", "ValueError", "IndexError"):
        answers = student.run(written, weights, size, calls)
    for (ids, new, tie, enabled), answer in zip(calls, answers, strict=True):
        expected = text_of(ids, new, weights.tolist(), size, tie)
        length = ids.shape[1]
        shown = [ids, *(expected[:, length + at : length + at + 1] for at in range(new - 1))][: max(new, 0)]
        lengths = [one.shape[-1] if one.ndim else 0 for one in answer["ids shown"]]
        as_long = isinstance(answer["ids"], torch.Tensor) and answer["ids"].shape == expected.shape
        if new == 0 and lengths and as_long:
            fail(NONE_CALLED)
        if new and as_long and len(lengths) > new and lengths[:1] == [length] and lengths[1:] == [1] * new:
            fail(TOO_OFTEN)
        if new and length > 1 and lengths and lengths[0] < length:
            fail(PROMPT_SLOWLY)
        if len(lengths) == new > 1 and lengths == [length + at for at in range(new)] and not any(answer["cached"]):
            fail(WHOLE_AGAIN)
        if any(one.ndim != 2 for one in answer["ids shown"]):
            fail(IDS_SHAPE)
        for one, many in zip(answer["positions"], lengths, strict=True):
            if one.shape != (many,) or one.dtype != torch.int64:
                fail(POSITIONS_SHAPE)
        got = answer["ids"]
        mistakes = Mistakes(lambda ids=ids, new=new, tie=tie: writing_mistakes(ids, new, weights.tolist(), size, tie))
        if isinstance(got, torch.Tensor) and got.shape == expected.shape and not torch.equal(got, expected):
            told = any(
                torch.equal(got, value)
                for wrong in mistakes.values()
                for one in (wrong.values if isinstance(wrong, AnyOf) else [wrong])
                if isinstance(value := one() if callable(one) else one, torch.Tensor)
            )
            if not told and torch.equal(got[:, :length], ids):
                fail(ANOTHER, expected=expected, got=got)
        expect_equal(got, expected, what="The tensor of prompts and what was written", mistakes=mistakes)
        expect_equal(answer["ids shown"], shown, what="What the model was shown")
        positions = [torch.arange(length), *(torch.tensor([length + at]) for at in range(new - 1))][: max(new, 0)]
        expect_equal(answer["positions"], positions, what="The positions that the model was told")
        cached = [0, *(length + at for at in range(new - 1))][: max(new, 0)]
        expect_equal(answer["cached"], cached, what="How many tokens the cache held at each call")
        if answer["graphs"]:
            fail(WITH_GRAPH, advice="with torch.no_grad(): around the calls of the model.")
        if answer["enabled"] != enabled:
            fail(SWITCHED, expected=enabled, got=answer["enabled"])


@probe
def written_by_attention(student, tables, ids, new):
    """What a model of one layer of `cached_attention` writes, in fp64."""
    tokens, places, w_q, w_k, w_v = tables

    def forward(some, positions, cache):
        x = tokens[some] + places[positions]
        q, k, v = ((x @ one).unflatten(-1, (2, -1)).transpose(1, 2) for one in (w_q, w_k, w_v))
        read, cache = student.cached_attention(q, k, v, cache)
        return read.transpose(1, 2).flatten(2) @ tokens.T / 1000, cache  # nearly even: what is drawn is another text

    return student.generate_cached(forward, ids, new)


def written_without_cache(tables, ids, new):
    """The same text from a loop that reads everything again for each token."""
    tokens, places, w_q, w_k, w_v = tables
    for _ in range(new):
        x = tokens[ids] + places[: ids.shape[1]]
        q, k, v = ((x @ one).unflatten(-1, (2, -1)).transpose(1, 2) for one in (w_q, w_k, w_v))
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5
        ahead = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
        read = torch.einsum("bhqk,bhkd->bhqd", scores.masked_fill(ahead, float("-inf")).softmax(dim=-1), v)
        ids = torch.cat([ids, (read.transpose(1, 2).flatten(2)[:, -1:] @ tokens.T).argmax(dim=-1)], dim=1)
    return ids

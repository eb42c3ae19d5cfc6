"""What the checks of this lesson share: errors asked beside legal calls, oracles, and what known mistakes give.

Oracles count and add in plain Python, in double precision, or try every set; none calls what the reference calls.
A mistake's value is computed from the same input as the right one, so that it is known for whatever is drawn.
"""

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager

import torch
from torch.nn import functional as F

from autograder.checks import AnyOf, Mistakes, StudentError, expect_close, expect_error, fail, probe

# Losses and probabilities in fp32: sums of some 50 terms of size 5, rounded to 1e-6; mistakes move them by 1e-3.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-5}
INF = float("inf")
# Six standard deviations are passed by chance twice in 10**9 times.
DEVIATIONS = 6.0


def when_asked(function):
    """Make a function that gives a dict of mistakes one that computes it when it is looked at."""

    @functools.wraps(function)
    def given(*arguments):
        return Mistakes(functools.partial(function, *arguments))

    return given


# --- errors ---------------------------------------------------------------------------------------------------------


@contextmanager
def message_says(words=(), sentence=""):
    """Inside expect_error: fail with the sentence if the message of a ValueError has none of these words."""
    try:
        yield
    except StudentError as error:
        named = not words or {*map(str, words)} & {*re.findall(r"\w+", error.message.lower())}
        if error.type == "ValueError" and error.message.strip() and not named:
            fail(sentence, got=error.message)
        raise


def expect_refused_and_taken(rng, refused, taken):
    """Fail unless each (what, call) of `refused` raises ValueError with a message, and each of `taken` does not.

    Of `refused`, (what, call, words, sentence) wants one of the words in the message, or fails with the sentence. An
    entry of `taken` is a call, its value, what it is, the sentence for one that is refused, and known mistakes. The
    order is drawn, so that counting calls doesn't tell which of them must fail.
    """
    for entry in rng.permutation([*refused, *taken]):
        if len(entry) < 5:
            what, call, *said = entry
            with expect_error("ValueError", what=what, explained=True), message_says(*said):
                call()
            continue
        call, expected, what, rejected, mistakes = entry
        try:
            got = call()
        except StudentError as error:
            fail(rejected, expected="no error", got=str(error))
        expect_close(got, expected, what=what, mistakes=mistakes, **TOL_FP32)


# --- shift_targets --------------------------------------------------------------------------------------------------

SHORTEST_ROW = "Rows of 2 tokens are rejected; only shorter ones are an error."


def shifted(ids):
    """Inputs and targets, position by position."""
    rows = ids.tolist()
    return (
        torch.tensor([[row[t] for t in range(len(row) - 1)] for row in rows]),
        torch.tensor([[row[t + 1] for t in range(len(row) - 1)] for row in rows]),
    )


@when_asked
def shift_mistakes(ids):
    """Sentence → the pair with that mistake."""
    inputs, targets = shifted(ids)
    nothing = torch.full_like(ids[:, :1], -100)
    in_one_row = ids.flatten().roll(-1).view_as(ids)
    padded = [(ids, torch.cat([targets, nothing * factor], dim=1)) for factor in (0, 1)]
    return {
        "Inputs and targets are the same, so that each token is asked for itself.": AnyOf(
            (ids, ids), (inputs, inputs), (targets, targets)
        ),
        "The targets are two places further; they are one.": (ids[:, :-2], ids[:, 2:]),
        "The last target is the first token of its row: roll goes round in a circle.": (ids, ids.roll(-1, dims=1)),
        "The rows run into each other: behind a row's last token comes the next row's first.": AnyOf(
            (ids, in_one_row), (ids[:, 1:], in_one_row[:, 1:]), (ids.flatten()[:-1], ids.flatten()[1:])
        ),
        "Inputs and targets are swapped: each token is asked for the one before it.": (targets, inputs),
        "The shift is along the batch; it is along each row.": (ids[:-1], ids[1:]),
        "The targets are filled up to T; inputs and targets are T - 1 long.": AnyOf(*padded),
        "The inputs keep their last token, behind which there is no target.": (ids, targets),
        "The targets keep their first token, which nothing guesses.": (inputs, ids),
        "Only the first row comes back.": (inputs[:1], targets[:1]),
        "The last row is lost.": (inputs[:-1], targets[:-1]),
        "Token 0 is left out of the targets; it is a token like any other.": (
            inputs,
            targets.masked_fill(targets == 0, -100),
        ),
        "The pair is in the wrong order: inputs come first.": (targets, inputs),
        "The first token is lost.": shifted(ids[:, 1:]),
        "The last token is lost.": shifted(ids[:, :-1]),
    }


# --- bigrams --------------------------------------------------------------------------------------------------------


def counted(pairs, vocab_size):
    """(V, V) int64: how often each pair of ids comes."""
    found = Counter(tuple(pair) for pair in pairs)
    return torch.tensor([[found[a, b] for b in range(vocab_size)] for a in range(vocab_size)])


def counts_oracle(ids, vocab_size):
    """The counts of neighbours, pair by pair."""
    text = ids.tolist()
    return counted(itertools.pairwise(text), vocab_size)


@when_asked
def count_mistakes(ids, vocab_size):
    """Sentence → the counts with that mistake, of a text of at least four ids."""
    text, right = ids.tolist(), counts_oracle(ids, vocab_size)
    largest, distinct = max(text) + 1, sorted(set(text))
    of_text = right[:largest, :largest], right[distinct][:, distinct]
    totals = right.sum(dim=1, keepdim=True)
    without_zero = right.clone()
    without_zero[0], without_zero[:, 0] = 0, 0
    return {
        "Rows and columns are swapped: the row is the token that comes first.": right.T,
        "A pair that comes several times is counted once: counts[a, b] += 1 doesn't add up.": right.clamp(max=1),
        "It pairs tokens that stand two apart.": counted(zip(text, text[2:], strict=False), vocab_size),
        "Each pair is counted in both directions.": right + right.T,
        "The last token is paired with the first; a text is no circle.": counted(
            zip(text, text[1:] + text[:1], strict=True), vocab_size
        ),
        "Every other pair is left out: a token belongs to the pair before it and to the one behind.": counted(
            zip(text[::2], text[1::2], strict=False), vocab_size
        ),
        "The last pair is not counted.": counts_oracle(ids[:-1], vocab_size),
        "The first pair is not counted.": counts_oracle(ids[1:], vocab_size),
        "A token that follows itself is not counted.": right - right.diag().diag(),
        "It gives shares; counts are asked for.": AnyOf(
            right / totals.clamp(min=1), right / right.sum(), right.double() / right.sum()
        ),
        "The size is taken from the text; it is vocab_size.": AnyOf(*of_text),
        "Token 0 is left out; it is a token like any other.": without_zero,
        "Every count is one too large; smoothing comes later.": right + 1,
        "It counts tokens, not pairs.": AnyOf(
            torch.bincount(ids, minlength=vocab_size), torch.bincount(ids, minlength=vocab_size).diag()
        ),
        "A count above 127 or 255 wraps around: count in int64.": AnyOf(
            right.to(torch.uint8).long(), right.to(torch.int8).long(), right.to(torch.uint8), right.to(torch.int8)
        ),
        "It counts each pair of ids anywhere in the text; only neighbours count.": lambda: counted(
            itertools.combinations(text, 2), vocab_size
        ),
        "A count stops growing at some size.": AnyOf(*(right.clamp(max=most) for most in (10, 100, 127, 128, 255))),
    }


EMPTY_TEXT = "A text of no token or of one is rejected; it has no pairs, so all counts are 0."
LARGEST_ID = "The id vocab_size - 1 is rejected; it is the largest that there may be."


def probs_oracle(counts, smoothing=0.0):
    """Each row divided by its sum, number by number."""
    rows = []
    for row in counts.tolist():
        total = sum(row) + smoothing * len(row)
        rows.append([(one + smoothing) / total if total else 1 / len(row) for one in row])
    return torch.tensor(rows)


@when_asked
def prob_mistakes(counts, smoothing=0.0):
    """Sentence → the probabilities with that mistake; `counts` have a row of zeros where smoothing is 0."""
    right, size = probs_oracle(counts, smoothing), len(counts)
    raised = counts.double() + smoothing
    rows, columns = raised.sum(dim=1), raised.sum(dim=0)
    bare, empty = probs_oracle(counts), (counts.sum(dim=1) == 0)[:, None]
    uniform = torch.full((size,), 1 / size, dtype=torch.float64)

    def cleaned(value):
        """What comes of 0 / 0, as the known mistakes leave it."""
        value = value.float()
        filled = torch.where(value.isfinite().all(dim=1, keepdim=True), value, uniform.float())
        return AnyOf(value, value.nan_to_num(0.0, 0.0, 0.0), value.nan_to_num(1 / size, 1 / size), filled)

    found = {
        "Every row is divided by the sums of all rows, one for each column: without keepdim they lie the wrong way.": (
            AnyOf(cleaned(raised / rows), cleaned(torch.where(rows == 0, uniform, raised / rows)))
        ),
        "The columns sum to 1; the rows must.": AnyOf(
            cleaned(raised / columns), cleaned(torch.where(columns == 0, uniform, raised / columns))
        ),
        "Rows and columns are swapped.": right.T,
        "It divides by the sum of all counts, which gives the probability of a pair.": (raised / raised.sum()).float(),
        "It gives the softmax of the counts.": AnyOf(
            raised.softmax(dim=1).float(), torch.where(empty, right, raised.softmax(dim=1).float())
        ),
        "It gives the logarithms of the probabilities.": right.log(),
        "The probabilities are rounded.": AnyOf(
            *((right * 10**digits).round() / 10**digits for digits in (1, 2, 3, 4))
        ),
    }
    if smoothing:
        total = counts.double().sum(dim=1, keepdim=True)
        seen = torch.where(counts == 0, smoothing, counts.double())
        found |= {
            "Smoothing is ignored.": bare,
            "Smoothing is added after dividing, so that the rows don't sum to 1.": bare + smoothing,
            "Smoothing is added to the probabilities before the rows are divided again; add it to the counts.": (
                (bare.double() + smoothing) / (1 + size * smoothing)
            ).float(),
            "Smoothing is missing in the sum that divides.": AnyOf(
                cleaned(raised / total), (raised / total.clamp(min=1)).float()
            ),
            "The sum that divides has the smoothing once; every count of the row has it.": (
                raised / (total + smoothing)
            ).float(),
            "The sum that divides is kept at 1 or more; with little smoothing it is less.": (
                raised / rows[:, None].clamp(min=1)
            ).float(),
            "Smoothing is cut to a whole number.": probs_oracle(counts, int(smoothing)),
            "Only counts of 0 are smoothed; every count is.": (seen / seen.sum(dim=1, keepdim=True)).float(),
            "A row without counts is not smoothed but left at 0.": torch.where(empty, 0.0, right),
            "Smoothing is 1, whatever is asked for.": probs_oracle(counts, 1.0),
        }
    else:
        frequencies = counts.double().sum(dim=1) / counts.sum()
        found |= {
            "A row without counts is NaN: 0 / 0.": torch.where(empty, float("nan"), right),
            "A row without counts stays 0, so it doesn't sum to 1.": torch.where(empty, 0.0, right),
            "A row without counts gets the frequencies of the tokens; it becomes uniform.": AnyOf(
                torch.where(empty, frequencies.float(), right),
                torch.where(empty, (counts.double().sum(dim=0) / counts.sum()).float(), right),
            ),
            "A row without counts gives the token itself for sure; it becomes uniform.": torch.where(
                empty, torch.eye(size), right
            ),
            "Counts are smoothed although smoothing is 0.": AnyOf(
                *(probs_oracle(counts, some) for some in (1.0, 0.5, 0.1, 0.01, 1e-3))
            ),
        }
    return found


# --- the loss -------------------------------------------------------------------------------------------------------


def nll_of(logits, targets):
    """(B, T) in float64: logsumexp minus the target's logit; targets below 0 are taken for 0."""
    logits = logits.double()
    largest = logits.amax(dim=-1, keepdim=True)
    total = (logits - largest).exp().sum(dim=-1).log() + largest[..., 0]
    return total - logits.gather(-1, targets.clamp(min=0)[..., None])[..., 0]


def mean_of(losses, kept):
    """The mean of the losses kept, 0 of none."""
    return (losses[kept].sum() / max(int(kept.sum()), 1)).float()


def loss_oracle(logits, targets, ignore_index=-100):
    return mean_of(nll_of(logits, targets), targets != ignore_index)


@when_asked
def loss_mistakes(logits, targets, ignore_index=-100):
    """Sentence → the loss with that mistake."""
    losses, kept = nll_of(logits, targets), targets != ignore_index
    batch, length, vocabulary = logits.shape
    right, everything = mean_of(losses, kept), torch.ones_like(kept)
    rows = torch.stack([mean_of(*one) for one in zip(losses, kept, strict=True)])
    full_rows = rows[kept.any(dim=1)]
    mixed = logits.reshape(batch, vocabulary, length).transpose(1, 2)
    smooth = [
        (1 - share) * losses + share * (logits.double().logsumexp(-1) - logits.double().mean(-1))
        for share in (0.1, 0.05, 0.01)
    ]
    found = {
        "The softmax is taken before cross_entropy, which takes it again.": loss_oracle(
            logits.double().softmax(dim=-1), targets, ignore_index
        ),
        "view(B, V, T) mixes tokens and vocabulary up; it is no transpose.": loss_oracle(mixed, targets, ignore_index),
        "It is the mean of the rows' means; here every token counts the same.": AnyOf(rows.mean(), full_rows.mean()),
        "It is the mean of each position's mean; here every token counts the same.": torch.stack(
            [mean_of(*one) for one in zip(losses.T, kept.T, strict=True) if one[1].any()] or [torch.tensor(0.0)]
        ).mean(),
        "Logits and targets are shifted once more; they come shifted.": loss_oracle(
            logits[:, :-1], targets[:, 1:], ignore_index
        ),
        "Logits and targets are shifted against each other, the wrong way.": loss_oracle(
            logits[:, 1:], targets[:, :-1], ignore_index
        ),
        "It is the sum over the targets, not their mean.": losses[kept].sum().float(),
        "The sum is divided by the number of rows.": (losses[kept].sum() / batch).float(),
        "The sum is divided by all positions, also those that are left out.": (
            losses[kept].sum() / losses.numel()
        ).float(),
        "Targets that are to be left out are counted as token 0.": mean_of(
            nll_of(logits, targets.masked_fill(~kept, 0)), everything
        ),
        "Token 0 is left out like padding; only ignore_index is.": mean_of(losses, kept & (targets != 0)),
        "The sign is wrong: the loss falls when the model gets worse.": -right,
        "It is exp of the loss, the perplexity.": right.exp(),
        "It is in bits; the loss is in nats.": right / math.log(2),
        "It gives a loss for every position, not their mean.": AnyOf(
            losses.float(), losses.masked_fill(~kept, 0.0).float(), losses.flatten().float(), losses[kept].float()
        ),
        "Only the first row is counted.": mean_of(losses[:1], kept[:1]),
        "The last row is not counted.": mean_of(losses[:-1], kept[:-1]),
        "The last position is not counted.": mean_of(losses[:, :-1], kept[:, :-1]),
        "The first position is not counted.": mean_of(losses[:, 1:], kept[:, 1:]),
        "The targets are smoothed; the loss is that of the targets alone.": AnyOf(
            *(mean_of(one, kept) for one in smooth)
        ),
        "The logits are divided by a temperature; the loss is that of the model as it is.": AnyOf(
            *(loss_oracle(logits.double() / one, targets, ignore_index) for one in (2.0, 0.5, vocabulary**0.5))
        ),
        "It is the logarithm of the targets' mean probability, not the mean of their logarithms.": (
            -(-losses[kept]).exp().mean().log()
        ).float(),
        "It is the median over the targets, not their mean.": losses[kept].median().float()
        if kept.any()
        else torch.tensor(0.0),
        "It is one minus the probability of the target; the loss is its logarithm.": mean_of(1 - (-losses).exp(), kept),
    }
    if ignore_index != -100:
        found["Only -100 is left out, whatever ignore_index says."] = mean_of(losses, targets != -100)
    return found


NOT_FINITE = "The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step."
KEPT_FROM_ZERO = "Probabilities are kept from 0 before the logarithm, so that a very unlikely target costs too little."
IN_16_BITS = "With 16-bit logits the loss is computed in 16 bits; raise them to float32 first."


def floors(share=1.0):
    """The losses of an impossible target for the usual floors, of which `share` of the targets is one."""
    smallest = (1e-45, 1e-38, 1.2e-38, 1e-30, 1e-20, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)
    return AnyOf(*(torch.tensor(-share * math.log(one)) for one in smallest))


def ragged_targets(rng, batch, length, vocabulary, ignore_index=-100):
    """Targets of which each row keeps another number, in the middle too; 0 is among those kept."""
    targets = rng.randint(1, vocabulary, (batch, length))
    for row, left_out in enumerate(rng.permutation(range(batch))):
        targets[row, length - left_out :] = ignore_index
    targets[:, 1] = ignore_index
    targets[0, 0] = 0
    return targets


# --- temperature ----------------------------------------------------------------------------------------------------


def softmax_of(row, temperature=1.0):
    """The probabilities of a list of logits, in plain Python."""
    largest = max(row)
    weights = [math.exp((one - largest) / temperature) if one > -INF else 0.0 for one in row]
    return [one / sum(weights) for one in weights]


def by_row(logits, function):
    """(..., V) float32: what a function of one list of logits gives for every row."""
    rows = logits.double().reshape(-1, logits.shape[-1]).tolist()
    return torch.tensor([function(row) for row in rows], dtype=torch.float64).reshape(logits.shape).float()


def temper_oracle(logits, temperature):
    """Row by row; at 0 all on the first largest."""
    if temperature == 0:
        return by_row(logits, lambda row: [float(index == row.index(max(row))) for index in range(len(row))])
    return by_row(logits, lambda row: softmax_of(row, temperature))


EPSILONS = (1e-1, 1e-2, 1e-3)


@when_asked
def temper_mistakes(logits, temperature):
    """Sentence → the probabilities with that mistake, at a temperature above 0 and other than 1."""
    exact, plain = logits.double(), temper_oracle(logits, 1.0)
    right = temper_oracle(logits, temperature)
    other_dims = [(exact / temperature).softmax(dim=dim).float() for dim in range(logits.ndim - 1)]
    found = {
        "The probabilities are divided by the temperature; the logits are.": plain / temperature,
        "The temperature is ignored.": plain,
        "The logits are multiplied by the temperature; they are divided by it.": temper_oracle(logits, 1 / temperature),
        "The temperature is squared.": temper_oracle(logits, temperature**2),
        "The square root of the temperature is taken.": temper_oracle(logits, temperature**0.5),
        "It gives the logarithms of the probabilities.": right.log(),
        "It gives logits: the softmax is missing.": AnyOf(exact.float() / temperature, (exact / temperature).float()),
        "Something is added to the temperature.": AnyOf(
            *(temper_oracle(logits, temperature + one) for one in EPSILONS)
        ),
        "The temperature is rounded to a whole number.": AnyOf(
            *(temper_oracle(logits, one) for one in {max(1, int(temperature)), max(1, round(temperature))})
        ),
        "The leading dimensions are flattened; they must stay.": right.reshape(-1, right.shape[-1]),
        "A temperature is kept within bounds; any from 0 on is legal.": AnyOf(
            *(temper_oracle(logits, min(max(temperature, one), 1 / one)) for one in (1.0, 0.5, 0.2, 0.1, 0.05))
        ),
    }
    if other_dims:
        sentence = "The softmax runs along another dimension than the vocabulary, which is the last."
        found[sentence] = AnyOf(*other_dims)
    return found


@when_asked
def zero_mistakes(logits):
    """Sentence → what known mistakes give at temperature 0, where rows have several largest logits."""
    largest = logits == logits.amax(dim=-1, keepdim=True)
    right, last = temper_oracle(logits, 0), torch.zeros(logits.shape)
    positions = torch.arange(logits.shape[-1])
    last.scatter_(-1, (largest * positions).argmax(dim=-1, keepdim=True), 1.0)
    over_all = torch.zeros(logits.numel())
    over_all[logits.flatten().argmax()] = 1.0
    small = [(logits.double() / one).softmax(dim=-1).float() for one in (1e-3, 1e-5, 1e-8)]
    nan = torch.full(logits.shape, float("nan"))
    return {
        "At temperature 0 it divides by 0.": AnyOf(
            nan, (logits / 0.0).softmax(dim=-1), (logits / 0.0).nan_to_num().softmax(dim=-1)
        ),
        "At temperature 0 several equal logits share the probability; the first one has it all.": AnyOf(
            largest / largest.sum(dim=-1, keepdim=True), *small
        ),
        "At temperature 0 every one of several equal logits gets the probability 1.": largest.float(),
        "At temperature 0 the last of several equal logits is taken; it is the first.": last,
        "At temperature 0 the temperature is ignored.": temper_oracle(logits, 1.0),
        "At temperature 0 it gives ids; probabilities are asked for.": AnyOf(
            right.argmax(dim=-1), right.argmax(dim=-1, keepdim=True)
        ),
        "At temperature 0 one token of the whole batch gets everything; each row has its own.": over_all.view(
            logits.shape
        ),
        "At temperature 0 every row gets the first row's token; each row has its own.": (
            right.reshape(-1, logits.shape[-1])[:1].expand(logits.numel() // logits.shape[-1], -1).reshape(logits.shape)
        ),
        "At temperature 0 every token is as likely; that is the limit at the other end.": torch.full(
            logits.shape, 1 / logits.shape[-1]
        ),
    }


ZERO_IS_LEGAL = "The temperature 0 is rejected; only one below 0 is an error."
IN_16_BITS_TOO = "With 16-bit logits the probabilities are computed in 16 bits; raise them to float32 first."
OVERFLOWS = "Large logits overflow: exp without the row's largest subtracted."


# --- top-k and top-p ------------------------------------------------------------------------------------------------


def only(logits, keep):
    """The logits of what is kept, -inf elsewhere."""
    return torch.where(keep, logits, torch.tensor(-INF, dtype=logits.dtype))


def kept_by_row(logits, choose):
    """(..., V) bool: what `choose` gives, the indices kept of a list of logits, for every row."""
    rows = logits.double().reshape(-1, logits.shape[-1]).tolist()
    keep = torch.zeros(len(rows), logits.shape[-1], dtype=torch.bool)
    for number, row in enumerate(rows):
        keep[number, choose(row)] = True
    return keep.reshape(logits.shape)


def from_the_top(row):
    """Indices of a list of logits, the largest first."""
    return sorted(range(len(row)), key=lambda index: -row[index])


def reaching(row, bound):
    """Indices of the logits that are not smaller than a bound."""
    return [index for index, one in enumerate(row) if one >= bound]


def top_k_oracle(logits, k):
    """What is not smaller than the k-th largest of its row, k at most the row's length."""
    return only(logits, kept_by_row(logits, lambda row: reaching(row, sorted(row)[-min(k, len(row))])))


@when_asked
def filling_mistakes(right, logits):
    """Sentence → what known mistakes put in the place of -inf, or give in place of logits."""
    gone = right == -INF
    numbers = (-1e3, -1e4, -1e9, -1e10, -1e30, torch.finfo(logits.dtype).min, -100.0, -65504.0)
    probabilities = right.float().softmax(dim=-1)
    return {
        "What goes is 0, which leaves it likely; -inf makes it impossible.": right.masked_fill(gone, 0.0),
        "What goes gets a large negative number; it must be -inf.": AnyOf(
            *(right.masked_fill(gone, one) for one in numbers if one >= torch.finfo(logits.dtype).min)
        ),
        "It gives probabilities; logits are asked for.": AnyOf(
            probabilities, probabilities.to(logits.dtype), logits.softmax(dim=-1).masked_fill(gone, 0.0)
        ),
        "What stays is shifted or divided; its logits stay as they were.": AnyOf(
            right - right.amax(dim=-1, keepdim=True), right.log_softmax(dim=-1)
        ),
        "What goes and what stays are mixed up.": logits.masked_fill(~gone, -INF),
        "What goes is +inf.": right.masked_fill(gone, INF),
        "It gives a mask of what stays; logits are asked for.": AnyOf(~gone, (~gone).to(logits.dtype), gone),
    }


def exactly_k(logits, k):
    """What is left when k stay in each row, whichever of those that equal the k-th largest; 300 ways at most."""
    ways = []
    for row in logits.reshape(-1, logits.shape[-1]).tolist():
        bound = sorted(row)[-k]
        above = [index for index, one in enumerate(row) if one > bound]
        equal = [index for index, one in enumerate(row) if one == bound]
        ways.append([(*above, *some) for some in itertools.combinations(equal, k - len(above))])
    for chosen in itertools.islice(itertools.product(*ways), 300):
        left = iter(chosen)
        yield only(logits, kept_by_row(logits, lambda row, left=left: list(next(left))))


@when_asked
def top_k_mistakes(logits, k):
    """Sentence → the logits with that mistake, 2 ≤ k ≤ V - 2."""
    right, size = top_k_oracle(logits, k), logits.shape[-1]
    first_bound = sorted(logits.reshape(-1, size)[0].tolist())[-k]
    of_all = sorted(logits.flatten().tolist())[-min(k, logits.numel())]
    flat = logits.reshape(-1, size)
    ordered = flat.sort(dim=-1, descending=True)
    other_dims = []
    for dim in range(logits.ndim - 1):
        along = logits.movedim(dim, -1)
        other_dims.append(top_k_oracle(along, k).movedim(-1, dim))
    latest = kept_by_row(logits, lambda row: sorted(range(len(row)), key=lambda index: (-row[index], -index))[:k])
    strictly = kept_by_row(logits, lambda row: [index for index, one in enumerate(row) if one > sorted(row)[-k]])
    distinct = kept_by_row(logits, lambda row: reaching(row, sorted(set(row))[-min(k, len(set(row)))]))
    return {
        "One too many stays: the bound is the next smaller logit.": top_k_oracle(logits, k + 1),
        "One too few stays.": top_k_oracle(logits, k - 1),
        "The k-th largest itself goes; what equals it stays.": only(logits, strictly),
        "The smallest stay; the largest should.": only(logits, kept_by_row(logits, lambda row: from_the_top(row)[-k:])),
        "The largest of the whole batch stay; each row has its own.": logits.masked_fill(logits < of_all, -INF),
        "Of several that equal the k-th largest some go; all of them stay.": AnyOf(
            only(logits, latest), *exactly_k(logits, k)
        ),
        "Every row is held against the first row's bound.": logits.masked_fill(logits < first_bound, -INF),
        "The largest are looked for along another dimension than the vocabulary, which is the last.": AnyOf(
            *other_dims
        ),
        "The size of a logit decides, without its sign.": only(
            logits, kept_by_row(logits, lambda row: from_the_top([abs(one) for one in row])[:k])
        ),
        "The first k tokens stay, whatever their logits.": only(
            logits, kept_by_row(logits, lambda row: list(range(k)))
        ),
        "The logits come back sorted; each token has its own place.": AnyOf(
            ordered.values.view(logits.shape),
            ordered.values.masked_fill(torch.arange(size) >= k, -INF).view(logits.shape),
        ),
        "It gives the k largest alone; a row keeps its length.": AnyOf(
            ordered.values[:, :k].reshape(*logits.shape[:-1], k), ordered.indices[:, :k].reshape(*logits.shape[:-1], k)
        ),
        "Nothing goes.": logits.clone(),
        "Only the largest stays, whatever k is.": top_k_oracle(logits, 1),
        "Equal logits count once; the k-th largest is counted with all that equal it.": only(logits, distinct),
        "k is taken for the number that goes.": top_k_oracle(logits, size - k),
        "k is kept below some bound; any k is legal.": AnyOf(
            *(top_k_oracle(logits, min(k, most)) for most in (5, 10, 20, 40, 50, 64, 100))
        ),
        **filling_mistakes(right, logits),
    }


BEYOND_THE_VOCABULARY = "A k above the size of the vocabulary fails; it changes nothing."


def smallest_set(row, p):
    """Indices of the fewest tokens whose probabilities reach p, of these the likeliest; by trying every set."""
    probabilities = softmax_of(row)
    for size in range(1, len(row) + 1):
        sets = itertools.combinations(range(len(row)), size)
        best = max(sets, key=lambda one: sum(probabilities[index] for index in one))
        if sum(probabilities[index] for index in best) >= p:
            return list(best)
    return [index for index, one in enumerate(row) if one > -INF]


def added_up(row, p, start=0.0, most=None):
    """Indices from the likeliest down to the one with which their sum reaches p."""
    probabilities, total, kept = softmax_of(row), start, []
    for index in from_the_top(row):
        if kept and total >= p:
            break
        kept.append(index)
        total += probabilities[index]
    return kept[:most]


def top_p_oracle(logits, p):
    """The fewest tokens of each row that reach p, the likeliest first."""
    return only(logits, kept_by_row(logits, lambda row: added_up(row, p)))


def clear_logits(rng, rows, p, size=6):
    """(rows, size) logits whose running sums stay clear of p; row 0 keeps 2, 3 or 4 tokens, the next other numbers.

    No row is sorted, the likeliest token is never first and the least likely never last.
    """
    numbers, found = rng.permutation([2, 3, 4]), {2: [], 3: [], 4: []}
    while any(len(found[numbers[row % 3]]) <= row // 3 for row in range(rows)):
        logits = 2 * rng.randn(100, size)
        ordered = logits.double().softmax(dim=-1).sort(dim=-1, descending=True)
        sums = ordered.values.cumsum(dim=-1)
        clear = ((sums - p).abs().amin(dim=-1) > 0.02) & (ordered.values[:, -1] > 0.005)
        clear &= (ordered.indices[:, 0] != 0) & (ordered.indices[:, -1] != size - 1)
        kept = (sums < p).sum(dim=-1) + 1
        for number, rest in found.items():
            rest += logits[clear & (kept == number)].tolist()
    return torch.tensor([found[numbers[row % 3]][row // 3] for row in range(rows)])


@when_asked
def top_p_mistakes(logits, p):
    """Sentence → the logits with that mistake; every row keeps at least two and loses at least one."""
    right, size = top_p_oracle(logits, p), logits.shape[-1]

    def chosen(choose):
        return only(logits, kept_by_row(logits, choose))

    probabilities = logits.double().softmax(dim=-1)
    ordered = probabilities.sort(dim=-1, descending=True)
    before = ordered.values.cumsum(dim=-1) - ordered.values
    in_order = before < p
    gathered = in_order.gather(-1, ordered.indices)
    as_they_stand = probabilities.cumsum(dim=-1)
    first = logits.reshape(-1, size)[0].tolist()
    as_many = len(added_up(first, p))
    flat = logits.flatten()
    dropped = chosen(lambda row: added_up(row, p)[:-1])
    sums = logits.double().sort(dim=-1, descending=True)
    of_logits = torch.zeros(logits.shape, dtype=torch.bool).scatter(
        -1, sums.indices, (sums.values.cumsum(-1) - sums.values < p)
    )
    other_dims = [
        only(logits, kept_by_row(logits.movedim(dim, -1), lambda row: added_up(row, p)).movedim(-1, dim))
        for dim in range(logits.ndim - 1)
    ]
    return {
        "The token with which the sum reaches p goes; it stays.": dropped,
        "The mask stays in the sorted order; it must go back to the tokens' own places.": AnyOf(
            only(logits, in_order), only(logits, gathered)
        ),
        "The probabilities are added up as they stand; the likeliest come first.": AnyOf(
            only(logits, as_they_stand - probabilities < p), only(logits, as_they_stand <= p)
        ),
        "The probabilities are added up from the smallest; the likeliest come first.": chosen(
            lambda row: rising(row, p)
        ),
        "Each token's own probability is held against p; their sum is.": AnyOf(
            chosen(lambda row: [i for i, one in enumerate(softmax_of(row)) if one >= p] or [from_the_top(row)[0]]),
            chosen(lambda row: [i for i, one in enumerate(softmax_of(row)) if one >= p]),
            chosen(lambda row: [i for i, one in enumerate(softmax_of(row)) if one >= 1 - p]),
            chosen(lambda row: [i for i, one in enumerate(softmax_of(row)) if one >= p * max(softmax_of(row))]),
        ),
        "p is taken for the probability that goes.": top_p_oracle(logits, 1 - p),
        "One token too many stays: with the one before it the sum had reached p.": chosen(
            lambda row: from_the_top(row)[: len(added_up(row, p)) + 1]
        ),
        "Logits are added up; probabilities should be.": only(logits, of_logits),
        "Every row keeps as many tokens as the first.": chosen(lambda row: from_the_top(row)[:as_many]),
        "The tokens of the whole batch are added up together; each row has its own sum.": only(
            logits, kept_by_row(flat[None], lambda row: added_up(row, p)).view(logits.shape)
        ),
        "The probabilities are taken along another dimension than the vocabulary, which is the last.": AnyOf(
            *other_dims
        ),
        "Only the likeliest stays, whatever p is.": top_k_oracle(logits, 1),
        "Nothing goes.": logits.clone(),
        "What stays is the likeliest p · V tokens; their probability is to reach p.": AnyOf(
            *(top_k_oracle(logits, max(1, count)) for count in {int(p * size), math.ceil(p * size)})
        ),
        "p is kept within bounds; any from 0 to 1 is legal.": AnyOf(
            *(top_p_oracle(logits, min(max(p, 1 - one), one)) for one in (0.95, 0.9, 0.8, 0.7))
        ),
        **filling_mistakes(right, logits),
    }


def rising(row, p):
    """Indices from the least likely up to the one with which their sum reaches p."""
    probabilities, total, kept = softmax_of(row), 0.0, []
    for index in reversed(from_the_top(row)):
        if total < p:
            kept.append(index)
        total += probabilities[index]
    return kept


NOTHING_LEFT = "At p = 0 nothing is left; one token always stays."
TAIL_LOST = "At p = 1 tokens of a tiny probability go; nothing may change."


# --- draws ----------------------------------------------------------------------------------------------------------

LIKELIEST = "It always takes the likeliest token; it must draw."
ONE_DRAW = "Every row gets the same draw; rows are drawn independently."
IMPOSSIBLE = "A token of probability 0 is drawn."
UNIFORM = "It draws without looking at the probabilities."
NOT_THE_PROBABILITIES = "The draws don't follow the probabilities."
RARE = 0.01
RARE_NEVER = "Unlikely tokens are never drawn; each has its chance."


def distributions(rng, rows, size=30):
    """(rows, size) float32 probabilities from logits of spread 2; every row has an impossible token of its own."""
    probs = (2 * rng.randn(rows, size)).softmax(dim=-1)
    probs.scatter_(1, rng.randint(0, size, (rows, 1)), 0.0)
    return probs / probs.sum(dim=1, keepdim=True)


def deviation(probs, drawn, of):
    """How many standard deviations the sum of `of` (B, V) over the tokens drawn is away from what is expected."""
    probs, of = probs.double(), of.double().masked_fill(probs == 0, 0.0)
    mean = (probs * of).sum(dim=1)
    variance = (probs * of**2).sum(dim=1) - mean**2
    found = of.gather(1, drawn[:, None])[:, 0]
    return float((found - mean).sum() / variance.sum().clamp(min=1e-9).sqrt())


def follows(probs, drawn):
    """Whether draws (B,) look like draws from probs (B, V): their log-probabilities, and how many were unlikely."""
    rare = (probs < RARE).double()
    return max(abs(deviation(probs, drawn, of)) for of in (probs.log(), rare)) < DEVIATIONS


def expect_ids(drawn, rows, size):
    """Fail unless it is one id for each row."""
    expected = torch.zeros(rows, dtype=torch.int64)
    if not isinstance(drawn, torch.Tensor) or drawn.shape != expected.shape or drawn.dtype != expected.dtype:
        one_each = isinstance(drawn, torch.Tensor) and drawn.shape == (rows, 1)
        if one_each:
            fail("It gives (B, 1); one dimension is asked for.")
        if isinstance(drawn, torch.Tensor) and drawn.shape == (rows, size) and size > 1:
            fail("It gives a row of V numbers for each draw; the id itself is asked for.", got=drawn)
        if isinstance(drawn, torch.Tensor) and drawn.ndim == 0:
            fail("The dimension of the batch is lost where there is one row.")
        expect_close(drawn, expected, what="What was drawn")
    if ((drawn < 0) | (drawn >= size)).any():
        fail("It draws what is no id.")


def expect_draws(drawn, probs):
    """Fail with a sentence unless draws (B,) can be draws from probs (B, V), no two rows of which need be alike."""
    expect_ids(drawn, *probs.shape)
    alike = (probs == probs[0]).all()
    if len(drawn.unique()) == 1:
        fail(f"{LIKELIEST} Or: {ONE_DRAW}" if alike else ONE_DRAW)
    if torch.equal(drawn, probs.argmax(dim=1)):
        fail(LIKELIEST)
    chances = probs.gather(1, drawn[:, None])
    if follows(probs, drawn):
        if (chances == 0).any():
            fail(IMPOSSIBLE)
        return
    possible = (probs > 0).float()
    even = [torch.full_like(probs, 1 / probs.shape[1]), possible / possible.sum(dim=1, keepdim=True)]
    if any(abs(deviation(one, drawn, probs)) < DEVIATIONS for one in even):
        fail(UNIFORM)
    if not (chances < RARE).any():
        fail(RARE_NEVER)
    fail(IMPOSSIBLE if (chances == 0).any() else NOT_THE_PROBABILITIES)


def expect_possible(drawn, probs):
    """Fail unless draws (B,) follow probs (B, V), without saying why: where several mistakes would show alike."""
    expect_ids(drawn, *probs.shape)
    if (probs.gather(1, drawn[:, None]) == 0).any() or not follows(probs, drawn):
        fail("What it draws can't come from these probabilities.")


@probe
def samples(student, probs, seeds):
    """Draws from probs, once for each seed of a generator (None: the global one)."""
    return [student.sample_ids(probs, None if seed is None else torch.Generator().manual_seed(seed)) for seed in seeds]


# --- the loop -------------------------------------------------------------------------------------------------------


@probe
def written(student, weights, size, calls):
    """What each call of continue_ids gives, for a model that is sure of a weighted sum of all that it is shown.

    The last id shown has the first weight, the one before it the second, and so on. With it: all that was shown.
    """
    found = []
    for ids, new, options in calls:
        shown = []

        def next_logits(some, shown=shown):
            shown.append(some.clone())
            sums = (some.flip(1) * weights[: some.shape[1]]).sum(dim=1) % size
            return 60.0 * F.one_hot(sums, size).float()

        result = student.continue_ids(next_logits, ids, new, **options)
        found.append({"ids": result, "shown": shown})
    return found


def next_of(shown, weights, size):
    """The id that the model of `written` is sure of, for a list of ids."""
    return sum(one * weight for one, weight in zip(reversed(shown), weights, strict=False)) % size


def continued(ids, new, weights, size, show=lambda row: row):
    """(B, T + new): every row continued, where `show` says what of a row so far the model sees."""
    rows = []
    for row in ids.tolist():
        for _ in range(new):
            row.append(next_of(show(row), weights, size))
        rows.append(row)
    return torch.tensor(rows)


def windows(block_size):
    """What a model that can be shown so many ids sees of a row."""
    return lambda row: row if block_size is None else row[-block_size:]


@when_asked
def loop_mistakes(ids, new, weights, size, block_size=None):
    """Sentence → the ids with that mistake."""
    right, length = continued(ids, new, weights, size, windows(block_size)), ids.shape[1]
    see = windows(block_size)

    def wrong(show):
        return continued(ids, new, weights, size, show)

    first_row = right[:1].expand_as(right).clone()
    first_row[:, :length] = ids
    asked_once = torch.cat([ids, right[:, length : length + 1].expand(-1, new)], dim=1)
    found = {
        "The model is shown the last token only; it needs everything before.": wrong(lambda row: row[-1:]),
        "Only what was written comes back; the prompt belongs in front of it.": right[:, length:],
        "It writes one token too many.": continued(ids, new + 1, weights, size, see),
        "It writes one token too few.": continued(ids, max(new - 1, 0), weights, size, see),
        "What was written is not shown to the model: it is always asked about the prompt.": asked_once,
        "Every row is continued as the first one is.": first_row,
        "Only the first row is continued.": right[:1],
        "`new` is taken for the length of the whole text.": continued(ids, max(new - length, 0), weights, size, see),
        "The prompt is not shown to the model, only what was written after its last token.": wrong(
            lambda row: row[length - 1 :]
        ),
        "The first token is never shown to the model.": wrong(
            lambda row: see(row)[1:] if len(row) == length else see(row[1:])
        ),
        "New tokens are put in front of the prompt.": torch.cat([right[:, length:], ids], dim=1),
        "It gives the last token alone.": AnyOf(right[:, -1], right[:, -1:]),
    }
    if block_size is not None:
        cropped = [torch.tensor([row[-(block_size + more) :] for row in right.tolist()]) for more in (0, 1, new)]
        found |= {
            "block_size is ignored: the model is shown more than it can be.": wrong(lambda row: row),
            "The first block_size ids are shown; the last are asked for.": wrong(lambda row: row[:block_size]),
            "One id too few is shown of a text that is longer than block_size.": AnyOf(
                wrong(lambda row: row[-(block_size - 1) :] if block_size > 1 else []),
                wrong(lambda row: row if len(row) < block_size else row[-(block_size - 1) :]),
            ),
            "One id too many is shown of a text that is longer than block_size.": wrong(
                lambda row: row[-(block_size + 1) :]
            ),
            "What is no longer shown is lost from the result, too.": AnyOf(*cropped),
            "Only the prompt is cut to block_size; it grows again with what is written.": wrong(
                lambda row: row[max(0, length - block_size) :]
            ),
            "A text of block_size ids is emptied and begun anew.": wrong(
                lambda row: row[(len(row) - 1) // block_size * block_size :]
            ),
        }
    return found


@probe
def drawn_on(student, table, new, temperature, seeds, prompt_length=2):
    """Continuations of one prompt for each row of a table of logits (B, V), for each seed of a generator (None: none).

    A temperature of None is not handed on.

    The row of the table is the first id of the prompt, so that the model knows it again.
    """
    ids = torch.arange(len(table))[:, None].expand(-1, prompt_length).contiguous()
    found = []
    for seed in seeds:
        options = {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}
        if temperature is not None:
            options["temperature"] = temperature
        found.append(student.continue_ids(lambda shown: table[shown[:, 0]], ids, new, **options))
    return found

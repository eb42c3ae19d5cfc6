"""Checks of the lesson on alignment. Run them with `pytest exercises/alignment`.

What is expected comes from sums over tiny vocabularies, from formulas written out row by row in float64, or from the
numbers of the docstrings. Batches are ragged, prompts and padding hold noise: it must not matter. The language models
of the two loops are tables: what comes next depends on the last token only, so that everything can be computed.

An oracle is a formula in named parts. A table of mistakes says for each sentence which part is another one, so that
`{sentence: oracle(case, **parts)}` are the values that the mistakes give."""

import math
import re
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, expect_close, expect_equal, fail, in_drawn_order, probe

# fp32 sums of a few dozen terms of size 1 round by about 1e-6; mistakes move things by 0.01 or more.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-5}
# bfloat16 has 8 bits, and may be rounded several times on the way.
TOL_BF16 = {"rtol": 0.1, "atol": 0.1}
# A whole GPT-2 rounds more.
TOL_GPT2 = {"rtol": 1e-3, "atol": 1e-4}


# --- inputs ---------------------------------------------------------------------------------------------------------


def log_probs(rng, *shape):
    """Values as log-probabilities are: negative, between about -4 and 0."""
    return -4 * rng.rand(*shape) - 0.05


def response_mask(rng, lengths, columns, first=1):
    """(B, T) masks: in each row a piece of ones of this length that begins at `first` or later and may end anywhere."""
    mask = torch.zeros(len(lengths), columns, dtype=torch.int64)
    for row, length in enumerate(lengths):
        start = rng.randint(first, columns - length)  # at least one column of padding behind it
        mask[row, start : start + length] = 1
    return mask


def last_index(mask):
    """(B, T) → (B,): the largest index at which each row is 1."""
    return (torch.arange(mask.shape[1]) * mask).amax(dim=1)


def told_apart(mistakes, most=3):
    """The mistakes whose value `most` of them give, or fewer: where more do, it doesn't tell which one was made."""

    def rounded(value):
        if isinstance(value, torch.Tensor):
            return str((tuple(value.shape), [f"{one:.4f}" for one in value.flatten().tolist()]))
        return str([rounded(one) for one in value])

    values = {sentence: rounded(value) for sentence, value in mistakes.items()}
    given = list(values.values())
    return {sentence: mistakes[sentence] for sentence in mistakes if given.count(values[sentence]) <= most}


def cut_off(got, expected, sentence):
    """The sentence with what came, where that is right but for numbers that are smaller in size than they must be."""
    if not isinstance(got, torch.Tensor) or got.shape != expected.shape:
        return {}
    wrong = ~torch.isclose(got, expected.to(got.dtype), rtol=1e-3, atol=1e-4)
    smaller = (got.abs() < expected.abs()) & (got * expected > 0)
    return {sentence: got.detach()} if wrong.any() and not wrong.all() and smaller[wrong].all() else {}


def expect_dtype_kept(function, arguments, formula, what, dtype=torch.float64, tolerance=None):
    """What comes out has the dtype of what went in; `formula` gives the values for the same numbers in float32."""

    def cast(values, dtype):
        real = [isinstance(one, torch.Tensor) and one.is_floating_point() for one in values]
        return [one.to(dtype) if is_real else one for one, is_real in zip(values, real, strict=True)]

    given = cast(arguments, dtype)
    got, expected = function(*given), formula(*cast(given, torch.float32))
    if isinstance(expected, torch.Tensor):
        got, expected = [got], [expected]
    for one in got if isinstance(got, (list, tuple)) else []:
        if isinstance(one, torch.Tensor) and one.dtype != dtype:
            fail("What comes out has another dtype than what went in.", expected=str(dtype), got=str(one.dtype))
    tolerance = tolerance or (TOL_BF16 if dtype == torch.bfloat16 else TOL_FP32)
    expect_close(got, [one.to(dtype) for one in expected], what=f"{what} in another precision", **tolerance)


# --- errors and devices ---------------------------------------------------------------------------------------------


@contextmanager
def expect_said(sentence, *words, every=False):
    """Inside expect_error: the student's ValueError says one of these words or numbers, or every one of them."""
    try:
        yield
    except StudentError as error:
        if error.type == "ValueError" and not says(error.message, words, every):
            fail(sentence, got=error.message or "no message")
        raise


def says(message, words, every=False):
    """Whether a message has one of these words or every one; a number must be there as a whole."""
    text, numbers = message.lower(), re.findall(r"\d+", message)
    found = [str(word) in (numbers if isinstance(word, int) else text) for word in words]
    return all(found) if every else any(found)


@contextmanager
def expect_device_kept():
    """What is run inside, with another default device than its inputs', mixes no devices.

    Ask the same without that first: nothing else is wrong here. The other device is "meta", which has shapes but no
    memory, and which every machine has. An index there gives numbers without a meaning, where on a GPU it would be
    right, so what comes out is not looked at.
    """
    try:
        yield
    except StudentError as error:
        if "meta" in error.message or "device" in error.message:
            fail(
                "It makes a tensor on torch's default device instead of that of its inputs, so it fails on a GPU.",
                got=str(error),
                advice="torch.arange(n, device=x.device), or x.new_zeros(n).",
            )


# --- gradients ------------------------------------------------------------------------------------------------------


@probe
def with_gradients(student, name, arguments, leaves, weights=1.0):
    """Call a function of the lesson; `leaves` are the indices of arguments that want a gradient.

    The first thing that it returns is multiplied by the weights, added up and sent backward.
    """
    arguments = [one.clone().requires_grad_() if index in leaves else one for index, one in enumerate(arguments)]
    returned = getattr(student, name)(*arguments)
    value = returned[0] if isinstance(returned, (tuple, list)) else returned
    graph = isinstance(value, torch.Tensor) and value.requires_grad
    if graph:
        (value * weights).sum().backward()
    return {"value": value, "graph": graph, "gradients": [arguments[index].grad for index in leaves]}


@probe
def each_with_gradients(student, name, asked):
    """The same for several calls of one function: `asked` has the arguments of each, and its leaves."""
    found = []
    for arguments, leaves in asked:
        arguments = [one.clone().requires_grad_() if index in leaves else one for index, one in enumerate(arguments)]
        value = getattr(student, name)(*arguments)
        graph = isinstance(value, torch.Tensor) and value.requires_grad
        if graph:
            value.sum().backward()
        found.append({"value": value, "graph": graph, "gradients": [arguments[index].grad for index in leaves]})
    return found


def expect_graph(result):
    """Something that is trained on must have a graph."""
    if not result["graph"]:
        fail(
            "What it returns has no graph, so nothing can be learned from it.",
            advice="Look for detach(), item(), .data or torch.no_grad() on the way.",
        )


def expect_no_gradient(gradient, sentence):
    """Nothing may have flowed there: no gradient at all, or one of zeros."""
    if gradient is not None and gradient.abs().max() > 0:
        fail(sentence, expected="no gradient", got=gradient, advice="detach() it: it is data.")


# --- formulas -------------------------------------------------------------------------------------------------------


def bradley_terry(difference):
    """-log sigmoid(x) = log(1 + exp(-x)), one by one in float64: (B,) → (B,)."""
    return torch.tensor([math.log1p(math.exp(-one)) if one > -30 else -one for one in difference.double().tolist()])


def far_apart_mistakes(loss, expected):
    """Sentence → the loss itself, where it is infinite or stands still, as it does for two mistakes far from 0."""
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        return {}
    if not torch.isfinite(loss).all():
        return {"log(sigmoid(x)) is -inf far from 0; the loss must stay finite.": loss.detach()}
    if 0 < loss < expected - 1:
        return {"The loss stops growing far from 0: something is clamped or added inside the logarithm.": loss.detach()}
    return {}


def each_token(logits, input_ids):
    """log p(token t + 1) = logit - logsumexp(logits), 0 where a label is -100: (B, T, V), (B, T) → (B, T-1)."""
    rows, columns = input_ids.shape
    expected = torch.zeros(rows, columns - 1)
    for row in range(rows):
        for t in range(columns - 1):
            token = int(input_ids[row, t + 1])
            if token != -100:
                scores = logits[row, t].double()  # (V,)
                expected[row, t] = scores[token] - scores.logsumexp(dim=0)
    return expected


def exact_kl(logits_p, logits_q):
    """Sum of p · log(p / q), token by token in float64: (..., V) twice → (...)."""
    flat_p, flat_q = (logits.reshape(-1, logits.shape[-1]).double() for logits in (logits_p, logits_q))
    expected = []
    for one, other in zip(flat_p, flat_q, strict=True):
        p, q = one.softmax(dim=0), other.softmax(dim=0)
        expected.append(sum(float(a) * math.log(float(a) / float(b)) for a, b in zip(p, q, strict=True) if a > 0))
    return torch.tensor(expected).reshape(logits_p.shape[:-1])


# --- means over the response tokens ---------------------------------------------------------------------------------


def token_mean(values, mask):
    """Sum of values · mask / sum of mask: (B, T) twice → ()."""
    return (values * mask).sum() / mask.sum()


def mean_of_means(values, mask):
    """The mean within each response, then over the responses: (B, T) twice → ()."""
    return ((values * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()


# Sentence → what is computed instead of `token_mean` of the losses (B, T).
MEAN_MISTAKES = {
    "The sign is wrong: an optimizer that goes downhill would make good tokens unlikely.": (
        lambda losses, mask: -token_mean(losses, mask)
    ),
    "The mean is taken over all positions, prompt and padding included, instead of the response tokens.": (
        lambda losses, mask: (losses * mask).mean()
    ),
    "Prompt and padding are counted: the mask is not used.": lambda losses, mask: losses.mean(),
    "It adds the tokens up instead of averaging them.": lambda losses, mask: (losses * mask).sum(),
    "It averages within each response first; here every token of the batch counts the same.": mean_of_means,
    "It divides by the number of responses instead of the number of tokens.": (
        lambda losses, mask: (losses * mask).sum(dim=1).mean()
    ),
    "Tokens with an advantage of 0 are left out of the mean; they are response tokens too.": (
        lambda losses, mask: (losses * mask).sum() / (mask * (losses != 0)).sum().clamp(min=1)
    ),
    "It returns one loss per token; the loss is one number.": lambda losses, mask: losses * mask,
    "It returns one loss per response; the loss is one number.": (
        lambda losses, mask: (losses * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    ),
}


def inverted_mask_mean(values, mask):
    """The mean over everything but the response tokens."""
    return (values * (1 - mask)).sum() / (1 - mask).sum().clamp(min=1)


def whitened(advantages, mask):
    """Advantages rescaled to mean 0 and standard deviation 1 over the response tokens: (B, T) twice → (B, T)."""
    real = advantages[mask == 1]
    return (advantages - real.mean()) / (real.std() if len(real) > 1 else 1.0)


def expect_masked_out(student, name, arguments, data, fills, formula, mistakes):
    """What stands where the mask is 0 counts for nothing, and where it is 0 everywhere the loss is 0.

    `arguments` have a mask with ones and zeros, for which `formula` gives the loss, with these mistakes; looked at
    first, so that nothing else is wrong later. `data` are the indices of arguments that get no gradient, each of
    `fills` says for indices what to put where the mask is 0.
    """
    arguments = list(arguments)
    (where,) = (index for index, one in enumerate(arguments) if getattr(one, "dtype", None) == torch.int64)
    mask = arguments[where]
    nothing = [*arguments[:where], torch.zeros_like(mask), *arguments[where + 1 :]]

    def filled(fill, mask):
        return [one.masked_fill(mask == 0, fill[index]) if index in fill else one for index, one in enumerate(nothing)]

    asked = [[arguments, [0, *data]], [nothing, [0]]]
    for fill in fills:
        with_mask = filled(fill, mask)
        with_mask[where] = mask
        asked += [[with_mask, [0]], [filled(fill, mask[:, :1].expand_as(mask) * 0), [0]]]
    plain, empty, *others = student.run(each_with_gradients, name, asked)
    logp = arguments[0].clone().requires_grad_()
    loss = formula(logp, *arguments[1:])
    (slope,) = torch.autograd.grad(loss, logp)
    expected = loss.detach()
    expect_close(plain["value"], expected, what="The loss", mistakes=mistakes, **TOL_FP32)
    expect_graph(plain)
    if any(gradient is not None and gradient.abs().max() > 0 for gradient in plain["gradients"][1:]):
        expect_no_gradient(plain["gradients"][-1], "A gradient flows into the advantages, which are data.")
        fail("A gradient flows into the old log-probabilities, which are data.", advice="detach() it: it is data.")

    expect_close(plain["gradients"][0], slope, what="The gradient in the log-probabilities", **TOL_FP32)

    if not torch.isfinite(torch.as_tensor(empty["value"])).all():
        fail("Without a response token the loss is NaN; it must be 0.", advice="clamp(min=1) the number of tokens.")
    expect_close(empty["value"], torch.tensor(0.0), what="The loss without a response token", **TOL_FP32)
    if not empty["graph"]:
        fail("Without a response token the loss has no graph, so backward() fails.")
    gradient = empty["gradients"][0]
    if gradient is None or not torch.equal(gradient, torch.zeros_like(gradient)):
        fail("Without a response token the gradient must be 0.")

    for number, result in enumerate(others):
        right, its_slope = (expected, slope) if number % 2 == 0 else (torch.tensor(0.0), torch.zeros_like(slope))
        if not torch.isfinite(torch.as_tensor(result["value"])).all():
            fail(
                "An infinite value where the mask is 0 makes the loss NaN; what stands there counts for nothing.",
                advice="0 times infinity is NaN: put 0 there with masked_fill before anything is multiplied.",
            )
        expect_close(result["value"], right, what="The loss with other values where the mask is 0", **TOL_FP32)
        gradient = result["gradients"][0]
        if gradient is None or not torch.isfinite(gradient).all():
            fail(
                "An infinite value where the mask is 0 makes the gradient NaN; what stands there counts for nothing.",
                advice="Put 0 there with masked_fill before anything is computed from it, not only behind.",
            )
        expect_close(gradient, its_slope, what="The gradient with other values where the mask is 0", **TOL_FP32)


# --- PPO's clipped loss ---------------------------------------------------------------------------------------------


class Clip(NamedTuple):
    """The arguments of `ppo_clip_loss`: three of (B, T), the mask (B, T), a number."""

    logp: torch.Tensor
    logp_old: torch.Tensor
    advantages: torch.Tensor
    mask: torch.Tensor
    clip: float


def new_over_old(case):
    """exp(logp - logp_old): (B, T)."""
    return (case.logp - case.logp_old).exp()


def clipped(ratio, advantages, clip):
    """min(ratio · A, clamp(ratio, 1 - clip, 1 + clip) · A), the objective of each token: (B, T)."""
    return torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


def clipped_loss(case, ratio=new_over_old, advantages=lambda case: case.advantages, objective=clipped, mean=token_mean):
    """Minus the mean of the clipped objective over the response tokens: ()."""
    per_token = -objective(ratio(case), advantages(case), case.clip)  # (B, T)
    return mean(per_token, case.mask)


def response_ratio(case):
    """exp of the mean log-ratio of each response, for all of its tokens: (B, T)."""
    log_ratio = (case.logp - case.logp_old) * case.mask
    return (log_ratio.sum(dim=1) / case.mask.sum(dim=1).clamp(min=1)).exp()[:, None].expand_as(case.logp)


def unclipped(ratio, advantages, clip):
    return ratio * advantages


# Sentence → the part of `clipped_loss` that is another one.
CLIP_MISTAKES = {
    **{sentence: {"mean": mean} for sentence, mean in MEAN_MISTAKES.items()},
    "It takes the larger of the two terms; the smaller one is the cautious one.": {
        "objective": lambda ratio, a, clip: torch.maximum(ratio * a, ratio.clamp(1 - clip, 1 + clip) * a)
    },
    "The ratio is upside down: it must be new over old.": {"ratio": lambda case: 1 / new_over_old(case)},
    "The ratio is clipped from above only.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, ratio.clamp(max=1 + clip) * a)
    },
    "The ratio is clipped from below only.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, ratio.clamp(min=1 - clip) * a)
    },
    "The exp is missing: that is the log-ratio, not the ratio.": {"ratio": lambda case: case.logp - case.logp_old},
    "Only the clipped term is used; a token that moved the wrong way gets no gradient.": {
        "objective": lambda ratio, a, clip: ratio.clamp(1 - clip, 1 + clip) * a
    },
    "Nothing is clipped.": {"objective": unclipped},
    "The log-ratio is clipped instead of the ratio.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, ratio.log().clamp(-clip, clip).exp() * a)
    },
    "The minimum is taken of the ratios, before the advantage is multiplied in.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio, ratio.clamp(1 - clip, 1 + clip)) * a
    },
    "The product of ratio and advantage is clipped instead of the ratio.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, (ratio * a).clamp(1 - clip, 1 + clip))
    },
    "clip is not used: it is 0.2 whatever is asked for.": {"objective": lambda ratio, a, clip: clipped(ratio, a, 0.2)},
    "The lower bound is 1 / (1 + clip); it is 1 - clip.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, ratio.clamp(1 / (1 + clip), 1 + clip) * a)
    },
    "A third bound is put on tokens with a negative advantage (dual clip); there are two.": {
        "objective": lambda ratio, a, clip: torch.where(
            a < 0, torch.maximum(clipped(ratio, a, clip), 3 * a), clipped(ratio, a, clip)
        )
    },
    "The ratio is clamped between -clip and clip; it lies around 1.": {
        "objective": lambda ratio, a, clip: torch.minimum(ratio * a, ratio.clamp(-clip, clip) * a)
    },
    "It rescales the advantages; they are to be used as they come.": {
        "advantages": lambda case: whitened(case.advantages, case.mask)
    },
    "The ratio is that of the whole response; each token has its own.": {"ratio": response_ratio},
    "The old policy is ignored: every ratio is 1.": {"ratio": lambda case: torch.ones_like(case.logp)},
    "It is the policy gradient without a ratio.": {"ratio": lambda case: case.logp, "objective": unclipped},
    "The mask is inverted.": {"mean": inverted_mask_mean},
}


def clip_mistakes(case):
    """Sentence → the loss with that mistake."""
    return {sentence: clipped_loss(case, **parts) for sentence, parts in CLIP_MISTAKES.items()}


def clip_slope(case):
    """-advantage · ratio / tokens, the gradient of `unclipped` in logp, and where the clip makes it 0: (B, T) twice."""
    ratio = new_over_old(case)
    slope = -case.advantages * ratio * case.mask / case.mask.sum()
    gained = (case.advantages > 0) & (ratio > 1 + case.clip) | (case.advantages < 0) & (ratio < 1 - case.clip)
    return slope, gained


def ratios_around_clip(rng, rows, columns, clip):
    """Ratios (rows, columns) below, inside and above the clip, at random, never near its edges."""
    region = rng.randint(0, 3, (rows, columns))
    inside = rng.rand(rows, columns)  # 0 to 1
    ratio = torch.where(region == 0, (1 - clip) * (0.3 + 0.5 * inside), 1 + clip * (1.6 * inside - 0.8))
    return torch.where(region == 2, (1 + clip) * (1.2 + inside), ratio)


def signed_advantages(rng, rows, columns):
    """Advantages (rows, columns) of both signs, none of them near 0."""
    sign = 2 * rng.randint(0, 2, (rows, columns)) - 1
    return sign * (0.5 + rng.rand(rows, columns))


def clip_case(rng, lengths=(6, 9, 4), columns=12):
    """A batch in which every region of the ratio meets both signs of the advantage."""
    clip = 0.1 + 0.05 * float(rng.rand(()))
    mask = response_mask(rng, lengths, columns)
    logp_old = log_probs(rng, *mask.shape)
    logp = logp_old + ratios_around_clip(rng, *mask.shape, clip).log()
    advantages = signed_advantages(rng, *mask.shape)
    for number, (row, column) in enumerate(mask.nonzero()[:7].tolist()):  # one of each, whatever the draw, and a 0
        ratio = ((1 - clip) / 2, 1 + clip / 2, 4 * (1 + clip))[number % 3]
        logp[row, column] = logp_old[row, column] + math.log(ratio)
        advantages[row, column] = (0.8, -0.7, 0.0)[number // 3]
    return Clip(logp, logp_old, advantages, mask, clip)


# --- advantages of groups -------------------------------------------------------------------------------------------


def expect_equal_rewards_teach_nothing(got, size, others):
    """`got` are the advantages of a group of equal rewards, then of a group whose advantages are `others`."""
    expect_close(got[size:], others, what="The advantages of the group beside equal rewards", rtol=1e-3, atol=1e-3)
    if not torch.isfinite(got).all():
        fail("A group with equal rewards is divided by its standard deviation of 0.")
    if got[:size].abs().max() > 0.02:
        fail("A group with equal rewards must give zeros; here a rounding error is divided by a rounding error.")


def expect_within(got, groups):
    """No advantage of a group that hardly differs is turned round, or larger than without a constant: (G, size)."""
    largest = (groups - groups.mean(dim=1, keepdim=True)) / groups.std(dim=1, keepdim=True)
    share = got / largest.flatten()
    if (share < -1e-3).any() or (share > 1 + 1e-3).any():
        fail("In a group whose rewards hardly differ, advantages have the wrong sign or are too large.")


# --- preference pairs -----------------------------------------------------------------------------------------------


@probe
def pairs_or_error(student, asked, scores):
    """What comes of several prompts and responses: the pairs, or the error's type. `scores` is by "prompt|response"."""
    found = []
    for prompts, responses in asked:
        try:
            pairs = student.make_preference_pairs(
                prompts, responses, lambda prompt, response: scores.get(f"{prompt}|{response}", 0.0)
            )
            found.append([[pair["prompt"], pair["chosen"], pair["rejected"]] for pair in pairs])
        except Exception as error:
            found.append(type(error).__name__)
    return found


def expect_different_numbers_rejected(student, rng, expected, asked, scores):
    """One prompt more or one list of responses more is an error; `expected` are the pairs of what is legal."""
    asked = rng.permutation(asked)
    for (prompts, responses), got in zip(asked, student.run(pairs_or_error, asked, scores), strict=True):
        if len(prompts) == len(responses):
            found = sorted(got) if isinstance(got, list) else got
            expect_equal(found, sorted(expected), what="The list of pairs where nothing is missing")
        elif got != "ValueError":
            fail(
                "make_preference_pairs with prompts and responses of different number must raise ValueError.",
                expected="ValueError",
                got=got if isinstance(got, str) else "no error",
            )


# --- responses ------------------------------------------------------------------------------------------------------


@probe
def said(student, prompts, most, stop_id, vocabulary, default="cpu"):
    """Responses of a model whose next token is certain: the sum of all tokens before it, modulo the vocabulary.

    `default` is torch's default device; where it is not that of model and prompts, nothing is returned.
    """
    from types import SimpleNamespace

    class Adds(nn.Module):
        def forward(self, input_ids, attention_mask=None, **more):
            mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
            total = (input_ids * mask).cumsum(dim=1) % vocabulary
            return SimpleNamespace(logits=60.0 * F.one_hot(total, vocabulary).float())

    with torch.device(default):
        found = student.sample_responses(Adds(), prompts, most, stop_id)
    return found if default == "cpu" else []


def added_up(prompts, most, stop_id, vocabulary):
    """What that model says: the ids behind each prompt, up to the first stop id."""
    responses = []
    for row in prompts.tolist():
        text, said = list(row), []
        while len(said) < most and (not said or said[-1] != stop_id):
            said.append(sum(text + said) % vocabulary)
        responses.append(said)
    return responses


# --- the two steps --------------------------------------------------------------------------------------------------


@probe
def own_reference(student, name, asked, tables, rows, worth, left_over):
    """Steps whose reference is the policy object itself, or another one: the error and what is left, or the metrics.

    `None` in `asked` is another reference and a single prompt. The reward model looks at the prompts only, so that
    the rewards are known.
    """
    found = []
    for own in asked:
        policy = builders.TableLM(tables[0])
        policy.table.grad = left_over.clone()
        reference = policy if own is True else builders.TableLM(tables[1]).requires_grad_(False)
        optimizer, generator = torch.optim.SGD(policy.parameters(), lr=0.1), torch.Generator().manual_seed(3)
        sides = [{"input_ids": one, "attention_mask": torch.ones_like(one), "labels": one} for one in rows]
        metrics = message = None
        try:
            if name == "dpo_step":
                batch = {"chosen": sides[0], "rejected": sides[1]}
                metrics = student.dpo_step(policy, reference, batch, optimizer, 0.5)
            else:
                metrics = student.rlhf_step(
                    policy,
                    reference,
                    lambda ids, mask: worth[ids[:, : rows.shape[2]]].sum(dim=1),
                    rows[0][: 1 if own is None else 2],
                    optimizer,
                    beta=0.1,
                    max_new_tokens=1,  # so that nothing is padded
                    stop_id=0,
                    generator=generator,
                )
        except ValueError as error:
            message = str(error)
        asked_again = torch.Generator().manual_seed(3)
        left = {
            "weights": policy.table,
            "gradient": policy.table.grad,
            "modes": policy.training and reference.training,
            "generator": torch.equal(generator.get_state(), asked_again.get_state()),
        }
        found.append({"metrics": metrics, "message": message, "left": {} if own is False else left})
    return found


def expect_own_reference_rejected(student, rng, name):
    """The policy is no reference: an error that says what to pass, before anything has changed.

    Whoever rejects everything has not seen what is wrong, so another reference is asked for as well, and its number.
    """
    tables, rows, worth, left_over = rng.randn(2, 4, 4), rng.randint(0, 4, (2, 2, 3)), rng.randn(4), rng.randn(4, 4)
    ahead = [log_p_of_tokens(table, rows.flatten(0, 1)).sum(dim=1).view(2, 2) for table in tables]  # (2, B) twice
    rewards = 0.5 * (ahead[0] - ahead[1])
    expected = {
        "loss": bradley_terry(rewards[0] - rewards[1]).mean().item(),
        "reward": worth[rows[0]].sum(dim=1).mean().item(),
    }
    metric = "loss" if name == "dpo_step" else "reward"
    asked = rng.permutation([True, False] if name == "dpo_step" else [True, False, None])
    for own, result in zip(asked, student.run(own_reference, name, asked, tables, rows, worth, left_over), strict=True):
        message, metrics = result["message"], result["metrics"]
        if own is False:
            if message is not None:
                fail(f"{name} raises ValueError although the reference is another model.")
            found = metrics.get(metric) if isinstance(metrics, dict) else None
            expect_close(found, expected[metric], what=f"The metric {metric}", **TOL_FP32)
            continue
        what = "the policy as its own reference" if own else "a single prompt"
        if message is None:
            fail(f"{name} with {what} must raise ValueError.", expected="ValueError", got="no error")
        if own and not says(message, ("reference", "policy", "copy", "model", "separate")):
            fail("The error about the reference doesn't say what to pass.", got=message or "no message")
        left = result["left"]
        if left["gradient"] is None or not torch.equal(left["gradient"], left_over):
            fail("The policy's gradient is another after the error; nothing may have changed.")
        if not torch.equal(left["weights"], tables[0]):
            fail("The policy has moved before the error; nothing may have changed.")
        if not left["modes"]:
            fail("A model is left in another mode after the error; nothing may have changed.")
        if not left["generator"]:
            fail("The generator has moved on before the error; nothing may have changed.")


def log_p_of_tokens(table, input_ids):
    """log p(token t + 1 | token t) of a table of logits: (V, V), (B, T) → (B, T-1)."""
    return table.log_softmax(dim=-1)[input_ids[:, :-1], input_ids[:, 1:]]


def expect_untouched(result, tables, left_over):
    """Nothing about the reference may have changed, and no flag of the policy, of which one parameter is frozen."""
    if not torch.equal(result["tables"][1], tables[1]):
        fail("The reference's weights change.")
    gradient = result["gradients"][1]
    if gradient is None or not gradient.any():
        fail("A gradient that the reference had before the call is cleared.")
    if not (gradient == left_over).all():
        fail("The reference gets a gradient.")
    if not result["trainable"][1]:
        fail("The reference's requires_grad is changed.")
    if not result["trainable"][0]:
        fail("The policy's requires_grad is changed.")
    if result["thawed"]:
        fail("A parameter of the policy that was frozen is trainable after the step.")


def expect_modes(result, modes):
    """Each model must be in the mode that it came in."""
    for name, mode, was in zip(("policy", "reference", "reward model"), result["modes"], modes, strict=False):
        if mode != was:
            fail(f"The {name} is left in another mode than it came in.", expected=modes, got=result["modes"])

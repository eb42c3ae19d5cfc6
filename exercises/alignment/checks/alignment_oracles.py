"""Checks of the lesson on alignment. Run them with `pytest exercises/alignment`.

What is expected comes from sums over tiny vocabularies, from formulas written out row by row in float64, or from the
numbers of the docstrings. Batches are ragged, prompts and padding hold noise: it must not matter. The language models
of the two loops are tables: what comes next depends on the last token only, so that everything can be computed."""

import math

import torch

from autograder import builders
from autograder.checks import fail, probe

# fp32 sums of a few dozen terms of size 1 round by about 1e-6; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-5}
# A whole GPT-2 rounds more.
MODEL = {"rtol": 1e-3, "atol": 1e-4}


def log_probs(rng, *shape):
    """Numbers as log-probabilities are: negative, between about -4 and 0."""
    return -4 * rng.rand(*shape) - 0.05


def response_mask(rng, lengths, columns, first=1):
    """(B, T) masks: in each row a piece of ones of this length that begins at `first` or later and may end anywhere."""
    mask = torch.zeros(len(lengths), columns, dtype=torch.int64)
    for row, length in enumerate(lengths):
        start = rng.randint(first, columns - length)  # at least one column of padding behind it
        mask[row, start : start + length] = 1
    return mask


@probe
def with_gradients(student, name, arguments, leaves, weights=1.0):
    """Call a function of the lesson; `leaves` are the places of arguments that want a gradient.

    The first thing that it returns is multiplied by the weights, added up and sent backward.
    """
    arguments = [one.clone().requires_grad_() if place in leaves else one for place, one in enumerate(arguments)]
    found = getattr(student, name)(*arguments)
    value = found[0] if isinstance(found, (tuple, list)) else found
    graph = isinstance(value, torch.Tensor) and value.requires_grad
    if graph:
        (value * weights).sum().backward()
    return {"value": value, "graph": graph, "gradients": [arguments[place].grad for place in leaves]}


def expect_graph(seen):
    """Something that is trained on must have a graph."""
    if not seen["graph"]:
        fail(
            "What it returns has no graph, so nothing can be learned from it.",
            advice="Look for detach(), item(), .data or torch.no_grad() on the way.",
        )


def expect_no_gradient(gradient, sentence):
    """Nothing may have flowed there: no gradient at all, or one of zeros."""
    if gradient is not None and gradient.abs().max() > 0:
        fail(sentence, expected="no gradient", got=gradient, advice="detach() it: it is data.")


def bradley_terry(differences):
    """-log sigmoid, number by number, in float64."""
    return torch.tensor([math.log1p(math.exp(-one)) if one > -30 else -one for one in differences.double().tolist()])


def each_token(logits, input_ids):
    """Entry t is log p(token t + 1), written out; 0 where a label is -100."""
    rows, columns = input_ids.shape
    found = torch.zeros(rows, columns - 1)
    for row in range(rows):
        for t in range(columns - 1):
            token = int(input_ids[row, t + 1])
            if token != -100:
                numbers = logits[row, t].double()
                found[row, t] = numbers[token] - numbers.logsumexp(dim=0)
    return found


def exact_kl(logits_p, logits_q):
    """The sum, token by token, in float64."""
    flat_p, flat_q = (logits.reshape(-1, logits.shape[-1]).double() for logits in (logits_p, logits_q))
    found = []
    for one, other in zip(flat_p, flat_q, strict=True):
        p, q = one.softmax(dim=0), other.softmax(dim=0)
        found.append(sum(float(a) * math.log(float(a) / float(b)) for a, b in zip(p, q, strict=True) if a > 0))
    return torch.tensor(found).reshape(logits_p.shape[:-1])


def masked_means(per_token, mask, right):
    """The ways in which a mean over tokens goes wrong; `right` is minus the objective."""
    counts = mask.sum(dim=1)
    rows = (per_token * mask).sum(dim=1)
    return {
        "The sign is wrong: an optimizer that goes downhill would make good tokens unlikely.": -right,
        "The mean is taken over all positions, prompt and padding included, instead of the response tokens.": (
            (per_token * mask).mean()
        ),
        "Prompt and padding are counted: the mask is not used.": per_token.mean(),
        "It adds the tokens up instead of averaging them.": rows.sum(),
        "It averages within each response first; here every token of the batch counts the same.": (
            rows / counts.clamp(min=1)
        ).mean(),
        "It divides by the number of responses instead of the number of tokens.": rows.mean(),
        "It returns one loss per token; the loss is one number.": per_token * mask,
        "It returns one loss per response; the loss is one number.": rows / counts.clamp(min=1),
    }


def clipped(ratio, advantages, clip):
    """The objective of each token."""
    return torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


def clip_mistakes(logp, logp_old, advantages, mask, clip):
    """What known mistakes give."""
    ratio, count = (logp - logp_old).exp(), mask.sum()

    def loss(objective):
        return -(objective * mask).sum() / count

    right = loss(clipped(ratio, advantages, clip))
    bounded = ratio.clamp(1 - clip, 1 + clip)
    real = advantages[mask == 1]
    whitened = (advantages - real.mean()) / (real.std() if len(real) > 1 else 1.0)
    sequence = (((logp - logp_old) * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).exp()[:, None].expand_as(ratio)
    return {
        **masked_means(-clipped(ratio, advantages, clip), mask, right),
        "It takes the larger of the two terms; the smaller one is the cautious one.": loss(
            torch.maximum(ratio * advantages, bounded * advantages)
        ),
        "The ratio is inverted: it is new over old.": loss(clipped(1 / ratio, advantages, clip)),
        "The ratio is clipped from above only.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(max=1 + clip) * advantages)
        ),
        "The ratio is clipped from below only.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(min=1 - clip) * advantages)
        ),
        "The exp is missing: that is the log-ratio, not the ratio.": loss(clipped(logp - logp_old, advantages, clip)),
        "Only the clipped term is used; a token that moved the wrong way gets no gradient.": loss(bounded * advantages),
        "Nothing is clipped.": loss(ratio * advantages),
        "The log-ratio is clipped instead of the ratio.": loss(
            torch.minimum(ratio * advantages, (logp - logp_old).clamp(-clip, clip).exp() * advantages)
        ),
        "The minimum is taken of the ratios, before the advantage is multiplied in.": loss(
            torch.minimum(ratio, bounded) * advantages
        ),
        "The product of ratio and advantage is clipped instead of the ratio.": loss(
            torch.minimum(ratio * advantages, (ratio * advantages).clamp(1 - clip, 1 + clip))
        ),
        "clip is not used: it is 0.2 whatever is asked for.": loss(clipped(ratio, advantages, 0.2)),
        "The ratio is clamped between -clip and clip; it lies around 1.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(-clip, clip) * advantages)
        ),
        "It rescales the advantages; they are to be used as they come.": loss(clipped(ratio, whitened, clip)),
        "The ratio is that of the whole response; each token has its own.": loss(clipped(sequence, advantages, clip)),
        "The old policy is ignored: every ratio is 1.": loss(advantages),
        "It is the policy gradient without a ratio.": loss(logp * advantages),
        "The mask is inverted.": -(clipped(ratio, advantages, clip) * (1 - mask)).sum() / (1 - mask).sum().clamp(min=1),
    }


def moved(rng, rows, columns, clip):
    """Old log-probabilities, and new ones whose ratios lie below, inside and above the clip, never near its edges."""
    logp_old = log_probs(rng, rows, columns)
    region = rng.randint(0, 3, (rows, columns))
    inside = rng.rand(rows, columns)  # 0 to 1
    ratio = torch.where(region == 0, (1 - clip) * (0.3 + 0.5 * inside), 1 + clip * (1.6 * inside - 0.8))
    ratio = torch.where(region == 2, (1 + clip) * (1.2 + inside), ratio)
    return logp_old, logp_old + ratio.log()


def both_ways(rng, rows, columns):
    """Advantages of both signs, none of them near 0."""
    sign = 2 * rng.randint(0, 2, (rows, columns)) - 1
    return sign * (0.5 + rng.rand(rows, columns))


def ppo_case(rng, lengths=(6, 9, 4), columns=12):
    """A batch in which every region of the ratio meets both signs."""
    clip = 0.1 + 0.05 * float(rng.rand(()))
    mask = response_mask(rng, lengths, columns)
    logp_old, logp = moved(rng, *mask.shape, clip)
    advantages = both_ways(rng, *mask.shape)
    places = mask.nonzero()
    for number in range(6):  # one of each, whatever the draw
        row, column = places[number].tolist()
        ratio = ((1 - clip) / 2, 1 + clip / 2, 2 * (1 + clip))[number % 3]
        logp[row, column] = logp_old[row, column] + math.log(ratio)
        advantages[row, column] = (0.8, -0.7)[number // 3]
    return logp, logp_old, advantages, mask, clip


@probe
def own_reference(student, name, own):
    """A step whose reference is the policy object itself, or another one."""
    policy = builders.TableLM(torch.eye(4))
    reference = policy if own else builders.TableLM(torch.eye(4)).requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    rows = torch.tensor([[1, 2, 3], [3, 2, 1]])
    side = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "labels": rows}
    if name == "dpo_step":
        student.dpo_step(policy, reference, {"chosen": side, "rejected": side}, optimizer, 0.1)
    else:
        student.rlhf_step(
            policy,
            reference,
            lambda ids, mask: mask.sum(1).float(),
            rows,
            optimizer,
            beta=0.1,
            max_new_tokens=2,
            stop_id=0,
        )

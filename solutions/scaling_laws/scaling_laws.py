"""Scaling laws: what a training run costs, and curves through small runs that say what larger ones will give.

N is a number of parameters, D a number of tokens to train on, C the FLOPs of a training run, as in the papers. FLOPs
are single operations: a multiplication and an addition are two. Losses are means over tokens, in nats.

What is fitted comes in lists of plain numbers, whole or not, one entry for each training run, in any order. Sizes and
tokens may be counted in millions or the like, so that some are below 1. What comes out are plain numbers. All is
computed in float64, as Python's own floats are: a tensor takes `dtype=torch.float64`, as float32 has too few digits for
these fits. No function changes the lists that it is given.

Not in this file: fits that search for the exponents of two variables, other losses than squares, and error bars.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch


def block_parameters(width: int, layers: int) -> int:
    """How many numbers the weight matrices of a GPT's blocks hold.

    A block has four matrices of attention, each width × width (queries, keys, values, output), and two of the MLP,
    width × 4 · width and back. Biases, norms, tables of embeddings and the output layer are left out, as in the papers.

    Args:
        width: of the residual stream.
        layers: how many blocks.

    Returns:
        the numbers of all blocks together.

    Example: width 2 and 3 layers: 12 · 4 numbers in a block, 144 in all. GPT-2, width 768 and 12 layers: 84,934,656.

    Source: Kaplan et al. 2020 (arXiv 2001.08361), section 2.1.
    """
    ### BEGIN SOLUTION
    return 12 * layers * width**2
    ### END SOLUTION


def flops_per_token(parameters: float, layers: int, width: int, context: int, training: bool = True) -> float:
    """What one token costs, in FLOPs: in training, or read only.

        forward      2 · parameters + 4 · layers · width · context
        backward     twice as much again
        training     forward and backward together

    A matrix multiplies and adds once with each number that it holds. Attention has no numbers of its own for this, so
    it comes on top: in every layer a query's scores with all `context` keys take 2 · width · context FLOPs, and the sum
    of as many values the same again. That future keys are masked saves nothing here, as is customary.

    Args:
        parameters: the numbers that a token is multiplied with. What they are is the caller's affair: an input table is
            only looked up, but if it is tied, the output multiplies with it. They are used as they are given.
        layers: how many blocks; a model without any, 0, has no attention.
        width: of the residual stream, all heads together.
        context: tokens that attention looks at.
        training: forward and backward, or forward only.

    Returns:
        FLOPs for each token.

    Example: 100 parameters, 2 layers, width 3, context 5: forward 200 + 120 = 320, training 600 + 360 = 960. GPT-2
    with 124,439,808 parameters, 12 layers, width 768 at 1,024 tokens: 746,638,848 + 113,246,208 in training.

    Source: Chowdhery et al. 2022 (PaLM, arXiv 2204.02311), appendix B.
    """
    ### BEGIN SOLUTION
    forward = 2 * parameters + 4 * layers * width * context
    return 3 * forward if training else forward
    ### END SOLUTION


def training_flops(parameters: float, tokens: float) -> float:
    """C, what a training run costs: 6 FLOPs for each parameter and token, attention's own left out.

    Args:
        parameters: N.
        tokens: D, all that are trained on; a token that is read twice counts twice.

    Returns:
        C in FLOPs: two of the six in the forward pass, four in the backward pass.

    Example: 10 parameters and 7 tokens: 420. Chinchilla, 70e9 parameters and 1.4e12 tokens: 5.88e23.

    Source: Kaplan et al. 2020 (arXiv 2001.08361), section 2.1.
    """
    ### BEGIN SOLUTION
    return 6 * parameters * tokens
    ### END SOLUTION


def training_days(flops: float, devices: int, peak: float, utilisation: float) -> float:
    """How long a training run takes.

    Args:
        flops: C, of the whole run.
        devices: how many work on it at the same time.
        peak: FLOPs that one device can compute in a second.
        utilisation: which share of its peak a device reaches, above 0 and at most 1; half is good.

    Returns:
        days of 24 hours, with their fraction.

    Example: 1.728e18 FLOPs on 2 devices of 20e12 FLOPs a second at 0.5 take 86,400 seconds, a day. Chinchilla's 5.88e23
    on 1,024 devices of 312e12 at 0.4: 53.25 days.
    """
    ### BEGIN SOLUTION
    return flops / (devices * peak * utilisation) / (24 * 60 * 60)
    ### END SOLUTION


def fit_power_law(sizes: Sequence[float], losses: Sequence[float]) -> tuple[float, float]:
    """The power law that runs of several sizes follow: loss = a · size^-alpha.

    Its logarithm is a straight line, ln loss = ln a - alpha · ln size. This line is fitted by least squares: the sum
    over all runs of (ln loss - ln a + alpha · ln size)² is smallest.

    Args:
        sizes: of each run, above 0, in any order. A size may be there several times, as different runs.
        losses: of each run, above 0.

    Returns:
        (a, alpha), both right to one in a hundred million. Where losses fall with size, alpha is above 0. Through two
        sizes with one run each the law goes exactly.

    Raises:
        ValueError: fewer than two different sizes (none at all, too), or a size or a loss that is 0 or below. The
            message says why.

    Example: sizes 100 and 400 with losses 4 and 2 are (40, 0.5). Sizes 1, 10 and 100 with losses 8, 2 and 2 are
    (6.3496, 0.30103): the line can't go through all three, and its squares are those of logarithms.
    """
    ### BEGIN SOLUTION
    if len(set(sizes)) < 2:
        raise ValueError(f"a line needs two different sizes, here are {len(set(sizes))}")
    if min(*sizes, *losses) <= 0:
        raise ValueError(f"only numbers above 0 have a logarithm, not {min(*sizes, *losses)}")
    x = torch.tensor(sizes, dtype=torch.float64).log()
    y = torch.tensor(losses, dtype=torch.float64).log()
    away = x - x.mean()
    slope = (away @ y) / (away @ away)
    return math.exp(y.mean() - slope * x.mean()), -slope.item()
    ### END SOLUTION


def fit_surface(
    sizes: Sequence[float], tokens: Sequence[float], losses: Sequence[float], alpha: float, beta: float
) -> tuple[float, float, float]:
    """The loss as a surface over size and data, for exponents that are known: loss = E + A / N^alpha + B / D^beta.

    E is what stays when both grow without end: what the text itself doesn't tell. With the exponents given, the three
    others are found by linear least squares: the sum over all runs of (loss - E - A / N^alpha - B / D^beta)² is
    smallest. The losses themselves are compared, not their logarithms. There are at least three runs, and they tell the
    terms apart: neither sizes nor tokens are all the same, and one term isn't a multiple of the other.

    Args:
        sizes: N of each run, above 0, in any order.
        tokens: D of each run, above 0.
        losses: of each run.
        alpha: of the sizes, above 0.
        beta: of the tokens, above 0.

    Returns:
        (E, A, B), right to one in a hundred million, whatever their signs: losses with much noise can make one of them
        negative.

    Example: sizes 4, 16, 4, tokens 5, 5, 10 and losses 6, 5, 5 with alpha 0.5 and beta 1 are (2, 4, 10): the first loss
    is 2 + 4 / 2 + 10 / 5.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556), section 3.3, which searches for the exponents, too.
    """
    ### BEGIN SOLUTION
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    columns = torch.stack([torch.ones_like(n), n**-alpha, d**-beta], dim=1)  # (runs, 3)
    return tuple(torch.linalg.lstsq(columns, y[:, None]).solution[:, 0].tolist())
    ### END SOLUTION


def compute_optimal(flops: float, A: float, B: float, alpha: float, beta: float) -> tuple[float, float]:
    """The best size for a given compute: where A / N^alpha + B / D^beta is smallest among all N and D that cost it.

    What can be paid for lies on the curve 6 · N · D = flops. On it D falls as N grows, so that one term falls and the
    other rises; at the best place, alpha · A / N^alpha is beta · B / D^beta. E plays no part, as it is the same
    everywhere.

    Args:
        flops: C, above 0.
        A: of the size's term, above 0.
        B: of the tokens' term, above 0.
        alpha: of the size's term, above 0.
        beta: of the tokens' term, above 0.

    Returns:
        (N, D), parameters first, not rounded to whole numbers; 6 · N · D is flops to one in a million. A formula gives
        them, and a search does as well: N and D are to be right to one in a thousand.

    Example: flops 120, A 5, B 4, alpha 1, beta 0.5 give (5, 4): both terms times their exponents are 1 there. With the
    numbers that Hoffmann et al. printed, A 406.4, B 410.7, alpha 0.34, beta 0.28, Chinchilla's 5.76e23 FLOPs give N
    3.22e10 and D 2.98e12.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556), equation 4.
    """
    ### BEGIN SOLUTION
    product = flops / 6  # N · D
    size = (alpha * A / (beta * B) * product**beta) ** (1 / (alpha + beta))
    return size, product / size
    ### END SOLUTION


def isoflop_minimum(sizes: Sequence[float], losses: Sequence[float]) -> float:
    """The best size among runs that cost the same, also between them: where a parabola through their losses is lowest.

    Over ln size the losses of runs of equal compute look like a valley. The parabola loss = a + b · x + c · x² with
    x = ln size is fitted by least squares on the losses, and its lowest place is x = -b / (2 · c).

    Args:
        sizes: of each run, above 0, in any order. A size may be there several times, as different runs.
        losses: of each run.

    Returns:
        the size at the lowest place, not its logarithm, right to one in a hundred million. It may lie between the
        sizes, or outside of them.

    Raises:
        ValueError: fewer than three different sizes (none at all, too), or a parabola that opens downwards, which has
            no lowest place. The message says why.

    Example: sizes 10, 100 and 10,000 with losses 4.25, 2.25 and 4.25 give 316.23, which is 10^2.5, the middle between
    10 and 10,000 on a logarithmic axis.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556), section 3.2.
    """
    ### BEGIN SOLUTION
    if len(set(sizes)) < 3:
        raise ValueError(f"a parabola needs three different sizes, here are {len(set(sizes))}")
    x = torch.tensor(sizes, dtype=torch.float64).log()
    y = torch.tensor(losses, dtype=torch.float64)
    away = x - x.mean()  # smaller numbers, whose squares tell more
    columns = torch.stack([torch.ones_like(x), away, away**2], dim=1)  # (runs, 3)
    _, b, c = torch.linalg.lstsq(columns, y[:, None]).solution[:, 0]
    if c <= 0:
        raise ValueError("the parabola opens downwards: it has no lowest place")
    return math.exp(x.mean() - b / (2 * c))
    ### END SOLUTION


def predict_loss(size: float, a: float, alpha: float) -> float:
    """What a power law says of a size: a · size^-alpha.

    Args:
        size: above 0.
        a: as `fit_power_law` gives it.
        alpha: as `fit_power_law` gives it.

    Returns:
        the loss.

    Example: size 1,600 with a 40 and alpha 0.5: 1.
    """
    ### BEGIN SOLUTION
    return a * size**-alpha
    ### END SOLUTION


def extrapolation_error(sizes: Sequence[float], losses: Sequence[float]) -> float:
    """How far a power law through the smaller runs misses the largest one.

    The law is fitted, as `fit_power_law` does, to all runs but the one of the largest size, and asked for that size.

    Args:
        sizes: of each run, above 0, in any order: the largest needn't be the last. It is there once; smaller ones may
            be there several times.
        losses: of each run, above 0.

    Returns:
        (predicted - measured) / measured, right to eight decimals: below 0 where the law promises a lower loss than
        came out.

    Raises:
        ValueError: fewer than two different sizes are left to fit, or a size or a loss is 0 or below. The message says
            why.

    Example: sizes 100, 400 and 1,600 with losses 4, 2 and 1.25: the law through the first two predicts 1, so the error
    is -0.25 / 1.25 = -0.2.
    """
    ### BEGIN SOLUTION
    if min(losses) <= 0:  # that of the largest size is in no fit
        raise ValueError(f"losses are above 0, not {min(losses)}")
    largest = sizes.index(max(sizes))
    rest = [place for place in range(len(sizes)) if place != largest]
    a, alpha = fit_power_law([sizes[place] for place in rest], [losses[place] for place in rest])
    return predict_loss(sizes[largest], a, alpha) / losses[largest] - 1
    ### END SOLUTION

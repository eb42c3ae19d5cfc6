"""What the checks of this lesson share: calls by name, what any function here can get wrong, and the counts."""

from __future__ import annotations

import math
import struct

from autograder.checks import AnyOf, Mistakes, expect_close, expect_equal, expect_error, probe

# Counts are products and quotients of a few numbers, which round by some 1e-16 each.
TOL_COUNT = {"rtol": 1e-9, "atol": 0.0}


@probe
def answers(student, name, calls):
    """What a function gives for each of these lists of arguments, and what the lists among them hold afterwards."""
    import copy

    found = []
    for arguments in calls:
        given = copy.deepcopy(arguments)
        result = getattr(student, name)(*given)
        found.append([result, [one for one in given if isinstance(one, list)]])
    return found


def expect_answers(student, name, calls, oracle, mistakes, what, tolerance):
    """Fail unless each answer is the oracle's, and the lists stay as they were; gives the answers.

    `mistakes` are functions of the same arguments, one or several, by sentence: all answers must be what it gives. Or
    it is `Seen`.
    """
    calls = [list(one) for one in calls]
    found = student.run(answers, name, calls)
    got, after = [one[0] for one in found], [one[1] for one in found]
    expected = [oracle(*one) for one in calls]
    wrong = {
        sentence: AnyOf(*(_what_is_told(one, got, expected, calls) for one in ways(made)))
        for sentence, made in (mistakes | ALWAYS).items()
    }
    expect_close(got, expected, what=what, mistakes=Mistakes(wrong), **tolerance)
    lists = [[one for one in call if isinstance(one, list)] for call in calls]
    expect_equal(after, lists, what="The lists that were given", mistakes={CHANGED: after})
    return got


class Seen:
    """A mistake that is told by looking: `told(got, expected)` says whether it was made in all answers."""

    def __init__(self, told):
        self.told = told


class Roughly:
    """A mistake that ends in a search: what comes of it is told within one in a thousand."""

    def __init__(self, way):
        self.way = way


def ways(made):
    return made if isinstance(made, tuple) else (made,)


def attempted(way, call):
    """What a mistake gives, or None where it gives nothing, such as a division by zero."""
    try:
        return way(*call)
    except (ArithmeticError, ValueError, IndexError):
        return None


def near(got, expected, tolerance):
    """Whether two nests of numbers are the same within so much, of their size or of 1."""
    mine, theirs = numbers(got), numbers(expected)
    return len(mine) == len(theirs) > 0 and all(
        math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance) for one, other in zip(mine, theirs, strict=True)
    )


def numbers(value):
    """All numbers in a nest of lists and tuples, as floats."""
    if isinstance(value, (list, tuple)):
        return [number for one in value for number in numbers(one)]
    try:
        return [float(value)]
    except (TypeError, ValueError, RuntimeError):
        return []


def _what_is_told(made, got, expected, calls):
    """A function that gives what comes of a mistake: what came, where a mistake that is seen was made."""

    def values():
        if isinstance(made, Seen):
            return got if made.told(got, expected) else "nothing"
        if isinstance(made, Roughly):
            found = [attempted(made.way, one) for one in calls]
            return got if near(got, found, 1e-3) and not near(expected, found, 1e-3) else "nothing"
        return [attempted(made, one) for one in calls]

    return values


def _in_float32(got, expected):
    """Whether each answer holds a number of float32's, of which float64 has few, or is off by what float32 rounds."""
    if not isinstance(got, list) or len(got) != len(expected) or near(got, expected, 1e-9):
        return False
    return all(
        any(map(_is_float32, numbers(mine))) or near(mine, theirs, 1e-4)
        for mine, theirs in zip(got, expected, strict=True)
    )


def _is_float32(number):
    try:
        return struct.unpack("f", struct.pack("f", number))[0] == number and not (number * 4096).is_integer()
    except OverflowError:
        return False


def _rounded(value, digits):
    if isinstance(value, (list, tuple)):
        return [_rounded(one, digits) for one in value]
    return round(value, digits)


def _is_rounded(got, expected):
    """Whether all answers are the right ones rounded, to as many places each."""
    return any(near(got, _rounded(expected, digits), 1e-12) and not near(got, expected, 1e-12) for digits in range(7))


def _is_the_same(got, expected):
    """Whether all answers are one number, or the same ones, though the right ones differ."""
    return len(got) > 1 and all(near(one, got[0], 1e-12) for one in got) and not near(expected[0], expected[-1], 1e-12)


ALWAYS = {
    "It computes in float32, which has too few digits here.": Seen(_in_float32),
    "The result is rounded.": Seen(_is_rounded),
    "The same comes back, whatever is given.": Seen(_is_the_same),
}
CHANGED = "The lists that are given are changed."


def uniform(rng, low, high):
    """A number between the two, of all of float64's."""
    return low + (high - low) * rng.randint(0, 2**40) / 2**40


# --- block_parameters -----------------------------------------------------------------------------------------------


def parameters_of(width, layers, attention=4, mlp=2, inner=4):
    """Matrix by matrix and block by block."""
    return sum(sum([width * width] * attention) + sum([width * inner * width] * mlp) for _ in range(layers))


BLOCK_MISTAKES = {
    "The MLP is left out.": lambda w, n: parameters_of(w, n, mlp=0),
    "Attention is left out.": lambda w, n: parameters_of(w, n, attention=0),
    "One matrix of the MLP is counted; it has two.": lambda w, n: parameters_of(w, n, mlp=1),
    "Three matrices of the MLP are counted; a GPT's has two.": lambda w, n: parameters_of(w, n, mlp=3),
    "The output matrix of attention is left out.": lambda w, n: parameters_of(w, n, attention=3),
    "Queries, keys and values are counted as one matrix of width × width; they are three.": (
        lambda w, n: parameters_of(w, n, attention=2)
    ),
    "The MLP is counted as wide as the stream; inside it is four times as wide.": (
        lambda w, n: parameters_of(w, n, inner=1)
    ),
    "Only one block is counted.": lambda w, n: parameters_of(w, 1),
    "A block too few or too many is counted.": (
        lambda w, n: parameters_of(w, n - 1),
        lambda w, n: parameters_of(w, n + 1),
    ),
    "The width isn't squared.": lambda w, n: 12 * n * w,
    "The layers are squared as well.": lambda w, n: 12 * (n * w) ** 2,
    "Width and layers are swapped.": lambda w, n: parameters_of(n, w),
    "Biases or norms are counted; only matrices are asked for.": (
        lambda w, n: parameters_of(w, n) + 9 * w * n,
        lambda w, n: parameters_of(w, n) + 4 * w * n,
        lambda w, n: parameters_of(w, n) + 13 * w * n,
        lambda w, n: parameters_of(w, n) + 13 * w * n + 2 * w,
    ),
    "A table of embeddings is counted; only blocks are asked for.": (
        lambda w, n: parameters_of(w, n) + 50257 * w,
        lambda w, n: parameters_of(w, n) + 2 * 50257 * w,
        lambda w, n: parameters_of(w, n) + (50257 + 1024) * w,
    ),
    "It counts FLOPs, two for each number.": lambda w, n: 2 * parameters_of(w, n),
    "It counts bytes, four for each number.": lambda w, n: 4 * parameters_of(w, n),
    "It counts in millions.": lambda w, n: parameters_of(w, n) / 1e6,
}


def expect_parameters(student, calls):
    expect_answers(
        student, "block_parameters", calls, parameters_of, BLOCK_MISTAKES, "The number of parameters", TOL_COUNT
    )


# --- flops_per_token ------------------------------------------------------------------------------------------------


def flops_of(parameters, layers, width, context, training=True, *, of_matrices=2, of_scores=2, of_values=2, passes=3):
    """What one token costs, product by product; `passes` are the forward pass and the backward pass, twice as long."""
    forward = of_matrices * parameters
    for _ in range(layers):
        forward += of_scores * width * context  # a product of `width` numbers with each key
        forward += of_values * context * width  # and a weight for each number of each value
    return forward * (passes if training else 1)


def _training(way):
    """A mistake in training only; reading is right."""
    return lambda n, k, w, t, training=True: way(n, k, w, t) if training else flops_of(n, k, w, t, False)


def _attention(factor):
    """Attention counted so many times, in both."""
    return lambda n, k, w, t, training=True: (
        flops_of(n, 0, w, t, training) + factor * (flops_of(n, k, w, t, training) - flops_of(n, 0, w, t, training))
    )


FLOPS_MISTAKES = {
    "Attention is left out: it comes on top of the parameters.": lambda n, k, w, t, training=True: flops_of(
        n, 0, w, t, training
    ),
    "Only one of attention's two products is counted, scores or values.": _attention(0.5),
    "Attention is halved for the mask; masked keys count in full.": (
        _attention(0.5),
        lambda n, k, w, t, training=True: flops_of(n, k, w, (t + 1) / 2, training),
    ),
    "Attention is counted twice.": _attention(2),
    "The backward pass is counted like one forward pass; it costs twice as much.": (lambda *a: flops_of(*a, passes=2)),
    "The backward pass is left out of training.": lambda *a: flops_of(*a, passes=1),
    "The forward pass is left out of training.": lambda *a: flops_of(*a, passes=2),
    "Reading is counted as training.": lambda n, k, w, t, training=True: flops_of(n, k, w, t, True),
    "Training and reading are swapped.": lambda n, k, w, t, training=True: flops_of(n, k, w, t, not training),
    "Without being told it counts reading; training is the default.": lambda n, k, w, t, training=False: flops_of(
        n, k, w, t, training
    ),
    "A multiplication and its addition are counted as one FLOP; they are two.": (
        lambda *a: flops_of(*a) / 2,
        lambda *a: flops_of(*a, of_matrices=1),
    ),
    "Attention's backward pass is left out.": _training(lambda n, k, w, t: 6 * n + 4 * k * w * t),
    "Attention is counted with its backward pass in reading as well.": (
        lambda n, k, w, t, training=True: (6 if training else 2) * n + 12 * k * w * t
    ),
    "The matrices' backward pass is left out.": _training(lambda n, k, w, t: 2 * n + 12 * k * w * t),
    "It counts the parameters itself; they are given.": lambda n, k, w, t, training=True: flops_of(
        12 * k * w * w, k, w, t, training
    ),
    "A table is taken off the parameters, or added; they count as they are given.": (
        lambda n, k, w, t, training=True: flops_of(n - t * w, k, w, t, training),
        lambda n, k, w, t, training=True: flops_of(n + t * w, k, w, t, training),
        lambda n, k, w, t, training=True: flops_of(n - 50257 * w, k, w, t, training),
        lambda n, k, w, t, training=True: flops_of(n + 50257 * w, k, w, t, training),
    ),
    "Attention is counted for all queries of the text, not for one token.": lambda n, k, w, t, training=True: flops_of(
        n, k, w, t * t, training
    ),
    "It gives the FLOPs of the whole text, not of one token.": lambda n, k, w, t, training=True: (
        t * flops_of(n, k, w, t, training)
    ),
    "Attention of one layer is counted; each has its own.": lambda n, k, w, t, training=True: flops_of(
        n, 1, w, t, training
    ),
    "The width is left out of attention.": lambda n, k, w, t, training=True: flops_of(n, k, 1, t, training),
    "The context is left out of attention.": lambda n, k, w, t, training=True: flops_of(n, k, w, 1, training),
    "The width is squared in attention.": lambda n, k, w, t, training=True: flops_of(n, k, w * w, t, training),
    "The parameters are counted once for each layer.": lambda n, k, w, t, training=True: flops_of(
        n * k, k, w, t, training
    ),
    "It counts in billions.": lambda *a: flops_of(*a) / 1e9,
}


def expect_flops(student, calls):
    expect_answers(student, "flops_per_token", calls, flops_of, FLOPS_MISTAKES, "The FLOPs for each token", TOL_COUNT)


# --- training_flops, training_days ------------------------------------------------------------------------------------


def run_flops(parameters, tokens, forward=2, backward=4):
    return forward * parameters * tokens + backward * parameters * tokens


RUN_MISTAKES = {
    "The backward pass is left out.": lambda n, d: run_flops(n, d, backward=0),
    "The forward pass is left out.": lambda n, d: run_flops(n, d, forward=0),
    "The backward pass is counted like one forward pass; it costs twice as much.": (
        lambda n, d: run_flops(n, d, backward=2)
    ),
    "A multiplication and its addition are counted as one FLOP; they are two.": (
        lambda n, d: run_flops(n, d, forward=1, backward=2)
    ),
    "One FLOP is counted for each parameter and token.": lambda n, d: n * d,
    "The forward pass is counted twice, as if it were recomputed.": lambda n, d: run_flops(n, d, forward=4),
    "The tokens are left out.": lambda n, d: 6 * n,
    "The parameters are left out.": lambda n, d: 6 * d,
    "Parameters and tokens are added.": lambda n, d: 6 * (n + d),
    "It takes 20 tokens for each parameter; they are given.": (lambda n, d: 120 * n * n, lambda n, d: 0.3 * d * d),
    "It counts in days of a petaFLOP a second.": lambda n, d: 6 * n * d / 8.64e19,
    "It counts in other units than FLOPs.": (
        lambda n, d: 6 * n * d / 1e12,
        lambda n, d: 6 * n * d / 1e15,
        lambda n, d: 6 * n * d / 1e18,
        lambda n, d: 6 * n * d / 1e9,
    ),
}


def expect_run_flops(student, calls):
    expect_answers(student, "training_flops", calls, run_flops, RUN_MISTAKES, "The FLOPs of the run", TOL_COUNT)


def days_of(flops, devices, peak, utilisation):
    """What all devices do in a day, and how often that goes into the run."""
    in_a_day = 86400 * devices * (peak * utilisation)
    return flops / in_a_day


DAYS_MISTAKES = {
    "The time is multiplied by the utilisation; the less is used, the longer it takes.": lambda f, n, p, u: days_of(
        f, n, p, 1 / u
    ),
    "The utilisation is left out.": lambda f, n, p, u: days_of(f, n, p, 1),
    "The utilisation is taken for percent.": lambda f, n, p, u: days_of(f, n, p, u / 100),
    "The share that is idle is taken for the utilisation.": lambda f, n, p, u: days_of(f, n, p, 1 - u),
    "One device is counted.": lambda f, n, p, u: days_of(f, 1, p, u),
    "The time is multiplied by the devices; they work at the same time.": lambda f, n, p, u: n * days_of(f, 1, p, u),
    "The peak is left out.": lambda f, n, p, u: days_of(f, n, 1, u),
    "It gives seconds.": lambda *a: days_of(*a) * 86400,
    "It gives minutes.": lambda *a: days_of(*a) * 24 * 60,
    "It gives hours.": lambda *a: days_of(*a) * 24,
    "It gives years.": (lambda *a: days_of(*a) / 365, lambda *a: days_of(*a) / 365.25),
    "It gives what is done in a day, not the days.": lambda *a: 1 / days_of(*a),
    "The seconds are multiplied by those of a day.": lambda *a: days_of(*a) * 86400**2,
    "The days are cut or rounded to whole ones.": (
        lambda *a: math.floor(days_of(*a)),
        lambda *a: math.ceil(days_of(*a)),
        lambda *a: round(days_of(*a)),
    ),
    "The FLOPs are multiplied by 6; they are those of the whole run.": lambda f, n, p, u: days_of(6 * f, n, p, u),
    "The backward pass is added; the FLOPs are those of the whole run.": lambda f, n, p, u: days_of(3 * f, n, p, u),
    "The peak is taken for FLOPs in an hour or a minute.": (
        lambda *a: days_of(*a) * 3600,
        lambda *a: days_of(*a) * 60,
    ),
}


def expect_days(student, calls):
    expect_answers(student, "training_days", calls, days_of, DAYS_MISTAKES, "The days of the run", TOL_COUNT)

"""What the checks of this lesson share: errors, calls by name, and the counts with what known mistakes give."""

from __future__ import annotations

import re
from contextlib import contextmanager

from autograder.checks import AnyOf, StudentError, expect_accepted, expect_close, expect_error, fail, probe

# Some dozen products of size 1 in fp32 round by less than 1e-5; mistakes move things by 0.001 or more.
TOL_FP32 = {"rtol": 1e-4, "atol": 2e-5}
# A step in bf16 rounds by 1/256 of what it gives, and there are about ten of them.
TOL_BF16 = {"rtol": 0.05, "atol": 0.08}
# Counts are exact but for the rounding of a division.
TOL_COUNT = {"rtol": 1e-9, "atol": 0.0}


@probe
def answers(student, name, calls):
    """What a function gives for each of these lists of arguments."""
    return [getattr(student, name)(*arguments) for arguments in calls]


def expect_answers(student, name, calls, oracle, mistakes, what):
    """Fail unless each answer is the oracle's; `mistakes` are functions of the same arguments, by sentence."""
    compare(student.run(answers, name, [list(one) for one in calls]), calls, oracle, mistakes, what)


def compare(found, calls, oracle, mistakes, what):
    """Fail unless these are the oracle's answers to the calls."""
    wrong = {
        sentence: AnyOf(*(lambda way=way: [way(*one) for one in calls] for way in _ways(ways)))
        for sentence, ways in mistakes.items()
    }
    expect_close(found, [oracle(*one) for one in calls], what=what, mistakes=wrong, **TOL_COUNT)


def _ways(ways):
    return ways if isinstance(ways, tuple) else (ways,)


# --- intensity, bound_by --------------------------------------------------------------------------------------------


def flops_per_byte(m, k, n, each=2, *, flops=2, first=1, second=1, result=1):
    """Operations for each byte; the factors say how often each part counts."""
    return flops * m * k * n / (each * (first * m * k + second * k * n + result * m * n))


INTENSITY_MISTAKES = {
    "A multiplication and its addition are counted as one FLOP; they are two.": lambda *a: flops_per_byte(*a, flops=1),
    "The result is left out of the bytes; it is written, too.": lambda *a: flops_per_byte(*a, result=0),
    "The first matrix is left out of the bytes.": lambda *a: flops_per_byte(*a, first=0),
    "The second matrix is left out of the bytes.": lambda *a: flops_per_byte(*a, second=0),
    "The result is moved twice; it is written once.": lambda *a: flops_per_byte(*a, result=2),
    "It counts numbers, not bytes: bytes_each is ignored.": lambda m, k, n, each=2: flops_per_byte(m, k, n, 1),
    "bytes_each is 2, whatever is asked for.": lambda m, k, n, each=2: flops_per_byte(m, k, n, 2),
    "It multiplies by bytes_each; more bytes for the same FLOPs are a lower intensity.": (
        lambda m, k, n, each=2: flops_per_byte(m, k, n, 1 / each)
    ),
    "It gives the bytes for each FLOP.": lambda *a: 1 / flops_per_byte(*a),
    "It counts the numbers of the result; each takes k products.": lambda m, k, n, each=2: (
        flops_per_byte(m, k, n, each) / k
    ),
    "It gives the FLOPs, not divided by the bytes.": lambda m, k, n, each=2: 2 * m * k * n,
    "The intensity is cut to a whole number.": (
        lambda *a: flops_per_byte(*a) // 1,
        lambda *a: round(flops_per_byte(*a)),
    ),
    "It counts k - 1 additions: a sum from 0 has k of them.": lambda m, k, n, each=2: (
        flops_per_byte(m, k, n, each) * (2 * k - 1) / (2 * k)
    ),
    "bytes_each is taken for bits.": lambda *a: 8 * flops_per_byte(*a),
}


def expect_intensities(student, calls):
    """Ask for several products at once; no mistake gives all of their intensities."""
    with expect_accepted("Numbers of less than a byte are an error.", "ZeroDivisionError", "ValueError"):
        expect_answers(student, "intensity", calls, flops_per_byte, INTENSITY_MISTAKES, "The FLOPs for each byte")


def waits_for(intensity, flops, bandwidth):
    """The longer of two times for one byte, in whole numbers or powers of two, so that nothing is rounded."""
    return "memory" if intensity * bandwidth < flops else "compute"


BOUND_MISTAKES = {
    "Compute and memory are swapped.": lambda *a: "compute" if waits_for(*a) == "memory" else "memory",
    "The ridge is inverted: it compares with bandwidth / flops.": lambda i, f, b: "memory" if i < b / f else "compute",
    "At the ridge itself it says memory; both take equally long there.": lambda i, f, b: (
        "memory" if i * b <= f else "compute"
    ),
    "It says memory, whatever is asked.": lambda *a: "memory",
    "It says compute, whatever is asked.": (lambda *a: "compute", lambda i, f, b: "memory" if i < 1 else "compute"),
    "The ridge of one device is used for all; it is flops / bandwidth.": (
        lambda i, f, b: "memory" if i < 156 else "compute",
        lambda i, f, b: "memory" if i < 295 else "compute",
    ),
    "It compares whole numbers: the ridge or the intensity is cut.": (
        lambda i, f, b: "memory" if i < f // b else "compute",
        lambda i, f, b: "memory" if int(i) * b < f else "compute",
        lambda i, f, b: "memory" if round(i) < round(f / b) else "compute",
    ),
    "It compares flops with bandwidth and leaves the intensity out.": (
        lambda i, f, b: "compute" if f > b else "memory",
        lambda i, f, b: "memory" if f > b else "compute",
    ),
}


def expect_bounds(student, rng, ridges):
    """Ask on both sides of each ridge, on it, and close to it, in drawn order."""
    calls = []
    for ridge in ridges:
        bandwidth = rng.randint(1, 2000) * 1_000_000
        flops = ridge * bandwidth
        near = [ridge * 0.5, ridge - 0.25, ridge, ridge + 0.25, ridge * 3, ridge - 0.75]
        calls += [(intensity, flops, bandwidth) for intensity in near]
    calls = rng.permutation(calls)
    found = student.run(answers, "bound_by", [list(one) for one in calls])
    words = {"compute", "memory"}
    if any(one not in words for one in found if isinstance(one, str)):
        fail("The answer is another word than the two that the docstring names.", expected=sorted(words), got=found)
    compare(found, calls, waits_for, BOUND_MISTAKES, "The list of what devices wait for")


# --- attention_bytes, tokens_through ----------------------------------------------------------------------------------


def bytes_of(tokens, heads, bits, stored):
    """Bytes, head by head and number by number."""
    numbers = tokens * tokens if stored == "scores" else tokens + tokens
    return heads * numbers * (bits if stored == "scores" else 32) / 8


def _of_scores(way):
    return lambda t, h, b, s: way(t, h, b) if s == "scores" else bytes_of(t, h, b, s)


def _of_statistics(way):
    return lambda t, h, b, s: way(t, h, b) if s == "statistics" else bytes_of(t, h, b, s)


BYTES_MISTAKES = {
    "It gives mebibytes or megabytes; bytes are asked for.": (
        lambda *a: bytes_of(*a) / 2**20,
        lambda *a: bytes_of(*a) / 1e6,
    ),
    "It gives bits; a byte has 8.": (
        lambda *a: bytes_of(*a) * 8,
        _of_scores(lambda t, h, b: t * t * h * b),
        _of_statistics(lambda t, h, b: 2 * t * h * 32),
    ),
    "It gives numbers; each has several bits.": (
        lambda t, h, b, s: bytes_of(t, h, 8, s) if s == "scores" else 2 * t * h,
        _of_statistics(lambda t, h, b: 2 * t * h),
    ),
    "Heads are left out of the scores; each has a matrix of its own.": (
        _of_scores(lambda t, h, b: t * t * b / 8),
        lambda t, h, b, s: bytes_of(t, 1, b, s),
    ),
    "Heads are left out of the statistics.": _of_statistics(lambda t, h, b: 8 * t),
    "The scores are counted as T numbers for each head; they are T × T.": _of_scores(lambda t, h, b: t * h * b / 8),
    "Only the lower triangle of the scores is counted; the matrix is stored whole.": (
        _of_scores(lambda t, h, b: t * (t + 1) // 2 * h * b / 8),
        _of_scores(lambda t, h, b: t * t * h * b / 16),
    ),
    "The statistics are counted with `bits`; they are float32, whatever that is.": _of_statistics(
        lambda t, h, b: 2 * t * h * b / 8
    ),
    "One statistic is counted for each token and head; there are two, m and l.": _of_statistics(
        lambda t, h, b: 4 * t * h
    ),
    "Three statistics are counted for each token and head; there are two, m and l.": _of_statistics(
        lambda t, h, b: 12 * t * h
    ),
    "The scores are counted as float32, whatever `bits` is.": _of_scores(lambda t, h, b: t * t * h * 4),
    "Scores and weights are counted both; one matrix is asked for.": _of_scores(lambda t, h, b: 2 * t * t * h * b / 8),
    "Scores and statistics are swapped.": lambda t, h, b, s: bytes_of(
        t, h, b, "scores" if s == "statistics" else "statistics"
    ),
    "The scores are asked for, and the statistics added.": _of_scores(
        lambda t, h, b: bytes_of(t, h, b, "scores") + bytes_of(t, h, b, "statistics")
    ),
    "The bytes are cut to a whole number; of 4-bit scores there may be half a byte more.": (
        lambda *a: bytes_of(*a) // 1,
        _of_scores(lambda t, h, b: t * t * h * b // 8),
        _of_scores(lambda t, h, b: t * t * h * (b // 8)),
    ),
}


def expect_bytes(student, calls):
    """Ask for several memories at once, of both kinds."""
    with expect_accepted("A memory that there is, is an error.", "ValueError"):
        expect_answers(student, "attention_bytes", calls, bytes_of, BYTES_MISTAKES, "The bytes that attention takes")


def read_in_all(new, cached):
    """Tokens that are read, call by call."""
    return sum([1] * new if cached else range(1, new + 1))


def _cached(way):
    return lambda n, c: way(n) if c else read_in_all(n, c)


def _whole(way):
    return lambda n, c: read_in_all(n, c) if c else way(n)


TOKENS_MISTAKES = {
    "The triangle is forgotten: without a cache each call is counted as if it read the whole text.": _whole(
        lambda n: n * n
    ),
    "Without a cache it counts a token a call; the whole text is read again.": _whole(lambda n: n),
    "Without a cache the prompt's token is left out.": _whole(lambda n: n * (n - 1) // 2),
    "Without a cache the last token is read as well; nothing is written after it.": _whole(
        lambda n: (n + 1) * (n + 2) // 2
    ),
    "The sum of 1 to n is not halved.": _whole(lambda n: n * (n + 1)),
    "With a cache one call too many is counted: the last token is never read.": _cached(lambda n: n + 1),
    "With a cache the call that reads the prompt is left out.": (
        _cached(lambda n: n - 1),
        _cached(lambda n: max(n - 1, 0)),
    ),
    "With a cache one token is counted in all; each call reads one.": _cached(lambda n: 1),
    "With a cache and without are swapped.": lambda n, c: read_in_all(n, not c),
    "The cache makes no difference.": (lambda n, c: n * (n + 1) // 2, lambda n, c: n),
    "It says how many times fewer tokens a cache reads.": (lambda n, c: (n + 1) / 2, _whole(lambda n: (n + 1) / 2)),
    "With a cache half of the sum is counted.": _cached(lambda n: n * (n + 1) // 4),
}

TOKENS_ZERO = "Writing no token is an error; it takes no reading."


def expect_tokens(student, calls):
    """Ask for several texts at once, with a cache and without."""
    with expect_accepted(TOKENS_ZERO, "ValueError", "ZeroDivisionError", "IndexError"):
        expect_answers(student, "tokens_through", calls, read_in_all, TOKENS_MISTAKES, "The tokens that are read")

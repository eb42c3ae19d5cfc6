"""What the checks of `compare_logits` and `verify` share."""

from __future__ import annotations

import math

import torch

from autograder.checks import AnyOf, Mistakes, expect_accepted, expect_close, expect_equal, fail, probe

KEYS = ("max_difference", "mean_difference", "same_argmax", "agree")

ARGMAX_ONLY = "Whether they agree is decided by the argmax alone."
BOTH_DECIDE = "Whether they agree is decided by the argmax as well; only the largest difference decides."
MEAN_DECIDES = "Whether they agree is decided by the mean difference."
LESS_THAN = "A difference of exactly atol doesn't agree; at most atol does."
RELATIVE = "The tolerance grows with the logits, as that of allclose does; it is atol alone."
TOLERANCE_LARGE = "The tolerance is larger than 1e-4 where none is given."
TOLERANCE_SMALL = "The tolerance is smaller than 1e-4 where none is given."
ATOL_IGNORED = "The tolerance that is given is not used."
SIGNED = "Differences are taken with their sign, so that one below is none."
SQUARED = "Differences are squared."
LARGEST_PLACE = "The mean is one of the largest differences of the places."
SUMMED = "The mean is a sum."
ARGMAX_COUNT = "same_argmax is a count, not a share."
ARGMAX_WHOLE = "same_argmax says whether all are the same; it is a share."
ARGMAX_LAST = "same_argmax looks at the last place only."
ARGMAX_DIM = "The argmax is taken along another dimension than the vocabulary."
ARGMAX_FLAT = "There is one argmax of all places together; each place has its own."
LAST_ONLY = "Only the last place is compared."
FIRST_ROW = "Only the first row is compared."
ARGMIN = "same_argmax compares the smallest logits."
ROUNDED = "16-bit numbers are subtracted in 16 bits, which rounds the difference."
NORMALISED = "Probabilities are compared, not logits."
NAN_AGREES = "NaN counts as agreement."
NAN_FIGURE = "A NaN or an infinity leaves a figure that is not inf."
NAN_SKIPPED = "Numbers that are not finite are left out."
NAN_ARGMAX = "A place with a NaN or an infinity counts as one with the same argmax."
SAME_INF = "An infinity agrees with its like."
SHAPES_STRETCH = "Shapes that can be stretched to each other are compared; they differ, so it is a ValueError."
SHAPES_UNNAMED = "The message doesn't have both shapes."
REFUSES = "Logits of one shape are refused."


def right_comparison(mine, theirs, atol=1e-4):
    mine, theirs = mine.double(), theirs.double()
    difference = (mine - theirs).abs()
    finite = mine.isfinite() & theirs.isfinite()
    if not finite.all():
        largest = mean = math.inf
    else:
        largest, mean = difference.max().item(), difference.mean().item()
    same = (mine.argmax(-1) == theirs.argmax(-1)) & finite.all(-1)
    return dict(zip(KEYS, (largest, mean, same.double().mean().item(), largest <= atol), strict=True))


def wrong_comparisons(mine, theirs, atol):
    """Sentence → what the mistake gives; atol None: it was not given."""
    tolerance = 1e-4 if atol is None else atol
    right = right_comparison(mine, theirs, tolerance)
    one, other = mine.double(), theirs.double()
    signed, difference = one - other, (one - other).abs()
    finite = one.isfinite() & other.isfinite()
    same = one.argmax(-1) == other.argmax(-1)
    counted = same & finite.all(-1)

    def other_values(**values):
        return right | values

    def of(values):
        return {"max_difference": values.max().item(), "mean_difference": values.mean().item()}

    def decided(**values):
        return right | values | {"agree": values["max_difference"] <= tolerance}

    found = {
        ARGMAX_ONLY: other_values(agree=bool(counted.all())),
        BOTH_DECIDE: other_values(agree=right["agree"] and bool(counted.all())),
        ATOL_IGNORED: other_values(agree=right["max_difference"] <= 1e-4),
        LESS_THAN: other_values(agree=right["max_difference"] < tolerance),
        ARGMAX_COUNT: other_values(same_argmax=counted.sum().item()),
        ARGMAX_WHOLE: AnyOf(
            other_values(same_argmax=float(counted.all())), other_values(same_argmax=bool(counted.all()))
        ),
        ARGMAX_LAST: other_values(same_argmax=counted[..., -1].double().mean().item()),
        ARGMAX_FLAT: AnyOf(*(other_values(same_argmax=kind(one.argmax() == other.argmax())) for kind in (float, bool))),
        ARGMIN: other_values(same_argmax=(one.argmin(-1) == other.argmin(-1)).double().mean().item()),
    }
    if mine.ndim > 1:
        along = one.argmax(-2) == other.argmax(-2)
        found[ARGMAX_DIM] = other_values(same_argmax=along.double().mean().item())
    if finite.all():
        found |= {
            MEAN_DECIDES: other_values(agree=right["mean_difference"] <= tolerance),
            RELATIVE: AnyOf(
                *(other_values(agree=torch.allclose(one, other, rtol=rtol, atol=tolerance)) for rtol in (1e-5, 1e-3))
            ),
            SIGNED: AnyOf(
                decided(**of(signed)),
                other_values(mean_difference=signed.mean().item()),
                other_values(mean_difference=abs(signed.mean().item())),
                decided(max_difference=signed.max().item()),
            ),
            SQUARED: AnyOf(
                other_values(mean_difference=(signed**2).mean().item()),
                other_values(mean_difference=(signed**2).mean().sqrt().item()),
                decided(**of(signed**2)),
            ),
            LARGEST_PLACE: other_values(mean_difference=difference.amax(-1).mean().item()),
            SUMMED: AnyOf(
                other_values(mean_difference=difference.sum().item()),
                other_values(mean_difference=difference.sum(-1).mean().item()),
            ),
            NORMALISED: AnyOf(
                *(
                    decided(**of((function(one, -1) - function(other, -1)).abs()))
                    for function in (torch.softmax, torch.log_softmax)
                )
            ),
        }
        if mine.ndim > 1:
            found[LAST_ONLY] = right_comparison(mine[..., -1, :], theirs[..., -1, :], tolerance)
        if mine.ndim > 2:
            found[FIRST_ROW] = right_comparison(mine[0], theirs[0], tolerance)
        if mine.dtype.itemsize == 2 and mine.dtype == theirs.dtype:
            low = (mine - theirs).abs()
            found[ROUNDED] = AnyOf(
                decided(**of(low.float())), decided(**of(low)), decided(max_difference=low.max().item())
            )
    else:
        seen = difference[finite]
        found |= {
            NAN_SKIPPED: AnyOf(
                decided(**of(seen)),
                decided(**of(seen)) | {"same_argmax": same.double().mean().item()},
                decided(**of(difference.nan_to_num(0.0, 0.0, 0.0))),
                decided(**of(difference.nan_to_num(0.0, 0.0, 0.0))) | {"same_argmax": same.double().mean().item()},
            ),
            NAN_FIGURE: AnyOf(
                *(
                    other_values(**of(difference), same_argmax=share)
                    for share in (right["same_argmax"], same.double().mean().item())
                ),
                other_values(max_difference=difference.max().item()),
                other_values(mean_difference=difference.mean().item()),
            ),
            NAN_ARGMAX: other_values(same_argmax=same.double().mean().item()),
            NAN_AGREES: AnyOf(
                *(
                    other_values(agree=True, same_argmax=share, **figures)
                    for share in (right["same_argmax"], same.double().mean().item())
                    for figures in ({}, of(difference))
                )
            ),
        }
        alike = torch.where(one == other, 0.0, difference)
        if not torch.equal(alike.nan_to_num(7.0), difference.nan_to_num(7.0)):
            found[SAME_INF] = AnyOf(
                *(
                    decided(**of(alike)) | {"same_argmax": share}
                    for share in (right["same_argmax"], same.double().mean().item())
                )
            )
    return {sentence: value for sentence, value in found.items() if value != right}


def expect_comparison(student, mine, theirs, atol=None, extra=None):
    """The comparison of these, with the tolerance as it stands where atol is None."""
    given = () if atol is None else (atol,)
    with expect_accepted(REFUSES, "ValueError"):
        got = student.compare_logits(mine, theirs, *given)
    right = right_comparison(mine, theirs, 1e-4 if atol is None else atol)
    expect_close(
        got,
        right,
        what="compare_logits",
        rtol=1e-5,
        atol=1e-9,
        mistakes=Mistakes(lambda: wrong_comparisons(mine, theirs, atol), lambda: extra or {}),
    )


def agreed(student, mine, theirs, sentence_no, sentence_yes, atol=None):
    """Only whether they agree is the question: the sentence where it says the wrong thing."""
    right = right_comparison(mine, theirs, 1e-4 if atol is None else atol)
    sentence = sentence_no if right["agree"] else sentence_yes
    expect_comparison(student, mine, theirs, atol, {sentence: right | {"agree": not right["agree"]}})


def shares(mine, theirs):
    """same_argmax; the same where NaN and infinities count like other numbers; and what other wrong ways give."""
    one, other, finite = mine.double(), theirs.double(), (mine.isfinite() & theirs.isfinite()).all(-1)
    careless = one.argmax(-1) == other.argmax(-1)
    same = careless & finite
    some = [
        same,
        careless,
        same[..., -1],
        *([same[0]] if same.ndim > 1 else []),
        one.argmin(-1) == other.argmin(-1),
        one.argmax(-2) == other.argmax(-2),
    ]
    return [found.double().mean().item() for found in some]


def clear(draw, *given):
    """Logits as `draw` gives them, drawn again until each wrong way to count first choices gives another share."""
    while True:
        mine, theirs = draw(*given)
        right, careless, *wrong = shares(mine, theirs)
        finite = mine.isfinite().all() and theirs.isfinite().all()
        if right > 0 and len({1.0, right, careless, *wrong}) == (2 if finite else 3) + len(wrong):
            return mine, theirs


def alike(draw, *given):
    """Logits as `draw` gives them, drawn again until every first choice is the same, however it is counted."""
    while True:
        mine, theirs = draw(*given)
        if set(shares(mine, theirs)) == {1.0}:
            return mine, theirs


def near(rng, logits, spread):
    """Differences of this spread, of which the largest is far below 0 and the largest above 0 is smaller."""
    found = spread * rng.rand(*logits.shape) - spread / 2
    flat = found.view(-1)
    flat[rng.randint(0, flat.numel())] = -1.5 * spread
    return found


def judged(student, mine, theirs, sentence):
    """Whether they agree, where no tolerance is given: the sentence where it says the wrong thing."""
    right = right_comparison(mine, theirs)
    expect_close(
        student.compare_logits(mine, theirs),
        right,
        what="compare_logits",
        rtol=1e-4,
        atol=0,
        mistakes={sentence: right | {"agree": not right["agree"]}},
    )


def compares(student, mine, theirs):
    """A question for `in_drawn_order`: logits of one shape are compared."""
    return lambda: expect_comparison(student, mine, theirs)

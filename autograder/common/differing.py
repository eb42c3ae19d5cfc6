"""Where two pieces of plain data differ, in words: the first place, and what of a tensor is affected.

It names values, so it is for public checks only, as `expected` and `got` are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

SHOWN_WHOLE = 24  # elements of a tensor that a message shows; of a larger one it shows a few
SHOWN = 8

Agrees = Callable[[Any, Any], bool]


def differing(got: Any, expected: Any, agrees: Agrees, rtol: float = 0.0, atol: float = 0.0, at: str = "") -> str:
    """ "first at [0, 3]: 2.0 instead of 1.0; 18 of 54 columns differ, 18 to 35", or nothing where that says no more.

    `agrees(got, expected)` says whether two parts are equal enough; `rtol` and `atol` are for elements of tensors.
    """
    if _is_tensor(got) and _is_tensor(expected):
        if got.shape != expected.shape:
            return f"{at}: shape {tuple(got.shape)} instead of {tuple(expected.shape)}" if at else ""
        if got.dtype != expected.dtype:
            return f"{at}: {got.dtype} instead of {expected.dtype}".replace("torch.", "") if at else ""
        return _in_tensors(got, expected, _wrong(got, expected, rtol, atol), at)
    if isinstance(got, dict) and isinstance(expected, dict):
        return _in_dicts(got, expected, agrees, rtol, atol, at)
    if isinstance(got, (list, tuple)) and isinstance(expected, (list, tuple)):
        return _in_lists(got, expected, agrees, rtol, atol, at)
    return f"{at}: {_short(got)} instead of {_short(expected)}" if at else ""


def first_wrong(got: Any, expected: Any, rtol: float, atol: float) -> int | None:
    """The index, in the flattened tensor, of the first element that differs; None where that can't be said."""
    if not (_is_tensor(got) and _is_tensor(expected)) or got.shape != expected.shape or got.dtype != expected.dtype:
        return None
    wrong = _wrong(got, expected, rtol, atol).reshape(-1).nonzero()
    return int(wrong[0]) if len(wrong) else None


def _in_tensors(got: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor, at: str) -> str:
    count = int(wrong.sum())
    if not count or (got.ndim == 0 and not at):
        return ""
    index = wrong.nonzero()[0].tolist()
    where = f"{at}{index if index else ''}"
    first = f"first at {where}: {_short(got[tuple(index)].item())} instead of {_short(expected[tuple(index)].item())}"
    if count == wrong.numel():
        return f"{at and f'{at}: '}all {count} elements differ" if count > SHOWN_WHOLE else first if at else ""
    return f"{first}; {_extent(wrong, count)}"


def _extent(wrong: torch.Tensor, count: int) -> str:
    """What of the tensor differs, by the dimension that tells most: where the smallest share of it is affected."""
    found = []
    for dimension in range(wrong.ndim):
        others = [one for one in range(wrong.ndim) if one != dimension]
        hit = (wrong.any(others) if others else wrong).nonzero().reshape(-1).tolist()
        found.append((len(hit) / wrong.shape[dimension], dimension, hit))
    share, dimension, hit = min(found)
    total = wrong.shape[dimension]
    if len(hit) == 1 and wrong.ndim < 3:
        return f"1 of {total} {('elements' if wrong.ndim == 1 else 'columns' if dimension else 'rows')} differs"
    if wrong.ndim == 1:
        what = f"{len(hit)} of {total} elements differ"
    elif share == 1.0:
        return f"{count} of {wrong.numel()} elements differ"
    elif wrong.ndim == 2:
        what = f"{len(hit)} of {total} {'columns' if dimension else 'rows'} differ"
    else:
        what = f"along dimension {dimension}, {len(hit)} of {total} differ"
    return f"{what}, {_listed(hit)}"


def _listed(numbers: Sequence[int]) -> str:
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    some = ", ".join(map(str, numbers[:6]))
    return f"{some}, ..." if len(numbers) > 6 else some


def _in_lists(got: Any, expected: Any, agrees: Agrees, rtol: float, atol: float, at: str) -> str:
    pairs = list(zip(got, expected, strict=False))
    wrong = [index for index, (mine, theirs) in enumerate(pairs) if not agrees(mine, theirs)]
    told = []
    if len(got) != len(expected):
        told.append(f"{at + ' has ' if at else ''}{len(got)} entries instead of {len(expected)}")
    if wrong and (at or told or len(pairs) > 1):
        mine, theirs = pairs[wrong[0]]
        place = f"{at}[{wrong[0]}]"
        told.append(_first(differing(mine, theirs, agrees, rtol, atol, place), place))
        if len(pairs) > 2 and len(wrong) > 1:
            told.append(f"{len(wrong)} of {len(pairs)} entries differ")
    return "; ".join(told)


def _in_dicts(got: Any, expected: Any, agrees: Agrees, rtol: float, atol: float, at: str) -> str:
    told = []
    for text, keys in (
        ("lacks", [key for key in expected if key not in got]),
        ("has too much:", [key for key in got if key not in expected]),
    ):
        if keys:
            some = ", ".join(repr(key) for key in keys[:4])
            told.append(f"{at + ' ' if at else ''}{text} {some}{', ...' if len(keys) > 4 else ''}")
    wrong = [key for key in expected if key in got and not agrees(got[key], expected[key])]
    if wrong and not told:
        place = f"{at}[{wrong[0]!r}]"
        told.append(_first(differing(got[wrong[0]], expected[wrong[0]], agrees, rtol, atol, place), place))
    return "; ".join(told)


def _first(inner: str, place: str) -> str:
    """What differs at the first place; of some values no more can be said than where they stand."""
    return inner if inner.startswith("first at ") else f"first at {inner or place}"


def _wrong(got: torch.Tensor, expected: torch.Tensor, rtol: float, atol: float) -> torch.Tensor:
    """Of which elements it is true that they differ."""
    library = sys.modules["torch"]
    got, expected = got.detach(), expected.detach()
    wrong: torch.Tensor
    if expected.dtype.is_floating_point:
        wrong = ~library.isclose(got.double(), expected.double(), rtol=rtol, atol=atol, equal_nan=True)
        return wrong
    pairs = zip(got.reshape(-1).tolist(), expected.reshape(-1).tolist(), strict=True)  # torch compares no uint64
    wrong = library.tensor([mine != theirs for mine, theirs in pairs]).reshape(got.shape)
    return wrong


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if _is_tensor(value):
        return f"a tensor of shape {tuple(value.shape)}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]} ..."


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)

"""The shapes of what stands in the student's own line that raised: what torch's message about sizes leaves out."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

_ABOUT_SHAPES = re.compile(
    r"shape|size|dim|broadcast|match|device|dtype|same type|scalar type|ind(ex|ices)|expected", re.I
)
_NAMES = 6  # so many are told
_PARTS = 4  # of a list of tensors, so many


def shapes_in_line(error: BaseException, path: str) -> str:
    """`where x is (3, 4), self.A is (8, 5)`: the tensors that are named in the line, of the file `path`, that raised.

    Empty where there are none, or where the error is about something else. Nothing of the student's is run for it.
    """
    if not isinstance(error, (RuntimeError, ValueError, IndexError, TypeError)):
        return ""
    try:
        if not _ABOUT_SHAPES.search(str(error)):
            return ""
        found = _frame_in(path)
        if found is None:
            return ""
        named = list(_tensors(*found))[:_NAMES]
    except Exception:  # a lying exception, an odd object: then nothing is added
        return ""
    tensors = [tensor for _, value in named for tensor in (value if isinstance(value, (list, tuple)) else [value])]
    kinds = {_kind(tensor) for tensor in tensors}
    told = [f"{name} is {_told(value, len(kinds) > 1)}" for name, value in named]
    return f"where {', '.join(told)}" if told else ""


def _frame_in(path: str) -> tuple[str, Mapping[str, Any]] | None:
    """The code of the innermost line of `path` on the way to the error that is being handled, and its variables."""
    found = None
    trace = sys.exc_info()[2]
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == path:
            found = trace
        trace = trace.tb_next
    if found is None:
        return None
    code = found.tb_frame.f_code
    first, last, _, _ = list(code.co_positions())[found.tb_lasti // 2]
    if first is None:
        first = last = found.tb_lineno
    lines = [linecache.getline(path, number) for number in range(first, (last or first) + 1)]
    return "".join(lines), found.tb_frame.f_locals


def _tensors(source: str, variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The tensors, and lists of tensors, that the code names: `x`, `self.A`."""
    for name in dict.fromkeys(re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", _code(source))):
        first, *attributes = name.split(".")
        value, told = variables.get(first), first
        for attribute in ["", *attributes]:
            if attribute:
                value, told = _held(value, attribute), f"{told}.{attribute}"
            if _is_tensor(value) or _are_tensors(value):
                yield told, value
                break
            if value is None:
                break


def _code(source: str) -> str:
    """The line without its texts and comments."""
    source = re.sub(r"\"[^\"]*\"|'[^']*'", "''", source)
    return "" if source.lstrip().startswith("raise ") else re.sub(r"#.*", "", source)


def _held(owner: Any, name: str) -> Any:
    """An attribute that an object holds, found without running a property of it."""
    for place in ("", "_parameters", "_buffers", "_modules"):
        try:
            held = object.__getattribute__(owner, "__dict__")
        except AttributeError:
            return None
        held = held.get(place) if place else held
        if isinstance(held, Mapping) and name in held:
            return held[name]
    return None


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _are_tensors(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_tensor, value))


def _kind(tensor: Any) -> str:
    device = "" if tensor.device.type == "cpu" else f" on {tensor.device.type}"
    return f"{tensor.dtype}".removeprefix("torch.") + device


def _told(value: Any, with_kind: bool) -> str:
    if isinstance(value, (list, tuple)):
        some = ", ".join(_told(one, with_kind) for one in value[:_PARTS])
        return f"[{some}{', ...' if len(value) > _PARTS else ''}]"
    return f"{tuple(value.shape)}" + (f" {_kind(value)}" if with_kind else "")

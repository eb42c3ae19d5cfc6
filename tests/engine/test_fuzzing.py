"""Readers of what a student's process or hand wrote: any bytes give a value or the reader's own error, at small cost.

Messages of the wire, notebooks and zips are drawn, whole and damaged, for a time rather than in a number. Each batch
has a seed, which is printed; this draws one again, or draws for as long as you like:

    python tests/engine/test_fuzzing.py wire --seconds 600
    python tests/engine/test_fuzzing.py zip --seed 123456

What is found becomes a plain test beside the reader's others.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import io
import itertools
import json
import math
import os
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from autograder.checking import submission
from autograder.checking.class_of import class_of
from autograder.checking.submission import Submission, collect
from autograder.cli.layouts import LAYOUTS
from autograder.common import wire
from autograder.common.errors import CourseError
from autograder.common.notebook_code import NotANotebook, code_cells, read_notebook, statements

resource = pytest.importorskip("resource")

SECONDS = 8  # for each reader, in every run
WHOLE = 600
CPU_SECONDS = 2.0  # for one input; honest ones take milliseconds
MEMORY = 512 << 20  # bytes by which all of them together may make the process grow, hypothesis included


def fuzz(check: Callable[[Any], None], inputs: st.SearchStrategy[Any], seconds: float, first: int | None = None) -> int:
    """Draw inputs and check them until the time is over; with `first`, only the batch of that seed. Their number."""
    drawn = itertools.count()

    def one(value: Any) -> None:
        next(drawn)
        check(value)

    end, grown = time.monotonic() + seconds, peak(since_now=True)
    numbers = itertools.count(int.from_bytes(os.urandom(4))) if first is None else [first]
    for number in numbers:
        print(f"seed {number}", flush=True)
        # 150 in 8 s on a slow machine, so that the end comes close to where it should
        once = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        seeded(number)(once(given(inputs)(one)))()
        if time.monotonic() > end:
            break
    assert peak() - grown < MEMORY
    return next(drawn)


def peak(since_now: bool = False) -> int:
    """The most memory that the process had, in bytes. `since_now`: forget what it had before, as Linux can."""
    try:
        if since_now:
            Path("/proc/self/clear_refs").write_text("5")
        return next(
            int(line.split()[1]) * 1024
            for line in Path("/proc/self/status").read_text().splitlines()
            if line.startswith("VmHWM:")
        )
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def cheap() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < CPU_SECONDS


# --- the wire -------------------------------------------------------------------------------------------------------

SMALL = wire.Caps(total_bytes=4096, header_bytes=2048, nodes=40, depth=6, dimensions=4, integer_bits=128)
TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\ud83d\ude00"))  # surrogates, alone and in pairs
NANS = st.integers(1, (1 << 51) - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits | 0xFFF8 << 48))[0])
POWERS = st.builds(lambda bits, less: (1 << bits) - less, st.sampled_from([31, 63, 64, 127, 4095]), st.integers(0, 1))
INTEGERS = st.integers() | POWERS | POWERS.map(lambda value: -value)
KEYS = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats() | NANS | TEXT | st.binary(),
    lambda keys: st.lists(keys, max_size=3).map(tuple),
    max_leaves=4,
)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Any dtype that is sent and any shape, seen whole, sliced, turned, expanded or conjugated, from any bits."""
    dtype = getattr(torch, draw(st.sampled_from(wire._DTYPES)))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    size = math.prod(shape) * dtype.itemsize
    raw = draw(st.binary(min_size=size, max_size=size))
    raw = bytes(byte & 1 for byte in raw) if dtype == torch.bool else raw
    flat = torch.frombuffer(bytearray(raw), dtype=torch.uint8) if raw else torch.empty(0, dtype=torch.uint8)
    value = flat.view(dtype).reshape(shape)
    for view in draw(st.lists(st.sampled_from(["turned", "sliced", "expanded", "conjugated", "negated"]), max_size=3)):
        if view == "turned":
            value = value.movedim(0, -1) if value.dim() else value
        elif view == "sliced":
            value = value[..., ::2] if value.dim() else value
        elif view == "expanded":
            value = value[None].expand(2, *value.shape)
        elif view == "conjugated" and value.is_complex():
            value = value.conj()
        elif view == "negated" and value.is_complex():
            value = value.conj().imag
    if draw(st.booleans()) and (value.is_floating_point() or value.is_complex()):
        value = value.detach().requires_grad_()
    return value


VALUES = st.recursive(
    KEYS | tensors(),
    lambda inner: (
        st.lists(inner, max_size=5) | st.lists(inner, max_size=5).map(tuple) | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=12,
)

ODD_SIZES = st.sampled_from([-1, 0, 1, 3, 1 << 31, 1 << 40, (1 << 63) - 1, 1 << 63, 1 << 64, 1.5, True, None, "1", []])
ODD_NODES = st.one_of(
    st.builds(lambda *body: {"x": list(body)}, ODD_SIZES, st.sampled_from([*wire._DTYPES, "qint8", "__class__"]),
              st.lists(ODD_SIZES, max_size=5) | ODD_SIZES, st.booleans() | ODD_SIZES),
    st.builds(lambda tag, body: {tag: body}, st.sampled_from(["t", "d", "b", "x", "", "tree"]), st.recursive(
        ODD_SIZES | TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=2))),
    st.builds(lambda depth, tag: functools.reduce(lambda tree, _: {"t": [tree]} if tag else [tree], range(depth), None),
              st.sampled_from([*range(5, 9), *range(30, 35)]), st.booleans()),
    st.builds(lambda count, node: [node] * count, st.sampled_from([39, 40, 41, 49_999, 50_000]), st.none() | TEXT),
    st.builds(lambda step, count: {"d": [[index * step, None] for index in range(count)]},
              st.sampled_from([1, (1 << 61) - 1, 1 << 40]), st.integers(60, 70)),
    ODD_SIZES,
)  # fmt: skip


ODD_TEXTS = [
    b"null",
    b"1e999",
    b"NaN",
    b"9" * 5000,
    b"[" * 5000 + b"]" * 5000,
    b'"\\ud83d\\ude00"',
    b"-0",
    b"\xed\xa0\x80",
]


def places(tree: Any, path: tuple = ()) -> Iterator[tuple]:
    yield path
    for key, inner in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(inner, (*path, key))


def put(tree: Any, path: tuple, value: Any) -> Any:
    if not path:
        return value
    copy = tree.copy()
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """What an encoder makes, then changed in its tree, its sizes, its text or its length."""
    message = wire.encode(draw(VALUES))
    (length,) = struct.unpack_from("<I", message)
    header, raw = json.loads(message[4 : 4 + length]), message[4 + length :]
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(itertools.islice(places(header), 500))))
        header = put(header, path, draw(ODD_NODES))
    text = json.dumps(header).encode(draw(st.sampled_from(["utf-8"] * 6 + ["utf-16", "utf-32-be"])))
    text = text.replace(b"null", draw(st.sampled_from(ODD_TEXTS)), 1)
    announced = len(text) + draw(st.sampled_from([0] * 8 + [-1, 1, 1 << 20, (1 << 32) - 1 - len(text)]))
    return struct.pack("<I", max(announced, 0)) + text + raw + draw(st.sampled_from([b""] * 5 + [b"\0"]))


def with_damage(check: Callable[[bytes], None], case: tuple[bytes, int]) -> None:
    """Check the bytes, and copies in which a few bytes are others, or a piece is gone or there twice.

    Drawing one input costs more than reading a hundred.
    """
    raw, number = case
    random = Random(number)
    for copy in range(21 if len(raw) < 10_000 else 3):
        held = raw
        for _ in range(random.choice([1, 1, 4]) if copy else 0):
            start, size = random.randint(0, len(held)), random.choice([1, 1, 2, 4, 8, 64])
            piece = random.choice([random.randbytes(size), held[start : start + size] * 2, b""])
            held = held[:start] + piece + held[start + size :]
        try:
            with cheap():
                check(held)
        except BaseException as error:
            error.add_note(f"with {held[:2000]!r}")
            raise


def broken_bytes(whole: st.SearchStrategy[bytes], check: Callable[[bytes], None]) -> st.SearchStrategy[Any]:
    """`check` of such bytes and of any, each with its damaged copies, as what is still to be called."""
    cases = st.tuples(whole | st.binary(), st.integers(0, 1 << 32))
    return cases.map(lambda case: functools.partial(with_damage, check, case))


def check_message(message: bytes) -> None:
    for caps in (wire.CAPS, SMALL):
        try:
            value = wire.decode(message, caps)
        except wire.WireError:
            continue
        assert wire.same(wire.decode(wire.encode(value)), value)
        wire.holds_nan(value)


def check_value(value: Any) -> None:
    assert wire.same(wire.decode(wire.encode(value)), value)


WIRE = st.one_of(
    VALUES.map(lambda value: functools.partial(check_value, value)),
    broken_bytes(messages(), check_message),
)

# --- notebooks ------------------------------------------------------------------------------------------------------

PYTHON = [
    "x = 1", "import math", "from __future__ import annotations", "from math import *", "", "\n\n", "# %%bash",
    "'''\n'''", "def f(a=x, *b: int, **c):\n    return f(a)", "async def a():\n    await f()", "x, *y = f, 1",
    "class C(list):\n    y: int = x\n\n    def g(self):\n        return [self]", "x[0].z = 3", "x += y", "(w := 1)",
    "if x:\n    import os\nelse:\n    y = 2", "try:\n    import q\nexcept ImportError:\n    q = 0", "lambda: (yield)",
    "@patch(C)\ndef g(self): ...", "return", "x = (1,\n  2)", "f'{x!r:>{y}}'", "global x", "x: 'list[int]' = []",
    "match x:\n    case [1, *y]: pass", "for i in y: z = i", "if x:\n\tpass\n\ty = 1", "x = 1 \\\n  + 2", "del x",
    "def f():\n    nonlocal x", "import a.b as c, d", "type = 1; print(type)",
]  # fmt: skip
BROKEN = [
    "%time f()", "!ls \\\n -l", "x = !ls", "f?", "%%bash\nrm x", "%%time\nx = 1", "def f(:", "class C:\n  x ===",
    "'''", "x = 1 \\", "  x", "\tx", "(", "def f", "\0", "\ufeffx = 1", "\f x", "x\r\ny\ry", "\ud800 = 1", "é = 1",
    "1_", "0777", "(" * 300, "-" * 5000 + "1", "x" + ".y" * 3000, "x" + "()" * 3000, "[" * 90 + "]" * 90, "9" * 5000,
    " " * 60_000 + "x ===", "async" + "\n" * 3000 + "def f", "a?" * 2000, "a, " * 9000 + "===", "f'{" * 50, "\\N{DASH}",
    "'\\N{no}'", "if 1:\n" * 101, "x = " + "1 + " * 4000 + "1", "{" + "0:{" * 150, "print 'a'",
    "from __future__ import nothing", "def " + "f" * 4000 + "(:",
]  # fmt: skip
CELL_TEXT = st.lists(st.sampled_from(PYTHON + BROKEN) | TEXT, max_size=4).map("\n".join)
SOURCE = (
    CELL_TEXT | CELL_TEXT.map(lambda text: text.splitlines(keepends=True)) | st.lists(TEXT | st.none() | st.integers())
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.sampled_from(["code"] * 6 + ["markdown", "raw", "heading", None, 1]),
            "source": SOURCE | JSON,
            "input": SOURCE,
            "metadata": JSON,
            "outputs": JSON,
        },
    )
    | JSON,
    max_size=5,
)


@st.composite
def notebooks(draw: st.DrawFn) -> bytes:
    """A notebook of either format, with whatever beside its cells, as JSON in one of its encodings."""
    held: Any = draw(st.dictionaries(TEXT, JSON, max_size=2))
    if draw(st.integers(0, 5)):
        held["cells"] = draw(CELLS | JSON)
    if not draw(st.integers(0, 3)):
        held["worksheets"] = draw(st.lists(st.fixed_dictionaries({"cells": CELLS}) | JSON, max_size=3) | JSON)
    text = json.dumps(held, ensure_ascii=draw(st.booleans()))
    code = draw(st.sampled_from(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-32"]))
    return text.encode(code, "surrogatepass")


def check_notebook(raw: bytes) -> None:
    try:
        code = read_notebook(raw)
    except NotANotebook:
        return
    cells = code_cells(raw)
    assert len(code.starts) == len(cells)
    assert len(code.source.split("\n")) == sum(cell.count("\n") + 1 for cell in cells) + 1  # each line keeps its number
    for line in range(1, code.source.count("\n") + 1):
        cell, inner = code.place(line)
        assert 1 <= cell <= len(cells) and 1 <= inner <= cells[cell - 1].count("\n") + 1
    for exercises in ((), ("f", "C")):
        assert all(node in code.tree.body for node in statements(code.tree, exercises))


def check_right_cells(cells: list[str]) -> None:
    """What is Python in every cell is read as Python reads all of it, each statement where it stands."""
    texts = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    raw = json.dumps({"cells": texts}).encode()
    if not any(cell.strip() for cell in cells):
        return
    code = read_notebook(raw)
    assert ast.dump(code.tree) == ast.dump(ast.parse("\n".join(cells)))
    assert not code.broken
    for node in code.tree.body:
        cell, line = code.place(node.lineno)
        own = ast.get_source_segment(code.source, node).split("\n")[0]
        assert own in cells[cell - 1].split("\n")[line - 1]


NOTEBOOKS = st.one_of(
    st.lists(st.sampled_from(PYTHON), min_size=1, max_size=6).map(
        lambda cells: functools.partial(check_right_cells, cells)
    ),
    broken_bytes(notebooks(), check_notebook),
)

# --- zips -----------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from([
    "lora.py", "lora/lora.py", "lora.ipynb", "lora/lora.ipynb", "exercises/lora/lora.py", "solutions/lora/lora.py",
    "__MACOSX/lora.py", "lora\\lora.py", "LORA.PY", "lora.py/", "lora.py/x", "/lora.py", "//lora.py", "../lora.py",
    "a/../lora.py", "C:/lora.py", "c:lora.py", "\\\\host\\lora.py", "./lora.py", "", ".", "..", "/", "other.py",
    "lora.py\n", "\x1b[2J/lora.py", "é/lora.py", "a" * 300 + "/lora.py", "/".join("a" * 200) + "/lora.py",
])  # fmt: skip
METHODS = st.sampled_from([zipfile.ZIP_STORED] * 3 + [zipfile.ZIP_DEFLATED] * 3 + [zipfile.ZIP_BZIP2])
CONTENTS = st.sampled_from([bytes(submission.MAX_FILE), bytes(submission.MAX_FILE + 1), *[b""] * 38]).flatmap(
    lambda large: st.just(large) if large else st.binary(max_size=300)
)
MODES = st.sampled_from(
    [0o100644, 0o120777, 0o040755, 0o060600, 0o010644]
)  # a file, a link, a folder, a device, a pipe
FIELDS = st.sampled_from([0, 1, 2, 8, 9, 12, 14, 99, 0xFFFF, 0x10000, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
# Where each record holds what: (offset, bytes), by its first four.
RECORDS = {
    b"PK\3\4": [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
    b"PK\1\2": [(6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (38, 4), (42, 4)],
    b"PK\5\6": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
    b"PK\6\6": [(4, 4), (24, 4), (32, 4), (40, 4), (44, 4), (48, 4)],
}  # fmt: skip


@st.composite
def zips(draw: st.DrawFn) -> bytes:
    """A zip of files with good and bad names, then with other figures in its records."""
    held = io.BytesIO(draw(st.sampled_from([b""] * 4 + [b"#!/bin/sh\n"])))
    held.seek(0, io.SEEK_END)
    with zipfile.ZipFile(held, "a") as archive:
        for name in draw(st.lists(NAMES, max_size=5)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.external_attr = draw(METHODS), draw(MODES) << 16
            entry.extra = draw(
                st.sampled_from([b""] * 4 + [b"\1\0\x18\0" + b"\xff" * 24, b"\1\0\xff\xff", b"\x75\x70\1\0x"])
            )
            entry.comment = draw(st.sampled_from([b"", b"PK\5\6" + bytes(18)]))
            with archive.open(entry, "w", force_zip64=draw(st.booleans())) as file:
                file.write(draw(CONTENTS))
        archive.comment = draw(st.sampled_from([b"", b"x" * 65535, b"PK\5\6" + bytes(18), b"PK\6\7" + bytes(16)]))
    raw = bytearray(held.getvalue())
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(list(RECORDS)))
        found = (
            [start for start in range(len(raw)) if raw.startswith(kind, start)] if len(raw) < 5000 else [raw.find(kind)]
        )
        if found and found[0] >= 0:
            start, (offset, size) = draw(st.sampled_from(found)), draw(st.sampled_from(RECORDS[kind]))
            raw[start + offset : start + offset + size] = draw(FIELDS).to_bytes(8, "little")[:size]
    return bytes(raw)


@functools.cache
def folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def read(raw: bytes) -> Submission:
    path = Path(folder().name, "ann.zip")
    path.write_bytes(raw)
    (found,) = collect([path], "lora", uses=("quantization",))
    return found


def check_zip(raw: bytes) -> None:
    found = read(raw)
    assert (found.problem is None) == bool(found.files)
    check_class(Path(folder().name, "ann.zip"))
    assert not found.files or found.files.keys() & {"lora/lora.py", "lora/lora.ipynb"}
    for name, held in found.files.items():
        assert len(held) <= (submission.MAX_FILE if name.endswith(".py") else submission.MAX_NOTEBOOK)
    shown = [found.problem or "", found.name, found.source, *found.paths.values()]
    assert all(text.isprintable() for text in shown)
    assert not any(path.removeprefix("ann.zip:").startswith(("/", "..")) for path in found.paths.values())


def check_class(path: Path) -> None:
    """What `grade` makes of it, as a class or as one student's."""
    with contextlib.suppress(CourseError):
        found = class_of([path], "lora", ("quantization",), ("lora", "gpt"), LAYOUTS)
        assert all((one.problem is None) == bool(one.files) for one in found.last())
        assert all(
            text.isprintable() for text in (*found.understood, *found.notes, *found.problems, *found.passed_over)
        )
        assert all(len(raw) <= submission.MAX_NOTEBOOK for one in found.last() for raw in one.files.values())


def check_right_zip(case: tuple[str, bytes, int]) -> None:
    name, content, method = case
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("notes.txt", "other")
        archive.writestr(f"{name}lora.py", content)
    assert read(held.getvalue()).files == {"lora/lora.py": content}


ZIPS = st.one_of(
    st.tuples(
        st.sampled_from(["", "lora/", "ann/exercises/lora/", "é ß/"]), st.binary(max_size=5000), st.sampled_from([0, 8])
    ).map(lambda case: functools.partial(check_right_zip, case)),
    broken_bytes(zips(), check_zip),
)

READERS = {"wire": WIRE, "notebook": NOTEBOOKS, "zip": ZIPS}


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_any_bytes_are_read_or_refused(reader: str) -> None:
    assert fuzz(lambda check: check(), READERS[reader], SECONDS)


@pytest.mark.whole
@pytest.mark.parametrize("reader", READERS)
def test_many_more_bytes_are_read_or_refused(reader: str) -> None:
    assert fuzz(lambda check: check(), READERS[reader], WHOLE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw inputs of one reader until the time is over.")
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--seconds", type=float, default=WHOLE)
    parser.add_argument("--seed", type=int, help="draw only the batch of this seed")
    asked = parser.parse_args()
    print(fuzz(lambda check: check(), READERS[asked.reader], asked.seconds, asked.seed), "inputs")

"""Plain data to bytes and back: the only thing that crosses between a check and a student's process.

None, bool, int, float, str, bytes, lists, tuples, dicts and tensors of any dtype; nothing else, and
never pickle. A message is a JSON header, which describes the tree, followed by the raw bytes of its
tensors, byte strings and lists of integers. Decoding believes nothing: sizes, shapes, depth and counts are checked
against `Caps` before anything is built from them.

What this does not do: sockets (`autograder.sandbox`), or deciding what the data means (`autograder.inside.executor`).
"""

from __future__ import annotations

import functools
import json
import math
import struct
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.common.text import with_article

if TYPE_CHECKING:
    import torch


class WireError(ValueError):
    """The value is not plain data, or the bytes are not a message; the text says which.

    `kind` is the name of the value's type, where it is one that never crosses.
    """

    def __init__(self, text: str, kind: str = "") -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True)
class Caps:
    """How large a message may be; both sides hold to it."""

    total_bytes: int = 64 << 20  # a check's tensors are kilobytes; this only bounds what a flood can cost
    header_bytes: int = 1 << 20  # parsing JSON costs 20 times its size in memory
    nodes: int = 50_000  # values in the tree
    depth: int = 32  # nesting
    dimensions: int = 16  # of a tensor
    integer_bits: int = 4096  # Python's own limit on reading decimal integers is of the same order


CAPS = Caps()

_DTYPES = (
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64",
    "bfloat16", "float16", "float32", "float64", "complex64", "complex128",
    "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip
_LENGTH = struct.Struct("<I")
_PACKED = 16  # a list of so many integers, token ids for instance, goes as one buffer,
_PER_PART = 16  # of which so many count as one value of the tree
_INT64 = range(-(2**63), 2**63)
_AS_THEY_ARE = frozenset({bool, float, str, type(None)})  # exact types: JSON holds them without another look
_KEYS = _AS_THEY_ARE | {int, bytes}


def encode(value: Any, caps: Caps = CAPS) -> bytes:
    """Turn plain data into one message. Raises WireError when something in it is not plain data."""
    buffers: list[bytes] = []
    tree = _Encoder(buffers, caps).node(value, 0)
    header = json.dumps({"tree": tree, "sizes": [len(buffer) for buffer in buffers]}, ensure_ascii=False)
    raw = header.encode("utf-8", "surrogatepass")  # as escapes, two surrogates would come back as one character
    message = b"".join([_LENGTH.pack(len(raw)), raw, *buffers])
    if len(raw) > caps.header_bytes or len(message) > caps.total_bytes:
        raise WireError(f"the data is too large ({len(message):,} bytes)")
    return message


def decode(message: bytes, caps: Caps = CAPS) -> Any:
    """Rebuild plain data from one message, trusting none of it. Raises WireError on anything odd."""
    try:
        return _decode(message, caps)
    except WireError:
        raise
    except Exception as error:  # whatever a forged header does to the code below, it is a bad message
        raise WireError(f"malformed message ({type(error).__name__})") from None


def same(left: Any, right: Any) -> bool:
    """Whether two pieces of plain data hold the same values, bit for bit: 0.0 is not -0.0. A NaN equals any other."""
    kind = type(left)
    if kind is type(right) and (kind is str or kind is int):  # most of what there is
        return bool(left == right)
    if _is_tensor(left) or _is_tensor(right):
        return (
            _is_tensor(left)
            and _is_tensor(right)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and _raw(left) == _raw(right)
        )
    if _kind(left) is not _kind(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left), list(right)) and all(map(same, left.values(), right.values()))
    if isinstance(left, float):
        if math.isnan(left):  # its bits don't cross, except in a tensor; inf - inf and float("nan") differ in one
            return math.isnan(right)
        return struct.pack("<d", left) == struct.pack("<d", right)
    return bool(left == right)


def holds_nan(value: Any) -> bool:
    """Whether a number somewhere in plain data is NaN."""
    if type(value) in _AS_THEY_ARE:
        return bool(value != value)
    if _is_tensor(value):
        return _tensor_holds_nan(value.detach())
    if isinstance(value, (list, tuple)):
        return any(map(holds_nan, value))
    if isinstance(value, dict):
        return any(map(holds_nan, value.values()))
    return isinstance(value, float) and math.isnan(value)


class _Encoder:
    def __init__(self, buffers: list[bytes], caps: Caps) -> None:
        self.buffers = buffers
        self.caps = caps
        self.nodes = 0
        self.bytes = 0

    def node(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > self.caps.depth or self.nodes > self.caps.nodes:
            raise WireError("the data is nested too deeply or has too many parts")
        if type(value) in _AS_THEY_ARE:
            return value
        if isinstance(value, str):
            return str(value)
        if isinstance(value, int):
            if value.bit_length() > self.caps.integer_bits:
                raise WireError("an integer is too large")
            return int(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, bytes):
            return {"b": self.buffer(value)}
        if isinstance(value, list):
            if len(value) >= _PACKED and all(type(item) is int and item in _INT64 for item in value):
                return self.integers(value)
            return self.items(value, depth + 1)
        if isinstance(value, tuple):
            return {"t": self.items(value, depth + 1)}
        if isinstance(value, dict):
            if not all(map(_is_key, value)):
                raise WireError("a dict's key must be a number, text or a tuple of these")
            if _collide(value):
                raise WireError("too many of a dict's keys have the same hash")
            return {"d": [[self.node(key, depth + 1), self.node(item, depth + 1)] for key, item in value.items()]}
        if _is_tensor(value):
            return self.tensor(value)
        if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
            return self.node(value.item(), depth + 1)
        kind = type(value).__name__
        raise WireError(f"{with_article(kind)} is not plain data (numbers, text, lists, dicts, tensors)", kind)

    def items(self, values: Sequence[Any], depth: int) -> list[Any]:
        """What `node` gives of each, without a call for those that need none."""
        left = self.caps.nodes if depth <= self.caps.depth else 0
        trees = []
        for item in values:
            if type(item) in _AS_THEY_ARE and self.nodes < left:
                self.nodes += 1
                trees.append(item)
            else:
                trees.append(self.node(item, depth))
        return trees

    def integers(self, value: list[int]) -> dict[str, Any]:
        self.nodes += len(value) // _PER_PART
        if self.nodes > self.caps.nodes:
            raise WireError("the data is nested too deeply or has too many parts")
        return {"i": self.buffer(struct.pack(f"<{len(value)}q", *value))}

    def tensor(self, value: torch.Tensor) -> dict[str, Any]:
        if value.is_meta:
            raise WireError("its numbers can't be read", "tensor on the device meta, which holds no numbers")
        name = _names().get(value.dtype)
        if name is None or value.layout != sys.modules["torch"].strided:
            kind = str(value.dtype).removeprefix("torch.")
            raise WireError(f"a {value.layout} tensor of {kind} on {value.device} can't be sent")
        if value.numel() * value.element_size() > self.caps.total_bytes:  # expanded, it may take no memory as yet
            raise WireError("the data is too large")
        if _claims_rows(value.shape, self.caps):
            raise WireError(f"a tensor of no elements can't be of shape {tuple(value.shape)}")
        index = self.buffer(_raw(value))
        return {"x": [index, name, list(value.shape), bool(value.requires_grad)]}

    def buffer(self, raw: bytes) -> int:
        self.bytes += len(raw)
        if self.bytes > self.caps.total_bytes:
            raise WireError("the data is too large")
        self.buffers.append(raw)
        return len(self.buffers) - 1


def _decode(message: bytes, caps: Caps) -> Any:
    if len(message) < _LENGTH.size or len(message) > caps.total_bytes:
        raise WireError("malformed message (size)")
    (length,) = _LENGTH.unpack_from(message)
    if length > caps.header_bytes or _LENGTH.size + length > len(message):
        raise WireError("malformed message (header)")
    header = json.loads(message[_LENGTH.size : _LENGTH.size + length])
    buffers, start, whole = [], _LENGTH.size + length, memoryview(message)
    for size in header["sizes"]:
        if type(size) is not int or size < 0 or start + size > len(message):
            raise WireError("malformed message (buffer)")
        buffers.append(whole[start : start + size])
        start += size
    if start != len(message):
        raise WireError("malformed message (trailing bytes)")
    return _Decoder(buffers, caps).node(header["tree"], 0)


class _Decoder:
    def __init__(self, buffers: list[memoryview], caps: Caps) -> None:
        self.buffers = buffers
        self.caps = caps
        self.nodes = 0
        self.used = 0  # buffers are taken in order, each once: else a small message could ask for terabytes

    def node(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > self.caps.depth or self.nodes > self.caps.nodes:
            raise WireError("malformed message (too deep or too many parts)")
        if type(tree) in _AS_THEY_ARE:
            return tree if tree == tree else float("nan")  # one of its own, else two would be one key of a dict
        if isinstance(tree, int):
            if tree.bit_length() > self.caps.integer_bits:
                raise WireError("malformed message (integer)")
            return tree
        if isinstance(tree, list):
            return self.items(tree, depth + 1)
        ((tag, body),) = tree.items()
        if tag == "t":
            return tuple(self.items(body, depth + 1))
        if tag == "d":
            return self.dictionary([(self.node(key, depth + 1), self.node(item, depth + 1)) for key, item in body])
        if tag == "b":
            return bytes(self.buffer(body))
        if tag == "i":
            return self.integers(self.buffer(body))
        if tag == "x":
            return self.tensor(*body)
        raise WireError("malformed message (tag)")

    def items(self, trees: list[Any], depth: int) -> list[Any]:
        """What `node` gives of each, without a call for those that need none."""
        left = self.caps.nodes if depth <= self.caps.depth else 0
        values = []
        for tree in trees:
            if type(tree) in _AS_THEY_ARE and tree == tree and self.nodes < left:
                self.nodes += 1
                values.append(tree)
            else:
                values.append(self.node(tree, depth))
        return values

    def integers(self, raw: memoryview) -> list[int]:
        count, odd = divmod(len(raw), 8)
        self.nodes += count // _PER_PART
        if odd or self.nodes > self.caps.nodes:
            raise WireError("malformed message (integers)")
        return list(struct.unpack(f"<{count}q", raw))

    def dictionary(self, items: list[tuple[Any, Any]]) -> dict[Any, Any]:
        if not all(_is_key(key) for key, _ in items):
            raise WireError("malformed message (key)")
        if _collide([key for key, _ in items]):
            raise WireError("malformed message (keys)")
        return dict(items)

    def buffer(self, index: Any) -> memoryview:
        if type(index) is not int or index != self.used or index >= len(self.buffers):
            raise WireError("malformed message (buffer index)")
        self.used += 1
        return self.buffers[index]

    def tensor(self, index: Any, name: Any, shape: Any, requires_grad: Any) -> torch.Tensor:
        import numpy
        import torch

        if name not in _DTYPES or type(requires_grad) is not bool or len(shape) > self.caps.dimensions:
            raise WireError("malformed message (tensor)")
        if any(type(size) is not int or size < 0 for size in shape):
            raise WireError("malformed message (shape)")
        dtype, raw = _dtypes()[name], self.buffer(index)
        if math.prod(shape) * dtype.itemsize != len(raw):
            raise WireError("malformed message (tensor size)")
        if _claims_rows(shape, self.caps):
            raise WireError("malformed message (shape)")
        if name == "bool" and raw.tobytes().strip(b"\0\1"):  # torch takes other bytes for true and counts them as one
            raise WireError("malformed message (truth values)")
        if not len(raw):
            value = torch.empty(shape, dtype=dtype)
        elif dtype in _unknown_to_numpy():
            value = torch.frombuffer(bytearray(raw), dtype=dtype).view(shape)
        else:  # a third of the time that torch takes for it
            value = torch.from_numpy(numpy.ndarray(shape, name, bytearray(raw)))
        if requires_grad and (dtype.is_floating_point or dtype.is_complex):
            value.requires_grad_()
        return value


def _kind(value: Any) -> type | None:
    """The plain type that a value is sent as: an OrderedDict arrives as a dict, a torch.Size as a tuple."""
    return next((kind for kind in (bool, int, float, str, bytes, list, tuple, dict) if isinstance(value, kind)), None)


def _is_key(value: Any) -> bool:
    if type(value) in _KEYS:
        return True
    if isinstance(value, tuple):
        return all(map(_is_key, value))
    return value is None or isinstance(value, (bool, int, float, str, bytes))


def _collide(keys: Collection[Any]) -> bool:
    """Whether a dict's keys are made to have the same hash: building it would take minutes."""
    return len(keys) > 64 and len(keys) - len({hash(key) for key in keys}) > 64


def _claims_rows(shape: Sequence[int], caps: Caps) -> bool:
    """Whether a tensor of no elements claims a trillion rows: whoever looks at each of them never ends."""
    return 0 in shape and math.prod(max(size, 1) for size in shape) > caps.nodes


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")  # where torch was never imported there are no tensors
    return torch is not None and isinstance(value, torch.Tensor)


def _raw(value: torch.Tensor) -> bytes:
    """The tensor's elements in row-major order, as the machine stores them."""
    torch = sys.modules["torch"]
    if value.dtype in _unknown_to_numpy():
        plain = value.detach().cpu().contiguous().reshape(-1)
        if plain.numel() <= 1:  # its stride may be anything: x.max().expand(1) has 0, and counts as contiguous
            plain = plain.clone(memory_format=torch.contiguous_format)
        value = plain.view(torch.uint8)
    raw: bytes = value.numpy(force=True).tobytes()  # in row-major order, whatever the strides
    return raw


def _tensor_holds_nan(value: torch.Tensor) -> bool:
    if not value.is_floating_point() and not value.is_complex():
        return False
    if value.dtype not in _unknown_to_numpy() and (total := value.sum().item()) == total:
        return False  # a sum in which there is a NaN is one; of infinities it may be one without
    return bool(value.isnan().any())


@functools.cache
def _dtypes() -> dict[str, torch.dtype]:
    """Torch's types of element by their names."""
    return {name: getattr(sys.modules["torch"], name) for name in _DTYPES}


@functools.cache
def _names() -> dict[torch.dtype, str]:
    return {dtype: name for name, dtype in _dtypes().items()}


@functools.cache
def _unknown_to_numpy() -> frozenset[torch.dtype]:
    return frozenset(_dtypes()[name] for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"))

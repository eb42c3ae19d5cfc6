"""What crosses between a check and a student's process: whole where it is plain data, refused where it is not."""

import json
import math
import random
import struct
import time
from collections import OrderedDict

import numpy
import pytest
import torch

from autograder.common import wire

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64,
    torch.int64, torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128,
    torch.float8_e4m3fn, torch.float8_e5m2,
]  # fmt: skip


def trip(value):
    return wire.decode(wire.encode(value))


def forge(tree, sizes=(), raw=b""):
    """A message as a hostile process may write it."""
    return header(json.dumps({"tree": tree, "sizes": list(sizes)}).encode(), raw)


def header(text, raw=b""):
    return struct.pack("<I", len(text)) + text + raw


# --- round trips ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        2**200,
        -(2**4000),
        0.1,
        5e-324,
        1.7976931348623157e308,
        "",
        'ß 漢 \U0001f600 " \\ \n \0',
        b"",
        bytes(range(256)),
        [],
        (),
        {},
        [1, (2, [3, ()]), {"a": (4,)}],
        {1: "int", 1.5: "float", None: "none", False: "no", (1, "a"): "tuple", b"\xff": "bytes", "s": "text"},
        {"t": [1], "d": [[1, 2]], "b": 0, "x": [0, "bool", [], False]},  # the wire's own tags, as data
        {"tree": 1, "sizes": [3]},
    ],
    ids=repr,
)
def test_plain_data_comes_back_as_it_was(value):
    back = trip(value)
    assert back == value
    assert wire.same(back, value)
    assert type(back) is type(value)


def test_types_survive_inside_containers():
    back = trip([1, 1.0, True, (1,), [1], "1", b"1"])
    assert [type(item) for item in back] == [int, float, bool, tuple, list, str, bytes]


def test_special_floats_survive_bit_for_bit():
    back = trip([math.nan, -0.0, math.inf, -math.inf])
    assert math.isnan(back[0]) and math.copysign(1, back[1]) == -1 and back[2:] == [math.inf, -math.inf]
    assert not wire.same(0.0, -0.0)
    assert wire.same(math.nan, math.nan)
    assert wire.same(trip(-math.nan), -math.nan)  # which is what inf - inf gives


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (3, 0, 2), (1, 1, 1, 5)], ids=str)
def test_tensors_of_every_dtype_and_shape(dtype, shape):
    numel = math.prod(shape)
    raw = torch.randint(
        0, 256, (numel * dtype.itemsize,), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
    )
    raw = raw % 2 if dtype is torch.bool else raw
    value = raw.view(dtype).reshape(shape) if numel else torch.empty(shape, dtype=dtype)
    back = trip(value)
    assert back.dtype == dtype and back.shape == value.shape
    assert wire.same(back, value)
    if numel:
        assert torch.equal(back.reshape(-1).view(torch.uint8), value.reshape(-1).view(torch.uint8))


def test_tensors_that_do_not_lie_in_order():
    base = torch.arange(24.0).reshape(4, 6)
    complex_numbers = torch.complex(base, base + 1)
    for value in (
        base.t(),
        base[:, ::2],
        base[0].expand(3, 6),
        base.max().expand(1),
        base.flip(0),
        complex_numbers.conj(),
        -base.t(),
        *(torch.empty(0, 4, dtype=dtype)[:, ::2] for dtype in (torch.bfloat16, torch.float32)),
        torch.empty(0, dtype=torch.bfloat16)[::2],
        torch.empty(0, 4, dtype=torch.bfloat16).t(),
    ):
        assert torch.equal(trip(value), value)
    assert torch.equal(trip(complex_numbers.conj().imag), -(base + 1))  # a negative view


def test_a_tensor_arrives_detached_with_requires_grad_as_a_fact():
    weight = torch.nn.Parameter(torch.ones(2, 2))
    product = weight * 2
    leaf, grown, plain = trip([weight, product, torch.ones(1)])
    assert (leaf.requires_grad, grown.requires_grad, plain.requires_grad) == (True, True, False)
    assert grown.grad_fn is None and type(leaf) is torch.Tensor


def test_surrogates_stay_what_they_are():
    """Two of them, written as escapes, would come back as one character."""
    for text in ("\ud83d", "\ud83d\ude00", "\ude00\ud83d", "\U0001f600"):
        assert trip(text) == text


@pytest.mark.parametrize("value", [torch.empty(1 << 40, 0), {((1 << 61) - 1) * step: 0 for step in range(100)}])
def test_what_would_not_be_taken_is_not_sent(value):
    with pytest.raises(wire.WireError, match="can't be of shape|same hash"):
        wire.encode(value)


def test_nan_and_minus_zero_in_tensors():
    value = torch.tensor([math.nan, -0.0, math.inf])
    assert wire.same(trip(value), value)
    assert not wire.same(torch.tensor([0.0]), torch.tensor([-0.0]))


def test_a_decoded_tensor_can_be_written_to():
    back = trip(torch.zeros(3))
    back[0] = 1.0
    assert back.tolist() == [1.0, 0.0, 0.0]


def test_one_tensor_sent_twice_arrives_as_two():
    tensor = torch.zeros(2)
    first, second = trip([tensor, tensor])
    first += 1
    assert second.tolist() == [0.0, 0.0]


def test_subclasses_arrive_as_the_plain_type_and_count_as_the_same():
    value = [OrderedDict(a=torch.ones(2)), torch.ones(2, 3).shape, numpy.float64(0.5)]
    back = trip(value)
    assert [type(item) for item in back] == [dict, tuple, float]
    assert wire.same(back, value)


def test_numpy_scalars_are_numbers():
    assert trip([numpy.float32(0.5), numpy.int64(3), numpy.bool_(True)]) == [0.5, 3, True]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, True),
        (1, 1.0),
        ([1], (1,)),
        ({"a": 1}, {"a": 2}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1: 0}, {True: 0}),
        (torch.ones(2), torch.ones(2, 1)),
        (torch.ones(2), torch.ones(2, dtype=torch.float64)),
        (torch.ones(1), 1.0),
        ([torch.ones(1)], [torch.zeros(1)]),
        ("a", b"a"),
        (None, False),
    ],
    ids=str,
)
def test_what_differs_is_not_the_same(left, right):
    assert not wire.same(left, right)
    assert not wire.same(right, left)


# --- refusals -------------------------------------------------------------------------------------------------------


class Anything:
    """An object."""


@pytest.mark.parametrize(
    "value",
    [
        Anything(),
        {1, 2},
        torch.nn.Linear(1, 1),
        len,
        1j,
        range(3),
        numpy.ones(3),
        bytearray(b"a"),
        [Anything()],
        {"a": Anything()},
        {Anything(): 1},
        {torch.ones(1): 1},
        {(1, torch.ones(1)): 1},
        torch.ones(2).to_sparse(),
        torch.ones(2, device="meta"),
        2**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_anything_but_plain_data_is_refused(value):
    with pytest.raises(wire.WireError):
        wire.encode(value)


def test_the_refusal_names_the_type():
    with pytest.raises(wire.WireError, match="an Anything is not plain data"):
        wire.encode([Anything()])


def test_lists_without_an_end_are_refused():
    cyclic = []
    cyclic.append(cyclic)
    with pytest.raises(wire.WireError, match="nested too deeply"):
        wire.encode(cyclic)


def nested(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


def test_the_caps_hold_when_sending():
    caps = wire.Caps(total_bytes=2000, header_bytes=500, nodes=50, depth=4)
    assert wire.decode(wire.encode(nested(4), caps), caps) == [[[[0]]]]
    for value in (nested(5), [0.5] * 50, "x" * 500, b"x" * 2000, torch.zeros(500), [b"x" * 700] * 3):
        with pytest.raises(wire.WireError):
            wire.encode(value, caps)


def test_the_caps_hold_when_receiving():
    caps = wire.Caps(total_bytes=2000, header_bytes=500, nodes=50, depth=4, integer_bits=64, dimensions=3)
    for value in (nested(5), [0.5] * 50, "x" * 500, b"x" * 2000, torch.zeros(500), 2**65, torch.zeros(1, 1, 1, 1)):
        message = wire.encode(value)
        wire.decode(message)
        with pytest.raises(wire.WireError):
            wire.decode(message, caps)


# --- forged messages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0\0\0",
        b"\xff\xff\xff\xff",
        header(b""),
        header(b"null"),
        header(b"[]"),
        header(b"{}"),
        header(b'{"tree": 1}'),
        header(b'{"sizes": []}'),
        header(b'{"tree": 1, "sizes": 1}'),
        header(b"\xff\xfe"),
        header(b'{"tree": 1, "sizes": []}', b"trailing"),
        header(b"[" * 100_000),
        header(b'{"a":' * 100_000),
        header(b'{"sizes": [], "tree": ' + b"9" * 5000 + b"}"),
        header(b'{"sizes": [], "tree": 1' + b"0" * 900_000 + b"}"),
        forge(1, [-1]),
        forge(1, [5], b"1234"),
        forge(1, [True], b"1"),
        forge(1, [1.0], b"1"),
        forge(1, ["1"], b"1"),
        forge({}),
        forge({"t": [], "d": []}),
        forge({"q": []}),
        forge({"t": None}),
        forge({"t": 5}),
        forge({"d": [[1]]}),
        forge({"d": [[1, 2, 3]]}),
        forge({"d": [[[], 2]]}),
        forge({"d": [[{"d": []}, 2]]}),
        forge({"b": -1}, [1], b"a"),
        forge({"b": 1}, [1], b"a"),
        forge({"b": True}, [1, 1], b"ab"),
        forge({"b": "0"}, [1], b"a"),
        forge({"x": []}),
        forge({"x": [0, "float32", [1]]}, [4], b"1234"),
        forge({"x": [0, "float32", [2], False]}, [4], b"1234"),
        forge({"x": [0, "float32", [-1], False]}, [4], b"1234"),
        forge({"x": [0, "float32", [-1, -1], False]}, [4], b"1234"),
        forge({"x": [0, "float32", [1.0], False]}, [4], b"1234"),
        forge({"x": [0, "float32", [True], False]}, [4], b"1234"),
        forge({"x": [0, "float32", "1", False]}, [4], b"1234"),
        forge({"x": [0, "float32", None, False]}, [4], b"1234"),
        forge({"x": [0, "float32", [1], 1]}, [4], b"1234"),
        forge({"x": [0, "float32", [1] * 17, False]}, [4], b"1234"),
        forge({"x": [0, "float32", [2**70], False]}, [4], b"1234"),
        forge({"x": [0, "float32", [2**70, 0], False]}, [0]),
        forge({"x": [0, "float32", [2**48, 2**48, 0], False]}, [0]),
        forge({"x": [0, "object", [1], False]}, [4], b"1234"),
        forge({"x": [0, "load", [1], False]}, [4], b"1234"),
        forge({"x": [0, ["float32"], [1], False]}, [4], b"1234"),
        forge({"x": [0, "bool", [2], False]}, [2], b"\1\2"),
        forge({"d": [[{"x": [0, "uint8", [1], False]}, 1]]}, [1], b"a"),
    ],
    ids=lambda message: repr(message[4:50]),
)
def test_a_forged_message_is_refused(message):
    with pytest.raises(wire.WireError):
        wire.decode(message)


def test_a_buffer_counts_once():
    """Else a megabyte on the wire, named thirty thousand times, would be thirty gigabytes here."""
    for tag in ({"x": [0, "uint8", [1 << 20], False]}, {"b": 0}):
        with pytest.raises(wire.WireError):
            wire.decode(forge([tag, tag], [1 << 20], bytes(1 << 20)))


def test_dict_keys_made_to_collide_are_refused():
    """Multiples of 2**61 - 1 all have the hash 0: building such a dict takes time with the square of its size."""
    modulus = 2**61 - 1
    for keys in ([k * modulus for k in range(20_000)], [{"t": [k * modulus]} for k in range(9_000)]):
        start = time.process_time()
        with pytest.raises(wire.WireError):
            wire.decode(forge({"d": [[key, None] for key in keys]}))
        spent = time.process_time() - start
        start = time.process_time()
        wire.decode(forge({"d": [[k, None] for k in range(20_000)]}))
        assert spent < 20 * (time.process_time() - start) + 0.5


def test_many_small_buffers_cost_no_more_than_their_number():
    def cost(count):
        start = time.process_time()
        wire.decode(wire.encode([b"x"] * count))
        return time.process_time() - start

    small = max(cost(2_000), 1e-3)
    assert cost(20_000) < 40 * small  # with the square of the number it would be a hundred times


def is_plain(value):
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    return value is None or isinstance(value, (bool, int, float, str, bytes, torch.Tensor))


SAMPLES = [
    {"value": {"a": torch.arange(6.0).reshape(2, 3), "b": [1, 2.5, None, True]}, "args": [torch.ones(2)], "kwargs": {}},
    {"error": {"type": "ValueError", "message": "no", "lines": ["toy.py:3 in double: x"], "own": True}},
    [b"some bytes", (torch.zeros(0, 3), torch.tensor(True)), {1: 2, (3, "x"): b""}, "text \U0001f600"],
]


PIECES = [b"9" * 30, b"[", b"]", b'{"t":', b"NaN", b"-1", b"null,", b"1e999,", b'"x"', b"0", b"\xff", b"true"]


def mutate(raw, chance):
    """A few bytes of `raw` changed, taken out, put in or copied."""
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(changed) + 1)
        cut = chance.choice([0, 1, 1, 6])
        other = chance.randrange(len(changed) + 1)
        changed[place : place + cut] = chance.choice([*PIECES, b"", bytes(changed[other : other + 8])])
    return bytes(changed)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_messages_raise_wire_error_or_give_plain_data(seed):
    chance = random.Random(seed)
    refused = 0
    for _ in range(2_000):
        message = wire.encode(chance.choice(SAMPLES))
        end = 4 + struct.unpack_from("<I", message)[0]
        text, raw = message[4:end], message[end:]
        what = chance.random()
        if what < 0.7:
            message = header(mutate(text, chance), raw)
        elif what < 0.9:
            message = header(text, mutate(raw, chance))
        else:
            message = mutate(message, chance)
        try:
            value = wire.decode(message)
        except wire.WireError:
            refused += 1
        else:
            assert is_plain(value)
    assert 500 < refused < 1_900, "the mutations should give both bad and good messages"


@pytest.mark.parametrize("seed", range(2))
def test_random_bytes_raise_wire_error(seed):
    chance = random.Random(seed)
    for _ in range(1_000):
        raw = chance.randbytes(chance.randrange(64))
        with pytest.raises(wire.WireError):
            wire.decode(raw)
        with pytest.raises(wire.WireError):
            wire.decode(header(raw))


# --- lists of integers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [list(range(60_000)), [-(2**63), 2**63 - 1] * 10, [0] * 16, list(range(15))])
def test_lists_of_integers_cross_as_they_are(ids):
    found = wire.decode(wire.encode({"ids": ids}))["ids"]
    assert found == ids and {type(item) for item in found} == {int}


@pytest.mark.parametrize("odd", [True, 2**63, -(2**63) - 1, 1.0, None, "1"])
def test_one_that_holds_something_else_crosses_item_by_item(odd):
    mixed = [1] * 20 + [odd]
    found = wire.decode(wire.encode(mixed))
    assert found == mixed and type(found[-1]) is type(odd)


def test_long_lists_of_integers_are_bounded_on_both_sides():
    caps, wide = wire.Caps(nodes=50), wire.Caps(nodes=10**6)
    assert wire.decode(wire.encode([7] * 780, caps), caps) == [7] * 780
    with pytest.raises(wire.WireError, match="too many parts"):
        wire.encode([7] * 1000, caps)
    with pytest.raises(wire.WireError, match="integers"):
        wire.decode(wire.encode([7] * 1000, wide), caps)
    with pytest.raises(wire.WireError, match="integers"):
        wire.decode(wire.encode([[7] * 400, [7] * 400, [7] * 400], wide), caps)


def test_a_buffer_that_is_no_list_of_integers():
    message = wire.encode([7] * 20)
    cut = message[:-3].replace(b"[160]", b"[157]")
    with pytest.raises(wire.WireError, match="integers"):
        wire.decode(cut)


def test_two_keys_that_are_nan_stay_two():
    value = {float("nan"): None, float("nan"): []}
    assert wire.same(wire.decode(wire.encode(value)), value)

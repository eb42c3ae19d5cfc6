"""The process beside the student's code: loading, what is not written yet, and a clean start for each check."""

import random
import sys
import textwrap

import numpy
import pytest
import torch

from autograder.common import wire
from autograder.inside.executor import Executor


@pytest.fixture
def worker():
    worker = Executor(in_process=True)
    yield worker
    worker.unload()


def load(worker, source):
    raw = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
    request = {"op": "load", "lesson": "toy", "path": "mine/toy.py", "files": {"toy/toy.py": raw}}
    return wire.decode(worker.handle(wire.encode(request)))


def call(worker, name, *args, seed=None, **kwargs):
    request = {"op": "call", "name": name, "args": list(args), "kwargs": kwargs, "seed": seed}
    return wire.decode(worker.handle(wire.encode(request)))


# --- loading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\ndef f(:\n    pass\n", "mine/toy.py:2 is not valid Python (invalid syntax): def f(:"),
        ("def f():\n    return 1\n   return 2\n", "mine/toy.py:3 is not valid Python"),
        ("def f():\n\treturn 1\n        return 2\n", "mine/toy.py:3 is not valid Python"),
        ("return 1\n", "mine/toy.py:1 is not valid Python ('return' outside function)"),
        ("x = (1,\n", "mine/toy.py:1 is not valid Python ('(' was never closed)"),
        (b"x = '\xff'\n", "mine/toy.py is not a Python text file in UTF-8."),
        (b"x = 1\0\n", "mine/toy.py is not a Python text file in UTF-8."),
        (b"PK\3\4\xfe\xff", "mine/toy.py is not a Python text file in UTF-8."),
        ("\nraise KeyError(1)\n", "mine/toy.py:2 in <module>: raise KeyError(1) stops on import: KeyError: 1"),
        ("import sys\nsys.exit(3)\n", "mine/toy.py:2 in <module>: sys.exit(3) stops on import: SystemExit: 3"),
        ("import not_installed_here\n", "stops on import: ModuleNotFoundError: No module named 'not_installed_here'"),
        ("def f():\n    f()\nf()\n", "stops on import: RecursionError"),
        ("raise BaseException('bare')\n", "stops on import: BaseException: bare"),
        ("x = " + "(" * 5000 + ")" * 5000, "mine/toy.py"),
        ("x = " + "-" * 100_000 + "1", "mine/toy.py"),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_can_not_be_loaded_is_said_in_one_message(worker, source, said):
    reply = load(worker, source)
    assert set(reply) == {"error"}
    assert said in reply["error"]["message"]
    assert "Traceback" not in reply["error"]["message"]


def test_the_innermost_own_line_is_named(worker):
    message = load(worker, "import json\ndef f():\n    return json.loads('{')\nf()\n")["error"]["message"]
    assert message.startswith("mine/toy.py:3 in f: return json.loads('{') stops on import: JSONDecodeError")


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=repr)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "mark"])
def test_files_as_windows_and_old_macs_save_them(worker, ending, mark):
    source = mark + b"# caf\xc3\xa9" + ending + b"def f():" + ending + b"    return '\xc3\xa9'" + ending
    assert load(worker, source) == {"value": {"f": {"line": 2, "written": True}}, "notes": []}
    assert call(worker, "f")["value"] == "é"


def test_the_reply_lists_top_level_definitions(worker):
    reply = load(worker, "class A:\n    def f(self): ...\n\n\nasync def b(): ...\nif True:\n    def c(): ...\nd = 1\n")
    assert {name: entry["line"] for name, entry in reply["value"].items()} == {"A": 1, "b": 5}


def test_a_dataclass_and_its_module_work(worker):
    """`dataclass` looks the module up by name."""
    load(
        worker,
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\nclass A:\n    x: int = 3\n"
        "def f():\n    return A().x\n",
    )
    assert call(worker, "f")["value"] == 3


def test_unload_forgets_the_module():
    worker = Executor(in_process=True)
    load(worker, "x = 1\n")
    assert "submission_toy" in sys.modules
    worker.unload()
    assert "submission_toy" not in sys.modules


# --- not written yet ------------------------------------------------------------------------------------------------


UNWRITTEN = 'raise NotImplementedError("f is not written yet")'


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (f"def f():\n    '''Says.'''\n    {UNWRITTEN}\n", False),
        ("def f():\n    raise NotImplementedError\n", False),
        (f"def f(r):\n    if r < 1:\n        raise ValueError\n    {UNWRITTEN}\n", False),
        (f"def f():\n    x = 1\n    def g():\n        return x\n    {UNWRITTEN}\n", False),
        ("def f():\n    return 1\n", True),
        ("def f():\n    pass\n", True),
        ("def f():\n    raise ValueError\n", True),
        ("def f(method):\n    if method == 'a':\n        return 1\n    raise NotImplementedError(method)\n", True),
        ("def f(m):\n    for n in m:\n        if n:\n            return 1\n    raise NotImplementedError\n", True),
        (f"def f():\n    return 1\n    {UNWRITTEN}\n", True),
        (f"class f:\n    def __init__(self):\n        {UNWRITTEN}\n    def g(self):\n        return 1\n", False),
        (f"class f:\n    def __init__(self):\n        self.x = 1\n    def g(self):\n        {UNWRITTEN}\n", True),
        (f"class f:\n    def g(self):\n        {UNWRITTEN}\n    def h(self):\n        {UNWRITTEN}\n", False),
        (f"class f:\n    def g(self):\n        {UNWRITTEN}\n    def h(self):\n        return 1\n", True),
        ("class f:\n    pass\n", True),
        (f"def f():\n    {UNWRITTEN}\ndef f():\n    return 1\n", True),  # the later one counts
    ],
    ids=lambda value: repr(value)[:60],
)  # fmt: skip
def test_what_counts_as_written(worker, source, written):
    assert load(worker, source)["value"]["f"]["written"] is written


def test_a_raise_at_run_time_says_whose(worker):
    load(
        worker,
        f"class A:\n    def __init__(self):\n        self.x = 1\n    def g(self):\n        {UNWRITTEN}\n"
        "def f():\n    return A().g()\n",
    )
    error = call(worker, "f")["error"]
    assert (error["type"], error["own"], error["raised_in"]) == ("NotImplementedError", True, "A")


def test_not_implemented_from_torch_is_not_the_students(worker):
    load(worker, "from torch import nn\nclass A(nn.Module):\n    pass\ndef f(x):\n    return A()(x)\n")
    error = call(worker, "f", torch.ones(1))["error"]
    assert (error["type"], error["own"]) == ("NotImplementedError", False)


# --- answers --------------------------------------------------------------------------------------------------------


def test_a_missing_function_is_named(worker):
    load(worker, "def other():\n    return 1\n")
    error = call(worker, "double")["error"]
    assert error["missing"] == "double" and error["message"] == "mine/toy.py defines no double"


def test_an_attribute_that_another_object_lacks_is_not_a_missing_function(worker):
    load(worker, "def f(x):\n    return x.double_trouble\n")
    error = call(worker, "f", torch.ones(1))["error"]
    assert error["missing"] is None and "double_trouble" in error["message"]


def test_an_exception_comes_with_the_students_own_lines_only(worker):
    load(worker, "import torch\ndef f(x):\n    return g(x)\ndef g(x):\n    return torch.cat([x, 1])\n")
    error = call(worker, "f", torch.ones(1))["error"]
    assert error["lines"] == [
        "mine/toy.py:3 in f: return g(x)",
        "mine/toy.py:5 in g: return torch.cat([x, 1])\n     where x is (1,)",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "class Lie(Exception):\n    def __str__(self):\n        raise ValueError\n    __repr__ = __str__\n",
        "class Lie(Exception):\n    def __str__(self):\n        return 3\n",
        "class Lie(Exception):\n    @property\n    def __traceback__(self):\n        return 3\n",
        "class Text(str):\n    pass\nclass Lie(Exception):\n    def __str__(self):\n        return Text('x')\n",
        "class Lie(Exception):\n    def __str__(self):\n        raise SystemExit\n",
    ],
    ids=["raises", "no text", "no traceback", "text that is none", "exits"],
)
def test_a_lying_exception_is_still_told(worker, body):
    load(worker, f"{body}\ndef f():\n    raise Lie\n")
    error = call(worker, "f")["error"]
    assert error["type"] == "Lie"


@pytest.mark.parametrize("expression", ["object()", "{1}", "f", "iter([])", "1j", "[object()]", "{object(): 1}"])
def test_a_value_that_is_not_data_says_so(worker, expression):
    load(worker, f"def f():\n    return {expression}\n")
    error = call(worker, "f")["error"]
    assert error.keys() == {"kind", "message"}


@pytest.mark.parametrize(
    "body",
    [
        "class Odd(dict):\n    def items(self):\n        raise KeyError\n",
        "class Odd(str):\n    def __str__(self):\n        return 3\n",
        "class Odd(int):\n    def __int__(self):\n        raise SystemExit\n",
        "class Odd(dict):\n    @property\n    def __class__(self):\n        1 / 0\n",
        "class Named(type):\n    __name__ = property(lambda cls: 1 / 0)\nclass Odd(metaclass=Named):\n    pass\n",
        "import torch\ndef Odd(*_, **__):\n    return torch.nested.nested_tensor([torch.ones(2)])\n",
    ],
    ids=["items", "text", "number", "class", "name", "nested"],
)
def test_a_value_that_raises_when_it_is_looked_at_says_so(worker, body):
    load(worker, f"{body}\ndef f():\n    return Odd()\n")
    assert call(worker, "f")["error"] == {"kind": "", "message": "looking at it raises an error"}


@pytest.mark.parametrize("value", ["torch.zeros(20_000_000)", "torch.zeros(1).expand(10**13)"])
def test_a_value_too_large_says_so(worker, value):
    load(worker, f"import torch\ndef f():\n    return {value}\n")
    assert "too large" in call(worker, "f")["error"]["message"]


@pytest.mark.parametrize("exit", ["raise SystemExit", "raise KeyboardInterrupt", "raise GeneratorExit"])
def test_in_a_process_of_its_own_nothing_escapes(exit):
    worker = Executor()
    load(worker, f"def f():\n    {exit}\n")
    assert call(worker, "f")["error"]["type"] == exit.split()[1]
    worker.unload()


def test_ctrl_c_reaches_a_students_own_run(worker):
    load(worker, "def f():\n    raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        call(worker, "f")


# --- a clean start for each check -----------------------------------------------------------------------------------


DRAWS = """
    import random, numpy, torch

    def draw():
        return [torch.rand(2), random.random(), float(numpy.random.rand())]
"""


def test_the_seed_decides_every_generator(worker):
    load(worker, DRAWS)
    first, again, other = (call(worker, "draw", seed=seed)["value"] for seed in (1, 1, 2))
    assert wire.same(first, again)
    assert not any(wire.same(left, right) for left, right in zip(first, other, strict=True))


def test_global_state_is_reset_where_a_check_begins(worker, preserved):
    load(
        worker,
        """
        import torch

        def spoil():
            torch.set_default_dtype(torch.float64)
            torch.set_grad_enabled(False)

        def state():
            return [str(torch.get_default_dtype()), torch.is_grad_enabled()]
    """,
    )
    call(worker, "spoil")
    assert call(worker, "state")["value"] == ["torch.float64", False]
    assert call(worker, "state", seed=1)["value"] == ["torch.float32", True]


@pytest.fixture
def preserved():
    """What the tests below change in this very process."""
    before = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_rng_state(), random.getstate()
    numpy_before = numpy.random.get_state()
    yield
    torch.set_default_dtype(before[0])
    torch.set_grad_enabled(before[1])
    torch.set_rng_state(before[2])
    random.setstate(before[3])
    numpy.random.set_state(numpy_before)


def test_an_exception_with_a_huge_message_is_still_that_exception(worker):
    load(worker, "def f():\n    raise ValueError('x' * 3_000_000)\n")
    assert call(worker, "f")["error"]["type"] == "ValueError"


@pytest.mark.parametrize(
    "line", ["double = lambda x: 2 * x", "double: object = lambda x: 2 * x", "from operator import neg as double"]
)
def test_a_name_bound_below_the_stubs_definition_counts_as_written(worker, line):
    reply = load(worker, f"def double(x):\n    raise NotImplementedError\n{line}\n")
    assert reply["value"]["double"] == {"line": 3, "written": True}

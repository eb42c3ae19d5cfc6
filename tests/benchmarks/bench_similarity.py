# ruff: noqa: E501  (programs of other tools, and tables)
"""What `autograder similarity` finds of a planted class, beside copydetect and Dolos. Prints, asserts nothing.

    python tests/benchmarks/bench_similarity.py [LESSON] [--seed 0] [--keep DIR] [--cost 100,300,1000]
        [--copydetect PYTHON] [--dolos FOLDER]

The class: 24 honest solutions, each of other alternatives of `tests/alternatives/<lesson>/` and in a style of its own
(a @ b or torch.matmul, loops or comprehensions, checks of what is given); and 20 plants, each of which disguises one
of them, or halves of two. Only that a plant shares more with its source than the honest share with each other tells it.

copydetect (PyPI) and Dolos (npm) are no dependency of the course. `--copydetect` takes a Python that can import it,
`--dolos` a folder in which `npm install @dodona/dolos-lib` was run; without them they are left out.

Measured with seeds 0, 1 and 2; precision and recall at the cut that is best for each, which nobody knows beforehand:

| lesson, seed | ours: precision, recall | average precision | copydetect 0.5: precision, recall | average precision |
|---|---|---|---|---|
| lora 0 | 1.00, 0.88 | 0.972 | 0.88, 0.58 | 0.634 |
| lora 1 | 1.00, 0.96 | 0.973 | 0.67, 0.75 | 0.599 |
| lora 2 | 1.00, 1.00 | 1.000 | 0.83, 0.62 | 0.672 |
| tokenization 0 | 0.91, 0.88 | 0.951 | 0.72, 0.54 | 0.643 |
| tokenization 1 | 0.80, 1.00 | 0.947 | 0.79, 0.62 | 0.652 |
| tokenization 2 | 1.00, 0.92 | 0.972 | 0.63, 0.79 | 0.610 |
| transformer 0 | 1.00, 0.92 | 0.982 | 0.64, 0.67 | 0.589 |
| transformer 1 | 1.00, 0.88 | 0.960 | 0.59, 0.67 | 0.610 |
| transformer 2 | 0.92, 0.96 | 0.965 | 0.60, 0.75 | 0.651 |

The ten first of each are plants; what is missed is the smaller half of a plant made of two. Dolos could not be built
(its parsers 1.4.1, Node 20). `lora --cost 250,500`: 28.6 and 51.1 CPU s, 1.8 times as much for twice the class.
"""

from __future__ import annotations

import argparse
import ast
import base64
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.submission import collect
from autograder.common.lessons import Course, Lesson, find_course
from autograder.grading.similarity import compare

HONEST = 24
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Pair = frozenset[str]


@dataclass
class Class:
    """Files by name, the pairs to be found, and those of plants of one source, which count neither way."""

    files: dict[str, str]
    planted: dict[Pair, str]  # pair → how the one was made of the other
    neither: set[Pair]


# --- honest work ----------------------------------------------------------------------------------------------------


class Style(ast.NodeTransformer):
    """One student's ways of writing what can be written in several."""

    CALLS = {ast.MatMult: "matmul", ast.Div: "div", ast.Mult: "mul", ast.Sub: "sub", ast.Add: "add"}

    def __init__(self, draw: random.Random) -> None:
        self.functional = {kind for kind in self.CALLS if draw.random() < 0.25}
        self.habits = {
            name
            for name in ("loops", "checks", "power", "index", "cast", "steps", "hoist", "nest", "size")
            if draw.random() < 0.5
        }
        self.draw = draw

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        texts = any(isinstance(one, (ast.Constant, ast.JoinedStr, ast.List)) for one in (node.left, node.right))
        if type(node.op) in self.functional and not texts and self.draw.random() < 0.7:
            function = ast.Attribute(ast.Name("torch", ast.Load()), self.CALLS[type(node.op)], ast.Load())
            return ast.Call(function, [node.left, node.right], [])
        if isinstance(node.op, ast.Pow) and "power" in self.habits:
            return ast.Call(ast.Name("pow", ast.Load()), [node.left, node.right], [])
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if "cast" in self.habits and name in ("float", "double", "long"):
            kind = ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load())
            return ast.Call(ast.Attribute(node.func.value, "to", ast.Load()), [kind], [])
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        of_shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        if "size" in self.habits and of_shape and isinstance(node.slice, ast.Constant):
            return ast.Call(ast.Attribute(node.value.value, "size", ast.Load()), [node.slice], [])
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        both = isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And)
        if "nest" in self.habits and both and not node.orelse:
            first, *others = node.test.values
            rest = others[0] if len(others) == 1 else ast.BoolOp(ast.And(), others)
            return ast.If(first, [ast.If(rest, node.body, [])], [])
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        if "index" in self.habits and isinstance(node.target, ast.Name) and self.draw.random() < 0.7:
            taken = ast.Subscript(node.iter, ast.Name("place", ast.Load()), ast.Load())
            node.body.insert(0, ast.Assign([node.target], taken))
            length = ast.Call(ast.Name("len", ast.Load()), [node.iter], [])
            node.target = ast.Name("place", ast.Store())
            node.iter = ast.Call(ast.Name("range", ast.Load()), [length], [])
        return node

    def _hoisted(self, node: ast.FunctionDef) -> None:
        """What is read of an object more than once gets a name at the top."""
        read = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load)]
        given = {one.arg for one in node.args.args}
        plain = [ast.unparse(one) for one in read if isinstance(one.value, ast.Name) and one.value.id in given]
        for text in sorted({one for one in plain if plain.count(one) > 1}):
            name = text.replace(".", "_")
            for parent in ast.walk(node):
                for field, inner in ast.iter_fields(parent):
                    if (
                        isinstance(inner, ast.Attribute)
                        and isinstance(inner.ctx, ast.Load)
                        and ast.unparse(inner) == text
                    ):
                        setattr(parent, field, ast.Name(name, ast.Load()))
            node.body[0:0] = ast.parse(f"{name} = {text}").body

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if "hoist" in self.habits:
            self._hoisted(node)
        body: list[ast.stmt] = []
        for one in node.body:
            body += self._steps(one)
        given = [one.arg for one in node.args.args if one.arg != "self"]
        if "checks" in self.habits and given and self.draw.random() < 0.6:
            check = self.draw.choice(
                [
                    "if {0} is None:\n    raise TypeError('{0} is missing')",
                    "assert {0} is not None, '{0}'",
                    "if not {0} and not isinstance({0}, (int, float)):\n    {0} = type({0})({0})",
                ]
            )
            place = 1 if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else 0
            body[place:place] = ast.parse(check.format(self.draw.choice(given))).body
        node.body = body
        return node

    def _steps(self, node: ast.stmt) -> list[ast.stmt]:
        """A comprehension as a loop; a nested call in a step of its own."""
        value = getattr(node, "value", None)
        if "loops" in self.habits and isinstance(value, ast.ListComp) and len(value.generators) == 1:
            each = value.generators[0]
            add: list[ast.stmt] = ast.parse("gathered.append(0)").body
            add[0].value.args[0] = value.elt
            for condition in each.ifs:
                add = [ast.If(condition, add, [])]
            node.value = ast.Name("gathered", ast.Load())
            return [*ast.parse("gathered = []").body, ast.For(each.target, each.iter, add, []), node]
        if "steps" in self.habits and isinstance(value, ast.Call) and isinstance(node, ast.Return):
            node.value = ast.Name("answer", ast.Load())
            return [ast.Assign([ast.Name("answer", ast.Store())], value), *self._touch(), node]
        return [node]

    def _touch(self) -> list[ast.stmt]:
        return (
            ast.parse("if answer is None:\n    raise RuntimeError('nothing')").body if self.draw.random() < 0.4 else []
        )


def honest(course: Course, lesson: Lesson, draw: random.Random) -> dict[str, str]:
    """Solutions of other alternatives each."""
    reference = ast.parse(course.reference(lesson.name).read_text(encoding="utf-8"))
    folder = course.root / "tests" / "alternatives" / lesson.name
    ways = {name: [None, *sorted((folder / name).glob("*.py"))] for name in lesson.exercises}
    dealt = {name: _dealt(way, draw) for name, way in ways.items()}
    found = {}
    for number in range(HONEST):
        overlays = {name: ast.parse(path.read_text()) for name in ways if (path := dealt[name][number]) is not None}
        body: list[ast.stmt] = []
        for node in copy.deepcopy(reference).body:
            name = getattr(node, "name", "")
            if name not in overlays:
                body.append(node)
                continue
            own = [one for one in overlays[name].body if not (isinstance(one, ast.Expr))]
            if any(isinstance(one, ast.Name) and one.id == name for new in own for one in ast.walk(new)):
                body.append(node)  # it builds on the reference's
            body += own
        tree = Style(random.Random(draw.random())).visit(ast.Module(body, []))
        found[f"honest{number:02d}"] = written(tree)
    return found


def _dealt(ways: list[Path | None], draw: random.Random) -> list[Path | None]:
    """Each way to as many as any other."""
    hand = [ways[number % len(ways)] for number in range(HONEST)]
    draw.shuffle(hand)
    return hand


def written(tree: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


# --- disguises ------------------------------------------------------------------------------------------------------


def disguise(change: Callable[[ast.Module, random.Random], object]) -> Callable[[str, random.Random], str]:
    def apply(source: str, draw: random.Random) -> str:
        tree = ast.parse(source)
        change(tree, draw)
        return written(tree)

    apply.__name__ = change.__name__
    return apply


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def blocks(tree: ast.AST) -> list[list[ast.stmt]]:
    inner = [one for node in ast.walk(tree) for one in (getattr(node, "body", None), getattr(node, "orelse", None))]
    return [one for one in inner if isinstance(one, list) and one]


@disguise
def dummies(tree: ast.Module, draw: random.Random) -> None:
    for node in functions(tree):
        for _ in range(draw.randint(1, 3)):
            name = f"v{draw.randrange(10**6)}"
            line = draw.choice((f"{name} = 1", f"{name} = [1, 2]", f"{name} = len('abc') * 2"))
            node.body[draw.randrange(len(node.body)) : 0] = ast.parse(line).body


@disguise
def dead_functions(tree: ast.Module, draw: random.Random) -> None:
    for number in range(300):
        lines = [f"x = x * {draw.randrange(9)} + y" if draw.random() < 0.5 else "y = [x, y][x > y]" for _ in range(6)]
        tree.body += ast.parse(f"def dead{number}(x, y):\n    " + "\n    ".join([*lines, "return x"])).body


@disguise
def no_effect(tree: ast.Module, draw: random.Random) -> None:
    for node in functions(tree):
        for block in blocks(node):
            line = draw.choice(
                ("3 + 4", "None", "pass", "if False:\n    print(1)", "for _ in range(0):\n    pass", "(1, 2)")
            )
            block[draw.randrange(len(block)) : 0] = ast.parse(line).body


@disguise
def unreachable(tree: ast.Module, draw: random.Random) -> None:
    for node in functions(tree):
        junk = ast.parse("for i in range(9):\n    if i % 2:\n        i = i * i\n    else:\n        print(i)").body
        if isinstance(node.body[-1], ast.Return):
            node.body += junk
        else:
            node.body.append(ast.If(ast.Constant(False), junk, []))


@disguise
def swapped(tree: ast.Module, draw: random.Random) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult)):
            node.left, node.right = node.right, node.left
        elif isinstance(node, ast.BoolOp):
            node.values.reverse()
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            turned = {
                ast.Lt: ast.Gt,
                ast.Gt: ast.Lt,
                ast.LtE: ast.GtE,
                ast.GtE: ast.LtE,
                ast.Eq: ast.Eq,
                ast.NotEq: ast.NotEq,
            }
            if type(node.ops[0]) in turned:
                node.ops = [turned[type(node.ops[0])]()]
                node.left, node.comparators = node.comparators[0], [node.left]


@disguise
def renamed(tree: ast.Module, draw: random.Random) -> None:
    """Local variables, and functions that the student added; no parameters, which checks may name."""
    for function in functions(tree):
        fixed = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        stored = {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        new = {name: f"{draw.choice('abcdefgh')}{draw.randrange(10**4)}" for name in sorted(stored - fixed)}
        for one in ast.walk(function):
            if isinstance(one, ast.Name) and one.id in new:
                one.id = new[one.id]


@disguise
def reordered(tree: ast.Module, draw: random.Random) -> None:
    def shuffle(body: list[ast.stmt]) -> None:
        places = [index for index, one in enumerate(body) if isinstance(one, _FUNCTIONS) and not one.decorator_list]
        nodes = [body[index] for index in places]
        draw.shuffle(nodes)
        for index, node in zip(places, nodes, strict=True):
            body[index] = node

    shuffle(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            shuffle(node.body)


@disguise
def lambdas(tree: ast.Module, draw: random.Random) -> None:
    """Functions of one statement as lambdas with a name."""
    for index, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return) and node.body[-1].value:
            plain = [
                one for one in node.body[:-1] if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            ]
            if not plain:
                for argument in ast.walk(node.args):
                    if isinstance(argument, ast.arg):
                        argument.annotation = None
                made = ast.Lambda(node.args, node.body[-1].value)
                tree.body[index] = ast.Assign([ast.Name(node.name, ast.Store())], made)


def run_by_exec(source: str, draw: random.Random) -> str:
    return f"exec({source!r})\n"


def run_by_compile(source: str, draw: random.Random) -> str:
    return f"SOURCE = {source!r}\ncode = compile(SOURCE, 'x', 'exec')\nexec(code)\n"


def packed(source: str, draw: random.Random) -> str:
    return f"import base64\nexec(base64.b64decode({base64.b64encode(source.encode())!r}).decode())\n"


def merged(one: str, other: str, exercises: Iterable[str], draw: random.Random) -> str:
    """Half of the exercises as the one has them, half as the other."""
    names = list(exercises)
    taken = set(draw.sample(names, len(names) // 2))
    bodies = [ast.parse(text).body for text in (one, other)]
    others = [node for node in bodies[1] if getattr(node, "name", "") in taken]
    kept = [node for node in bodies[0] if getattr(node, "name", "") not in taken]
    return written(ast.Module([*kept, *others], []))


PLANS: list[list[Callable[[str, random.Random], str]]] = [
    [dummies],
    [dead_functions],
    [no_effect],
    [unreachable],
    [swapped],
    [renamed],
    [reordered],
    [lambdas],
    [run_by_exec],
    [run_by_compile],
    [packed],
    [renamed, dummies, reordered],
    [swapped, renamed, unreachable],
    [dummies, no_effect, unreachable, dead_functions],
    [renamed, swapped, dummies, no_effect, unreachable, reordered, dead_functions],
    [renamed, swapped, run_by_exec],
]
MERGED: list[list[Callable[[str, random.Random], str]]] = [
    [],
    [renamed],
    [dummies, swapped],
    [renamed, dead_functions, reordered],
]


def planted_class(course: Course, lesson: Lesson, seed: int) -> Class:
    draw = random.Random(seed)
    files = honest(course, lesson, draw)
    names = sorted(files)
    draw.shuffle(names)
    planted: dict[Pair, str] = {}
    sources: dict[str, set[str]] = {}
    for number, plan in enumerate([*PLANS, *MERGED]):
        name = f"plant{number:02d}"
        how = "+".join(one.__name__ for one in plan)
        if number < len(PLANS):
            used = [names[number]]
            text = files[used[0]]
        else:
            used = draw.sample(names, 2)
            text, how = (
                merged(files[used[0]], files[used[1]], lesson.exercises, draw),
                "+".join(filter(None, ("halves", how))),
            )
        for change in plan:
            text = change(text, draw)
        ast.parse(text)
        files[name] = text
        sources[name] = set(used)
        planted |= {frozenset((name, one)): how for one in used}
    neither = {frozenset((one, other)) for one in sources for other in sources if sources[one] & sources[other]}
    return Class(files, planted, {pair for pair in neither if len(pair) == 2})


# --- who finds them -------------------------------------------------------------------------------------------------


def by_ours(course: Course, lesson: Lesson, folder: Path) -> dict[Pair, float]:
    found = compare(course, lesson, collect([folder], lesson.name))
    return {frozenset((pair.one, pair.other)): pair.similarity for pair in found.pairs}


_COPYDETECT = """
import json, sys
from copydetect import CopyDetector
folder, stub = sys.argv[1:]
found = CopyDetector(test_dirs=[folder], boilerplate_dirs=[stub], extensions=["py"], display_t=0, autoopen=False, silent=True)
found.run()
print(json.dumps([[float(max(row[0], row[1])), str(row[2]), str(row[3])] for row in found.get_copied_code_list()]))
"""

_DOLOS = """
import { Dolos } from "@dodona/dolos-lib";
import { readdirSync } from "node:fs";
const [folder, stub] = process.argv.slice(2);
const files = readdirSync(folder).filter(name => name.endsWith(".py")).map(name => `${folder}/${name}`);
const report = await new Dolos({ language: "python" }).analyzePaths(files, stub);
const pairs = report.allPairs().map(pair =>
    [Math.max(pair.leftCovered / pair.leftTotal, pair.rightCovered / pair.rightTotal), pair.leftFile.path, pair.rightFile.path]);
console.log(JSON.stringify(pairs));
"""


def by_other(command: list[str], folder: Path, stub: Path, cwd: Path | None = None) -> dict[Pair, float] | str:
    """What another tool says, or what it said instead."""
    with tempfile.TemporaryDirectory() as temporary:
        handed_out = Path(temporary) / stub.name
        handed_out.write_bytes(stub.read_bytes())
        given = str(handed_out if cwd else handed_out.parent)
        try:
            done = subprocess.run([*command, str(folder), given], cwd=cwd, capture_output=True, text=True)
        except OSError as error:
            return str(error)
    if done.returncode:
        return (done.stderr.strip() or "it failed").splitlines()[-1]
    rows = json.loads(done.stdout.strip().splitlines()[-1])
    return {frozenset((Path(one).stem, Path(other).stem)): score for score, one, other in rows}


def table(made: Class, found: dict[Pair, float]) -> str:
    """Of as many pairs as were planted, and of the ten first, how many are planted; and the best cut."""
    ranked = sorted((pair for pair in found if pair not in made.neither), key=lambda pair: -found[pair])
    right = [pair in made.planted for pair in ranked]
    total = len(made.planted)
    cuts = [(2 * sum(right[:k]) / (k + total), k) for k in range(1, len(right) + 1)]
    best = max(cuts, default=(0.0, 0))[1]
    precision = [sum(right[:k]) / k for k in range(1, len(right) + 1)]
    average = sum(value for value, is_right in zip(precision, right, strict=True) if is_right) / total
    honest = [found[pair] for pair in ranked if pair not in made.planted]
    plants = [found.get(pair, 0.0) for pair in made.planted]
    return (
        f"top 10: {sum(right[:10])}/10   top {total}: {sum(right[:total])}/{total}   best cut: precision "
        f"{sum(right[:best]) / max(best, 1):.2f}, recall {sum(right[:best]) / total:.2f}   average precision {average:.3f}   "
        f"lowest plant {min(plants):.2f}, highest honest {max(honest, default=0.0):.2f}"
    )


def cost(course: Course, lesson: Lesson, numbers: Iterable[int], seed: int) -> None:
    draw = random.Random(seed)
    for number in numbers:
        files: dict[str, str] = {}
        while len(files) < number:
            files |= {
                f"{len(files) + index:04d}": text for index, text in enumerate(honest(course, lesson, draw).values())
            }
        with tempfile.TemporaryDirectory() as temporary:
            for name in sorted(files)[:number]:
                (Path(temporary) / f"{name}.py").write_text(files[name])
            submissions = collect([Path(temporary)], lesson.name)
            start = cpu_seconds()
            found = compare(course, lesson, submissions)
            spent = cpu_seconds() - start
            print(f"{number:5} submissions: {spent:6.1f} CPU s, {len(found.pairs):7,} pairs", flush=True)


def cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", nargs="?", default="lora")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the class")
    parser.add_argument("--cost", default="", help="sizes of classes to time, by comma, instead")
    parser.add_argument("--copydetect", default=sys.executable)
    parser.add_argument("--dolos", type=Path)
    parser.add_argument("--each", action="store_true", help="what ours says of each plant")
    arguments = parser.parse_args()
    course = find_course()
    lesson = course.lesson(arguments.lesson)
    if arguments.cost:
        cost(course, lesson, map(int, arguments.cost.split(",")), arguments.seed)
        return
    made = planted_class(course, lesson, arguments.seed)
    stub = course.stub(lesson.name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name, text in made.files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        ours = by_ours(course, lesson, folder)
        print(f"ours        {table(made, ours)}", flush=True)
        if arguments.each:
            for pair, how in made.planted.items():
                print(f"    {ours.get(pair, 0.0):.2f}  {' '.join(sorted(pair))}  {how}")
            others = sorted(
                (pair for pair in ours if pair not in made.planted and pair not in made.neither), key=ours.get
            )
            for pair in others[:-6:-1]:
                print(f"    {ours[pair]:.2f}  {' '.join(sorted(pair))}")
        copydetect = by_other([arguments.copydetect, "-c", _COPYDETECT], folder, stub)
        print(
            f"copydetect  {table(made, copydetect) if isinstance(copydetect, dict) else f'left out: {copydetect}'}",
            flush=True,
        )
        if arguments.dolos is None:
            print("Dolos       left out: no --dolos")
            return
        command = ["node", "--input-type=module", "-e", _DOLOS, "--"]
        dolos = by_other(command, folder.resolve(), stub, arguments.dolos)
        print(f"Dolos       {table(made, dolos) if isinstance(dolos, dict) else f'left out: {dolos}'}")


if __name__ == "__main__":
    main()

"""Mechanical changes of a reference: each is a wrong solution that nobody had to think of.

Operators of this field are here: what is detached, cast, restored, cleared, clipped, raised or summed along a
dimension. Those of any Python (another operator, comparison or number, a condition negated) are cosmic-ray's, which
is used as a library: its operators change source code, and its runner is not started.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.checking.sources import names_in, normalised, parsed
from autograder.common.errors import CourseError
from autograder.common.lessons import Lesson

_CASTS = ("float", "double", "half", "bfloat16", "to", "type_as", "int", "long")
_DROPPED = ("detach", "clone", "contiguous", "eval", "train", "requires_grad_", *_CASTS)
_IN_PLACE = ("masked_fill", "clamp", "mul", "add", "sub", "div", "exp", "log", "abs", "neg", "sqrt", "pow", "index_add")
_SHAPES = ("view", "reshape", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "expand", "unbind")
_VIEWS = (*_SHAPES, "detach", "to", "float", "double", "type_as", "contiguous")  # what may give its own memory back
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
_ENDING = ("dim", "axis")
_FACTORS = (1.1, 1.5, 100.0)


@dataclass(frozen=True)
class Mutant:
    """One change of a reference. `was` and `becomes` are the lines that differ, by which it is recognised."""

    operator: str
    exercise: str
    line: int  # of the reference
    was: str
    becomes: str
    source: str  # of the whole lesson, changed

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.exercise, self.was, self.becomes


def mutants(source: str, lesson: Lesson) -> list[Mutant]:
    """Every change that an operator can make inside the exercises and what they are made of, each once.

    A change that says the same as the reference (in a docstring, an annotation) is none. Raises CourseError without
    cosmic-ray.
    """
    module, found = _Module(source), list[Mutant]()
    for statement, exercise in module.parts(lesson):
        seen = {"", _digest(module.text(statement))}
        for operator, changed in itertools.chain(_ours(module, statement), _cosmic_rays(module, statement)):
            digest = _digest(changed)
            if digest not in seen:
                seen.add(digest)
                was, becomes, line = _difference(module.text(statement), changed)
                text = module.put(statement, changed)
                found.append(Mutant(operator, exercise, statement.lineno + line, was, becomes, text))
    return sorted(found, key=lambda mutant: mutant.line)


def _digest(text: str) -> str:
    """What a statement says; nothing for what is no Python."""
    try:
        return normalised(ast.parse(text))
    except (SyntaxError, ValueError):
        return ""


class _Module:
    """A reference as text and AST; replaces parts of the text."""

    def __init__(self, source: str) -> None:
        self.tree = parsed(source.encode())
        self.starts = [0, *itertools.accumulate(len(line.encode()) for line in source.splitlines(keepends=True))]
        self.raw = source.encode()
        self.fillings = {id(node) for node in _fillings(self.tree)}
        self.fresh = {id(node) for node in _fresh_locals(self.tree)}

    def parts(self, lesson: Lesson) -> Iterator[tuple[ast.stmt, str]]:
        """Each top-level definition or constant, and the graded exercise that it is or that is the first to use it."""
        graded = [name for name, exercise in lesson.exercises.items() if exercise.points]
        users = {name: node for node in self.tree.body if (name := getattr(node, "name", "")) in graded}
        ungraded = lesson.exercises.keys() - set(graded)
        for node in self.tree.body:
            names = {name for name in (getattr(node, "name", ""), *_assigned(node)) if name}
            for exercise in graded if names.isdisjoint(ungraded) else ():
                user = users.get(exercise)
                if names and (exercise in names or (user is not None and self._uses(user, names))):
                    yield node, exercise
                    break

    def _uses(self, user: ast.stmt, names: set[str]) -> bool:
        """Whether a definition mentions one of the names, or what it mentions does."""
        defined = {name: node for node in self.tree.body for name in (getattr(node, "name", ""), *_assigned(node))}
        seen, waiting = set[str](), [user]
        while waiting:
            mentioned = names_in(waiting.pop())
            if mentioned & names:
                return True
            new = {name for name in mentioned & defined.keys() if name and name not in seen}
            seen |= new
            waiting += [defined[name] for name in new]
        return False

    def span(self, node: Any) -> tuple[int, int]:
        """Where a node stands, in bytes; a definition begins with its decorators."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda one: one.lineno)
        start = self.starts[first.lineno - 1] + (first.col_offset if first is node else first.col_offset - 1)
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.raw[start:end].decode()

    def put(self, node: ast.AST, text: str) -> str:
        start, end = self.span(node)
        return (self.raw[:start] + text.encode() + self.raw[end:]).decode()

    def edited(self, statement: ast.stmt, node: ast.AST, text: str) -> str:
        """The statement's text with another text for a node inside it."""
        start, end = self.span(statement)
        first, last = self.span(node)
        return (self.raw[start:first] + text.encode() + self.raw[last:end]).decode()


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _difference(old: str, new: str) -> tuple[str, str, int]:
    """The lines that differ, without their indentation, and where they begin."""
    before, after = old.splitlines(), new.splitlines()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    was, becomes = before[start : len(before) - end], after[start : len(after) - end]
    return "\n".join(map(str.strip, was)).strip(), "\n".join(map(str.strip, becomes)).strip(), start


# --- operators of this field ------------------------------------------------------------------------------------------


def _ours(module: _Module, statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """(operator, changed text of the statement) for every place where one of `OPERATORS` can be used."""
    for node in ast.walk(statement):
        for name, operator in OPERATORS.items():
            for target, text in operator(module, node):
                yield name, module.edited(statement, target, text)


Changes = Iterator[tuple[ast.AST, str]]


def _drop_call(module: _Module, node: ast.AST) -> Changes:
    """x.detach() → x: gradients, memory, mode or dtype are another's then."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _DROPPED:
        simple = isinstance(node.func.value, _ATOMS)
        yield node, module.text(node.func.value) if simple else f"({module.text(node.func.value)})"


def _move_cast(module: _Module, node: ast.AST) -> Changes:
    """x.float().mean() → x.mean().float()"""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return
    inner = node.func.value
    if node.func.attr in _SHAPES:  # the same numbers in either order
        return
    if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in _CASTS):
        return
    if isinstance(inner.func.value, _ATOMS):  # what stands in brackets has them outside its own text
        cast = module.text(inner)[len(module.text(inner.func.value)) :]
        call = module.text(node)[len(module.text(inner)) :]
        yield node, module.text(inner.func.value) + call + cast


def _drop_statement(module: _Module, node: ast.AST) -> Changes:
    """zero_grad(), a restored mode, an assigned flag: whatever is done and not returned is left out."""
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom):
        yield node, "pass"
    if isinstance(node, ast.AugAssign):
        yield node, "pass"
    if isinstance(node, ast.Assign) and not any(isinstance(target, ast.Name | ast.Tuple) for target in node.targets):
        yield node, "pass"


def _drop_no_grad(module: _Module, node: ast.AST) -> Changes:
    """with torch.no_grad(): → the same with gradients. A decorator is dropped likewise."""
    if isinstance(node, ast.With):
        for item in node.items:
            if names_in(item.context_expr) & {"no_grad", "inference_mode", "enable_grad", "set_grad_enabled"}:
                yield item.context_expr, "__import__('contextlib').nullcontext()"
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            if names_in(decorator) & {"no_grad", "inference_mode"}:
                yield decorator, "(lambda function: function)"


def _another_dim(module: _Module, node: ast.AST) -> Changes:
    """dim=-1 → 0, 1 or -2; keepdim the other way round."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg in _ENDING and isinstance(keyword.value, ast.Constant | ast.UnaryOp):
            value = module.text(keyword.value)
            for other in ("0", "1", "-1", "-2"):
                if {value, other} != {"1", "-1"}:  # the same in a matrix
                    yield keyword.value, other
        if keyword.arg == "keepdim" and isinstance(keyword.value, ast.Constant):
            yield keyword.value, str(not keyword.value.value)


def _drop_keyword(module: _Module, node: ast.AST) -> Changes:
    """f(x, weight=w) → f(x)"""
    if not isinstance(node, ast.Call):
        return
    parts = [*node.args, *node.keywords]
    for keyword in node.keywords:
        if keyword.arg == "strict":  # of zip: the same as strict=False
            continue
        kept = ", ".join(module.text(part) for part in parts if part is not keyword)
        yield node, f"{module.text(node.func)}({kept})"


def _scale_number(module: _Module, node: ast.AST) -> Changes:
    """eps=1e-8 → 10%, 50% and a lot more; a float that is a parameter likewise, wherever it is read."""
    if isinstance(node, ast.Constant) and type(node.value) is float and node.value not in (0.0, float("inf")):
        for factor in _FACTORS:
            if id(node) not in module.fillings:
                yield node, repr(node.value * factor)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        floats = {one.arg for one in arguments if one.annotation is not None and module.text(one.annotation) == "float"}
        for inner in _beside_errors(node.body):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id in floats:
                for factor in _FACTORS:
                    yield inner, f"({inner.id} * {factor})"


def _fillings(tree: ast.AST) -> Iterator[ast.AST]:
    """x of torch.where(y == 0, x, y): it keeps from dividing by zero, and any other number would."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where":
            match node.args:
                case [ast.Compare(left=left, ops=[ast.Eq()], comparators=[zero]), filling, other]:
                    if _is_zero(zero) and ast.dump(left) == ast.dump(other):
                        yield filling


def _beside_errors(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes but what is only said in an error's text, or compared with 0, where a factor changes nothing."""
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        zero = isinstance(node, ast.Compare) and any(_is_zero(one) for one in (node.left, *node.comparators))
        if not isinstance(node, ast.Raise) and not zero:
            yield node
            waiting += ast.iter_child_nodes(node)


def _is_zero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str) and node.value == 0


def _weaken_error(module: _Module, node: ast.AST) -> Changes:
    """An error that is asked for: not raised, of another type, or without a word."""
    if isinstance(node, ast.If) and not node.orelse and any(isinstance(one, ast.Raise) for one in node.body):
        yield node, "pass"
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        other = "RuntimeError" if module.text(node.exc.func) != "RuntimeError" else "ValueError"
        yield node.exc.func, other
        yield node.exc, f"{module.text(node.exc.func)}('')"


def _stop_early(module: _Module, node: ast.AST) -> Changes:
    """for x in xs: → all but the last, or all but the first"""
    loops = [node.iter] if isinstance(node, ast.For) else []
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
        loops = [generator.iter for generator in node.generators]
    for items in loops:
        yield items, f"list({module.text(items)})[:-1]"
        yield items, f"list({module.text(items)})[1:]"


def _in_place(module: _Module, node: ast.AST) -> Changes:
    """x.masked_fill(...) → x.masked_fill_(...); x = x + y → x += y; x + y → x.add_(y), and the other way round"""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        value, name = module.text(node.func.value), node.func.attr
        fresh = _is_fresh(node.func.value) or id(node.func.value) in module.fresh
        if name in _IN_PLACE and not fresh and value not in ("torch", "F", "math", "functional"):
            yield node.func, f"{value}.{name}_"
        if name.endswith("_") and name[:-1] in (*_IN_PLACE, "copy"):
            yield node.func, f"{value}.{name[:-1]}"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.targets[0], ast.Name):
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}.get(type(node.value.op))
        own = id(node.value.left) in module.fresh
        if sign and not own and module.text(node.value.left) == node.targets[0].id:
            yield node, f"{node.targets[0].id} {sign}= {module.text(node.value.right)}"
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and id(node.left) not in module.fresh:
        method = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}.get(type(node.op))
        if method:
            yield node, f"{node.left.id}.{method}({module.text(node.right)})"


def _is_fresh(value: ast.AST) -> bool:
    """Whether nobody else holds what this computes, nor a view of it: changing it in place is often as good."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr not in _VIEWS or _is_fresh(value.func.value)
    return isinstance(value, ast.BinOp)


def _fresh_locals(tree: ast.AST) -> Iterator[ast.AST]:
    """Where a name is read that a function gives nothing but what it has just computed."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            nodes = list(ast.walk(function))
            plain = [node for node in nodes if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
            fresh = {id(node.targets[0]) for node in plain if _is_fresh(node.value)}
            names = [node for node in nodes if isinstance(node, ast.Name)]
            bound = [name for name in names if isinstance(name.ctx, ast.Store)]
            other = {name.id for name in bound if id(name) not in fresh}
            other |= {node.arg for node in nodes if isinstance(node, ast.arg)}
            own = {name.id for name in bound} - other
            yield from (name for name in names if name.id in own)


def _keep_the_first(module: _Module, node: ast.AST) -> Changes:
    """A value that is computed at the first call and given ever after; a method's by its object."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
        return
    if not any(isinstance(inner, ast.Return) and inner.value is not None for inner in ast.walk(node)):
        return
    if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
        return
    method = bool(node.args.args) and node.args.args[0].arg == "self"
    key, indent = "id(args[0])" if method else "0", " " * node.col_offset
    keep = (
        f"def {node.name}(*args, _first={{}}, _of={node.name}, **options):\n"
        f"{indent}    if {key} not in _first:\n"
        f"{indent}        _first[{key}] = _of(*args, **options)\n"
        f"{indent}    return _first[{key}]"
    )
    if not node.decorator_list:
        yield node, f"{module.text(node)}\n\n{indent}{keep}"


def _leave_changed(module: _Module, node: ast.AST) -> Changes:
    """A mode or a flag of a model that is handed in is another afterwards, or from the start."""
    if not isinstance(node, ast.FunctionDef) or node.name == "__init__":  # what is handed in becomes a part there
        return
    models = [
        one.arg
        for one in node.args.args
        if one.annotation is not None
        and module.text(one.annotation).strip("\"'").endswith(("Module", "Model", "LMHeadModel"))
    ]
    first = next((one for one in node.body if not _is_docstring(one)), None)
    if first is None or first.lineno == node.lineno:
        return
    for model in models:
        for call in ("eval()", "train()", "requires_grad_(False)", "requires_grad_(True)", "zero_grad()"):
            if module.text(first) in (f"{model}.train()", f"{model}.eval()") and call in ("eval()", "train()"):
                continue  # the first statement sets it again
            indent = " " * first.col_offset
            yield first, f"{model}.{call}\n{indent}{module.text(first)}"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


OPERATORS: dict[str, Callable[[_Module, ast.AST], Changes]] = {
    "drop a call": _drop_call,
    "move a cast": _move_cast,
    "drop a statement": _drop_statement,
    "drop no_grad": _drop_no_grad,
    "another dim": _another_dim,
    "drop a keyword": _drop_keyword,
    "scale a number": _scale_number,
    "weaken an error": _weaken_error,
    "stop early": _stop_early,
    "in place": _in_place,
    "keep the first value": _keep_the_first,
    "leave a mode changed": _leave_changed,
}


# --- operators of any Python ------------------------------------------------------------------------------------------


_SOME = (  # of cosmic-ray's operators; one replacement of each kind stands for the others, which die of the same
    "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Sub_Add",
    "core/ReplaceBinaryOperator_Mul_Div",
    "core/ReplaceBinaryOperator_Mul_Add",
    "core/ReplaceBinaryOperator_Div_Mul",
    "core/ReplaceBinaryOperator_FloorDiv_Div",
    "core/ReplaceBinaryOperator_Mod_FloorDiv",
    "core/ReplaceBinaryOperator_Pow_Mul",
    "core/ReplaceBinaryOperator_BitAnd_BitOr",
    "core/ReplaceBinaryOperator_BitOr_BitAnd",
    "core/ReplaceComparisonOperator_Eq_NotEq",
    "core/ReplaceComparisonOperator_NotEq_Eq",
    "core/ReplaceComparisonOperator_Lt_LtE",
    "core/ReplaceComparisonOperator_Lt_Gt",
    "core/ReplaceComparisonOperator_LtE_Lt",
    "core/ReplaceComparisonOperator_Gt_GtE",
    "core/ReplaceComparisonOperator_Gt_Lt",
    "core/ReplaceComparisonOperator_GtE_Gt",
    "core/ReplaceComparisonOperator_Is_IsNot",
    "core/ReplaceComparisonOperator_IsNot_Is",
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_Delete_Invert",
    "core/AddNot",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/NumberReplacer",
    "core/RemoveDecorator",
    "core/ZeroIterationForLoop",
)


def _cosmic_rays(module: _Module, statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """(operator, changed text of the statement) for cosmic-ray's operators."""
    try:
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator
    except ImportError:
        raise CourseError("Mutants need cosmic-ray: pip install -e '.[authors]'.") from None
    text = module.text(statement)
    floats = _floats(text)
    for name in _SOME:
        operator = get_operator(name)()
        for occurrence in itertools.count():
            changed = mutate_code(text, operator, occurrence)
            if changed is None:
                break
            if name == "core/ReplaceUnaryOperator_Delete_USub" and _last_dims(changed) != _last_dims(text):
                continue  # dim=-1 → 1: the same in a matrix
            if name != "core/NumberReplacer" or _floats(changed) == floats:  # 1e9 + 1 is no change to ask for
                yield name.removeprefix("core/"), changed


def _last_dims(text: str) -> int:
    """How often a text of Python names the last dimension: dim=-1, or squeeze(-1)."""
    found = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            dims = [keyword.value for keyword in node.keywords if keyword.arg in _ENDING]
            dims += node.args if isinstance(node.func, ast.Attribute) and node.func.attr in _SHAPES else []
            found += sum(ast.unparse(dim) == "-1" for dim in dims)
    return found


def _floats(text: str) -> list[float]:
    """The numbers with a point in a text of Python; none where it is not."""
    try:
        nodes = ast.walk(ast.parse(text))
    except SyntaxError:
        return []
    return sorted(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float))

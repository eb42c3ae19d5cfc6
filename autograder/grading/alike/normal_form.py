"""A function without what makes no difference to what it does: dead code, names that are never read, detours.

What is taken away is what a disguise adds. It need not be right about every program: nothing made here is run, and
whatever is lost is lost from both of two that are compared.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Function = ast.FunctionDef | ast.AsyncFunctionDef
_ROUNDS = 6  # what one round takes away may leave more to take away
_NESTED = 25  # levels of an expression that is put where its name was
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HARMLESS = frozenset(
    "abs bool bytes callable complex dict divmod enumerate float format frozenset hash hex id int isinstance len list "
    "locals max min object print range repr reversed round set sorted str sum tuple type zip".split()
)
_FRESH = frozenset(("dict", "list", "set", "bytearray", "defaultdict", "Counter", "deque", "OrderedDict"))
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_Node = TypeVar("_Node", bound=ast.AST)


def simplify(function: Function) -> None:
    """Take from a function, in place, all that makes no difference."""
    parameters = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    before = -1
    for _ in range(_ROUNDS):
        function.body = without_end(block(function.body))
        size = sum(1 for _ in ast.walk(function))
        if size == before:
            return
        before = size
        _drop_unread(function, parameters)
        _put_in_place(function, parameters)


def block(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The statements that can be reached and have an effect, in one form where Python has several."""
    kept: list[ast.stmt] = []
    queue = list(statements)[::-1]
    while queue:
        found = _statement(queue.pop())
        for one in found:
            kept.append(one)
            if _ends(one):
                return kept
    return kept


def without_end(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Without a `return` that a function's end would do as well."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.Return) and (last.value is None or _is(last.value, None)):
        return statements[:-1]
    return statements


def known(test: ast.expr) -> bool | None:
    """What a condition always is, as far as that can be seen."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, (ast.List, ast.Tuple, ast.Set)):
        return bool(test.elts)
    if isinstance(test, ast.Dict):
        return bool(test.keys)
    if isinstance(test, ast.Lambda):
        return True
    if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
        return False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = known(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [known(one) for one in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test.left, test.ops[0], test.comparators[0])
    return None


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool | None:
    if not isinstance(left, ast.Constant) or not isinstance(right, ast.Constant):
        return None
    one, other = left.value, right.value
    if isinstance(operator, (ast.Eq, ast.NotEq)):
        return (one == other) == isinstance(operator, ast.Eq)
    if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        return None
    if isinstance(operator, (ast.Gt, ast.GtE)):
        one, other = other, one
    if isinstance(operator, (ast.Lt, ast.Gt)):
        return one < other
    return one <= other if isinstance(operator, (ast.LtE, ast.GtE)) else None


def effectless(node: ast.AST) -> bool:
    """Whether working out an expression changes nothing."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
        return False
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _HARMLESS):
        return False
    return all(effectless(child) for child in ast.iter_child_nodes(node))


# --- statements -----------------------------------------------------------------------------------------------------


def _statement(node: ast.stmt) -> list[ast.stmt]:
    """One statement as those that are left of it."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)):
        return []
    if isinstance(node, ast.Expr):
        return [] if effectless(node.value) else [node]
    if isinstance(node, ast.AnnAssign):
        return [] if node.value is None else [_at(ast.Assign([node.target], node.value), node)]
    if isinstance(node, ast.AugAssign):
        read = _read(node.target)
        return [_at(ast.Assign([node.target], _at(ast.BinOp(read, node.op, node.value), node)), node)]
    if isinstance(node, ast.Assign):
        return _assignments(node)
    if isinstance(node, ast.Return) and isinstance(node.value, ast.IfExp):
        choice = node.value
        return _statement(_at(ast.If(choice.test, [_returned(choice.body)], [_returned(choice.orelse)]), node))
    if isinstance(node, ast.If):
        return _if(node)
    if isinstance(node, ast.While):
        node.body = block(node.body)
        return block(node.orelse) if known(node.test) is False else [node] if node.body else []
    if isinstance(node, (ast.For, ast.AsyncFor)):
        node.body = block(node.body)
        return block(node.orelse) if _empty(node.iter) else [node] if node.body else []
    if isinstance(node, (ast.With, ast.AsyncWith)):
        node.body = block(node.body)
        return [node] if node.body else []
    if isinstance(node, ast.Try):
        return _try(node)
    if isinstance(node, ast.Match):
        for case in node.cases:
            case.body = block(case.body)
        return [node]
    if isinstance(node, ast.Assert):
        return [] if known(node.test) else [node]
    if isinstance(node, ast.ClassDef):
        node.body = block(node.body)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        node.body = without_end(block(node.body))
    return [node]


def _assignments(node: ast.Assign) -> list[ast.stmt]:
    """`a, b = x, y` as two; a name that is given itself is none."""
    target, value = node.targets[0], node.value
    if (
        len(node.targets) == 1
        and isinstance(target, (ast.Tuple, ast.List))
        and isinstance(value, (ast.Tuple, ast.List))
    ):
        parts = [*target.elts, *value.elts]
        if len(target.elts) == len(value.elts) and not any(isinstance(one, ast.Starred) for one in parts):
            pairs = zip(target.elts, value.elts, strict=True)
            return [rest for one, of in pairs for rest in _assignments(_at(ast.Assign([one], of), node))]
    if isinstance(target, ast.Name) and isinstance(value, ast.Name) and target.id == value.id:
        return []
    return [node]


def _if(node: ast.If) -> list[ast.stmt]:
    """Without `else` where one side ends what is around it, and never with a side that does nothing."""
    truth = known(node.test)
    if truth is not None:
        return block(node.body if truth else node.orelse)
    test, body, other = node.test, block(node.body), block(node.orelse)
    if not body and not other:
        return [] if effectless(test) else [_at(ast.Expr(test), node)]
    if not body:
        test, body, other = _not(test), other, []
    if other and _ends(body[-1]):
        return [_at(ast.If(test, body, []), node), *other]
    if other and _ends(other[-1]):
        return [_at(ast.If(_not(test), other, []), node), *body]
    if other and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, body, other = test.operand, other, body
    return [_at(ast.If(test, body, other), node)]


def _try(node: ast.Try) -> list[ast.stmt]:
    node.body, node.orelse, node.finalbody = block(node.body), block(node.orelse), block(node.finalbody)
    for handler in node.handlers:
        handler.body = block(handler.body)
    if not node.body or not (node.handlers or node.finalbody):
        return block([*node.body, *node.orelse, *node.finalbody])
    bare = [one for one in node.handlers if len(one.body) == 1 and isinstance(one.body[0], ast.Raise)]
    if len(bare) == len(node.handlers) and all(_is_bare(one.body[0]) for one in bare) and not node.finalbody:
        return block([*node.body, *node.orelse])  # what is caught is thrown on
    return [node]


def _is_bare(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and node.exc is None


def _ends(node: ast.stmt) -> bool:
    """Whether nothing after it in its block is reached. None such is an `if`: `_if` puts one of its sides below it."""
    return isinstance(node, _ENDS)


def _empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        return len(node.args) == 1 and _is(node.args[0], 0)
    return not isinstance(node, ast.Constant) and known(node) is False


def _not(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        return _at(ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators), test)
    return _at(ast.UnaryOp(ast.Not(), test), test)


def _returned(value: ast.expr) -> ast.stmt:
    return _at(ast.Return(value), value)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _read(target: ast.expr) -> ast.expr:
    """The same place, read instead of written; what lies in it is shared."""
    if isinstance(target, ast.Name):
        return _at(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return _at(ast.Attribute(target.value, target.attr, ast.Load()), target)
    if isinstance(target, ast.Subscript):
        return _at(ast.Subscript(target.value, target.slice, ast.Load()), target)
    return target


def _at(node: _Node, old: ast.AST) -> _Node:
    return ast.copy_location(node, old)


# --- names ----------------------------------------------------------------------------------------------------------


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, context))


def _drop_unread(function: Function, parameters: set[str]) -> None:
    """Take away assignments to names that nothing reads but such assignments."""
    outer = {name for one in ast.walk(function) if isinstance(one, (ast.Global, ast.Nonlocal)) for name in one.names}
    bound = _bindings(function)
    fresh = {name for name, values in bound.items() if all(map(_is_fresh, values))} - parameters - outer
    reads: dict[str, set[str]] = {}  # a name that is given a value → the names in that value
    live: set[str] = set()
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        names = _written(node, fresh) if isinstance(node, ast.stmt) else None
        if names is not None and not names & outer:
            for name in names:
                reads.setdefault(name, set()).update(_names(node, ast.Load))
                reads[name] -= {name} if name in fresh and not isinstance(node, _SCOPES) else set()
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            live.add(node.id)
        stack += ast.iter_child_nodes(node)
    queue = list(live)
    while queue:
        more = reads.get(queue.pop(), set()) - live
        live |= more
        queue += more
    used = live | outer

    def unread(node: ast.stmt) -> bool:
        names = _written(node, fresh)
        return names is not None and not names & used

    function.body = _without(function.body, unread)


def _bindings(function: Function) -> dict[str, list[ast.expr | None]]:
    """What each local name is given; None where that is not an expression of its own."""
    found: dict[str, list[ast.expr | None]] = {}
    plain: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
                    plain.add(id(target))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in plain:
            found.setdefault(node.id, []).append(None)
        elif isinstance(node, _SCOPES):
            found.setdefault(node.name, []).append(None)
    return found


def _is_fresh(value: ast.expr | None) -> bool:
    """A container that nobody else has."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _FRESH
    return isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp))


def _written(node: ast.AST, fresh: set[str]) -> set[str] | None:
    """The local names that a statement writes to, where it does nothing else."""
    if isinstance(node, _SCOPES):
        return {node.name}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        owner = node.value.func.value
        return {owner.id} if isinstance(owner, ast.Name) and owner.id in fresh else None
    targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else []
    names: set[str] = set()
    queue = list(targets)
    while queue:
        target = queue.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            queue += target.elts
        elif isinstance(target, ast.Starred):
            queue.append(target.value)
        elif isinstance(target, ast.Name):
            names.add(target.id)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id in fresh:
            names.add(target.value.id)
        else:
            return None
    return names or None


def _blocks(node: ast.AST) -> Iterator[tuple[ast.AST, str, list[ast.stmt]]]:
    """Every block of statements in a node: whose it is, what it is called there, and the statements."""
    for one in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(one, name, None)
            if isinstance(inner, list):
                yield one, name, inner


def _without(body: list[ast.stmt], unwanted: Callable[[ast.stmt], bool]) -> list[ast.stmt]:
    kept = [node for node in body if not unwanted(node)]
    for node in kept:
        for owner, name, inner in _blocks(node):
            setattr(owner, name, [one for one in inner if not unwanted(one)])
    return kept


def _put_in_place(function: Function, parameters: set[str]) -> None:
    """A value that is named once and read once, further down in the same block, stands where it is read."""
    reads = Counter(_names(function, ast.Load))
    writes = Counter(_names(function, ast.Store))
    for _, _, statements in list(_blocks(function)):
        index = 0
        while index < len(statements):
            node = statements[index]
            target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
            name = target.id if isinstance(target, ast.Name) else ""
            if name and name not in parameters and (reads[name], writes[name]) == (1, 1):
                assert isinstance(node, ast.Assign)
                if _depth(node.value) <= _NESTED and _replace(statements[index + 1 :], name, node.value):
                    del statements[index]
                    continue
            index += 1


def _replace(statements: Sequence[ast.stmt], name: str, value: ast.expr) -> bool:
    """Put a value where a name is read. Says whether it was."""
    for statement in statements:
        for node in ast.walk(statement):
            for field, inner in ast.iter_fields(node):
                items = inner if isinstance(inner, list) else [inner]
                for index, one in enumerate(items):
                    if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load):
                        if isinstance(inner, list):
                            inner[index] = value
                        else:
                            setattr(node, field, value)
                        return True
    return False


def _depth(node: ast.AST) -> int:
    deepest, level = 0, [node]
    while level:
        deepest, level = deepest + 1, [child for one in level for child in ast.iter_child_nodes(one)]
    return deepest

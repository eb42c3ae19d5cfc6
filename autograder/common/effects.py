"""What a top-level statement does to the names of its module: binds or changes them, and which it reads first.

Read off the syntax, so nothing runs. What a call does to its arguments can't be read off: `given_away` names them.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterable, Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
_SCOPES = (*DEFINITIONS, ast.Lambda)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_IN_PLACE = frozenset(
    "add append appendleft clear discard extend extendleft insert pop popitem popleft remove reverse rotate setdefault"
    " sort subtract update".split()
)  # methods of Python's containers; torch's end in an underscore
_LOOKS = re.compile(r"(print|len|type|repr|str|dir|help|sum|min|max|sorted|list|display|check)$|show_\w+$|plt\.")


def declares(node: ast.stmt) -> bool:
    """A definition, an import or an assignment; or an `if` or a `try` that holds nothing else."""
    plain = (*DEFINITIONS, *IMPORTS, ast.Pass, ast.Assign, ast.AnnAssign)
    if isinstance(node, (ast.If, ast.Try)):
        return all(isinstance(one, plain) for one in _inner(node))
    return isinstance(node, plain)


def names_bound(node: ast.stmt) -> set[str]:
    """The names that a statement gives a value, or changes by assignment: x = ..., x[0] = ..., x.y = ..., def x.

    Of a loop, an `if`, a `with` and the like, those of all statements in it.
    """
    if isinstance(node, DEFINITIONS):  # @patch(Layer) changes Layer
        calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
        return {node.name, *(name.id for call in calls for name in call.args if isinstance(name, ast.Name))}
    if isinstance(node, IMPORTS):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    found = {name for target in _targets(node) for name in _bases(target)}
    found |= {one.target.id for one in _here(node) if isinstance(one, ast.NamedExpr)}
    return found.union(*(names_bound(one) for one in _inner(node)))


def names_changed(node: ast.stmt, modules: Collection[str] = (), definitions: Collection[str] = ()) -> set[str]:
    """The names whose object a call changes: x.append(1), x.y.update(z), w.fill_(0), init.zeros_(w).

    A call whose value nobody takes is made for what it changes, whatever its method is called; but a function of one of
    the `modules` changes no module, and a method of a class or function of `definitions` not the class.
    """
    if isinstance(node, DEFINITIONS):
        return set()
    found = set()
    for call in (one for one in _here(node) if isinstance(one, ast.Call)):
        alone = isinstance(node, ast.Expr) and node.value is call
        if isinstance(call.func, ast.Attribute):
            name, method = next(_bases(call.func), ""), call.func.attr
            direct = isinstance(call.func.value, ast.Name)
            in_place = method in _IN_PLACE or (method.endswith("_") and not method.startswith("_"))
            if name in modules and in_place and call.args:  # nn.init.zeros_(layer.weight)
                found |= set(_bases(call.args[0]))
            if name in modules or (direct and name in definitions):
                continue
            if name and (alone or in_place):
                found.add(name)
        elif isinstance(call.func, ast.Name) and call.func.id in ("setattr", "delattr") and call.args:
            found |= set(_bases(call.args[0]))
    return found.union(*(names_changed(one, modules, definitions) for one in _inner(node)))


def given_away(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """(name, function) of each name that a call gets whose value nobody takes: it may change what it gets.

    Functions that only look at things, such as print and those of pictures, are left out.
    """
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = ast.unparse(node.value.func)
        if call not in ("setattr", "delattr") and not _LOOKS.match(call):
            yield from ((name, call) for one in node.value.args for name in _bases(one))
    if not isinstance(node, DEFINITIONS):
        for one in _inner(node):
            yield from given_away(one)


def names_declared_global(node: ast.stmt) -> set[str]:
    """The names that a function says are the module's, to give them a value when it is called."""
    return {name for one in ast.walk(node) if isinstance(one, ast.Global) for name in one.names}


def names_called(node: ast.stmt) -> set[str]:
    """The functions that a statement calls by their name as soon as it runs."""
    here = {one.func.id for one in _here(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    return here.union(*(names_called(one) for one in _inner(node)))


def names_read(node: ast.stmt) -> set[str]:
    """The module's names that a statement needs from before: what a loop binds itself, and then reads, is not."""
    return _read([node], set())[0]


def _read(nodes: Iterable[ast.stmt], known: set[str]) -> tuple[set[str], set[str]]:
    """(what statements read that is not `known`, what is known after them): what only one branch binds is not."""
    read: set[str] = set()
    known = set(known)
    for node in nodes:
        blocks = list(_blocks(node))
        if not blocks:
            read |= names_used(node) - known
            known |= {name for target in _targets(node) if isinstance(target, ast.Name) for name in _bases(target)}
            continue
        read |= {name for one in _here(node) for name in _loads(one)} - known
        inside = known | {name for target in _targets(node) for name in _bases(target)}
        ends = []
        for block in blocks:
            more, end = _read(block, inside)
            read |= more
            ends.append(end)
        if isinstance(node, ast.If) and node.orelse:
            known = set.intersection(*ends)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            known = ends[0]
    return read, known


def _loads(node: ast.AST) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()


def names_used(node: ast.stmt) -> set[str]:
    """The global names that a statement reads, at once or when it is called; a function's own variables are not."""
    try:
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
    except (SyntaxError, RecursionError, ValueError):  # what can be parsed and not compiled, such as a bare `return`
        return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)}
    found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    tables = table.get_children()
    while tables:
        inner = tables.pop()
        found |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        tables += inner.get_children()
    return found


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of statements under one that is no definition."""
    if isinstance(node, DEFINITIONS):
        return
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        parts = getattr(node, name, [])
        if name in ("handlers", "cases"):
            yield from (part.body for part in parts)
        elif parts:
            yield parts


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    for block in _blocks(node):
        yield from block


def _here(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions of a statement itself, without the statements under it and the bodies of lambdas."""
    waiting = [node]  # no recursion: an expression may be nested more deeply than Python's calls
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if not isinstance(child, (ast.stmt, *_SCOPES)):
                yield child
                waiting.append(child)


def _targets(node: ast.stmt) -> list[ast.expr]:
    """What a statement itself stores into."""
    if isinstance(node, _ASSIGNMENTS):
        return node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.target]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [item.optional_vars for item in node.items if item.optional_vars is not None]
    if isinstance(node, ast.Delete):
        return node.targets
    return []


def _bases(target: ast.expr) -> Iterator[str]:
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for one in target.elts:
            yield from _bases(one)

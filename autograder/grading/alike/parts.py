"""Which code of a submission belongs to which exercise: what the exercise is, and what it leans on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.common.effects import names_bound, names_used
from autograder.grading.alike import normal_form, texts

_IMPORTS = (ast.Import, ast.ImportFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_INNER = 3  # texts within texts
_HOOKS = frozenset(("forward", "backward", "extra_repr", "reset_parameters", "setup"))  # a library calls them


@dataclass
class Part:
    """A top-level statement in its normal form, and where it stands in which text."""

    node: ast.stmt
    text: int
    first: int
    last: int
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)


@dataclass
class Parts:
    """A submission: the texts that it is made of, its parts, and for each exercise the parts that it leans on."""

    texts: list[str]
    all: list[Part]
    reached: dict[str, list[Part]]
    modules: dict[str, str]  # a name that an import gives → what it is called there, in full


def parts_of(source: str, tree: ast.Module, exercises: Sequence[str], methods: Iterable[str] = ()) -> Parts:
    """The parts of a module. `methods`: what the stub's classes define, which checks call."""
    sources: list[str] = []
    parts: list[Part] = []
    modules: dict[str, str] = {}
    queue: list[tuple[str, ast.Module, int]] = [(source, tree, 0)]
    while queue:
        text, module, depth = queue.pop(0)
        known = texts.assigned_texts(module)
        if depth < _INNER:
            queue += [(inner, ast.Module(texts.parsed(inner), []), depth + 1) for inner in texts.modules(module, known)]
        sources.append(text)
        for node in ast.walk(module):
            if isinstance(node, _IMPORTS):
                modules |= _imported(node)
        in_place = texts.InPlace(known)
        for node in _flat(module.body):
            part = Part(node, len(sources) - 1, _first_line(node), node.end_lineno or node.lineno)
            changed = in_place.visit(node)
            for one in changed if isinstance(changed, list) else [changed]:
                parts.append(Part(_normal(one), part.text, part.first, part.last))
    for part in parts:
        part.binds, part.uses = names_bound(part.node), names_used(part.node)
    parts = _without_overridden(parts)
    keep = set(methods) | _HOOKS
    reached = {name: found for name in exercises if (found := _reached(name, parts, set(exercises)))}
    called = {one.attr for part in _distinct(reached) for one in ast.walk(part.node) if isinstance(one, ast.Attribute)}
    for part in parts:
        _drop_methods(part.node, keep | called)
    return Parts(sources, parts, reached, modules)


def _without_overridden(parts: Sequence[Part]) -> list[Part]:
    """Without the functions in whose place others of the same name are put before anything could use them."""
    last: dict[str, Part] = {}
    kept: list[Part] = []
    for part in reversed(parts):
        if isinstance(part.node, _FUNCTIONS):
            if part.node.name in last and last[part.node.name] is not part:
                continue
            last[part.node.name] = part
        else:
            for name in part.uses | part.binds:  # it may hold on to the function that stood there before
                last.pop(name, None)
        kept.append(part)
    return kept[::-1]


def _distinct(reached: Mapping[str, list[Part]]) -> list[Part]:
    return list({id(part): part for parts in reached.values() for part in parts}.values())


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements at the top level, and those under an `if`, `try` or `with` there."""
    for node in body:
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            if isinstance(node, (ast.If, ast.While)) and (truth := normal_form.known(node.test)) is not None:
                yield from _flat(node.body if truth else node.orelse)
                continue
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            yield from _flat([*inner, *(one for handler in getattr(node, "handlers", []) for one in handler.body)])
        else:
            yield node


def _normal(node: ast.stmt) -> ast.stmt:
    """In normal form; a lambda that is given a name as the function that it is."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        node = ast.copy_location(ast.Assign([node.target], node.value), node)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
        returned = ast.copy_location(ast.Return(node.value.body), node.value)
        made = ast.FunctionDef(node.targets[0].id, node.value.args, [returned], [])
        node = ast.copy_location(made, node)
    for one in ast.walk(node):
        if isinstance(one, _FUNCTIONS):
            one.returns = None
            for argument in ast.walk(one.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
    functions = [one for one in ast.walk(node) if isinstance(one, _FUNCTIONS)]
    for function in reversed(functions):  # those within others first
        normal_form.simplify(function)
    for one in ast.walk(node):
        if isinstance(one, ast.ClassDef):
            one.body = normal_form.block(one.body)
    return node


def _reached(exercise: str, parts: Sequence[Part], exercises: set[str]) -> list[Part]:
    """The parts that an exercise leans on, without those of other exercises; none where it isn't defined."""
    binders: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        for name in part.binds:
            binders.setdefault(name, []).append(index)
    chosen: set[int] = set()
    seen: set[str] = set()
    queue = [exercise]
    while queue:
        name = queue.pop()
        if name in seen or (name != exercise and name in exercises):
            continue
        seen.add(name)
        for index in set(binders.get(name, ())) - chosen:
            chosen.add(index)
            queue += parts[index].uses
    return [parts[index] for index in sorted(chosen) if not isinstance(parts[index].node, _IMPORTS)]


def _drop_methods(node: ast.stmt, called: set[str]) -> None:
    """Take away the methods that nothing calls by name."""
    if isinstance(node, ast.ClassDef):
        node.body = [
            one
            for one in node.body
            if not isinstance(one, _FUNCTIONS) or one.name in called or one.name.startswith("__") or one.decorator_list
        ]


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
    return {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(one.lineno for one in decorators)]))

"""Runs beside the student's code: loads a submission, answers calls and probes with plain data.

In a student's own pytest this is the same process as the check; in grading it is a sandboxed one,
in which nothing here can be trusted any more once the submission is loaded. The trusted side
therefore believes none of it: it compares values.
"""

from __future__ import annotations
import __future__

import ast
import hashlib
import linecache
import random
import sys
import traceback
import types
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from functools import partial
from typing import Any

from autograder.common import wire
from autograder.common.effects import DEFINITIONS as _DEFINITIONS
from autograder.common.effects import declares
from autograder.common.notebook_code import NotANotebook, NotebookCode, choose, read_notebook
from autograder.inside import alone, processes
from autograder.inside.budget import Budget, BudgetSpent
from autograder.inside.earlier import EarlierLessons
from autograder.inside.shapes import shapes_in_line

_FUTURE = __future__.annotations.compiler_flag  # a probe's annotations are never evaluated
_PROBE = "<check>"  # the file that a probe's code is said to be in
STATEMENTS = 2.0  # CPU seconds for all of a notebook's statements that are more than definitions and assignments


class Executor:
    """Holds one submission. `handle` takes one encoded request and returns one encoded reply; it raises nothing."""

    def __init__(self, in_process: bool = False) -> None:
        self.in_process = in_process
        self.lesson: types.ModuleType | None = None
        self.path = ""
        self.spans: list[tuple[int, int, str]] = []  # first line, last line, name of each top-level definition
        self.notebook: NotebookCode | None = None  # where the submission is one
        self.probes: dict[bytes, Any] = {}
        self.others: list[Executor] = []  # each holds the same student's file of another lesson

    def handle(self, request: bytes) -> bytes:
        message = wire.decode(request)
        processes.begin()
        try:
            with processes.refused() if self.in_process else nullcontext():
                return self._answer(message)
        except KeyboardInterrupt:
            if self.in_process:
                raise
        except BaseException:  # what the student's code gave or raised does so again when it is looked at
            pass
        return wire.encode({"error": {"kind": "", "message": "looking at it raises an error"}})

    def _answer(self, message: dict[str, Any]) -> bytes:
        try:
            if message.get("seed") is not None:
                self._begin(message["seed"])
            reply = getattr(self, f"_{message['op']}")(message)
        except KeyboardInterrupt:
            if self.in_process:  # the student pressed Ctrl-C
                raise
            reply = {"error": {"type": "KeyboardInterrupt", "message": ""}}
        except BaseException as error:
            reply = {"error": self._describe(error)}
        try:
            return wire.encode(reply)
        except wire.WireError as error:
            return wire.encode({"error": {"kind": error.kind[:200], "message": str(error)[:2000]}})

    def lines_at(self, frame: types.FrameType) -> tuple[bool, tuple[str, ...]]:
        """Whether `frame` runs the student's code or a probe, and the student's own lines in it, the innermost last."""
        stack = [one for one in traceback.walk_stack(frame) if one[0].f_code.co_filename in (self.path, _PROBE)]
        own = [one for one in stack if one[0].f_code.co_filename == self.path]
        return bool(stack), tuple(self._lines(traceback.StackSummary.extract(reversed(own))))

    def unload(self) -> None:
        """Forget the submission (in process, where the next one may have the same module name)."""
        if self.lesson is not None:
            sys.modules.pop(self.lesson.__name__, None)
            self.lesson = None
        for other in self.others:
            other.unload()

    def _load(self, message: dict[str, Any]) -> dict[str, Any]:
        lesson, self.path = message["lesson"], message["path"]
        files = message["files"]
        raw = files.get(f"{lesson}/{lesson}.py")
        if raw is None:
            return self._load_notebook(message, files[f"{lesson}/{lesson}.ipynb"])
        try:
            source = raw.decode("utf-8-sig")  # some editors on Windows put a mark first
            if "\0" in source:
                raise UnicodeError
        except UnicodeError:
            return {"error": {"message": f"{self.path} is not a Python text file in UTF-8."}}
        try:
            tree = ast.parse(source, self.path)
            code = compile(tree, self.path, "exec")
        except (SyntaxError, ValueError) as error:
            return {"error": {"message": _syntax_problem(self.path, error)}}
        except (RecursionError, MemoryError):
            return {"error": {"message": f"{self.path} is nested too deeply to be compiled."}}
        module = self._new_module(message, source, tree)
        try:
            exec(code, module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            described = self._describe(error)
            place = described["lines"][-1].split("\n")[0] if described["lines"] else self.path
            return {"error": {"message": f"{place} stops on import: {described['type']}: {described['message']}"}}
        found = self._found(tree, message.get("exercises", ()))
        return {"value": found, "notes": alone.notes(tree, self.path) if self.in_process else []}

    def _load_notebook(self, message: dict[str, Any], raw: bytes) -> dict[str, Any]:
        """Statement by statement: one that raises costs what it would define, and no more."""
        try:
            self.notebook = read_notebook(raw)
        except NotANotebook as problem:
            return {"error": {"message": f"{self.path} {problem}."}}
        chosen = choose(self.notebook.tree, message.get("exercises", ()))
        tree = ast.Module(chosen.statements, [])
        module = self._new_module(message, self.notebook.source, tree)
        broken, stopped = dict(self.notebook.broken), ""
        flags, budget = 0, Budget(STATEMENTS)
        for node in tree.body:
            try:
                if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                    flags |= sum(getattr(__future__, alias.name).compiler_flag for alias in node.names)
                    continue
                code = compile(ast.Module([node], []), self.path, "exec", flags=flags, dont_inherit=True)
                with nullcontext() if declares(node) else budget.spent():
                    exec(code, module.__dict__)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                line = getattr(error, "lineno", None) or node.lineno
                told = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else _message(error)}"
                if isinstance(node, _DEFINITIONS):
                    broken[node.name] = f"{self._place(line)}: {told}"
                elif not stopped:
                    stopped = self._stopped(node, "" if isinstance(error, BudgetSpent) else told)
        found = self._found(tree, message.get("exercises", ()))
        for name, reason in broken.items():
            if name not in module.__dict__:
                module.__dict__[name] = _stand_in(name, reason)
                found[name] = {"line": 1, "cell": 1, "written": True} | found.get(name, {})
        notes = [f"Left out: code cell {cell}, {why}." for cell, why in self.notebook.unread.items()]
        notes += [stopped] if stopped else []
        notes += [
            f"Left out: {self._cell(node)} gives {name} to {function}(), and what that does to it does not count. "
            f"If your exercise needs that, give {name} its value in an assignment."
            for node, name, function in chosen.doubtful
        ]
        return {"value": found, "notes": notes}

    def _stopped(self, node: ast.stmt, told: str) -> str:
        """The note on a statement that was begun and not finished. `told` is its error, empty where time was up."""
        if told:
            return f"Left out: {self._cell(node)} stops with {told}."
        return (
            f"Left out: {self._cell(node)} was stopped. What a notebook does beside its definitions gets "
            f"{STATEMENTS:g} CPU seconds in all; shorten it, or put it into a function that no exercise calls."
        )

    def _cell(self, node: ast.stmt) -> str:
        return self._place(node.lineno).removeprefix(f"{self.path}, ")

    def _new_module(self, message: dict[str, Any], source: str, tree: ast.Module) -> types.ModuleType:
        linecache.cache[self.path] = (len(source), None, source.splitlines(keepends=True), self.path)
        self.spans = [(node.lineno, node.end_lineno or node.lineno, node.name) for node in _definitions(tree)]
        module = types.ModuleType(f"submission_{message['lesson']}")
        module.__file__ = self.path
        sys.modules[module.__name__] = self.lesson = module
        there = {name.split("/")[0] for name in message["files"]}
        others = [other for other in message.get("uses", ()) if other in there]
        loaders = {other: partial(self._load_other, other, message) for other in others}
        module.__dict__["__tools__"] = EarlierLessons(loaders)
        return module

    def _found(self, tree: ast.Module, exercises: Collection[str]) -> dict[str, dict[str, Any]]:
        """Where each definition is, and whether it is written; of what is assigned only those of these `exercises`."""
        found = {node.name: {"line": node.lineno, "written": not _unwritten(node)} for node in _definitions(tree)}
        for name, line in _bound_by_assignment(tree):  # f = functools.partial(...) below the stub's def is written
            if name in found and line > found[name]["line"]:
                found[name] = {"line": line, "written": True}
            elif name in exercises:  # a table: whether something stands in it, its checks say
                found.setdefault(name, {"line": line, "written": True})
        if self.notebook is not None:
            for entry in found.values():
                entry["cell"], entry["line"] = self.notebook.place(entry["line"])
        return found

    def _place(self, line: int | None) -> str:
        if self.notebook is None or line is None:
            return f"{self.path}:{line}"
        cell, line = self.notebook.place(line)
        return f"{self.path}, code cell {cell}, line {line}"

    def _load_other(self, lesson: str, message: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The written definitions of another lesson's file, and why there are none, where it can't be loaded."""
        executor = Executor(self.in_process)
        self.others.append(executor)
        (name,) = (name for name in message["files"] if name.startswith(f"{lesson}/"))
        further = message["uses"][lesson]  # of those that it uses, what each uses is among what this lesson uses
        uses = {other: message["uses"][other] for other in further}
        path = name.removeprefix(f"{lesson}/")
        reply = executor._load({"lesson": lesson, "path": path, "files": message["files"], "uses": uses})
        if "error" in reply:
            return {}, reply["error"]["message"]
        return {one: getattr(executor.lesson, one) for one, found in reply["value"].items() if found["written"]}, ""

    def _begin(self, seed: int) -> None:
        """Give a check the same start, whatever ran before it."""
        random.seed(seed)
        if (torch := sys.modules.get("torch")) is not None:
            torch.default_generator.manual_seed(seed)  # torch.manual_seed takes 3 ms to queue calls for absent GPUs
            if torch.cuda.is_initialized():
                torch.cuda.manual_seed_all(seed)
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
            torch.set_default_device(None)
            # to import transformers turns this off, so a distribution would refuse less here than with the student
            torch.distributions.Distribution.set_default_validate_args(__debug__)
        if (numpy := sys.modules.get("numpy")) is not None:
            numpy.random.seed(seed % 2**32)

    def _call(self, message: dict[str, Any]) -> dict[str, Any]:
        function = getattr(self.lesson, message["name"])
        value = function(*message["args"], **message["kwargs"])
        return {"value": value, "numpy": _is_numpy_scalar(value), "args": message["args"], "kwargs": message["kwargs"]}

    def _probe(self, message: dict[str, Any]) -> dict[str, Any]:
        function = self._compiled(message["name"], message["source"])
        value = function(self.lesson, *message["args"], **message["kwargs"])
        return {"value": value, "args": message["args"], "kwargs": message["kwargs"]}

    def _compiled(self, name: str, source: str) -> Any:
        key = hashlib.sha256(source.encode()).digest()
        if key not in self.probes:
            import math

            import torch
            import torch.nn.functional as F
            from torch import nn

            from autograder import builders

            namespace = {"torch": torch, "nn": nn, "F": F, "math": math, "builders": builders, "probe": lambda f: f}
            exec(compile(source, _PROBE, "exec", flags=_FUTURE, dont_inherit=True), namespace)
            self.probes[key] = namespace[name]
        return self.probes[key]

    def _describe(self, error: BaseException) -> dict[str, Any]:
        frames = list(traceback.extract_tb(sys.exc_info()[2]))  # its own __traceback__ may lie
        own = [frame for frame in frames if frame.filename == self.path]
        missing: AttributeError | None = None  # where it says what the student's file lacks
        if isinstance(error, AttributeError) and error.obj is self.lesson and self.lesson is not None:
            missing = error
        told, message = type(error), _message(error) if missing is None else f"{self.path} defines no {missing.name}"
        if refused := processes.refusal(error):
            told, message = PermissionError, refused
        lines = self._lines(own)
        if lines and (shapes := shapes_in_line(error, self.path)):
            lines[-1] += f"\n     {shapes}"
        return {
            "type": told.__name__,
            "bases": [base.__name__ for base in told.__mro__[1:-1]][:20],
            "message": message,
            "missing": None if missing is None else missing.name,
            "lines": lines,
            # torch raises NotImplementedError too (a Module without forward): only a raise in the student's own
            # file means "not written yet".
            "own": bool(frames) and frames[-1].filename == self.path,
            "in_probe": not own and any(frame.filename == _PROBE for frame in frames),
            "raised_in": self._definition_at(own[-1].lineno) if own else None,
        }

    def _lines(self, frames: Iterable[traceback.FrameSummary]) -> list[str]:
        return [f"{self._place(frame.lineno)} in {frame.name}: {frame.line}" for frame in list(frames)[-8:]]

    def _definition_at(self, line: int | None) -> str | None:
        inside = [name for first, last, name in self.spans if line is not None and first <= line <= last]
        return inside[-1] if inside else None


def _definitions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every function and class at the top level, in the order of the file (a later one of a name wins)."""
    return [node for node in tree.body if isinstance(node, _DEFINITIONS)]


def _bound_by_assignment(tree: ast.Module) -> list[tuple[str, int]]:
    """Each name that a top-level assignment or import binds, with its line."""
    found = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found += [(alias.asname or alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            inside = [child for child in ast.walk(node) if isinstance(child, ast.Name)]
            found += [(child.id, node.lineno) for child in inside if isinstance(child.ctx, ast.Store)]
    return found


def _unwritten(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether calling this function, or making an object of this class, could only raise NotImplementedError."""
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        first = [method for method in methods if method.name == "__init__"] or methods
        return bool(first) and all(_unwritten(method) for method in first)
    for item in node.body:
        if isinstance(item, ast.Raise) and _names_not_implemented(item.exc):
            return True
        if not isinstance(item, _DEFINITIONS) and any(isinstance(inner, ast.Return) for inner in ast.walk(item)):
            return False  # the raise at its end is for what it does not handle
    return False


def _names_not_implemented(raised: ast.AST | None) -> bool:
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_numpy_scalar(value: Any) -> bool:
    """Whether a value is sent as a number but was none of Python's."""
    return type(value).__module__ == "numpy"


def _stand_in(name: str, problem: str) -> Any:
    """What a notebook holds where a cell could not define `name`: it says why as soon as it is used."""

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        raise SyntaxError(f"{name} is not defined, because of {problem}")

    return stand_in


def _syntax_problem(path: str, error: Exception) -> str:
    if isinstance(error, SyntaxError):
        code = f": {error.text.strip()}" if isinstance(error.text, str) else ""
        return f"{path}:{error.lineno or 1} is not valid Python ({error.msg}){code}"
    return f"{path} is not valid Python ({error})"


def _message(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except KeyboardInterrupt:
        raise
    except BaseException:  # a lying exception
        return ""

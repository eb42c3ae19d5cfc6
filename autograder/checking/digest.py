"""Digests of what decides a result beside the submission: the engine's own files, its libraries, and the secret.

A result is kept only while these stay the same: a comparison that was put right must not leave old scores behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("torch", "transformers", "peft")  # another version of these may give other numbers


def digest_of(files: Iterable[Path], root: Path) -> str:
    """A hash of the contents of `files`, each under its name relative to `root` where it lies there."""
    state = hashlib.sha256()
    for path in sorted(files):
        raw = path.read_bytes()
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        state.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return state.hexdigest()


def digest_of_texts(texts: Iterable[str]) -> str:
    """A short hash of texts, in their order: 32 hexadecimal digits."""
    state = hashlib.sha256()
    for text in texts:
        state.update(f"{len(text)}\0{text}".encode("utf-8", "surrogatepass"))
    return state.hexdigest()[:32]


@cache
def engine_digest() -> str:
    """A hash of every file of the engine but its guides. It is read once: what is imported now is what it was then."""
    package = Path(__file__).resolve().parents[1]
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest_of((path for path in files if path.suffix != ".md"), package)


@cache
def installed_versions() -> tuple[str, ...]:
    """`name version` of each of `LIBRARIES`, "none" where it is not installed."""
    return tuple(f"{name} {_version(name)}" for name in LIBRARIES)


@cache
def seed_fingerprint(seed: str, lesson: str) -> str:
    """Tells two seeds of a lesson apart without telling them: 64 hexadecimal digits that take a machine 30 ms to make.

    scrypt (RFC 7914) with N = 2**14, r = 8, p = 1: who guesses a seed from a report pays that for each guess.
    """
    salt = f"autograder: a seed of {lesson}".encode()
    return hashlib.scrypt(seed.encode("utf-8", "surrogatepass"), salt=salt, n=1 << 14, r=8, p=1, dklen=32).hex()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"

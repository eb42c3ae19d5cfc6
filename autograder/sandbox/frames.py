"""Messages on a stream socket: an 8-byte little-endian length, then that many bytes."""

from __future__ import annotations

import socket
import struct
import time
from typing import Protocol

LENGTH = struct.Struct("<Q")
_PIECE = 1 << 20  # memory is taken as the bytes arrive, whatever length was announced


class FrameTooLarge(Exception):
    """The announced length is over the cap."""


class Patience(Protocol):
    """A deadline that may be put off: `left()` seconds remain, as far as is known now."""

    def left(self) -> float: ...


def send(connection: socket.socket, payload: bytes, deadline: float | Patience | None = None) -> None:
    """Send one frame. Raises TimeoutError at the deadline (`time.monotonic()`), OSError when the peer is gone."""
    header = LENGTH.pack(len(payload))
    for data in [header + payload] if len(payload) < _PIECE else [header, payload]:
        rest = memoryview(data)
        while rest:
            _wait(connection, deadline)
            try:
                rest = rest[connection.send(rest) :]
            except TimeoutError:
                continue


def receive(connection: socket.socket, cap: int, deadline: float | Patience | None = None) -> bytes:
    """Read one frame. Raises EOFError at the end, TimeoutError at the deadline, FrameTooLarge over the cap."""
    (length,) = LENGTH.unpack(_exactly(connection, LENGTH.size, deadline))
    if length > cap:
        raise FrameTooLarge
    return _exactly(connection, length, deadline)


def _exactly(connection: socket.socket, size: int, deadline: float | Patience | None) -> bytes:
    pieces = []
    while size:
        _wait(connection, deadline)
        try:
            piece = connection.recv(min(size, _PIECE))
        except TimeoutError:
            continue
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _wait(connection: socket.socket, deadline: float | Patience | None) -> None:
    """Let the next call on the socket block until the deadline and no longer, however slowly bytes drip in."""
    if deadline is None:
        return
    left = deadline - time.monotonic() if isinstance(deadline, float) else deadline.left()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)

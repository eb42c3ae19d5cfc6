"""Answers every request with the bytes of an answer that was right before."""

from autograder.common import wire
from autograder.inside import executor

honest = ("to_gigabytes",)
hurts_itself = True  # once it replays, its honest answers are stale too
handle, seen = executor.Executor.handle, []


def replay(self, request):
    if len(seen) < 2:  # the load and the first check
        seen.append(handle(self, request))
        return seen[-1]
    message, reply = wire.decode(request), wire.decode(seen[1])
    return wire.encode({**reply, "args": message["args"], "kwargs": message["kwargs"]})


executor.Executor.handle = replay

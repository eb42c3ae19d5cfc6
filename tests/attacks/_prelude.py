"""What every attack starts with: it knows all paths, ports and process ids, and notes what it got away with.

No attack may do lasting harm even where nothing stops it: what is changed, moved or removed are the planted files
(`target.secrets`), what is made carries `target.marker`, signals are ones that do nothing, and numbers are bounded.

Appended to the lesson's stub, in which the exercises that the attack calls `honest` are written. `spoils` must stay
empty; it reaches the student's page through `kv_cache_bytes`, whose visible checks show what it raises.
"""

spoils = []


def attempt(what, action, *arguments):
    """Do something forbidden and return what comes of it; unless it is refused, it is a spoil."""
    try:
        result = action(*arguments)
    except BaseException:  # refused: the attack goes on
        return None
    spoils.append(what)
    return result


def kv_cache_bytes(*sizes):
    raise RuntimeError(f"spoils: {spoils}")

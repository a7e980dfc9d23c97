"""Documents in which Linkerd is named and nothing can be found.

They are passed over, which takes less than to keep them: only what the engine finds something in, what other
documents may depend on, and what is not plain enough to be read in a moment (``block_reader``) is parsed for
good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autofix.engine.examine import NOTHING
from autofix.engine.namespaces import examine_alone
from autofix.engine.options import Options
from autofix.linkerd.release import wait_before_exit_key
from autofix.text.yaml.fast.reader import read_blocks

# Tells of the bytes of a document whether surely nothing is found in it.
Harmless = Callable[[bytes], bool]

# What decides about native sidecars, here or for other documents, and what opts out.
_DECISIVE: Final = (b"idecar", wait_before_exit_key().encode(), b"autofix")


def harmless(chosen: Options) -> Harmless:
    """Make the test for a run.

    Args:
        chosen: the options.
    """

    def is_harmless(data: bytes) -> bool:
        if any(word in data for word in _DECISIVE):
            return False
        blocks = read_blocks(data.decode())
        return blocks is not None and all(examine_alone(one.value, chosen, None) is NOTHING for one in blocks)

    return is_harmless

"""Documents in which Linkerd is named and nothing can be found.

They are passed over, which takes less than to keep them: only what the engine finds something in, what other
documents may depend on, and what is not plain enough to be read in a moment (``block_reader``) is parsed for
good.
"""

from __future__ import annotations

from collections.abc import Callable

from autofix.engine.namespaces import may_matter
from autofix.engine.options import Options
from autofix.text.yaml.fast.reader import read_blocks

# Tells of the bytes of a document whether surely nothing is found in it.
Harmless = Callable[[bytes], bool]


def harmless(chosen: Options) -> Harmless:
    """Make the test for a run.

    Args:
        chosen: the options.
    """

    def is_harmless(data: bytes) -> bool:
        blocks = read_blocks(data.decode())
        return blocks is not None and not any(may_matter(block.value, chosen) for block in blocks)

    return is_harmless

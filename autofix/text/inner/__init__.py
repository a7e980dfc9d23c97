"""Inside the strings of YAML and JSON: texts of other languages, and keys in shapes that are no mapping.

Other packages import only this module.
"""

from __future__ import annotations

from autofix.text.inner.shapes import fragments
from autofix.text.inner.texts import inner_texts

__all__ = ["fragments", "inner_texts"]

"""A file's bytes or text as documents, whether they are YAML or JSON."""

from __future__ import annotations

import codecs

from autofix.text.document import Document, SourceError
from autofix.text.json import read_json
from autofix.text.yaml.fast.reader import read_blocks


def read_bytes(data: bytes, source: str) -> list[Document]:
    """Read the documents of a file: UTF-8, or UTF-16 that starts with a byte order mark.

    Args:
        data: the whole file.
        source: the file's name for messages.

    Raises:
        SourceError: when the bytes are not such text, or the text is neither YAML nor JSON.
    """
    return read_text(decoded(data, source), source)


def decoded(data: bytes, source: str) -> str:
    """Decode a file, its byte order mark included.

    Raises:
        SourceError: when the bytes are neither UTF-8 nor UTF-16 that starts with a byte order mark.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise SourceError(source, "starts like UTF-16 but is not; save it as UTF-8") from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, source) from None


def read_text(text: str, source: str) -> list[Document]:
    """Read the documents of a text: JSON if it looks like JSON and is, else YAML.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Raises:
        SourceError: when the text is neither YAML nor JSON.
    """
    if text.removeprefix("\ufeff").lstrip().startswith(("{", "[")):
        try:
            return read_json(text, source)
        except SourceError:
            # Flow style, comments and "---" are still YAML, whose reader also knows templates.
            pass
    blocks = read_blocks(text)
    if blocks is not None:
        return [
            Document(source, block.line, index, block.value, (block.start, block.end))
            for index, block in enumerate(blocks)
        ]
    # Imported here: most texts do without YAML's parser, and it takes a while to load.
    from autofix.text.yaml.reader import read_yaml

    return read_yaml(text, source)


def _not_utf8(data: bytes, position: int, source: str) -> SourceError:
    before = data[:position].decode().removeprefix("\ufeff")
    message = f"not UTF-8: byte 0x{data[position]:02x}; save it as UTF-8"
    return SourceError(source, message, before.count("\n") + 1, len(before) - before.rfind("\n"))

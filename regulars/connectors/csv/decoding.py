"""Bytes to text: UTF-8 (with or without BOM), UTF-16, Windows-1251, and rows of one encoding among those of another."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from regulars.commerce.ports import SourceFault
from regulars.commerce.rules.imports import FileFault

BLOCK_BYTES = 1 << 20
# A line that is longer is no line: an unclosed quote is cut off elsewhere, this guards the memory.
MAX_LINE_BYTES = 64 << 20

_WESTERN = "cp1252"
_CYRILLIC = "cp1251"


def encoding_of(start: bytes) -> str:
    """The encoding of a file that begins with `start`: by its mark, its zeros, else by whether it is UTF-8."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = max(len(start) // 2, 1)
    if start[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    if start[0::2].count(0) > half * 0.6:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        lines = start.split(b"\n")[:-1] or [start]
        odd = sum(not _is_utf8(line) for line in lines)
        has_utf8 = any(not line.isascii() and _is_utf8(line) for line in lines)
        # A few odd lines in a file that is otherwise UTF-8 are dirt; they are read one by one.
        return "utf-8" if has_utf8 and odd <= len(lines) / 2 else single_byte_encoding_of(start)
    return "utf-8"


def single_byte_encoding_of(text: bytes) -> str:
    """Windows-1251 or Windows-1252: Western accents stand within Latin words, Cyrillic letters among their like."""
    high = beside_latin = 0
    for before, byte, after in zip(b" " + text, text, text[1:] + b" ", strict=False):
        if byte >= 0xC0:
            high += 1
            beside_latin += _is_latin(before) or _is_latin(after)
    return _WESTERN if beside_latin * 2 > high else _CYRILLIC


def _is_latin(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_blocks(stream: BinaryIO, encoding: str, on_mixed: Callable[[str], None]) -> Iterator[str]:
    """The text in blocks of whole lines, without NUL; `on_mixed` is told each line that was of another encoding."""
    if encoding.startswith("utf-16"):
        yield from _decoded(stream, encoding)
        return
    for block in _line_blocks(stream):
        text = block.decode("utf-8-sig") if block.startswith(codecs.BOM_UTF8) else _decode(block, encoding, on_mixed)
        yield text.replace("\x00", "") if "\x00" in text else text


def _decode(block: bytes, encoding: str, on_mixed: Callable[[str], None]) -> str:
    try:
        return block.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        return "".join(_decode_line(line, encoding, on_mixed) for line in block.splitlines(keepends=True))


def _decode_line(line: bytes, encoding: str, on_mixed: Callable[[str], None]) -> str:
    try:
        return line.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        text = line.decode(single_byte_encoding_of(line), errors="replace")
        on_mixed(text)
        return text


def _line_blocks(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while piece := stream.read(BLOCK_BYTES):
        block = rest + piece
        # Old Mac files end their lines with CR alone; a CR at the very end may be half of CR LF.
        cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1) if b"\n" not in block else -1) + 1
        if not cut and len(block) > MAX_LINE_BYTES:
            raise SourceFault(FileFault.DAMAGED, detail="line")
        rest = block[cut:]
        if cut:
            yield block[:cut]
    if rest:
        yield rest


def _decoded(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    while piece := stream.read(BLOCK_BYTES):
        text = rest + decoder.decode(piece)
        cut = text.rfind("\n") + 1
        rest = text[cut:]
        if not cut and len(rest) > MAX_LINE_BYTES:
            raise SourceFault(FileFault.DAMAGED, detail="line")
        if cut:
            yield text[:cut].replace("\x00", "")
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest.replace("\x00", "")

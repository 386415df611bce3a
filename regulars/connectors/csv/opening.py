"""What a file is, by its first bytes and never by its name, and its bytes unpacked within limits."""

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO, cast

from regulars.commerce.ports import SourceFault
from regulars.commerce.rules.imports import FileFault

# A table packs ten- to fiftyfold; what swells more than this is made to fill a disk.
MAX_RATIO = 250
RATIO_COUNTS_FROM_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024**3
# openpyxl keeps a workbook's shared strings in memory.
MAX_SHARED_STRINGS_BYTES = 512 * 1024**2
MAX_WORKBOOK_BYTES = 8 * 1024**3

_DAMAGED = (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError)


class Format(StrEnum):
    TEXT = "text"
    XLSX = "xlsx"
    PARQUET = "parquet"


@dataclass(frozen=True)
class OpenFile:
    """An unpacked file; `share` tells how much of the packed one is read, 0 to 1."""

    format: Format
    stream: BinaryIO
    share: Callable[[], float]


class _Limited(io.RawIOBase):
    """Unpacked bytes, counted: too many of them, or too many for what was packed, end the reading."""

    def __init__(self, stream: IO[bytes], packed_bytes: Callable[[], int]) -> None:
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            piece = self._stream.read(len(view))
        except EOFError as error:
            raise SourceFault(FileFault.TRUNCATED) from error
        except _DAMAGED as error:
            raise SourceFault(FileFault.DAMAGED) from error
        except RuntimeError as error:
            raise SourceFault(FileFault.ENCRYPTED) from error
        view[: len(piece)] = piece
        self._read_bytes += len(piece)
        has_swollen = (
            self._read_bytes > RATIO_COUNTS_FROM_BYTES and self._read_bytes > max(self._packed_bytes(), 1) * MAX_RATIO
        )
        if has_swollen or self._read_bytes > MAX_UNPACKED_BYTES:
            raise SourceFault(FileFault.TOO_BIG_UNPACKED)
        return len(piece)


@contextmanager
def opened(path: Path) -> Iterator[OpenFile]:
    """The table in the file at `path`, unpacked. Raises SourceFault."""
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(path.open("rb"))
            size_bytes = path.stat().st_size
        except OSError as error:
            raise SourceFault(FileFault.MISSING) from error
        if size_bytes == 0:
            raise SourceFault(FileFault.EMPTY)

        def share() -> float:
            return min(raw.tell() / size_bytes, 1.0)

        yield _unpacked(raw, share, stack)


def _unpacked(raw: BinaryIO, share: Callable[[], float], stack: ExitStack) -> OpenFile:
    start = _start_of(raw)
    if start.startswith(b"\x1f\x8b"):
        unzipped = stack.enter_context(gzip.GzipFile(fileobj=raw, mode="rb"))
        return _plain(io.BufferedReader(_Limited(cast(IO[bytes], unzipped), raw.tell), 1 << 20), share, stack)
    if start.startswith(b"PK\x03\x04"):
        return _from_zip(raw, share, stack)
    if start.startswith(b"PK\x05\x06"):
        raise SourceFault(FileFault.NOT_ONE_FILE)
    return _plain(raw, share, stack)


def _from_zip(raw: BinaryIO, share: Callable[[], float], stack: ExitStack) -> OpenFile:
    try:
        archive = stack.enter_context(zipfile.ZipFile(raw))
    except _DAMAGED as error:
        raise SourceFault(FileFault.TRUNCATED) from error
    if "[Content_Types].xml" in archive.namelist():
        _refuse_swollen_workbook(archive)
        raw.seek(0)
        return OpenFile(Format.XLSX, raw, share)
    # Names are only compared, never used as a path: what is packed is read as a stream.
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX") and member.file_size
    ]
    if len(members) != 1:
        raise SourceFault(FileFault.NOT_ONE_FILE, detail=str(len(members)))
    if members[0].flag_bits & 1:
        raise SourceFault(FileFault.ENCRYPTED)
    try:
        member = stack.enter_context(archive.open(members[0]))
    except _DAMAGED as error:
        raise SourceFault(FileFault.DAMAGED) from error
    return _plain(io.BufferedReader(_Limited(member, raw.tell), 1 << 20), share, stack)


def _refuse_swollen_workbook(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    strings = sum(member.file_size for member in members if member.filename.casefold().endswith("sharedstrings.xml"))
    is_bomb = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > max(packed, 1) * MAX_RATIO
    if is_bomb or unpacked > MAX_WORKBOOK_BYTES or strings > MAX_SHARED_STRINGS_BYTES:
        raise SourceFault(FileFault.TOO_BIG_UNPACKED)


def _plain(stream: BinaryIO, share: Callable[[], float], stack: ExitStack) -> OpenFile:
    start = _start_of(stream)
    if start.startswith((b"PAR1", b"PK\x03\x04")):
        if not (isinstance(stream, io.BufferedReader) and stream.raw.seekable()):
            stream = _spooled(stream, stack)
        return OpenFile(Format.PARQUET if start.startswith(b"PAR1") else Format.XLSX, stream, share)
    if not start:
        raise SourceFault(FileFault.EMPTY)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        # The old Excel container holds .xls and workbooks with a password.
        raise SourceFault(FileFault.UNKNOWN_FORMAT, detail="xls")
    if not _is_text(start):
        raise SourceFault(FileFault.UNKNOWN_FORMAT)
    return OpenFile(Format.TEXT, stream, share)


def _spooled(stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    """Columns and workbooks are read from their end, so what is packed once more is put down first."""
    copy = cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 - the stack closes it
    while piece := stream.read(1 << 20):
        copy.write(piece)
    copy.seek(0)
    return copy


def _start_of(stream: BinaryIO) -> bytes:
    return stream.peek(4096)[:4096]  # type: ignore[attr-defined, no-any-return]


_CONTROL = frozenset(range(32)) - set(b"\t\n\r\f\x1a\x1b\x00")


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # A few stray bytes are dirt in a table; many are another kind of file.
    strange = sum(byte in _CONTROL for byte in start)
    return not start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"Rar!", b"7z\xbc\xaf", b"SQLite format")) and (
        strange <= len(start) // 50
    )

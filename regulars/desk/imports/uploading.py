"""Uploads, straight to where they stay. A name is only shown, never used as a path; a size is checked as it comes."""

import shutil
import unicodedata
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from regulars.commerce.queries.imports import folder_of
from regulars.foundation.ids import new_id

NAME = "upload"


class UploadRefused(Exception):
    """`reason` is "too_big" or "disk_full"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoredUpload(UploadedFile):  # type: ignore[type-arg]
    """A file that lies in the folder of the run it will become."""

    def __init__(self, run_id: UUID, path: Path, name: str, size_bytes: int) -> None:
        super().__init__(file=None, name="upload", size=size_bytes)
        self.run_id = run_id
        self.path = path
        self.shown_name = name
        self.size_bytes = size_bytes


class ToImportFolder(FileUploadHandler):
    """Writes each piece as it arrives; a file past the limit is dropped at once."""

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refused: UploadRefused | None = None
        self.received: list[StoredUpload] = []
        self._limit_bytes = settings.ENVIRONMENT.upload_max_mib * 1024 * 1024
        self._run_id: UUID | None = None
        self._file: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._run_id = new_id()
        folder = folder_of(self._run_id)
        folder.mkdir(parents=True, mode=0o700)
        self._file = (folder / NAME).open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            if start + len(raw_data) > self._limit_bytes:
                raise UploadRefused("too_big")
            self._file.write(raw_data)
        except OSError as error:
            self._drop(UploadRefused("disk_full"), error)
        except UploadRefused as refused:
            self._drop(refused, refused)

    def file_complete(self, file_size: int) -> StoredUpload:
        assert self._run_id is not None
        self._file.close()
        path = folder_of(self._run_id) / NAME
        stored = StoredUpload(self._run_id, path, shown_name(str(self.file_name)), file_size)
        self.received.append(stored)
        self._file = None
        return stored

    def upload_interrupted(self) -> None:
        if self._file is not None:
            self._drop_folder()

    def _drop(self, refused: UploadRefused, cause: BaseException) -> None:
        self.refused = refused
        self._drop_folder()
        raise StopUpload(connection_reset=True) from cause

    def _drop_folder(self) -> None:
        assert self._run_id is not None
        self._file.close()
        self._file = None
        shutil.rmtree(folder_of(self._run_id), ignore_errors=True)


def drop(stored: StoredUpload) -> None:
    shutil.rmtree(folder_of(stored.run_id), ignore_errors=True)


def shown_name(name: str) -> str:
    """The last part of a name that a browser sent, without characters that could mislead; at most 200."""
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return clean[:200] or "?"

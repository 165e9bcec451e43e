"""Files: where uploads and truths lie. Nothing here has a public address.

On one machine a folder; an S3-compatible store comes with `STORAGES` in settings. Every name holds
a random part, so a name is never guessed and never written twice.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import FileSystemStorage, Storage
from django.core.files.storage import default_storage as files

__all__ = ["PrivateFileSystemStorage", "files", "local_copy"]


class PrivateFileSystemStorage(FileSystemStorage):
    """A folder that only this user may read, whose files have no address."""

    def __init__(self, *, location: Path, base_url: str | None = None) -> None:
        super().__init__(
            location=location,
            base_url=base_url,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
        )

    def url(self, name: str | None) -> str:
        """Refuse: a private file has no address."""
        raise ValueError(f"{name} is private: serve it through a view that checks who asks.")


@contextlib.contextmanager
def local_copy(name: str, storage: Storage = files) -> Iterator[Path]:
    """Yield a path at which the stored file can be read; a temporary one if it lies elsewhere."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        with (
            tempfile.NamedTemporaryFile(prefix="podium-", suffix=Path(name).suffix) as copy,
            storage.open(name) as source,
        ):
            shutil.copyfileobj(source, copy, 1024 * 1024)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path

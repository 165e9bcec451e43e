"""A truth as a folder of arrays with a manifest, written once and then memory-mapped.

The same arrays always give the same bytes and the same digest. A folder that is damaged, foreign
or half written is refused, never misread. What the arrays mean is for the tasks.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import InvalidTruth, quoted

FORMAT = "podium-truth"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 20

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class TruthManifest:
    """What a compiled truth is: `digest` names its content, `counts` say how much of it there is.

    `counts` has a total of each kind, and under "splits" the same per split.
    """

    task: str
    version: int
    digest: str
    counts: Mapping[str, object]
    splits: tuple[str, ...]
    arrays: Mapping[str, Mapping[str, object]]
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return it as it stands in manifest.json."""
        return {
            "format": FORMAT,
            "version": self.version,
            "task": self.task,
            "digest": self.digest,
            "splits": list(self.splits),
            "counts": dict(self.counts),
            "arrays": {name: dict(entry) for name, entry in self.arrays.items()},
            "warnings": list(self.warnings),
        }


def write(
    folder: Path,
    arrays: Arrays,
    *,
    task: str,
    version: int,
    counts: Mapping[str, object],
    splits: tuple[str, ...],
    warnings: tuple[str, ...],
) -> TruthManifest:
    """Write arrays and manifest to a new folder, all at once; FileExistsError if it is in use."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".truth-", dir=folder.parent))
    try:
        entries = {name: _write_array(draft, name, arrays[name]) for name in sorted(arrays)}
        digest = _digest(task, version, splits, counts, entries)
        manifest = TruthManifest(task, version, digest, counts, splits, entries, warnings)
        text = json.dumps(manifest.as_dict(), indent=1, ensure_ascii=False, sort_keys=True)
        (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return manifest


def is_compiled(folder: Path) -> bool:
    """Whether a path looks like a compiled truth's folder."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> TruthManifest:
    """Return a compiled truth's manifest; InvalidTruth if there is none or it is not sound."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST_MANIFEST + 1)
        found = json.loads(text) if len(text) <= LARGEST_MANIFEST else None
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidTruth.because(
            f"{MANIFEST} can't be read ({type(error).__name__}); compile the truth again"
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InvalidTruth.because("this folder is no compiled truth; compile the truth again")
    try:
        manifest = TruthManifest(
            task=str(found["task"]),
            version=int(found["version"]),
            digest=str(found["digest"]),
            counts=dict(found["counts"]),
            splits=tuple(map(str, found["splits"])),
            arrays={str(name): dict(entry) for name, entry in found["arrays"].items()},
            warnings=tuple(map(str, found["warnings"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidTruth.because("the manifest is damaged; compile the truth again") from error
    if manifest.digest != _digest(
        manifest.task, manifest.version, manifest.splits, manifest.counts, manifest.arrays
    ):
        raise InvalidTruth.because("the manifest's digest is wrong; compile the truth again")
    return manifest


def open_arrays(
    folder: Path,
    manifest: TruthManifest,
    schema: Mapping[str, tuple[str, int]],
    *,
    verify: bool,
) -> dict[str, NDArray[np.generic]]:
    """Memory-map the arrays that a schema names, read only.

    `schema` gives each array's kinds ("S", "i8", "i2 f8"...) and number of dimensions. Sizes, types
    and shapes are always checked, every byte's digest only with `verify`. Raises InvalidTruth.
    """
    if set(manifest.arrays) != set(schema):
        raise InvalidTruth.because("the folder holds other arrays than it should; compile again")
    return {
        name: _open_array(folder / f"{name}.npy", manifest.arrays[name], *schema[name], verify)
        for name in schema
    }


def _open_array(
    path: Path, entry: Mapping[str, object], kinds: str, dimensions: int, verify: bool
) -> NDArray[np.generic]:
    try:
        if path.stat().st_size != entry.get("bytes"):
            raise InvalidTruth.because("has another size than the manifest says", path.name)
        if verify and _sha256(path) != entry.get("sha256"):
            raise InvalidTruth.because("is damaged: its digest is wrong", path.name)
        mapped: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        if isinstance(error, InvalidTruth):
            raise
        raise InvalidTruth.because(f"can't be opened ({quoted(str(error))})", path.name) from error
    array = mapped.view(np.ndarray)  # memmap's own indexing is slow
    fits = array.dtype.str.lstrip("<>|=").startswith(tuple(kinds.split()))
    fits = fits and array.ndim == dimensions
    if not fits or array.dtype.str != entry.get("dtype") or list(array.shape) != entry.get("shape"):
        raise InvalidTruth.because("has another type or shape than it should", path.name)
    return array


def _write_array(folder: Path, name: str, array: NDArray[np.generic]) -> dict[str, object]:
    path = folder / f"{name}.npy"
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    with path.open("wb") as stream:
        np.lib.format.write_array(stream, little, version=(1, 0), allow_pickle=False)
        stream.flush()
        os.fsync(stream.fileno())
    return {
        "dtype": little.dtype.str,
        "shape": list(little.shape),
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest(
    task: str,
    version: int,
    splits: tuple[str, ...],
    counts: Mapping[str, object],
    arrays: Mapping[str, Mapping[str, object]],
) -> str:
    named = {
        "format": FORMAT,
        "task": task,
        "version": version,
        "splits": list(splits),
        "counts": dict(counts),
        "arrays": {name: dict(entry) for name, entry in arrays.items()},
    }
    text = json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()

"""What a supervisor and its child process say to each other: framed, typed, and never pickled.

A frame is `b"PNS1"`, the header's length (uint32), the payload's length (uint64, both big-endian), a msgpack header
and the raw payload. The child decodes files from anywhere, so that its frames are read as strictly as a file would be:
tagged types, limits on both lengths, and pixel counts that must agree.

A film's file travels beside the frame: as an open descriptor where the system can pass one, else as the payload.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, Literal, cast

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from edge_app.analysis.analysis import Analysis, ModelId
from edge_app.analysis.gate import OutsidePolicy
from edge_app.bundle import Variant
from edge_app.bundle.manifest import Manifest, OperatingPoint
from edge_app.engine.runtime import RuntimeChoice
from edge_app.imaging.decode import DecodeLimits
from edge_app.imaging.radiograph import Acquisition, PixelSpacing, Radiograph
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message, plain
from edge_app.system.sandbox import Confinement

_PREFIX = struct.Struct(">4sIQ")
_MAGIC = b"PNS1"
PREFIX_BYTES = _PREFIX.size
_MAX_HEADER_BYTES = 4 * 1024 * 1024
_MAX_PAYLOAD_BYTES = 256 * 1024 * 1024
"""A film of 40 megapixels at 16 bits has 80 MB; the largest manifest is far smaller."""

Origin = Literal["file", "camera"]


class ProtocolError(PneumoscopeError):
    """The other side sent something that is no frame; the child is not to be trusted any more."""


class WorkerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a child process is started with.

    Attributes:
        bundle: Folder of the model bundle; empty for the shipped one.
        variant: Which of its files runs.
        runtime: Which interpreter runs it.
        threads: For one invoke; None for a default by the number of cores.
        operating_point: Name; None for the model's default.
        job_timeout_s: After this time a job costs the child its life and the file its result.
        outside_population: Whether films of patients the model does not know are flagged or refused.
        limits: How large a file and a film may be.
        public_key: Base64 of the key the bundle must be signed with; empty for none.
        allow_older_model: Whether a signed model may be older than one that ran here.
        memory_headroom_mb: Address space that the child may add to what it has when the model is loaded, MiB.
    """

    bundle: str = ""
    variant: Variant = "quant"
    runtime: RuntimeChoice = "auto"
    threads: int | None = None
    operating_point: str | None = None
    outside_population: OutsidePolicy = "flag"
    limits: DecodeLimits = DecodeLimits()
    public_key: str = ""
    allow_older_model: bool = False
    job_timeout_s: float = 60.0
    memory_headroom_mb: int = 1024

    def for_keras(self) -> WorkerConfig:
        """The same for the process with TensorFlow, which reserves address space by the gigabyte."""
        return msgspec.structs.replace(self, job_timeout_s=120.0, memory_headroom_mb=8192)


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of everything that is sent."""


class Start(_Message, frozen=True, kw_only=True):
    """First message to a child: load the model and replay its known answers.

    Answered by `LoadedModel` or `NotReady`.
    """

    config: WorkerConfig


class FilmHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A `Radiograph` but for its pixels, which are the payload: row by row, little-endian, without padding."""

    rows: int
    columns: int
    depth: Literal["uint8", "uint16"]
    sha256: str
    file_format: str
    spacing: PixelSpacing | None
    acquisition: Acquisition
    notices: tuple[Message, ...]


class Analyse(_Message, frozen=True, kw_only=True):
    """Read and score one file. Answered by `Analysed`.

    Attributes:
        name: The file's name, for messages.
        with_film: Whether the film's pixels shall come back, for display.
        with_thumbnail: Whether a small picture of it shall.
        with_overlay: Whether a PNG of the film under its heat map shall. It excludes `with_film`.
        origin: `camera` flags the result as of a photographed film.
    """

    name: str
    with_film: bool = False
    with_thumbnail: bool = True
    with_overlay: bool = False
    origin: Origin = "file"


class ReadFilm(_Message, frozen=True, kw_only=True):
    """Read one file for display, without scoring it. Answered by `FilmRead`.

    Attributes:
        name: The file's name, for messages.
    """

    name: str


class Explain(_Message, frozen=True, kw_only=True):
    """Compute Grad-CAM from the Keras model. The payload holds the film's pixels. Answered by `Explained`.

    Attributes:
        film: The film, as it came with `Analysed`.
        overlay_of: The film's analysis, where a PNG of the film under this heat map is wanted.
    """

    film: FilmHeader
    overlay_of: Analysis | None = None


class LoadedModel(_Message, frozen=True, kw_only=True):
    """The model is loaded and reproduces its known answers.

    Attributes:
        manifest: All that the bundle says of itself: intended use, limits, metrics, operating points.
        manifest_sha256: Hash of the manifest, so of everything it vouches for.
        bundle: The folder, where the model card lies too.
        model: Name, variant, hash and runtime.
        operating_point: The one in use, with its expected sensitivity and specificity.
        evidence_scale: Evidence that is painted at full strength, units of the logit.
        selftest_films: How many known answers were replayed.
        selftest_difference: Largest difference of a probability from its known answer, 0..1.
        startup_ms: What the child's start took.
        confinement: What the child gave up.
    """

    manifest: Manifest
    manifest_sha256: str
    bundle: str
    model: ModelId
    operating_point: OperatingPoint
    evidence_scale: float
    selftest_films: int
    selftest_difference: float
    startup_ms: float
    confinement: Confinement = Confinement()


class NotReady(_Message, frozen=True, kw_only=True):
    """The child cannot work here: no bundle, no runtime, or wrong answers."""

    reason: Message
    detail: str = ""


class Analysed(_Message, frozen=True, kw_only=True):
    """The answer to `Analyse`. The payload holds the film's pixels, or the overlay's PNG; empty where there is none.

    Attributes:
        analysis: Its path is empty: the asker knows it.
        thumbnail: `(rows, columns)` uint8, at most 128 a side; None where there is no film, or it was not asked for.
        film: None unless asked for and read.
    """

    analysis: Analysis
    thumbnail: NDArray[np.uint8] | None = None
    film: FilmHeader | None = None


class FilmRead(_Message, frozen=True, kw_only=True):
    """The answer to `ReadFilm`: the film, or why there is none."""

    film: FilmHeader | None = None
    reason: Message | None = None


class Explained(_Message, frozen=True, kw_only=True):
    """The answer to `Explain`. The payload holds the overlay's PNG where one was asked for.

    Attributes:
        evidence: `(grid rows, grid columns)` float32 in units of the logit.
        reason: Why there is none.
    """

    evidence: NDArray[np.float32] | None = None
    reason: Message | None = None


class LogLine(_Message, frozen=True, kw_only=True):
    """A line of the child's log, to be logged by the parent. May come before any answer."""

    level: int
    name: str
    text: str


Request = Start | Analyse | ReadFilm | Explain
Answer = LoadedModel | NotReady | Analysed | FilmRead | Explained | LogLine
_DTYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1"), "uint16": np.dtype("<u2")}


def encode(message: Request | Answer, payload_bytes: int = 0) -> bytes:
    """Makes the beginning of a frame, up to its payload.

    Args:
        message: The header.
        payload_bytes: Length of the payload that the caller sends next.
    """
    header = msgspec.msgpack.encode(message, enc_hook=_encode_array)
    return _PREFIX.pack(_MAGIC, len(header), payload_bytes) + header


def lengths(prefix: bytes | memoryview) -> tuple[int, int]:
    """Reads the lengths of header and payload, bytes, from the first `PREFIX_BYTES` of a frame.

    Raises:
        ProtocolError: It is no frame of ours, or claims more than a frame may hold.
    """
    magic, header_bytes, payload_bytes = _PREFIX.unpack(prefix)
    if magic != _MAGIC or header_bytes > _MAX_HEADER_BYTES or payload_bytes > _MAX_PAYLOAD_BYTES:
        raise ProtocolError("worker.broken_frame", detail=repr(bytes(prefix)))
    return header_bytes, payload_bytes


def buffer(count: int) -> memoryview:
    """Memory for `count` bytes of a frame. It is not zeroed: a false length costs nothing until bytes arrive."""
    return np.empty(count, dtype=np.uint8).data


def decode_request(header: bytes | memoryview) -> Request:
    """Reads what the parent asks.

    Raises:
        ProtocolError: It is no request.
    """
    return cast(Request, _decode(header, Request))


def decode_answer(header: bytes | memoryview) -> Answer:
    """Reads what the child answers.

    Raises:
        ProtocolError: It is no answer.
    """
    return cast(Answer, _decode(header, Answer))


def pack_film(film: Radiograph) -> tuple[FilmHeader, memoryview]:
    """Splits a film into header and payload; the pixels are not copied unless they must be."""
    depth: Literal["uint8", "uint16"] = "uint8" if film.pixels.dtype == np.uint8 else "uint16"
    header = FilmHeader(
        rows=film.rows,
        columns=film.columns,
        depth=depth,
        sha256=film.sha256,
        file_format=plain(film.file_format),
        spacing=film.spacing,
        acquisition=film.acquisition,
        notices=film.notices,
    )
    pixels = np.ascontiguousarray(film.pixels, dtype=_DTYPES[depth])
    return header, pixels.reshape(-1).view(np.uint8).data


def unpack_film(header: FilmHeader, payload: memoryview) -> Radiograph:
    """Puts a film together over the payload's own memory.

    Raises:
        ProtocolError: The payload has another size than the header says.
    """
    dtype = _DTYPES[header.depth]
    if min(header.rows, header.columns) < 1 or header.rows * header.columns * dtype.itemsize != len(payload):
        raise ProtocolError(
            "worker.broken_frame",
            detail=f"{header.rows} x {header.columns} {header.depth} expected. Received: {len(payload)} bytes.",
        )
    pixels = np.frombuffer(payload, dtype).reshape(header.rows, header.columns)
    return Radiograph(
        pixels,
        header.sha256,
        header.file_format,
        spacing=header.spacing,
        acquisition=header.acquisition,
        notices=header.notices,
    )


def _decode(header: bytes | memoryview, kind: Any) -> Any:
    try:
        return msgspec.msgpack.decode(header, type=kind, dec_hook=_decode_array)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise ProtocolError("worker.broken_frame", detail=repr(error)) from error


class _Grid(msgspec.Struct, frozen=True):
    """A small array inside a header: rows of numbers, little-endian."""

    dtype: Literal["float32", "uint8"]
    rows: Annotated[int, Meta(ge=1)]
    columns: Annotated[int, Meta(ge=1)]
    data: bytes


def _encode_array(value: Any) -> _Grid:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.dtype.name not in ("float32", "uint8"):
        raise TypeError(f"Grids of float32 or uint8 are sent in headers. Received: {type(value).__name__}.")
    name: Literal["float32", "uint8"] = "uint8" if value.dtype == np.uint8 else "float32"
    rows, columns = value.shape
    return _Grid(name, rows, columns, value.astype(_DTYPES[name]).tobytes())


def _decode_array(kind: type, value: Any) -> NDArray[Any]:
    grid = msgspec.convert(value, _Grid)
    wanted = "float32" if "float32" in str(kind) else "uint8"
    if grid.dtype != wanted:
        raise ValueError(f"A {wanted} grid was expected. Received: {grid.dtype}.")
    array: NDArray[Any] = np.frombuffer(grid.data, _DTYPES[wanted])
    return array.reshape(grid.rows, grid.columns)

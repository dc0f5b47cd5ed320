"""What the window and its child process say to each other: framed, typed, and never pickled.

A frame is `b"PNS1"`, the header's length (uint32), the payload's length (uint64, both big-endian), a msgpack header
and the raw payload. The child decodes files from anywhere, so that its frames are read as strictly as a file would be:
tagged types, limits on both lengths, and pixel counts that must agree.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, BinaryIO, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from edge_app.analysis.analysis import Analysis, ModelId, Reason
from edge_app.analysis.gate import OutsidePolicy
from edge_app.bundle import Variant
from edge_app.bundle.manifest import OperatingPoint
from edge_app.engine.runtime import RuntimeChoice
from edge_app.imaging.decode import DecodeLimits
from edge_app.imaging.radiograph import Acquisition, Notice, PixelSpacing, Radiograph
from edge_app.system.errors import PneumoscopeError

_PREFIX = struct.Struct(">4sIQ")
_MAGIC = b"PNS1"
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
    job_timeout_s: float = 60.0
    memory_headroom_mb: int = 1024


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of everything that is sent."""


class Start(_Message, frozen=True, kw_only=True):
    """First message to a child: load the model and replay its known answers. Answered by `Ready` or `NotReady`."""

    config: WorkerConfig


class Analyse(_Message, frozen=True, kw_only=True):
    """Read and score one file. Answered by `Analysed`.

    Attributes:
        path: `os.fsencode` of the path: a name on disk need not be text.
        with_film: Whether the film's pixels shall come back, for display.
        with_thumbnail: Whether a small picture of it shall.
        origin: `camera` flags the result as of a photographed film.
    """

    path: bytes
    with_film: bool = False
    with_thumbnail: bool = True
    origin: Origin = "file"


class ReadFilm(_Message, frozen=True, kw_only=True):
    """Read one file for display, without scoring it. Answered by `FilmRead`."""

    path: bytes


class Explain(_Message, frozen=True, kw_only=True):
    """Compute Grad-CAM from the Keras model. Answered by `Explained`.

    Attributes:
        path: `os.fsencode` of the path.
        sha256: The hash that the file must still have.
    """

    path: bytes
    sha256: str


class FilmHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A `Radiograph` but for its pixels, which are the payload: row by row, little-endian, without padding."""

    rows: int
    columns: int
    depth: Literal["uint8", "uint16"]
    sha256: str
    file_format: str
    spacing: PixelSpacing | None
    acquisition: Acquisition
    notices: tuple[Notice, ...]


class Ready(_Message, frozen=True, kw_only=True):
    """The model is loaded and reproduces its known answers. The payload is the verified `manifest.json`.

    Attributes:
        model: Which model and runtime.
        operating_point: The one in use.
        evidence_scale: Evidence that is painted at full strength, units of the logit.
        bundle: The folder it came from.
        manifest_sha256: Hash of the payload.
        selftest_films: How many known answers were replayed.
        selftest_difference: Largest difference of a probability from its known answer.
        startup_ms: From the child's first line to now.
    """

    model: ModelId
    operating_point: OperatingPoint
    evidence_scale: float
    bundle: str
    manifest_sha256: str
    selftest_films: int
    selftest_difference: float
    startup_ms: float


class NotReady(_Message, frozen=True, kw_only=True):
    """The child cannot work here: no bundle, no runtime, or wrong answers."""

    reason: Reason
    detail: str = ""


class Analysed(_Message, frozen=True, kw_only=True):
    """The answer to `Analyse`.

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
    reason: Reason | None = None


class Explained(_Message, frozen=True, kw_only=True):
    """The answer to `Explain`: `(grid rows, grid columns)` float32 in units of the logit, or why there is none."""

    evidence: NDArray[np.float32] | None = None
    reason: Reason | None = None


class LogLine(_Message, frozen=True, kw_only=True):
    """A line of the child's log, to be logged by the parent. May come before any answer."""

    level: int
    name: str
    text: str


Request = Start | Analyse | ReadFilm | Explain
Answer = Ready | NotReady | Analysed | FilmRead | Explained | LogLine
Frame = tuple[Any, memoryview]

_DTYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1"), "uint16": np.dtype("<u2")}


def write_frame(stream: BinaryIO, message: Request | Answer, payload: Any = b"") -> None:
    """Writes a frame and flushes it.

    Args:
        stream: Binary, blocking.
        message: The header.
        payload: Any contiguous buffer.
    """
    header = msgspec.msgpack.encode(message, enc_hook=_encode_array)
    view = memoryview(payload).cast("B")
    stream.write(_PREFIX.pack(_MAGIC, len(header), len(view)))
    stream.write(header)
    stream.write(view)
    stream.flush()


def read_request(stream: BinaryIO) -> Request | None:
    """Reads what the parent asks; None at the end of the stream."""
    frame = _read(stream, Request)
    return None if frame is None else frame[0]


def read_answer(stream: BinaryIO) -> tuple[Answer, memoryview] | None:
    """Reads what the child answers, with its payload; None at the end of the stream.

    Raises:
        ProtocolError: It is no frame of ours, or breaks off.
    """
    return _read(stream, Answer)


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
            "A film did not arrive whole.",
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


def plain(text: str) -> str:
    """Text that can be sent: the undecodable bytes of a file name become the replacement character."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read(stream: BinaryIO, kind: Any) -> Frame | None:
    prefix = _read_exactly(stream, _PREFIX.size, at_start=True)
    if prefix is None:
        return None
    magic, header_bytes, payload_bytes = _PREFIX.unpack(prefix)
    if magic != _MAGIC or header_bytes > _MAX_HEADER_BYTES or payload_bytes > _MAX_PAYLOAD_BYTES:
        raise ProtocolError("The worker process sent something unreadable.", detail=repr(bytes(prefix)))
    header = _read_exactly(stream, header_bytes)
    payload = _read_exactly(stream, payload_bytes)
    try:
        return msgspec.msgpack.decode(header or b"", type=kind, dec_hook=_decode_array), payload or memoryview(b"")
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise ProtocolError("The worker process sent something unreadable.", detail=repr(error)) from error


def _read_exactly(stream: BinaryIO, count: int, *, at_start: bool = False) -> memoryview | None:
    """Reads `count` bytes into memory that is allocated once; None where the stream ends before the first byte."""
    # Not zeroed: pages that a false length claims, and that nothing is read into, cost nothing.
    view = np.empty(count, dtype=np.uint8).data
    have = 0
    while have < count:
        got = stream.readinto(view[have:])  # type: ignore[attr-defined]
        if not got:
            if at_start and have == 0:
                return None
            raise ProtocolError("The worker process broke off.", detail=f"{have} of {count} bytes")
        have += got
    return view


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

"""Develops one picture: `python darkroom.py FILE TYPE FOLDER` (`storefront.gateways.pictures` runs it).

A process of its own, without Django and without secrets, because it reads what strangers send: a
decoder that crashes, hangs or eats memory takes nobody with it. Writes the renditions into FOLDER and
prints JSON: `{"renditions": [{"file", "width", "height", "content_type"}]}` or `{"fault"}`.
"""

import json
import os
import resource
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, features
from pillow_heif import register_heif_opener

#: Pixels; what phones call 64 megapixels is a little more.
MOST_PIXELS = 66_000_000
#: The longest side: a ribbon of one pixel's height is no picture.
LONGEST = 30_000
WIDTHS = (320, 640, 1280)
#: Bytes of address space, seconds of CPU, bytes of one file written.
LIMITS = {
    resource.RLIMIT_AS: 3 * 1024**3,
    resource.RLIMIT_CPU: 90,
    resource.RLIMIT_FSIZE: 32 * 1024**2,
    resource.RLIMIT_CORE: 0,
}
_HEAD = 4096
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF = frozenset({b"avif", b"avis"})
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")


class FaultError(Exception):
    """The picture is not taken; the text is one of `storefront.enums.MediaFault`."""


def main(arguments: list[str]) -> None:
    """Do what the command line says, within the limits."""
    file, content_type, folder = arguments
    os.nice(10)  # mail and orders come first
    for kind, most in LIMITS.items():
        with suppress(ValueError, OSError):  # some systems know fewer limits, or keep lower ones
            resource.setrlimit(kind, (most, most))
    try:
        told: dict[str, Any] = {"renditions": develop(Path(file), content_type, Path(folder))}
    except FaultError as fault:
        told = {"fault": str(fault)}
    print(json.dumps(told))  # noqa: T201 (the answer)


def develop(file: Path, content_type: str, folder: Path) -> list[dict[str, Any]]:
    """Check the file and write its renditions. Raises FaultError."""
    check_magic(file, content_type)
    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(file, formats=KINDS[content_type].formats) as opened:
            _check_pixels(opened)
            picture = _decoded(opened)
        return [
            _written(picture, width, folder, kind) for kind in _OUT for width in _widths(picture)
        ]
    except FaultError:
        raise
    except Image.DecompressionBombError as error:
        raise FaultError("pixels") from error
    # Decoders raise what they like at what was made to break them.
    except Exception as error:
        raise FaultError("unreadable") from error


def check_magic(file: Path, content_type: str) -> None:
    """Raise FaultError unless the file's first bytes are those of its type."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if not KINDS[content_type].is_magic(head):
        raise FaultError("type")


def _brands(head: bytes) -> frozenset[bytes]:
    """The brands that an ISO media file says it is: `ftyp`, major, version, compatible ones."""
    length = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or not 16 <= length <= len(head):  # noqa: PLR2004 (the box's fixed part)
        return frozenset()
    return frozenset(head[at : at + 4] for at in (8, *range(16, length - 3, 4)))


class Kind:
    """A type that is taken: the only decoders that may look at it, and what its files begin with."""

    def __init__(self, formats: tuple[str, ...], is_magic: Callable[[bytes], bool]) -> None:
        self.formats = formats
        self.is_magic = is_magic


_HEIC = Kind(("HEIF",), lambda head: bool(_brands(head) & _HEIF) and not _brands(head) & _AVIF)
KINDS = {
    # Phones write several pictures into one JPEG (MPO); the first is the photo.
    "image/jpeg": Kind(("JPEG", "MPO"), lambda head: head.startswith(b"\xff\xd8\xff")),
    "image/png": Kind(("PNG",), lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    "image/webp": Kind(("WEBP",), lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    "image/avif": Kind(("AVIF",), lambda head: bool(_brands(head) & _AVIF)),
    "image/heic": _HEIC,
    "image/heif": _HEIC,
}


def _check_pixels(opened: Image.Image) -> None:
    """From the header, before anything is decoded."""
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST:
        raise FaultError("pixels")


def _decoded(opened: Image.Image) -> Image.Image:
    """The first picture of the file, upright, no wider than the widest rendition, in sRGB, with nothing
    of what else the file says.
    """
    # A JPEG can be read at an eighth of its size: 48 megapixels cost no more than a screen.
    turned = opened.getexif().get(0x0112, 1) >= 5  # noqa: PLR2004 (orientations 5 to 8 swap the sides)
    widest = WIDTHS[-1]
    width, height = opened.size[::-1] if turned else opened.size
    wanted = (min(width, widest), max(1, round(height * min(1.0, widest / width))))
    draft = wanted[::-1] if turned else wanted
    opened.draft(None, (draft[0] * 2, draft[1] * 2))
    opened.load()
    profile = opened.info.get("icc_profile")
    upright = ImageOps.exif_transpose(_plain(opened))
    if upright.width > widest:
        upright = upright.resize(
            (widest, max(1, round(upright.height * widest / upright.width))),
            Image.Resampling.LANCZOS,
            reducing_gap=3.0,
        )
    return _bare(_in_srgb(upright, profile))


def _plain(opened: Image.Image) -> Image.Image:
    """In a mode that can be scaled: no palette, eight bits a channel."""
    if opened.mode in _DEEP:
        # Pillow would cut sixteen bits off at 255 instead of scaling them down.
        return _keeping_exif(
            opened, opened.convert("F").point(lambda value: value / 257).convert("L")
        )
    if opened.mode in ("LA", "La", "PA", "RGBa") or "transparency" in opened.info:
        return _keeping_exif(opened, opened.convert("RGBA"))
    if opened.mode in ("1", "P", "LAB", "HSV", "YCbCr"):
        return _keeping_exif(opened, opened.convert("RGB"))
    return opened


def _keeping_exif(opened: Image.Image, converted: Image.Image) -> Image.Image:
    converted.info["exif"] = opened.getexif().tobytes()
    return converted


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB. A profile that can't be read is taken for none, as browsers do."""
    out = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in ("RGB", "CMYK", "L", "RGBA"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, own, srgb, outputMode=out)
            if converted is not None:
                return converted
    return picture if picture.mode == out else picture.convert(out)


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone: savers write what they find in `info`, EXIF and position included."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _widths(picture: Image.Image) -> list[int]:
    """The widths to make of it, smallest first. Nothing is made larger than it is."""
    return [*(width for width in WIDTHS if width < picture.width), picture.width]


#: AVIF first, and within a type the smallest first, so that the last is the largest WebP.
_OUT: dict[str, dict[str, Any]] = {
    "avif": {"quality": 60, "speed": 7, "max_threads": 2},
    "webp": {"quality": 80, "method": 4},
}


def _written(picture: Image.Image, width: int, folder: Path, kind: str) -> dict[str, Any]:
    height = max(1, round(picture.height * width / picture.width))
    scaled = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = folder / f"{width}.{kind}"
    scaled.save(file, kind.upper(), **_OUT[kind])
    return {
        "file": file.name,
        "width": width,
        "height": height,
        "content_type": f"image/{kind}",
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if not features.check("avif"):
        sys.exit("this Pillow can't write AVIF")
    main(sys.argv[1:])

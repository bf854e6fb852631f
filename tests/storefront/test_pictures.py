"""What becomes of the pictures that people send, and of what only pretends to be one."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from storefront.gateways import darkroom
from tests.storefront.uploads import drawn, files, process

RED, BLUE = (220, 20, 20), (20, 20, 220)
HTML = b"<html><script>alert(1)</script></html>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
POSITION = {1: "N", 2: (29.0, 22.0, 0.0), 3: "E", 4: (47.0, 58.0, 0.0)}


def near(pixel, colour, most=30):
    return all(abs(a - b) <= most for a, b in zip(pixel[:3], colour, strict=True))


def halves(size=(400, 200)):
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return picture


def saved(picture, kind="JPEG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def develop(tmp_path):
    """Develops a picture as the darkroom does; the largest WebP of it, opened, and all files."""

    def make(content, content_type):
        folder = tmp_path / "out"
        folder.mkdir()
        (tmp_path / "in").write_bytes(content)
        made = darkroom.develop(tmp_path / "in", content_type, folder)
        for one in made:
            opened = Image.open(io.BytesIO((folder / one["file"]).read_bytes()))
            assert opened.size == (one["width"], one["height"])
            assert opened.format == one["content_type"].removeprefix("image/").upper()
        opened.load()
        opened.all = [(folder / one["file"]).read_bytes() for one in made]
        return opened

    return make


TAKEN = {
    "JPEG": (saved(halves()), "image/jpeg"),
    "progressive JPEG": (saved(halves(), progressive=True), "image/jpeg"),
    "PNG": (saved(halves(), "PNG"), "image/png"),
    "WebP": (saved(halves(), "WEBP"), "image/webp"),
    "lossless WebP": (saved(halves(), "WEBP", lossless=True), "image/webp"),
    "AVIF": (saved(halves(), "AVIF"), "image/avif"),
    "HEIC": (saved(halves(), "HEIF"), "image/heic"),
    "HEIC as HEIF": (saved(halves(), "HEIF"), "image/heif"),
    "palette PNG": (saved(halves().convert("P"), "PNG"), "image/png"),
    "CMYK": (saved(halves().convert("CMYK")), "image/jpeg"),
    "several in one JPEG": (
        saved(halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
        "image/jpeg",
    ),
    "moving WebP": (
        saved(halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (400, 200))]),
        "image/webp",
    ),
    "moving PNG": (
        saved(halves(), "PNG", save_all=True, append_images=[Image.new("RGB", (400, 200))]),
        "image/png",
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_phones_and_programs_make_is_taken(develop, case):
    shown = develop(*TAKEN[case])

    assert (shown.size, shown.mode) == ((400, 200), "RGB")
    assert near(shown.getpixel((50, 100)), RED, 60 if case == "CMYK" else 30)
    assert near(shown.getpixel((350, 100)), BLUE, 90 if case == "CMYK" else 30)
    assert getattr(shown, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("size", "widths"), [((500, 100), [320, 500]), ((320, 10), [320]), ((3, 2), [3])]
)
def test_nothing_is_made_larger_than_it_is(develop, size, widths):
    made = develop(drawn(size=size), "image/jpeg").all

    assert [Image.open(io.BytesIO(one)).width for one in made] == widths * 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(develop, kind, orientation):
    # How a camera stores an upright picture, red on the left, when it was held like that.
    stored = {
        1: lambda p: p,
        2: lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda p: p.transpose(Image.Transpose.ROTATE_180),
        4: lambda p: p.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda p: p.transpose(Image.Transpose.TRANSPOSE),
        6: lambda p: p.transpose(Image.Transpose.ROTATE_90),
        7: lambda p: p.transpose(Image.Transpose.TRANSVERSE),
        8: lambda p: p.transpose(Image.Transpose.ROTATE_270),
    }[orientation](halves())
    exif = Image.Exif()
    exif[0x0112] = orientation

    shown = develop(saved(stored, kind, exif=exif), f"image/{kind.lower()}")

    assert shown.size == (400, 200)
    assert near(shown.getpixel((50, 100)), RED)
    assert near(shown.getpixel((350, 100)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_nothing_but_the_picture_is_kept(develop, kind):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update(POSITION)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(
        halves(), kind, exif=exif.tobytes(), icc_profile=profile, xmp=b"<x>Secret XMP</x>"
    )
    assert b"Secret" in content or kind == "HEIF"
    content_type = "image/heic" if kind == "HEIF" else f"image/{kind.lower()}"

    made = develop(content, content_type).all

    assert len(made) == 4
    for written in made:
        for word in (b"Exif", b"EXIF", b"Secret", b"ICCP", b"XMP ", b"prof", b"acsp"):
            assert word not in written, word
        opened = Image.open(io.BytesIO(written))
        assert not opened.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(opened.info)


def test_colours_are_those_of_the_web(develop):
    # In this profile red and blue have changed places.
    profile = _swapped_profile()
    shown = develop(saved(Image.new("RGB", (40, 40), RED), icc_profile=profile), "image/jpeg")

    assert near(shown.getpixel((20, 20)), BLUE, 60)


def _swapped_profile():
    """sRGB with the tags of its red and blue primaries exchanged."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", raw[128:132])[0]
    for at in range(132, 132 + 12 * count, 12):
        name = bytes(raw[at : at + 4])
        raw[at : at + 4] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(name, name)
    return bytes(raw)


@pytest.mark.parametrize("profile", [b"", b"junk", b"\0" * 200])
def test_a_profile_that_is_none_is_overlooked(develop, profile):
    content = saved(halves(), "PNG", icc_profile=profile)

    assert near(develop(content, "image/png").getpixel((50, 100)), RED)


def test_sixteen_bits_become_eight(develop):
    grey = Image.new("I;16", (40, 40), 0x8000)

    shown = develop(saved(grey, "PNG"), "image/png")

    assert near(shown.getpixel((20, 20)), (128, 128, 128), 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_one_can_see_through_stays_so(develop, mode):
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    picture.paste((*RED, 255), (20, 0, 40, 40))

    shown = develop(saved(picture.convert(mode), "PNG"), "image/png")

    assert shown.mode == "RGBA"
    assert shown.getpixel((5, 20))[3] < 10
    assert shown.getpixel((35, 20))[3] > 245


def _png_of(width, height):
    """A PNG that says it has so many pixels, and has none."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


def _bomb():
    """A gigapixel in three kilobytes or so."""
    return saved(Image.new("1", (12_000, 12_000)), "PNG")


REJECTED = {
    "SVG": (SVG, "image/png", "type"),
    "HTML": (HTML, "image/jpeg", "type"),
    "a PNG called JPEG": (saved(halves(), "PNG"), "image/jpeg", "type"),
    "a JPEG called WebP": (saved(halves()), "image/webp", "type"),
    "an AVIF called HEIC": (saved(halves(), "AVIF"), "image/heic", "type"),
    "a HEIC called AVIF": (saved(halves(), "HEIF"), "image/avif", "type"),
    "a GIF": (saved(halves().convert("P"), "GIF"), "image/png", "type"),
    "HTML before a JPEG": (HTML + saved(halves()), "image/jpeg", "type"),
    "a GIF that is a script": (b"GIF89a=1;alert(1)//", "image/png", "type"),
    "a ZIP": (b"PK\x03\x04" + b"\0" * 100, "image/png", "type"),
    "one byte": (b"\xff", "image/jpeg", "type"),
    "magic alone": (b"\xff\xd8\xff", "image/jpeg", "unreadable"),
    "half a JPEG": (saved(halves((800, 800)))[:-2000], "image/jpeg", "unreadable"),
    "half a PNG": (saved(halves((800, 800)), "PNG")[:400], "image/png", "unreadable"),
    "half a WebP": (saved(halves((800, 800)), "WEBP")[:300], "image/webp", "unreadable"),
    "half an AVIF": (saved(halves((800, 800)), "AVIF")[:-100], "image/avif", "unreadable"),
    "half a HEIC": (saved(halves((800, 800)), "HEIF")[:-100], "image/heic", "unreadable"),
    "a bomb": (_bomb(), "image/png", "pixels"),
    "a gigapixel": (_png_of(32_000, 32_000), "image/png", "pixels"),
    "a ribbon": (_png_of(60_000, 1), "image/png", "pixels"),
    "a picture of nothing": (_png_of(0, 10), "image/png", "unreadable"),
    "no pixels": (_png_of(100, 100), "image/png", "unreadable"),
}
TEXTS = {
    "type": ("not the kind of picture", "نوع"),
    "pixels": ("too many pixels", "ميغابكسل"),
    "unreadable": ("damaged", "تالف"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_what_is_no_picture_of_its_type_is_rejected(develop, case):
    content, content_type, fault = REJECTED[case]

    with pytest.raises(darkroom.FaultError, match=f"^{fault}$"):
        develop(content, content_type)


@pytest.mark.parametrize("case", ["HTML", "a bomb", "half a HEIC"])
def test_who_sent_it_is_told_why_in_their_language(up, tenant_a, case):
    content, content_type, fault = REJECTED[case]

    state = up.upload(content, content_type)

    assert (state["status"], state["renditions"]) == ("rejected", [])
    assert files(tenant_a) == set()
    for language, text in zip(("en", "ar"), TEXTS[fault], strict=True):
        told = up.state(state["id"], **{"accept-language": language})["reason"]
        assert text in told, told


def test_a_file_that_never_came_is_rejected(up):
    media_id = up.announce(b"x" * 100)["id"]
    up.complete(media_id)
    process(media_id)

    state = up.state(media_id)
    assert (state["status"], "didn’t arrive" in state["reason"]) == ("rejected", True)


def _text():
    text = PngInfo()
    text.add_text("Comment", HTML.decode())
    return text


POLYGLOTS = {
    "HTML after a JPEG": (saved(halves()) + HTML, "image/jpeg"),
    "HTML in a JPEG's comment": (saved(halves(), comment=HTML), "image/jpeg"),
    "a ZIP after a PNG": (saved(halves(), "PNG") + b"PK\x03\x04<script>", "image/png"),
    "HTML in a PNG's text": (saved(halves(), "PNG", pnginfo=_text()), "image/png"),
}


@pytest.mark.parametrize("case", POLYGLOTS)
def test_of_two_things_in_one_file_the_picture_alone_is_kept(develop, case):
    shown = develop(*POLYGLOTS[case])

    assert near(shown.getpixel((50, 100)), RED)
    assert not any(b"script" in written for written in shown.all)


_PEAK = """
import runpy, sys, re
sys.argv = ["darkroom", *sys.argv[1:]]
runpy.run_path({path!r}, run_name="__main__")
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("kind", "content_type", "most"),
    [("JPEG", "image/jpeg", 350), ("PNG", "image/png", 700), ("WEBP", "image/webp", 950)],
)
def test_48_megapixels_are_taken_in_bounded_memory(tmp_path, kind, content_type, most):
    options = {"compress_level": 1} if kind == "PNG" else {"method": 0} if kind == "WEBP" else {}
    file = tmp_path / "photo"
    file.write_bytes(saved(Image.new("RGB", (8064, 6048), RED), kind, **options))

    done = subprocess.run(
        [sys.executable, "-c", _PEAK.format(path=darkroom.__file__), file, content_type, tmp_path],
        capture_output=True,
        check=True,
    )

    assert b'"width": 1280, "height": 960' in done.stdout
    assert int(done.stderr) / 1024 < most, done.stderr


def test_48_megapixels_of_an_iphone_are_taken(tmp_path):
    # Tiles of one colour: encoding takes seconds, decoding is what a phone's photo costs.
    file = tmp_path / "photo"
    file.write_bytes(saved(Image.new("RGB", (8064, 6048), RED), "HEIF", quality=10))

    done = subprocess.run(
        [sys.executable, "-c", _PEAK.format(path=darkroom.__file__), file, "image/heic", tmp_path],
        capture_output=True,
        check=True,
    )

    assert b'"width": 1280, "height": 960' in done.stdout
    assert int(done.stderr) / 1024 < 1200, done.stderr

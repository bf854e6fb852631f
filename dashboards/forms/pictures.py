"""An item's pictures as staff arrange them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.forms.fields import LineField
from storefront.domain.media import LONGEST_ALT
from storefront.domain.uploads import LARGEST, TYPES, Announcement

#: Browsers that don't know a type leave it to the name's end.
_BY_SUFFIX = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
}
ACCEPTED = ",".join((*TYPES, ".heic", ".heif"))


class FilesInput(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED, "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All that were chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Several pictures. Those that can be taken are; the others are told about one by one."""

    widget = FilesInput

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, whatever is in them. Their sizes and types are for `announcements`."""
        return list(value or [])


def announcements(
    files: Sequence[UploadedFile],
) -> tuple[list[tuple[Announcement, UploadedFile]], list[ValidationError]]:
    """The files that can be taken, and what is wrong with each of the others."""
    taken, errors = [], []
    for file in files:
        wrong = _what_is_wrong(file)
        if wrong:
            errors.append(ValidationError(f"{file.name}: {wrong}", code="file"))
        else:
            name = (file.name or "")[-255:]
            taken.append((Announcement(name, _type_of(file), file.size or 0), file))
    return taken, errors


def _what_is_wrong(file: UploadedFile) -> str:
    if _type_of(file) not in TYPES:
        return _("Choose a picture: JPEG, PNG, WebP, AVIF or HEIC.")
    if not file.size:
        return _("The file is empty.")
    return _("A picture may have up to 25 MB.") if file.size > LARGEST else ""


def _type_of(file: UploadedFile) -> str:
    declared = file.content_type or ""
    if declared.startswith("image/"):
        return declared
    return _BY_SUFFIX.get((file.name or "").rpartition(".")[2].lower(), declared)


class PictureForm(forms.Form):
    """One picture of the item: its words, its place among the others, whether it is to go."""

    alt_ar = LineField(
        label=gettext_lazy("In Arabic"),
        required=False,
        max_length=LONGEST_ALT,
        widget=forms.TextInput(attrs={"lang": "ar", "dir": "rtl", "translate": "no"}),
    )
    alt_en = LineField(
        label=gettext_lazy("In English"),
        required=False,
        max_length=LONGEST_ALT,
        widget=forms.TextInput(attrs={"lang": "en", "dir": "ltr", "translate": "no"}),
    )
    place = forms.IntegerField(
        label=gettext_lazy("Place"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    remove = forms.BooleanField(label=gettext_lazy("Remove this picture"), required=False)

"""A table of items as staff send it."""

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dashboards.forms.pictures import FilesField, announcements
from storefront.domain.item_tables import BY_NAME
from storefront.domain.sent_pictures import Files
from storefront.domain.tables import LARGEST, Table, TableError, read_table

_ACCEPTED = ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"


class ImportForm(forms.Form):
    """The table, and pictures that it names."""

    file = forms.FileField(
        label=_("The table"),
        allow_empty_file=True,
        help_text=_("A CSV file of up to 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        error_messages={"required": _("Choose a file.")},
    )
    pictures = FilesField(
        label=_("Pictures that it names"),
        required=False,
        # Django takes a hundred files in one form (DATA_UPLOAD_MAX_NUMBER_FILES).
        help_text=_("JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB each and 99 at once."),
    )

    def clean_file(self) -> Table:
        """The table in the file."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            # One byte more than may be shows that there are too many.
            return read_table(file.read(LARGEST + 1), known=BY_NAME, required=["slug"])
        except TableError as error:
            raise ValidationError(str(error), code="table") from error

    def sent_pictures(self) -> tuple[Files, tuple[str, ...]]:
        """The pictures that can be taken, and what is wrong with each of the others."""
        taken, errors = announcements(self.cleaned_data["pictures"])
        return taken, tuple(text for error in errors for text in error.messages)

    @property
    def filename(self) -> str:
        """What the person calls the table."""
        file = cast("UploadedFile", self.files["file"])
        return (file.name or "")[-255:]

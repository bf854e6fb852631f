"""Pictures that a table names: which of the tenant's they are."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from storefront.domain.media import MOST_PICTURES
from storefront.queries.item_tables import NamedPicture
from storefront.uploads.models import MediaUpload


class PictureNameError(ValueError):
    """Pictures that can't be shown as the cell asks; its text says why, in the language in force."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pictures that a cell names, in its order, and those names of which the newest was taken."""

    ids: tuple[UUID, ...]
    doubtful: tuple[str, ...] = ()


class PictureNames:
    """What names in cells mean: a file that was `sent` along before an item's own picture, and that
    before one that is `loose`. Case is no matter. A picture's id is as good as its name.
    """

    def __init__(
        self,
        *,
        sent: Mapping[str, UUID],
        uploads: Mapping[UUID, MediaUpload],
        loose: Iterable[tuple[NamedPicture, datetime]],
    ) -> None:
        self._sent, self._uploads = sent, uploads
        self._loose: dict[str, list[UUID]] = defaultdict(list)
        for picture, _at in sorted(loose, key=lambda one: one[1], reverse=True):
            self._loose[picture.name.casefold()].append(picture.id)
            self._loose[str(picture.id)].append(picture.id)

    def chosen(self, names: Sequence[str], *, own: Iterable[NamedPicture]) -> Chosen:
        """The pictures of these names for an item that shows `own` now. Raises PictureNameError."""
        if len(names) > MOST_PICTURES:
            told = _("An item may have up to %(most)d pictures.")
            raise PictureNameError(told % {"most": MOST_PICTURES})
        mine: dict[str, deque[UUID]] = defaultdict(deque)
        for picture in own:
            mine[picture.name.casefold()].append(picture.id)
            mine[str(picture.id)].append(picture.id)
        found = [(name, *self._found(name.casefold(), mine)) for name in names]
        self._refuse([name for name, picture, _doubt in found if picture is None])
        ids = tuple(picture for _name, picture, _doubt in found if picture)
        if len(set(ids)) < len(ids):
            raise PictureNameError(_("A picture is named twice."))
        return Chosen(ids, tuple(name for name, _picture, doubt in found if doubt))

    def _found(self, key: str, mine: Mapping[str, deque[UUID]]) -> tuple[UUID | None, bool]:
        if key in self._sent:
            return self._accepted(self._sent[key]), False
        if mine[key]:
            return mine[key].popleft(), False
        loose = self._loose.get(key, [])
        return (loose[0], len(loose) > 1) if loose else (None, False)

    def _accepted(self, media_id: UUID) -> UUID | None:
        upload = self._uploads.get(media_id)
        if upload is None:
            return None  # deleted or swept since
        if upload.reason:
            raise PictureNameError(f"{upload.filename}: {upload.reason}")
        return media_id

    @staticmethod
    def _refuse(names: Sequence[str]) -> None:
        if names:
            told = _("There is no such picture here, or another item shows it: %(names)s.")
            raise PictureNameError(told % {"names": _(", ").join(names)})

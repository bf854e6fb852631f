"""An item's pictures within its form: shown, added, arranged, described, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboards.forms.items import ItemForm
from dashboards.forms.pictures import PictureForm
from dashboards.views.pages import person_of
from storefront.domain.media import (
    MOST_PICTURES,
    arrange_media,
    delete_media,
    describe_media,
)
from storefront.domain.uploads import count_announcement, upload_file
from storefront.models import CatalogItem, MediaAsset
from storefront.queries.media import Picture, picture_by_id, pictures_free_for, pictures_of
from tenants.gateways.rate_limits import RateLimitedError
from tenants.requests import SurfaceRequest

#: Sent along by a form that shows pictures: another one leaves them alone.
SHOWN = "pictures_shown"


@dataclass(frozen=True, slots=True)
class Card:
    """A picture and what is written about it."""

    picture: Picture
    form: PictureForm

    @property
    def media_id(self) -> UUID:
        """The picture's id."""
        return self.picture.asset.id

    @property
    def is_described(self) -> bool:
        """Whether it is said in both languages what it shows."""
        return all(self.form[name].value() for name in ("alt_ar", "alt_en"))

    @property
    def is_removed(self) -> bool:
        """Whether it is to go."""
        return bool(self.form.cleaned_data.get("remove"))


@require_safe
def card(request: SurfaceRequest, media_id: UUID) -> HttpResponse:
    """The card of a picture that was uploaded while the form was open."""
    found = _found(media_id)
    return render(request, "dashboards/items/_picture.html", {"card": _card(found)})


@require_safe
def state(request: SurfaceRequest, media_id: UUID) -> HttpResponse:
    """How far a picture has come: a page that shows it asks again and again."""
    context = {"picture": _found(media_id)}
    return render(request, "dashboards/items/_picture_state.html", context)


def cards_of(item: CatalogItem | None) -> list[Card]:
    """The item's pictures as they are. One query, the item's pictures having been read."""
    return [_card(picture, number) for number, picture in enumerate(_of(item), start=1)]


def sent_cards(request: SurfaceRequest, form: ItemForm, item: CatalogItem | None) -> list[Card]:
    """The pictures as the form has them, in the order asked for, with the files that came along. What is
    wrong with these is said in `form`.
    """
    ids = [found for text in request.POST.getlist("media") if (found := _uuid(text))]
    item_id = item.id if item else None
    cards = [
        Card(picture, PictureForm(request.POST, prefix=str(picture.asset.id)))
        for picture in pictures_free_for(ids, item_id=item_id)
    ]
    room = MOST_PICTURES - len(cards)
    for card in cards:
        card.form.is_valid()
    ordered = sorted(cards, key=_place)
    return [*ordered, *_added(request, form, room)]


def are_valid(cards: Sequence[Card]) -> bool:
    """Whether all that was written about the pictures can be."""
    return all(card.form.is_valid() for card in cards if card.form.is_bound)


def save(request: SurfaceRequest, item: CatalogItem, cards: Sequence[Card]) -> None:
    """Arrange, describe and remove the item's pictures. Those that the form didn't know of stay."""
    gone = {card.media_id for card in cards if card.form.is_bound and card.is_removed}
    kept = [card for card in cards if card.media_id not in gone]
    with transaction.atomic():
        for media_id in gone:
            delete_media(media_id=media_id, actor_id=person_of(request).id)
        ids = [card.media_id for card in kept]
        known = {*ids, *gone}
        later = MediaAsset.objects.filter(item=item).exclude(id__in=known)
        ids += later.values_list("id", flat=True)
        arrange_media(item=item, media=ids, now=timezone.now())
        for card in kept:
            _describe(card)


def _describe(card: Card) -> None:
    if card.form.is_bound and {"alt_ar", "alt_en"} & set(card.form.changed_data):
        said = card.form.cleaned_data
        describe_media(media_id=card.media_id, alt_ar=said["alt_ar"], alt_en=said["alt_en"])


def _added(request: SurfaceRequest, form: ItemForm, room: int) -> list[Card]:
    """The files that came with a form sent without a script: taken even if something else is wrong,
    because a browser doesn't send them again.
    """
    ids = []
    try:
        for file, content in form.take_files(room):
            count_announcement()
            ids.append(
                upload_file(
                    file=file,
                    content=File(content),
                    actor_id=person_of(request).id,
                    now=timezone.now(),
                )
            )
    except RateLimitedError:
        form.add_error("pictures", _("Too many pictures at once. Try again in a few minutes."))
    return [_card(picture) for picture in pictures_free_for(ids, item_id=None)]


def _of(item: CatalogItem | None) -> Sequence[Picture]:
    return pictures_of(item.media.all()) if item else []


def _card(picture: Picture, place: int | None = None) -> Card:
    asset = picture.asset
    initial = {"alt_ar": asset.alt_ar, "alt_en": asset.alt_en, "place": place}
    return Card(picture, PictureForm(initial=initial, prefix=str(asset.id)))


def _place(card: Card) -> int:
    place = card.form.cleaned_data.get("place")
    return MOST_PICTURES if place is None else place


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _found(media_id: UUID) -> Picture:
    found = picture_by_id(media_id)
    if found is None:
        raise Http404
    return found

"""Where browsers post files when the storage is a disk: the other half of a form like S3's.

Nobody is logged in here. The signed policy in the fields says which one file may come, until when.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from storefront.domain import uploads
from tenants import scopes
from tenants.gateways.policies import Policy, PolicyError, policy_in
from tenants.gateways.storage import incoming
from tenants.views.problems import problem_response

#: What the fields and the boundaries may take beside the file; bytes.
_AROUND = 64 * 1024
_PIECE = 64 * 1024
#: A browser shows our refusal only once it has sent everything; more than this isn't waited for.
_DRAINED = 4 * uploads.LARGEST
_FILE = "file"


class TooLargeError(Exception):
    """The file is larger than its policy allows."""


class BrokenFormError(Exception):
    """The body is no form with one file at its end."""


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """204 as S3 answers; else 400, 403 or 413, and nothing is kept."""
    try:
        _receive(request)
    except TooLargeError:
        status, code = 413, "too_large"
    except (PolicyError, uploads.UploadRefusedError):
        status, code = 403, "permission_denied"
    except (BrokenFormError, MultiPartParserError, SuspiciousOperation):
        status, code = 400, "invalid"
    else:
        return HttpResponse(status=204)
    _drain(request)
    return problem_response(request, status=status, code=code)


def _receive(request: HttpRequest) -> None:
    if _length(request) > uploads.LARGEST + _AROUND:
        raise TooLargeError
    # On the storage's own disk: the finished file needs only a name.
    with tempfile.NamedTemporaryFile(dir=incoming()) as file:
        handler = _Receiver(file, Path(file.name))
        parser = MultiPartParser(request.META, cast("IO[bytes]", request), [handler], "utf-8")
        handler.parser = parser
        parser.parse()
    if not handler.has_received:
        raise BrokenFormError


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise BrokenFormError from error


class _Receiver(FileUploadHandler):
    """Writes the one file to disk as it comes, within its policy."""

    parser: MultiPartParser
    policy: Policy

    def __init__(self, file: Any, path: Path) -> None:
        super().__init__()
        self._file, self._path = file, path
        self._size = 0
        self._has_begun = False
        self.has_received = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Before the first byte: is this file allowed?"""
        super().new_file(field_name, *args, **kwargs)
        if field_name != _FILE or self._has_begun:
            raise BrokenFormError
        self._has_begun = True
        # What came before the file, as for S3; Django offers it to nobody before the end.
        fields: Mapping[str, str] = self.parser._post.dict()  # type: ignore[attr-defined]  # noqa: SLF001
        self.policy = policy_in(fields, now=timezone.now())
        with self._scope():
            uploads.require_awaited(uploads.owner_of(self.policy)[1])

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        self._size += len(raw_data)
        if self._size > self.policy.size:
            raise TooLargeError
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Put the whole file into quarantine."""
        # A connection that broke looks like an end: the whole file may still be sent again.
        if self._size != self.policy.size:
            raise BrokenFormError
        self._file.flush()
        with self._scope():
            uploads.receive(uploads.owner_of(self.policy)[1], self._path)
        self.has_received = True

    def _scope(self) -> Any:
        return scopes.tenant(uploads.owner_of(self.policy)[0])


def _drain(request: HttpRequest) -> None:
    left = min(_length_or_zero(request), _DRAINED)
    while left > 0 and (piece := request.read(min(left, _PIECE))):
        left -= len(piece)


def _length_or_zero(request: HttpRequest) -> int:
    try:
        return _length(request)
    except BrokenFormError:
        return 0

"""Forms that can be refused for more than what was typed."""

from django import forms


class RefusableForm(forms.Form):
    """Knows the status to answer with: 400 for what was typed, else what `refuse` said."""

    #: Seconds to wait, or 0.
    retry_after = 0
    _refused = 0

    def refuse(self, text: str, *, status: int, retry_after: int = 0) -> None:
        """Say above all fields why not, for now."""
        self.add_error(None, text)
        self._refused, self.retry_after = status, retry_after

    @property
    def status(self) -> int:
        """200 while nothing is wrong."""
        return self._refused or (400 if self.errors else 200)

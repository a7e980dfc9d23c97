"""The one base class of the errors a user can meet."""


class AutofixError(ValueError):
    """Something a user gave us cannot be used; the message says what, where and what to do."""

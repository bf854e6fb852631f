"""What can go wrong before Django is there. Each message is one line, meant for a person."""


class EmbeddedError(Exception):
    """The embedded servers or the demo can't start; `str()` is the line to show (exit 1)."""


class UnsupportedPlatformError(EmbeddedError):
    """No PostgreSQL or Valkey binaries for this machine, or they don't run on it."""


class BrokenStateError(EmbeddedError):
    """The state folder can't be used as it is."""


class StateInUseError(EmbeddedError):
    """Another process uses the state folder in a way that excludes ours."""


class ServerFailedError(EmbeddedError):
    """PostgreSQL or Valkey didn't start, or didn't answer in time."""


class PortInUseError(EmbeddedError):
    """The port asked for can't be bound."""


class StepFailedError(EmbeddedError):
    """A step of the demo's start-up exited with an error."""

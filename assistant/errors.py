"""The error tree. Each message is one line that names the input, the reason and the remedy.

AssistantError
├── UsageError       the request is malformed (exit code 2)
├── InputError       a file, document or text cannot be used (exit code 1)
├── StoreError       the index is missing, corrupt, out of date or busy (exit code 1)
└── ServiceError     a server that the user set up does not answer (exit code 1)
"""


class AssistantError(Exception):
    """Base of all errors that a person should read; `exit_code` is for the command line."""

    exit_code = 1


class UsageError(AssistantError):
    """An option or field has a value that is not allowed."""

    exit_code = 2


class InputError(AssistantError):
    """A file or document cannot be read, or does not exist."""


class StoreError(AssistantError):
    """The index is missing, damaged, made with other settings, or being written by someone else."""


class ServiceError(AssistantError):
    """A server the user configured cannot be reached or answers nonsense."""

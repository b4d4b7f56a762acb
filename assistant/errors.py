"""The error tree. Each message is one line that names the input, the reason and the remedy.

AssistantError
├── UsageError       the request is malformed (exit code 2)
├── InputError       a file, document or text cannot be used (exit code 1)
├── StoreError       the index is missing, corrupt, out of date or busy (exit code 1)
└── ServiceError     a server that the user set up does not answer (exit code 1)
    └── ModelError   a language model gave no usable answer: answers are then made by selection, and say so
        ├── ModelUnreachableError, ModelKeyError, ModelUnknownError, ModelQuotaError
        └── ModelContextError, ModelSilentError, ModelReplyError
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


class ModelError(ServiceError):
    """A language model gave no usable answer; `why` is the key of the reason in `messages`."""

    why = "model_reply"


class ModelUnreachableError(ModelError):
    """No connection to its server."""

    why = "model_unreachable"


class ModelKeyError(ModelError):
    """Its server refuses the key."""

    why = "model_key"


class ModelUnknownError(ModelError):
    """Its server does not have the model."""

    why = "model_unknown"


class ModelQuotaError(ModelError):
    """Too many requests, or nothing left to spend."""

    why = "model_quota"


class ModelContextError(ModelError):
    """Question and passages do not fit into what it can read."""

    why = "model_context"


class ModelSilentError(ModelError):
    """No whole reply in time: slow, failing, or broken off."""

    why = "model_silent"


class ModelReplyError(ModelError):
    """A reply that is not what was asked for."""

    why = "model_reply"

"""API errors: what a handler raises to answer with a code. Imported by everything, imports nothing.

The helpers below are the codes of more than one action; a code that belongs to one is raised there.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A documented refusal: HTTP status, code and message of the error envelope."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        # Sent as a header where the service says when to come again.
        self.retry_after_ms: int | None = None
        # Who was refused what, where RAM refuses.
        self.access_denied_detail: dict[str, Any] | None = None


# The billing page pairs HTTP 200 with Success=false; clients that trust the status alone fall for it.
class BusinessFailure(Exception):
    """A refusal of the billing API, which travels with HTTP 200 and Success=false."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def invalid_parameter(name: str, why: str, code: str = "InvalidParameter") -> ApiError:
    """400 for a parameter whose value is malformed or out of bounds."""
    return ApiError(400, code, f"The specified parameter {name} is not valid: {why}.")


def missing_parameter(name: str, code: str = "MissingParameter") -> ApiError:
    """400 for a mandatory parameter that is absent or empty."""
    return ApiError(
        400,
        code,
        f"The input parameter {name} that is mandatory for processing this request is not supplied.",
    )


def instance_not_found(instance_id: str, code: str = "InvalidInstanceId.NotFound") -> ApiError:
    """404 for an instance that the account does not have."""
    return ApiError(404, code, f"The specified InstanceId {instance_id} does not exist.")


def incorrect_status(resource_id: str, status: str, expected: str) -> ApiError:
    """403 for an operation that the instance's state forbids."""
    text = f"The status of the resource {resource_id} is {status} but the expected status is in ({expected})."
    return ApiError(403, "IncorrectInstanceStatus", text)


def locked_for_security(instance_id: str) -> ApiError:
    """403 for an operation that a security lock forbids."""
    text = f"The instance {instance_id} is locked for security reasons."
    return ApiError(403, "InstanceLockedForSecurity", text)


def dry_run_passed(code: str = "DryRunOperation") -> ApiError:
    """400 by which a dry run reports success."""
    return ApiError(400, code, "Request validation has been passed with DryRun flag set.")

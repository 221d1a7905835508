"""What was missing when RAM refused a call (Ram 2015-05-01)."""

from __future__ import annotations

from emulator.actions.ram_common import wrong
from emulator.registry import Call, Reply, action
from emulator.rules.rights import decoded


@action("Ram", "DecodeDiagnosticMessage", "", required="EncodedDiagnosticMessage")
def decode_diagnostic_message(call: Call) -> Reply:
    """DecodeDiagnosticMessage: of a refusal that this account's users or roles met."""
    found = decoded(call.parameters.text("EncodedDiagnosticMessage"))
    if found is None or found.get("AuthPrincipal", {}).get("AuthPrincipalOwnerId") != call.account:
        raise wrong("EncodedDiagnosticMessage", "", "is incorrect")
    return {"DecodedDiagnosticMessage": found}

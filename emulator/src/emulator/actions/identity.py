"""Who am I, and where is a product served (Sts 2015-04-01, Location 2015-06-12)."""

from __future__ import annotations

from emulator.registry import Call, Reply, action


@action("Sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> Reply:
    """GetCallerIdentity: account and identity of the access key."""
    identity = call.identity
    return {
        "AccountId": identity.account_id,
        "UserId": identity.principal_id,
        "RoleId": "",
        "PrincipalId": identity.principal_id,
        "Arn": identity.arn,
        "IdentityType": "RAMUser" if identity.user else "Account",
    }


@action("Location", "DescribeEndpoints", "Id Type", required="ServiceCode")
def describe_endpoints(call: Call) -> Reply:
    """DescribeEndpoints: every product is served at the address this call came to."""
    service = call.parameters.text("ServiceCode")
    endpoint = {
        "Endpoint": call.host,
        "Id": call.parameters.text("Id"),
        "Namespace": "",
        # The API spells it so, and clients read it so.
        "SerivceCode": service,
        "Type": "openAPI",
        "Protocols": {"Protocols": ["HTTP", "HTTPS"]},
    }
    return {"Success": True, "Endpoints": {"Endpoint": [endpoint]}}

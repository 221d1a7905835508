"""Where the vendor publishes the page of an action. Imports nothing of the package.

The forms are those of published pages; that there is a page for each action is not looked up.
"""

from __future__ import annotations

_HELP = "https://www.alibabacloud.com/help/en"
_FORMS = {
    "Ecs": "ecs/developer-reference/api-ecs-2014-05-26-{}",
    "Vpc": "vpc/developer-reference/api-vpc-2016-04-28-{}",
    "Ram": "ram/developer-reference/api-ram-2015-05-01-{}",
    "Sts": "ram/developer-reference/api-sts-2015-04-01-{}",
    "Ims": "ram/developer-reference/api-ims-2019-08-15-{}",
    "BssOpenApi": "user-center/developer-reference/api-bssopenapi-2017-12-14-{}",
    "Actiontrail": "actiontrail/developer-reference/api-actiontrail-2020-07-06-{}",
    "EventBridge": "eventbridge/developer-reference/api-eventbridge-2020-04-01-{}",
    "ResourceManager": "resource-management/resource-group/developer-reference"
    "/api-resourcemanager-2020-03-31-{}-rg",
}
# Elastic addresses are calls of the product Vpc, with a handbook of their own.
_ELASTIC = "eip/developer-reference/api-vpc-2016-04-28-{}-eips"


def page_of(product: str, action: str) -> str:
    """Return the address of an action's page; an empty text where no published form is known."""
    form = _ELASTIC if product == "Vpc" and "Eip" in action else _FORMS.get(product, "")
    return f"{_HELP}/{form.format(action.lower())}" if form else ""

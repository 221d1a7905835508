"""Calls that list the network things of a region.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

from ecs_release.domain.networks import NetworkFacts
from ecs_release.gateway.batches import all_pages
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.mapping_networks import Page, security_groups_in, vpcs_in, vswitches_in

# The most that the APIs give in one page.
VPC_PAGE, ECS_PAGE = 50, 100
SECURITY_GROUPS, VSWITCHES, VPCS = "DescribeSecurityGroups", "DescribeVSwitches", "DescribeVpcs"


class Networks:
    """The looks at VPCs and what is in them, in one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def all(self) -> tuple[NetworkFacts, ...]:
        """Every security group, vSwitch and VPC of the region: a VPC after what may be in it.

        Not by name: what the filters of the API take for equal is documented nowhere.
        """
        listings = {
            SECURITY_GROUPS: self._security_groups,
            VSWITCHES: self._vswitches,
            VPCS: self._vpcs,
        }
        found = (facts for action, read in listings.items() for facts in all_pages(action, read))
        # By id, because a page that moves while it is read gives a thing twice.
        return tuple({facts.id: facts for facts in found}.values())

    def _security_groups(self, token: str | None) -> Page:
        told = {"RegionId": self._region, "MaxResults": ECS_PAGE, "NextToken": token}
        return security_groups_in(self._caller.perform(Call(SECURITY_GROUPS, told)))

    def _vswitches(self, page: str | None) -> Page:
        return vswitches_in(self._caller.perform(self._numbered(VSWITCHES, page)))

    def _vpcs(self, page: str | None) -> Page:
        return vpcs_in(self._caller.perform(self._numbered(VPCS, page)))

    def _numbered(self, action: str, page: str | None) -> Call:
        told = {"RegionId": self._region, "PageNumber": int(page or 1), "PageSize": VPC_PAGE}
        return Call(action, told)

"""Network things and the mark that tells whose they are.

Pure: imports the standard library only. The stock provider tags a vSwitch in a call of its own, after it was
created; the description goes with the creation, so that a thing nobody recorded carries it.
"""

from dataclasses import dataclass

VPC, VSWITCH, SECURITY_GROUP = "VPC", "vSwitch", "security group"
# How the component Network ends the names of what it makes.
NAME_ENDS = {VPC: "-vpc", VSWITCH: "-vswitch", SECURITY_GROUP: "-security-group"}


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """A VPC, or what belongs to one; a security group has no status in the API."""

    kind: str
    id: str
    name: str
    description: str
    vpc_id: str
    status: str = "Available"

    def is_marked(self, project: str, stack: str) -> bool:
        """Whether a stack of the project made it; a thing renamed by hand is nobody's."""
        named = self.name.startswith(f"{stack}-") and self.name.endswith(NAME_ENDS[self.kind])
        return named and self.description == network_mark(project, stack)


def network_mark(project: str, stack: str) -> str:
    """The description of everything that a stack makes of its network."""
    return f"ecs-release {project}/{stack}"

"""The program: loads the stack's environment, declares it, exports what people look for."""

import pulumi

from components.environment import Environment
from components.naming import ENVIRONMENT
from components.settings import load_settings

settings = load_settings()
environment = Environment(ENVIRONMENT, settings.environment, cloud=settings.cloud, now=settings.now)
for name, group in environment.groups.items():
    pulumi.export(name, {"instance_ids": group.instance_ids, "public_ips": group.public_ips})

"""The program: loads the stack's environment, declares it, exports what people look for.

Started by `pulumi package add` and by programs in other languages, it serves the components instead.
"""

import pulumi

from components.environment import Environment
from components.naming import ENVIRONMENT
from components.package.server import is_asked_for, serve
from components.settings import load_settings

if is_asked_for():
    serve()
else:
    settings = load_settings()
    environment = Environment(ENVIRONMENT, settings.environment, cloud=settings.cloud, now=settings.now)
    for name, group in environment.groups.items():
        pulumi.export(name, {"instance_ids": group.instance_ids, "public_ips": group.public_ips})

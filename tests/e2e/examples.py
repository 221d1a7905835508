"""The programs of examples/ as projects of their own, with the components added by the real CLI."""

import shutil
import subprocess

import yaml

from tests.e2e.cloud import ROOT
from tests.e2e.fresh_copy import package_cache
from tests.e2e.world import World


class Example:
    """A copy of one example in a world's project folder; the world's stack is made in it."""

    def __init__(self, world: World, name: str, path: str) -> None:
        self.world, self._source = world, ROOT / "examples" / name
        world.environment |= {"PATH": path, **package_cache(), "npm_config_cache": npm_cache()}
        shutil.rmtree(world.project)
        ignored = shutil.ignore_patterns("sdks", "node_modules", "Pulumi.*.yaml")
        shutil.copytree(self._source, world.project, ignore=ignored)
        (world.project / "stacks").mkdir()
        self._write_config()
        self._forget_package()
        assert world.pulumi("stack", "init", world.stack).code == 0

    def add_package(self, source: str) -> None:
        """What the documentation says: one command, with the repository's place."""
        done = self.world.run(["pulumi", "package", "add", source, "--non-interactive"], {})
        assert done.code == 0, done.output
        # The CLI writes an address down without its scheme.
        assert self.description()["packages"] == {"ecs-release": source.removeprefix("https://")}

    def change(self, file: str, old: str, new: str) -> None:
        """Edits the program, which has to hold the old text once."""
        path = self.world.project / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} has {text.count(old)} times {old}"
        path.write_text(text.replace(old, new))

    def description(self) -> dict[str, object]:
        """The project's Pulumi.yaml."""
        return dict(yaml.safe_load((self.world.project / "Pulumi.yaml").read_text()))

    def _forget_package(self) -> None:
        kept = {key: value for key, value in self.description().items() if key != "packages"}
        (self.world.project / "Pulumi.yaml").write_text(yaml.safe_dump(kept, sort_keys=False))

    def _write_config(self) -> None:
        text = (ROOT / "stacks" / "Pulumi.local.yaml").read_text()
        config = yaml.safe_load(text.replace("127.0.0.1:8443", self.world.cloud.address))["config"]
        del config["ecs-release:environment"]
        written = yaml.safe_dump({"config": config})
        (self.world.project / f"Pulumi.{self.world.stack}.yaml").write_text(written)


def path_with_hosts() -> str:
    """PATH with the hosts for YAML and TypeScript, which the toolchain gets where they are missing."""
    command = ["python3", "-m", "toolchain", "hosts"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (path,) = [line.partition("=")[2] for line in printed.splitlines() if line.startswith("PATH=")]
    return path.strip("'")


def npm_cache() -> str:
    """npm's cache in the home of whoever runs the tests; a world's own home has none."""
    command = ["npm", "config", "get", "cache"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

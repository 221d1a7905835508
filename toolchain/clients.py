"""What the pages of docs/emulator use, built or fetched before they are followed, so that nothing is then."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import go_modules, terraform_provider
from .place import Place
from .process import run, say

ALIYUN = "aliyun"
TERRAFORM = "terraform"
# In the last version that is under the Mozilla Public License.
_TERRAFORM_MODULE = "github.com/hashicorp/terraform"
_TERRAFORM_MINUTES = 2
_ALIYUN_MINUTES = 0.5
_GO_SDK = "the Go SDK"


def find_or_get(place: Place) -> None:
    """Get what this machine lacks of all that the pages use."""
    _compile_go_example(place)
    aliyun(place)
    terraform(place)
    terraform_provider.get(place)


def go_environment(place: Place) -> dict[str, str]:
    """For a shell with another home: where Go keeps what it has, and that it gets nothing more."""
    names = ("GOMODCACHE", "GOCACHE", "GOPATH")
    command = [go_modules.require_go(place, _GO_SDK), "env", *names]
    folders = run("asking Go for its folders", command, place.environment).splitlines()
    return {
        **dict(zip(names, folders, strict=True)),
        "GOPROXY": "off",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
    }


def _compile_go_example(place: Place) -> None:
    """Done each time: what Go has compiled is in a cache of its own, which it empties when it likes."""
    say("compiling the Go SDK for docs/emulator/go.md: about a minute on 2 cores where it is not yet")
    example = place.root / "examples" / "emulator" / "go"
    with tempfile.TemporaryDirectory() as folder:
        # Only what it has compiled on the way is wanted, and linking tells that all of it is there.
        command = [go_modules.require_go(place, _GO_SDK), "build", "-o", f"{folder}/release", "."]
        run("compiling the Go SDK", command, {**place.environment, "GOWORK": "off"}, folder=example)


def aliyun(place: Place) -> Path:
    """The aliyun command: the user's own, else what stands in for it, as docs/emulator/aliyun-cli.md says."""
    if (own := place.which(ALIYUN)) is not None:
        return own
    return go_modules.cached(place, "aliyun", ALIYUN, place.sources / "aliyun", ".", _ALIYUN_MINUTES)


def terraform(place: Place) -> Path:
    """The terraform command: the user's own, else one in the cache, built where it is missing."""
    if (own := place.which(TERRAFORM)) is not None:
        return own
    module = place.sources / "terraform"
    return go_modules.cached(
        place, "terraform-command", TERRAFORM, module, _TERRAFORM_MODULE, _TERRAFORM_MINUTES
    )

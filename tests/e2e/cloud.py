"""The emulator as a process, its control calls, and plain calls of a bystander with a console."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOOKING = ("Describe", "Get", "Query", "List", "Lookup")
VERSIONS = {
    "Vpc": "2016-04-28",
    "Ecs": "2014-05-26",
    "BssOpenApi": "2017-12-14",
    "Ram": "2015-05-01",
    "Ims": "2019-08-15",
    "Sts": "2015-04-01",
    "Actiontrail": "2020-07-06",
    "EventBridge": "2020-04-01",
}
Request = dict[str, Any]


class Cloud:
    """One emulator process on a port and a database file of its own."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self._folder = port, folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(ROOT / ".venv/bin/ecs-emulator"), "serve", "--port", str(self.port)]
        command += ["--db", str(self._folder / "emulator.db")]
        with (self._folder / "emulator.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._await_health()

    def authority(self) -> Path:
        """The file with the certificate that clients have to trust; made where it is not there yet."""
        database = self._folder / "emulator.db"
        command = [str(ROOT / ".venv/bin/ecs-emulator"), "ca", "--db", str(database)]
        subprocess.run(command, check=True, capture_output=True)
        return database.with_name("emulator.db.ca.pem")

    def _await_health(self) -> None:
        ends_at = time.monotonic() + 30
        while True:
            try:
                self.control("health")
                return
            except OSError:
                assert time.monotonic() < ends_at, "the emulator did not start"
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def control(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """A control call; POST when there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.address}/_emulator/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or b"null")

    def fault(self, match: dict[str, Any], **effect: Any) -> None:
        """Adds one fault rule; the first that matches wins."""
        self.control("faults", {"match": match, "effect": effect})

    def heal(self) -> None:
        """Removes all fault rules."""
        self.control("faults", method="DELETE")

    def state(self, kind: str) -> dict[str, Any]:
        """All objects of one kind, by id, in the API's spelling."""
        return dict(self.control("state")[kind])

    @property
    def instances(self) -> dict[str, Any]:
        """All instances that exist."""
        return self.state("instances")

    def members(self) -> dict[str, str]:
        """The ids of all instances by their member tag; the last one wins."""
        return {tags_of(facts).get("ecs-release:member", ""): id_ for id_, facts in self.instances.items()}

    def mark(self) -> int:
        """The number of the newest request."""
        requests = self.control("requests?since=0")
        return int(requests[-1]["n"]) if requests else 0

    def requests(self, since: int = 0, action: str = "") -> list[Request]:
        """The calls recorded after a mark, of one action or of all."""
        found = self.control(f"requests?since={since}")
        return [request for request in found if not action or request["action"] == action]

    def changing(self, since: int = 0) -> list[str]:
        """The actions after a mark that are not mere looks, refused ones too: none should be tried."""
        actions = [str(request["action"]) for request in self.requests(since)]
        return [action for action in actions if not action.startswith(LOOKING)]

    def released(self, since: int = 0) -> list[set[str]]:
        """The ids of each accepted DeleteInstances after a mark.

        A repetition with the ClientToken of one before is that one, since the cloud answers it by heart.
        """
        accepted = [call for call in self.requests(since, "DeleteInstances") if call["status"] == 200]
        by_token = {call["parameters"].get("ClientToken") or call["n"]: call for call in accepted}
        return [ids_of(call) for call in by_token.values()]

    def call(self, action: str, product: str = "Ecs", **parameters: Any) -> Any:
        """What somebody at the console does: one plain call; errors come back as their body."""
        query = {"Action": action, "Version": VERSIONS[product], "Format": "JSON", "RegionId": "cn-hangzhou"}
        query |= {"AccessKeyId": "emulator", "Signature": "x", "SignatureNonce": str(time.time_ns())}
        query |= {"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
        query |= {"Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **parameters}
        request = urllib.request.Request(
            f"http://{self.address}/?{urllib.parse.urlencode(query)}", b"", method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            return json.load(error)


def ids_of(request: Request) -> set[str]:
    """The instance ids that a DeleteInstances names."""
    parameters = request["parameters"].items()
    return {str(value) for name, value in parameters if name.startswith("InstanceId.")}


def tags_of(facts: dict[str, Any]) -> dict[str, str]:
    """The tags of an object in the emulator's state."""
    listed = facts.get("Tags", [])
    tags = listed.get("Tag", []) if isinstance(listed, dict) else listed
    return {
        str(tag.get("TagKey", tag.get("Key"))): str(tag.get("TagValue", tag.get("Value"))) for tag in tags
    }

"""What following a page means: which blocks are files, which are run, and what is left out."""

from __future__ import annotations

from pathlib import Path

from tests.emulator_clients import pages
from tests.emulator_clients.conftest import Follow

PAGE = f"""
    {pages.START}

```console
exit 1
```

<!-- file: notes/first.txt -->
```
8443
```

```go title="main.go"
package main
```

```sh
port=$(cat notes/first.txt)
```

```sh
test -f main.go
curl -s "http://127.0.0.1:$port/?Action=CreateVpc&Version=2016-04-28&RegionId=cn-hangzhou&AccessKeyId=emulator&Signature=a"
curl -s "http://127.0.0.1:8443/?Action=DescribeVpcs&Version=2016-04-28&RegionId=cn-hangzhou&AccessKeyId=emulator&Signature=a"
curl -s "http://127.0.0.1:8443/?Action=DeleteVpc&Version=2016-04-28&VpcId=vpc-0&AccessKeyId=emulator&Signature=a"
```
"""


def write(folder: Path, text: str) -> str:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return str(page)


def test_files_are_written_and_commands_run_in_one_shell(tmp_path: Path, followed: Follow) -> None:
    result = followed(write(tmp_path, PAGE), {})
    assert result.changes() == ["CreateVpc", "DeleteVpc InvalidVpcId.NotFound"]
    assert len(result.state["vpcs"]) == 1


def test_a_command_that_fails_ends_the_page(tmp_path: Path) -> None:
    page = write(tmp_path, f"{pages.START}\n\n```sh\nexit 3\n```\n\n```sh\ntouch later\n```\n")
    assert pages.follow(page, tmp_path, {}).code == 3
    assert not (tmp_path / "later").exists()


def test_nothing_leaves_this_machine(tmp_path: Path) -> None:
    page = write(tmp_path, f"{pages.START}\n\n```sh\ncurl -s --max-time 5 http://example.com\n```\n")
    assert pages.follow(page, tmp_path, {}).code == 7


def test_every_page_is_linked_from_the_emulators_own() -> None:
    text = (pages.ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")
    actions = (pages.PAGES / "actions.md").read_text(encoding="utf-8")
    found = sorted(page.name for page in pages.PAGES.glob("*.md"))
    lost = [name for name in found if f"(emulator/{name})" not in text and f"({name})" not in actions]
    assert lost == []


def test_pages_and_examples_agree() -> None:
    for page in pages.PAGES.glob("*.md"):
        have = {path.name: path.read_text(encoding="utf-8") for path in pages.example(page)}
        shown = {block.file: block.text for block in pages.blocks(page) if block.file}
        assert not have or {name: text for name, text in shown.items() if have.get(name) != text} == {}

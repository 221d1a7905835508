"""The table of the gateway's calls has every call that the gateway can send, and no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecs_release.domain.rights import Action, Command, Demand, Duty, Scope
from ecs_release.gateway import actions, actions_page
from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.call import Call
from ecs_release.gateway.clients import PRODUCTS
from ecs_release.gateway.leftovers import DELETIONS
from ecs_release.gateway.stock_actions import STOCK_ACTIONS

# Tables, which name calls and send none.
TABLES = ("actions.py", "stock_actions.py", "actions_page.py")
SOURCES = [path for path in Path(actions.__file__).parent.glob("*.py") if path.name not in TABLES]
WAYS_OUT = ("Call", "Probe", "_send", "_each_batch")
LOOKING = ("Describe", "Get", "Query", "Inquiry", "Lookup")
# Who somebody is, is told and made without any right.
FREE = ("GetCallerIdentity", "AssumeRoleWithOIDC")
EVERY = (*ACTIONS.values(), *STOCK_ACTIONS)


def words(path: Path) -> Iterator[str]:
    """Every text in a module that could be an action's name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def sent(path: Path) -> Iterator[str]:
    """The actions that a module's calls name by a text of their own."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and named(node.func) in WAYS_OUT:
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            yield from (text for text in texts if isinstance(text, str) and is_action(text))


def named(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def is_action(text: str) -> bool:
    return text.isalpha() and text[:1].isupper()


def test_what_is_not_in_the_table_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="RebootInstance is not in the table"):
        Call("RebootInstance", {})


def test_every_call_in_the_gateway_is_in_the_table() -> None:
    found = {action for path in SOURCES for action in sent(path)}
    found |= {action for action, _ in DELETIONS.values()}
    assert len(found) > 20
    assert found <= set(ACTIONS)


def test_no_action_is_in_the_table_that_nothing_sends() -> None:
    found = {word for path in SOURCES for word in words(path)}
    assert set(ACTIONS) <= found


@pytest.mark.parametrize("action", EVERY, ids=lambda action: action.right or action.name)
def test_an_entry_is_whole(action: Action) -> None:
    assert action.product in PRODUCTS
    assert action.grants
    assert action.changes is not action.name.startswith((*LOOKING, *FREE))
    code = {"": "", "ram:PassRole": "ram"}.get(action.right, action.product)
    assert action.right.partition(":")[0] == code
    assert (action.right == "") is (action.name in FREE)
    for grant in action.grants:
        assert grant.commands
        assert (grant.scope is Scope.OPEN) or grant.kinds


def test_a_look_is_never_narrowed() -> None:
    looks = [grant for action in EVERY if not action.changes for grant in action.grants]
    assert {(grant.kinds, grant.scope) for grant in looks} == {((), Scope.OPEN)}


def test_every_command_and_every_demand_is_somebodys() -> None:
    grants = [grant for action in EVERY for grant in action.grants]
    assert {command for grant in grants for command in grant.commands} == set(Command) - {Command.JOURNAL}
    assert {grant.demand for grant in grants} == set(Demand)


def test_what_ends_an_instance_or_its_protection_is_marked() -> None:
    duties = {action.name: action.duty for action in EVERY if action.duty is not Duty.NONE}
    assert duties == {
        "DeleteInstances": Duty.RELEASES,
        "RefundInstance": Duty.RELEASES,
        "ModifyInstanceAttribute": Duty.LIFTS,
        "ModifyInstanceAutoReleaseTime": Duty.GOES_AROUND,
        "ModifyInstanceAutoRenewAttribute": Duty.GOES_AROUND,
    }


def test_the_page_has_the_tables_of_today() -> None:
    page = (Path(__file__).resolve().parents[3] / actions_page.PAGE).read_text(encoding="utf-8")
    assert actions_page.with_tables(page) == page, "run `make docs`"
    assert all(f"`{action.right}`" in page for action in EVERY if action.right)


def test_what_is_written_by_hand_survives() -> None:
    old = "\n".join(
        f"above\n{actions_page.begin(name)}\nold\n{actions_page.END}" for name in actions_page.TABLES
    )
    written = actions_page.with_tables(f"{old}\nbelow")
    assert (written.count("above"), "\nold\n" in written, written.endswith("below")) == (2, False, True)

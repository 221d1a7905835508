"""The size budgets: functions, files, comments. Measured over every Python file of the product."""

import ast
import io
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "components",
    "stacks",
    "ecs_release",
    "emulator",
    "policy",
    "toolchain",
    "gitops",
    "bench",
    "tests",
)
MEDIAN, NINETIETH, LONGEST, LONGEST_CONSTRUCTOR, LONGEST_FILE = 10, 25, 40, 30, 300
FEWEST, MOST = 2, 8
Function = ast.FunctionDef | ast.AsyncFunctionDef


def product_files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if ".venv" not in path.parts and path.stat().st_size]


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(path: Path) -> Iterator[str]:
    for function in functions(path):
        small = "tests" in path.parts or ("components" in path.parts and function.name == "__init__")
        limit = LONGEST_CONSTRUCTOR if small else LONGEST
        if length(function) > limit:
            yield f"{relative(path)}:{function.lineno} {function.name} has {length(function)} lines"


def test_no_function_is_too_long() -> None:
    assert [line for path in product_files() for line in too_long(path)] == []


def test_no_file_is_too_long() -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in product_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize("folder", [name for name in FOLDERS if (ROOT / name).exists()])
def test_functions_are_short_in_the_main(folder: str) -> None:
    paths = [path for path in product_files() if relative(path).startswith(f"{folder}/")]
    lengths = sorted(length(function) for path in paths for function in functions(path))
    if lengths:
        assert statistics.median(lengths) <= MEDIAN
        assert lengths[int(len(lengths) * 0.9)] <= NINETIETH


def comment_lines(path: Path) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def test_comments_are_few_and_there() -> None:
    """2 to 8 in 100 lines of every part: enough to say why, too few to say what."""
    paths = [path for path in product_files() if path.name != "__init__.py"]
    parts = {part_of(path) for path in paths} - {"tests"}
    found = {part: density([path for path in paths if part_of(path) == part]) for part in parts}
    assert {part: number for part, number in found.items() if not FEWEST <= number <= MOST} == {}


def part_of(path: Path) -> str:
    """The folder whose comments are counted together; those of the engine are parts of their own."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "ecs_release" and len(parts) > 2 else parts[0]


def density(paths: list[Path]) -> float:
    """Comments in 100 lines that are not empty."""
    code = sum(len([line for line in path.read_text().splitlines() if line.strip()]) for path in paths)
    return 100 * sum(comment_lines(path) for path in paths) / code


def undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not ast.get_docstring(tree):
        yield f"{relative(path)} has no docstring"
    for node in _public(tree):
        if not ast.get_docstring(node):
            yield f"{relative(path)}:{node.lineno} {node.name} has no docstring"


def _public(tree: ast.Module) -> Iterator[ast.ClassDef | Function]:
    named = [node for node in tree.body if isinstance(node, ast.ClassDef | Function) and node.name[0] != "_"]
    yield from named
    for node in named:
        if isinstance(node, ast.ClassDef):
            yield from (part for part in node.body if isinstance(part, Function) and part.name[0] != "_")


def test_every_public_name_says_what_it_is() -> None:
    paths = [path for path in product_files() if "tests" not in path.parts]
    assert [line for path in paths for line in undocumented(path)] == []

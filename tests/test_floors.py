"""The house rules of imports: downwards, never sideways, whole paths, never late."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "ballotscan"

FLOORS = {
    "errors": 1, "locale": 1,
    "election": 2, "tone": 2,
    "scan": 3, "marks": 3, "tabulation": 3, "store": 3, "design": 3,
    "audit": 4,
    "count": 5,
    "report": 6, "export": 6, "drawing": 6, "settings": 6,
    "review": 7,
    "cli": 8,
    "__main__": 9,
}  # fmt: skip

FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room_of(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def own_imports(tree):
    """Every import of our own code in a syntax tree, wherever it stands: (node, module)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            names = [node.module]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "ballotscan":
                yield node, name


def rooms_used_by(path):
    tree = ast.parse(path.read_text("utf-8"))
    rooms = set()
    for _, name in own_imports(tree):
        parts = name.split(".")
        rooms.add(parts[1] if len(parts) > 1 else "")
    return rooms - {""}  # the face is asked for nothing but the version


def test_every_room_has_a_floor():
    assert {room_of(path) for path in FILES} <= FLOORS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_run_downwards(path):
    here = room_of(path)

    upward = {r for r in rooms_used_by(path) - {here} if FLOORS[r] >= FLOORS[here]}

    assert not upward


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_own_code_is_imported_at_the_top_from_whole_paths(path):
    tree = ast.parse(path.read_text("utf-8"))
    top = set(tree.body)

    late = [node.lineno for node, _ in own_imports(tree) if node not in top]
    faces = [
        node.lineno
        for node, name in own_imports(tree)
        if (ROOT.parent / Path(*name.split(".")) / "__init__.py").is_file()
        and not (name == "ballotscan" and [a.name for a in node.names] == ["__version__"])
    ]

    assert (late, faces) == ([], [])


@pytest.mark.parametrize("path", sorted(ROOT.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_a_face_defines_nothing_but_the_version(path):
    tree = ast.parse(path.read_text("utf-8"))

    defined = [node for node in tree.body[1:] if not isinstance(node, ast.Assign)]

    assert defined == []

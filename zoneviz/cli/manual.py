"""The parser's help as data, and what is made from it: docs/commands.md, the README's table, the man page, shell completions."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from typer.completion import get_completion_script  # type: ignore[attr-defined]  # typer's own re-export

from zoneviz import __version__
from zoneviz.cli import verbs
from zoneviz.cli.main import command
from zoneviz.words import plain

SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class Option:
    """`names`: `-o`, `--output`, or the word of an argument; `value`: the metavar, or ""; `default`: in words, or ""."""

    names: tuple[str, ...]
    value: str
    help: str
    default: str
    required: bool
    argument: bool

    @property
    def usage(self) -> str:
        """`--to FORMAT`; of several values the first."""
        return f"{self.names[0]} {self.value.partition('|')[0]}".rstrip()


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. `help`: paragraphs; `group`: one of `verbs.GROUPS`."""

    name: str
    group: str
    help: list[str]
    options: list[Option] = field(default_factory=list)

    @property
    def usage(self) -> str:
        """`zoneviz export FILE --to FORMAT -o OUT`: arguments and required options."""
        arguments = [option.names[0] if option.required else f"[{option.names[0]}]" for option in self.options if option.argument]
        return " ".join(["zoneviz", self.name, *arguments, *(o.usage for o in self.options if o.required and not o.argument)])

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        return self.help[0].partition(". ")[0].rstrip(".")


def commands() -> list[Command]:
    """All verbs, in the order of the help."""
    return [described(command(one.name), one.group) for one in verbs.listed()]


def described(verb: Any, group: str) -> Command:
    """What typer's command object `verb` says in its help."""
    paragraphs = [" ".join(part.split()) for part in (verb.help or "").split("\n\n") if part.strip()]
    return Command(verb.name, group, paragraphs, [_option(p) for p in verb.params])


def _option(param: Any) -> Option:
    argument = param.param_type_name == "argument"
    names = (param.metavar or param.name.upper(),) if argument else tuple(param.opts)
    flag = bool(getattr(param, "is_flag", False)) or argument
    value = "" if flag else param.metavar or param.name.upper()
    shown = param.show_default
    default = shown if isinstance(shown, str) else str(param.default) if shown and param.default not in (None, False, ()) else ""
    return Option(names, value, " ".join((param.help or "").split()), default, param.required, argument)


def readme_table(found: list[Command]) -> str:
    """The table of commands in README.md."""
    rows = [f"| `{_cell(command.usage)}` | {_cell(command.summary)} |" for command in found]
    return "\n".join(["| command | what it does |", "|---|---|", *rows]) + "\n"


def markdown(found: list[Command]) -> str:
    """docs/commands.md."""
    out = [
        "# The commands",
        "`make docs` writes this page from the program, and a test compares the two. `zoneviz COMMAND --help` prints the same.",
        "The exit status is 0 on success, also for a run that ended in a simulated panic; 1 for an error, which is one sentence on "
        "standard error; 2 for wrong usage.",
        "`--range FIRST:LAST` means events FIRST to LAST, both included. Either may be left out: `--range 5000:` is from event 5000 "
        "to the end. A moment (`--at`) is an event's number, meaning right after that event, or `panic`, or `end`.",
    ]
    for group in verbs.GROUPS:
        names = ", ".join(f"[{c.name}](#zoneviz-{c.name})" for c in found if c.group == group)
        out.append(f"{group}: {names}")
    for one in found:
        out += [f"## zoneviz {one.name}", *one.help, f"    {one.usage}"]
        rows = ["| option | meaning | default |", "|---|---|---|"]
        for option in one.options:
            names = ", ".join(f"`{_cell(name)}`" for name in option.names) + (f" `{_cell(option.value)}`" if option.value else "")
            rows.append(f"| {names} | {_cell(option.help)} | {'required' if option.required else option.default} |")
        out.append("\n".join(rows))
    return "\n\n".join(out) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def manual(found: list[Command], when: date) -> str:
    """The man page zoneviz(1), in roff's man macros."""
    lines = [
        f'.TH ZONEVIZ 1 "{when:%Y-%m-%d}" "zoneviz {__version__}" "User commands"',
        ".SH NAME", "zoneviz \\- see why a Mach kernel ran out of zone memory",
        ".SH SYNOPSIS", ".B zoneviz", "[\\fIFILE\\fR]", ".br", ".B zoneviz", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        "zoneviz simulates GNU Mach until its zone map is full and it panics, records every event, and shows what filled the map.",
        "Without a command it opens the window, with \\fIFILE\\fR on that recording.",
        ".SH COMMANDS",
    ]  # fmt: skip
    for one in found:
        lines += [f".SS {_roff(one.usage)}", *(line for text in one.help for line in (_roff(text), ".PP"))]
        for option in one.options:
            value = f" \\fI{_roff(option.value)}\\fR" if option.value else ""
            names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in option.names) + value
            default = f" Default: {_roff(option.default)}." if option.default else ""
            lines += [".TP", names, f"{_roff(option.help)}{default}"]
    lines += [".SH EXIT STATUS", "0, also for a run that ended in a simulated panic; 1 for an error; 2 for wrong usage."]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    escaped = plain(text).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def completions() -> dict[str, str]:
    """The completion script of each shell, by click's own generator: it asks the program itself what can come next."""
    return {shell: get_completion_script(prog_name="zoneviz", complete_var=verbs.COMPLETING, shell=shell) + "\n" for shell in SHELLS}

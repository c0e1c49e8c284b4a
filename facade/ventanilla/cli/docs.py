"""Is `ventanilla docs`: reference pages of the three services and of the mock's control API, from what is installed."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def docs(
    providers: Annotated[
        list[str] | None, typer.Argument(help="syncfy, facti, facturaonline, mock (its control API); else all.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the pages; without it one is printed.")] = None,
) -> None:
    """Write what the services take and answer, with sources, examples, scenarios, codes and errors, as Markdown.

    ventanilla docs facti

    ventanilla docs --out docs

    ventanilla docs syncfy facti --out docs
    """
    from ventanilla import docs as pages  # the other commands do not need it

    chosen = tuple(dict.fromkeys(providers or pages.PROVIDERS))
    if out is not None:
        try:
            for path in pages.write(out, chosen):
                print(path)
        except OSError as problem:
            sys.exit(f"ventanilla: the pages cannot be written to {out}: {problem.strerror}")
    elif len(chosen) == 1:
        print(pages.page(chosen[0]), end="")
    else:
        raise typer.BadParameter("name one provider to print its page, or a folder for several", param_hint="--out")

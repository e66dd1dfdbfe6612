"""Options and arguments that several commands take, each written once."""

from pathlib import Path
from typing import Annotated

import typer

# The folder of the election, where it is what the command works on ...
FolderArgument = Annotated[
    Path, typer.Argument(help="Folder of the election.", show_default="this folder")
]
# ... and where the command works on files that are named to it.
ElectionOption = Annotated[
    Path,
    typer.Option("--election", "-e", help="Folder of the election.", show_default="this folder"),
]
BallotOption = Annotated[
    str | None,
    typer.Option(
        "--ballot", help="Which ballot of the election it is.", show_default="the only one"
    ),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Where results go.", show_default="results in the election folder"
    ),
]
DpiOption = Annotated[
    float | None,
    typer.Option(
        "--dpi", min=50, max=2400, help="Resolution of the blank.", show_default="as the file says"
    ),
]
PhotoOption = Annotated[
    bool, typer.Option("--photo", help="The ballots are photographed by phone.")
]
WorkersOption = Annotated[
    int, typer.Option("--workers", "-w", min=0, help="Processes that read pages; 0: one a core.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Port of the pages; 0: a free one.")
]
NoBrowserOption = Annotated[
    bool, typer.Option("--no-browser", help="Do not open a browser; print the address.")
]

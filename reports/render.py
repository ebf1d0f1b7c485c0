"""`python -m reports.render RUN.json [FOLDER]`: the documents again, from a stored run.

The run is judged already: nothing but the views changes. They are written beside the run,
or to FOLDER.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reports import store
from reports.codec import StoredRunError, from_json
from reports.writers import DOCUMENTS


def main(arguments: Sequence[str]) -> int:
    """Write the documents; 0, or 2 if the file is not a run that this version can read."""
    parser = argparse.ArgumentParser(prog="python -m reports.render", description=__doc__)
    parser.add_argument("run", type=Path, help="a run.json")
    parser.add_argument("folder", type=Path, nargs="?", help="where to; default: beside the run")
    options = parser.parse_args(arguments)
    try:
        run = from_json(options.run.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, StoredRunError) as error:
        sys.stderr.write(f"cannot read {options.run}: {error}\n")
        return 2
    documents = {name: write(run) for name, write in DOCUMENTS.items()}
    folder = options.folder or options.run.parent
    store.publish(folder, documents)
    sys.stdout.write(f"{folder / 'report.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

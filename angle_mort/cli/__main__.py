"""``python -m angle_mort.cli``: the command line where its script is not on the path."""

import sys

from angle_mort.cli.app import main

sys.exit(main())

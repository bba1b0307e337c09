"""``python -m rearguard`` is the same as ``rearguard``."""

from rearguard.cli import main

if __name__ == "__main__":
    main()

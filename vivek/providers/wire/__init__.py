"""How bytes travel: the one HTTP door and its framings."""

"""Files: datasets in, datasets out, whole or not at all."""

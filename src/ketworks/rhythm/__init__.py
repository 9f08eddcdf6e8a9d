"""A slow rhythm of posteromedial cortex under drug: one class of retrosplenial layer 5 cells with a pacemaker."""

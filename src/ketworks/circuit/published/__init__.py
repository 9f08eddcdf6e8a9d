"""Published circuits, written anew from their equations, as checks on ours; no part of the default chain."""

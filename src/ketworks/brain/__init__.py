"""Brain: arterial S-ketamine to regional cerebral blood flow."""

"""The plasma stage: from doses to arterial and venous levels."""

"""Body: S-ketamine at its cardiovascular effect site to heart rate, pressure and flow under the baroreflex."""

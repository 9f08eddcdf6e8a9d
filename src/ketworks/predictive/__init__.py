"""Does a model predict data as spread as the data are: visual predictive check and prediction discrepancies."""

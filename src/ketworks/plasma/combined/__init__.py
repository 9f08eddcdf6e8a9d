"""The default plasma model: the core of Simons 2022 for each enantiomer, every route, both sites, all metabolites."""

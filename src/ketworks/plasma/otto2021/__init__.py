"""Otto 2021 on Fanta 2015: S-ketamine and S-norketamine of healthy adults from venous samples."""

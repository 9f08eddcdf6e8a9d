"""Perez-Ruixo 2021: nasal esketamine and noresketamine from venous samples."""

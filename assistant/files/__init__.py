"""Readers: a file of any kind → its shown text (`shown.Shown`), one module for each kind. `../documents.py` chooses among them."""

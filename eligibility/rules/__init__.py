"""Criteria to rules: the kernel, the grammar at work, the written form."""

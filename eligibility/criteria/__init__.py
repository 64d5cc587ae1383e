"""Trials, cut into criteria."""

"""Checks: what a coordinator should look at again in the words of a trial."""

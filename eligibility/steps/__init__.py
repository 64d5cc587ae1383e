"""What to do next for one patient: facts to find out, values to renew, near misses, and days to look again."""

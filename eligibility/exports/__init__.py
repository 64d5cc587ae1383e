"""Rules in the languages of other engines, and for every criterion what is lost on the way."""

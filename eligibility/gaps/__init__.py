"""What texts say that the vocabulary has no word for, counted."""

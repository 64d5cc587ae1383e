"""Registry records, read into trials."""

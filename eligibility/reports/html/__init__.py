"""A report as one web page: what it shows, and the templates, style and script it is made of."""

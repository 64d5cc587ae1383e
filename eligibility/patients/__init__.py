"""Patients: files of dated facts with units, read into one noun."""
